"""What the HTML report says of one column: how many cells differ, and what its values are like on both sides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from markupsafe import Markup

from datacanary.model.basic import Pair
from datacanary.model.statistics import Cell, Statistics
from datacanary.model.tablediff import ColumnDiff
from datacanary.model.words import percent
from datacanary.report.distribution import Quantiles, bars_of, shapes_of
from datacanary.report.html_pictures import overlaid, two_bars
from datacanary.report.samples import is_bare, value
from datacanary.report.signs import DASH


@dataclass(frozen=True, slots=True)
class Bars:
    """One frequent value: how it is written, its share of each side, and these drawn."""

    value: str
    base: str
    head: str
    drawn: Markup


@dataclass(frozen=True, slots=True)
class ColumnView:
    """What a column's values are like, beside the cells that every report has of it.

    `facts` are a name and the value of each side. `of_lengths` says that the picture is of
    the lengths of texts, `masked` that values may not be shown.
    """

    name: str
    facts: tuple[tuple[str, str, str], ...]
    shape: Markup
    low: str
    high: str
    bars: tuple[Bars, ...]
    of_lengths: bool
    masked: bool


def column_view(column: ColumnDiff, *, shown: bool) -> ColumnView:
    """Put together what is drawn of a column; `shown` says that its values may leave this machine."""
    values = column.statistics.map(lambda side: {} if side is None else side.quantiles)
    lengths = column.statistics.map(_lengths_of)
    shapes = shapes_of(values) or shapes_of(lengths)
    return ColumnView(
        name=column.name,
        facts=tuple(_facts(column.statistics, bare=is_bare(column))),
        shape=overlaid(shapes, column.name) if shapes is not None else Markup(""),
        low=shapes.low if shapes is not None else "",
        high=shapes.high if shapes is not None else "",
        bars=tuple(
            Bars(
                bar.value, _share(bar.shares.base), _share(bar.shares.head), two_bars(bar.shares.base, bar.shares.head)
            )
            for bar in bars_of(column.statistics, bare=is_bare(column))
        ),
        of_lengths=not any(values),
        masked=not shown and any(side is not None for side in column.statistics),
    )


def _lengths_of(side: Statistics | None) -> Quantiles:
    return {} if side is None or side.lengths is None else dict(side.lengths.quantiles.items())


def _share(share: float | None) -> str:
    return DASH if share is None else percent(share)


def _facts(sides: Pair[Statistics | None], *, bare: bool) -> Iterator[tuple[str, str, str]]:
    """Write each statistic that a side has; of shares, those that are anything."""
    for name, read in _SHARES:
        base_share, head_share = (_share_of(side, read) for side in sides)
        if base_share or head_share:
            yield name, _share(base_share), _share(head_share)
    for name, find in _CELLS:
        cells = [None if side is None else find(side) for side in sides]
        if any(cell is not None for cell in cells):
            base, head = (DASH if cell is None else value(cell, bare=bare) for cell in cells)
            yield name, base, head
    for name, write in _VALUES:
        base, head = ("" if side is None else write(side) for side in sides)
        if base or head:
            yield name, base or DASH, head or DASH


def _share_of(side: Statistics | None, read: Callable[[Statistics], int | None]) -> float | None:
    number = None if side is None else read(side)
    return number / side.rows if side is not None and side.rows and number is not None else None


def _distinct(side: Statistics) -> str:
    if side.distinct is None:
        return ""
    return f"{'about ' if side.distinct_estimated else ''}{side.distinct:,}"


def _lengths(side: Statistics) -> str:
    found = side.lengths
    return "" if found is None else f"{found.minimum:,} to {found.maximum:,}, mean {found.mean:,.1f}"


_SHARES: tuple[tuple[str, Callable[[Statistics], int | None]], ...] = (
    ("NULL", lambda side: side.nulls),
    ("blank", lambda side: side.blank),
    ("zero", lambda side: side.zero),
    ("negative", lambda side: side.negative),
    ("NaN", lambda side: side.nan),
    ("midnight", lambda side: side.midnight),
)

_CELLS: tuple[tuple[str, Callable[[Statistics], Cell]], ...] = (
    ("minimum", lambda side: side.minimum),
    ("median", lambda side: side.quantiles.get("p50")),
    ("maximum", lambda side: side.maximum),
)

_VALUES: tuple[tuple[str, Callable[[Statistics], str]], ...] = (
    ("distinct", _distinct),
    ("mean", lambda side: "" if side.mean is None else f"{side.mean:,.6g}"),
    ("total", lambda side: "" if side.total is None else str(side.total)),
    ("lengths", _lengths),
)
