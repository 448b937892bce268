"""The checks of one table in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from datacanary.model.verdict import DBT_TEST, Check, severity, worst
from datacanary.model.words import count
from datacanary.report.encoding import for_terminal
from datacanary.report.style import Style, labelled

_ONE_BY_ONE = 3
"""More columns than these that broke one limit are told as one."""
_OF_COLUMNS = frozenset({"values_changed", "null_rate", "total", "shape", "distance", "proof"})
_MOVES = frozenset({"shape", "distance"})
"""Cells that changed move the values as a whole: that is told with them."""
_TELLING_MOST = frozenset({"rows_removed", "rows_added", "values_changed"})
_SHORT = re.compile(r", limit [0-9]|; ")
"""Where a sentence about a check goes on with what is not needed to know what was found."""


def declared_lines(checks: Sequence[Check], style: Style) -> Iterator[str]:
    """Write what head declared in its config, and what came of it."""
    if checks:
        yield style.paint("declared by this change", "bold")
    for check, text in declared_sentences(checks):
        yield from _line(check, text, style)


def declared_sentences(checks: Sequence[Check]) -> Iterator[tuple[Check, str]]:
    """Say what head declared in its config, and what came of it."""
    for check, alike in _folded(checks):
        yield check, _sentence(check, alike, f"{check.table}: ")


def check_lines(checks: Sequence[Check], style: Style) -> Iterator[str]:
    """Write the checks that found something: what was declared first, then the worst; those of a dry run last."""
    for check, text in check_sentences(checks):
        yield from _line(check, text, style)


def check_sentences(checks: Iterable[Check]) -> Iterator[tuple[Check, str]]:
    """Say what the checks of one table found, in that order."""
    told = telling(checks)
    with_cells = [check for check in told if _told_with_cells(check, told)]
    for check, alike in _folded([check for check in told if check not in with_cells]):
        yield check, _sentence(check, alike, "", _moves_too(check, with_cells))


def loose_tests(checks: Sequence[Check], style: Style) -> Iterator[str]:
    """Write the tests of the project that no table's section tells of, the worst first."""
    found = list(loose_sentences(checks))
    if found:
        yield style.paint("dbt tests", "bold")
    for check, text in found:
        yield from _line(check, text, style)


def loose_sentences(checks: Sequence[Check]) -> Iterator[tuple[Check, str]]:
    """Say what came of the tests of the project that no table's section tells of, the worst first."""
    for check in telling(checks):
        yield check, _sentence(check, 0, f"{check.table}: " if check.table else "")


def telling(checks: Iterable[Check]) -> list[Check]:
    """Keep the checks that found something; what head declared and got, the beginning of the report tells."""
    found = [check for check in checks if check.status != "pass" or check.limit_origin not in {"default", ""}]
    found = [check for check in found if check.status != "pass" or (check.value and not check.expected)]
    return sorted(found, key=lambda check: (check.dry_run, not check.expected, -severity(check.status)))


def short_finding(checks: Sequence[Check]) -> str:
    """Say the worst of a table's checks without its limit, and how many more are as bad.

    >>> told = "a changed in 5 of 10 rows (50.0 %), limit 1 %"
    >>> short_finding([Check("t", "a", "values_changed", "fail", 0.5, 0.01, "default", told)])
    'a changed in 5 of 10 rows (50.0 %)'
    """
    counted = [check for check in telling(checks) if not check.dry_run]
    if not counted:
        return "differences within the limits"
    status = worst(check.status for check in counted)
    found = [check for check in counted if check.status == status]
    first = max(found, key=lambda check: (check.check in _TELLING_MOST, check.value or 0))
    more = f"; and {count(len(found) - 1, 'more finding')}" if len(found) > 1 else ""
    return _SHORT.split(first.message, maxsplit=1)[0] + more


def _told_with_cells(check: Check, told: Sequence[Check]) -> bool:
    """Tell whether a move of a column's values is said in the line about its cells, that is as bad at least."""
    return check.check in _MOVES and any(_is_move_of(check, other) for other in told)


def _is_move_of(move: Check, cells: Check) -> bool:
    if move.expected or move.unstable or cells.check != "values_changed":
        return False
    same = (move.column, move.dry_run) == (cells.column, cells.dry_run)
    return same and severity(move.status) <= severity(cells.status)


def _moves_too(check: Check, moves: Sequence[Check]) -> str:
    if check.check != "values_changed":
        return ""
    found = [move for move in moves if _is_move_of(move, check)]
    many = "breaks its limit" if len(found) == 1 else "break their limits"
    return f"; its {' and '.join(move.check for move in found)} {many}, too" if found else ""


def _sentence(check: Check, alike: int, before: str, after: str = "") -> str:
    limited = check.limit_origin != "default" or check.limit is not None
    shows_origin = limited and not check.unstable and check.check != DBT_TEST
    told = f" ({check.limit_origin})" if shows_origin else ""
    more = f"; {alike} more columns likewise, see below" if alike else ""
    return f"{before}{check.message}{told}{after}{more}"


def _line(check: Check, sentence: str, style: Style) -> Iterator[str]:
    text = for_terminal(sentence)
    if check.dry_run:
        label = f"  {check.status:<5} "
        yield from labelled(label, f"(dry run) {text}", style, style.paint(label.rstrip(), "dim"))
    else:
        label = f"  {check.status.upper():<5} "
        yield from labelled(label, text, style, f"  {style.status(check.status)}")


def _folded(checks: Sequence[Check]) -> Iterator[tuple[Check, int]]:
    """Say one of many columns that broke one limit, and how many more there are: the view below has them all."""
    alike: dict[tuple[str, str, str, float | None, str, bool], list[Check]] = {}
    for one in checks:
        same = (one.check, one.table, one.status, one.limit, one.limit_origin, one.dry_run)
        alike.setdefault(same, []).append(one)
    for (kind, *_), group in alike.items():
        if kind in _OF_COLUMNS and len(group) > _ONE_BY_ONE:
            yield max(group, key=lambda check: check.value or 0), len(group) - 1
        else:
            yield from ((check, 0) for check in group)
