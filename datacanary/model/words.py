"""Numbers in sentences."""

from __future__ import annotations


def count(number: int, noun: str, plural: str = "") -> str:
    """Write a number of things.

    >>> count(1, "row"), count(37351, "row"), count(2, "query", "queries")
    ('1 row', '37,351 rows', '2 queries')
    """
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def percent(share: float) -> str:
    """Write a fraction of 1 so that what is not nothing never looks like nothing, nor almost all like all.

    >>> percent(0.031), percent(0.5), percent(0), percent(0.0000001), percent(0.999999), percent(1), percent(101.66)
    ('3.10 %', '50.0 %', '0 %', '< 0.01 %', '> 99.99 %', '100 %', '10,166.0 %')
    """
    if share in {0, 1}:
        return f"{share * 100:.0f} %"
    hundredths = share * 100
    if hundredths < 0.01:  # noqa: PLR2004 -- the last digit that is shown
        return "< 0.01 %"
    if 99.99 < hundredths < 100:  # noqa: PLR2004 -- the same from above
        return "> 99.99 %"
    return f"{hundredths:.2f} %" if hundredths < 10 else f"{hundredths:,.1f} %"  # noqa: PLR2004 -- three digits
