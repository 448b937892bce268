"""What differs between two builds of the same version, or may, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from datacanary.model.noise import ALWAYS, NoiseFloor, NoiseMark
from datacanary.model.tablediff import TableDiff
from datacanary.model.verdict import Check
from datacanary.model.words import count, percent
from datacanary.report.checklines import telling
from datacanary.report.encoding import for_terminal
from datacanary.report.style import Style, labelled

_MOST = 3
"""So many unstable columns are told one by one; all are in the JSON."""


def noise_lines(diff: TableDiff, checks: Sequence[Check], style: Style) -> Iterator[str]:
    """Write what two builds of base differ by, or else what in its query may be noise where something differs.

    What the `checks` say already is left out.
    """
    label = "  note  " if diff.noise is None else "  noise "
    painted = "" if diff.noise is None else style.paint(label.rstrip(), "bold")
    for line in noise_sentences(diff, checks):
        yield from labelled(label, for_terminal(line), style, painted)


def noise_sentences(diff: TableDiff, checks: Sequence[Check]) -> Iterator[str]:
    """Say the same."""
    if diff.noise is not None:
        return _measured(diff.noise, diff.marks)
    said = "\n".join(check.message for check in telling(checks))
    return _unmeasured(diff, [mark for mark in diff.marks if mark.place not in said])


def _measured(noise: NoiseFloor, marks: Sequence[NoiseMark]) -> Iterator[str]:
    rows = noise.rows_added + noise.rows_removed
    if rows:
        told = f"{percent(noise.rows_removed)} of base's rows go and {percent(noise.rows_added)} come"
        yield f"{told} between two builds of base{_because(marks, None)}"
    moves: dict[str, float] = {}
    for shares in (noise.nulls, noise.totals, noise.shapes, noise.distances):
        moves |= {name: 0.0 for name, share in shares.items() if share}
    cells = {**moves, **noise.cells}
    ordered = sorted(cells, key=lambda name: (-cells[name], name))
    for name in ordered[:_MOST]:
        share = noise.cells.get(name, 0.0)
        told = f"{percent(share)} of rows differ" if share else "its values move"
        yield f"{name}: {told} between two builds of base{_because(marks, name)}"
    if len(ordered) > _MOST:
        yield f"{_names(ordered[_MOST:])} too"


def _because(marks: Sequence[NoiseMark], column: str | None) -> str:
    """Name the first place in the query that can do that: for None, one that can change which rows there are."""
    found = [mark for mark in marks if (mark.columns is None if column is None else _reaches(mark, column))]
    return f" ({_place(found[0])})" if found else ""


def _reaches(mark: NoiseMark, column: str) -> bool:
    return mark.columns is None or column.lower() in {name.lower() for name in mark.columns}


def _place(mark: NoiseMark) -> str:
    by = f"{mark.inherited_from}: " if mark.inherited_from else ""
    return f"{mark.words}, {by}{mark.place}"


def _unmeasured(diff: TableDiff, marks: Sequence[NoiseMark]) -> Iterator[str]:
    """Say in one sentence which differences may be noise, and where in the query that stands."""
    rows = bool(diff.rows.added or diff.rows.removed)
    changed = [column.name for column in diff.columns if column.changed or (column.changed is None and rows)]
    found = [(mark, _reached(mark, changed, rows=rows)) for mark in marks]
    told = [f"{what} ({_place(mark)})" for mark, what in sorted(found, key=_sureness) if what]
    if told:
        more = f" and {count(len(told) - _MOST, 'more place')}" if len(told) > _MOST else ""
        yield f"may be noise: {', '.join(told[:_MOST])}{more}; measure it: datacanary check --noise-check"


def _reached(mark: NoiseMark, changed: Sequence[str], *, rows: bool) -> str:
    """Name what differs and can differ by this place alone; empty if nothing."""
    if mark.columns is None:
        return "which rows there are" if rows else _names(changed)
    return _names([name for name in changed if _reaches(mark, name)])


def _sureness(found: tuple[NoiseMark, str]) -> bool:
    return found[0].kind not in ALWAYS


def _names(names: Sequence[str]) -> str:
    if len(names) > _MOST:
        return f"{', '.join(names[:_MOST])} and {count(len(names) - _MOST, 'more column')}"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
