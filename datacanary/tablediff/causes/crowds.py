"""Rows that differ in one way, kind by kind, and what describes them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from datacanary.model.basic import Side
from datacanary.model.cause import Differing
from datacanary.tablediff.causes.axes import Chosen, axes_of
from datacanary.tablediff.causes.case import Case, DifferingRows, changed_on, gone_rows, has_changed
from datacanary.tablediff.causes.descriptions import Description, descriptions
from datacanary.tablediff.causes.wording import all_called

ALIKE = 0.95
"""Columns that change together in so many of their rows are one group."""
MOST_GROUPS = 4
OWN = 0.1
"""What changes itself in more of the changed rows than this does not say where they are."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """Differing rows of one kind, and what describes them, the best first.

    `columns` are the names of those whose cells changed: none for whole rows. `chosen` says which of the kept rows
    they are, None for all.
    """

    about: Differing
    side: Side
    columns: tuple[str, ...]
    total: int
    seen: int
    chosen: Chosen | None
    found: tuple[Description, ...]

    @property
    def things(self) -> str:
        """What they are called."""
        return f"rows whose {all_called(self.columns)} changed" if self.columns else f"{self.about} rows"


def crowds(case: Case, changed: pl.DataFrame | None) -> tuple[Crowd, ...]:
    """Find the kinds of differing rows that lie in some part of the table, more than the other rows do.

    `changed` are the kept pairs of rows that differ.
    """
    found = [gone_crowd(case, "base"), gone_crowd(case, "head"), *changed_crowds(case, changed)]
    return tuple(crowd for crowd in found if crowd is not None and crowd.found)


def gone_crowd(case: Case, side: Side) -> Crowd | None:
    """Look where the rows lie that one side alone has."""
    rows = gone_rows(case, side)
    if rows is None:
        return None
    found = descriptions(axes_of(case, rows), rows.total)
    return Crowd(rows.about, side, (), rows.total, rows.rows.height, None, found)


def changed_crowds(case: Case, changed: pl.DataFrame | None) -> Iterator[Crowd]:
    """Look where the changed rows lie: all of them, and those of each group of columns that change together."""
    if changed is None:
        return
    most = case.most_changed
    marks = {code: has_changed(changed, code).to_numpy() for code in most}
    rows = DifferingRows("changed", "base", changed_on(changed, "base"), case.changed.total)
    axes = axes_of(case, rows)
    whole = changed.height
    for group in [(), *groups(marks, whole)]:
        chosen = marks[group[0]] if group else None
        seen = int(chosen.sum()) if chosen is not None else whole
        others = [axis for axis in axes if axis.code not in marks or own(marks[axis.code], chosen) <= OWN * seen]
        names = tuple(case.names[code] for code in group)
        total = case.changes(group[0]) if group else rows.total
        found = descriptions(others, total, chosen)
        yield Crowd("changed", "base", names, total, seen, chosen, found)


def own(mark: Chosen, chosen: Chosen | None) -> int:
    """Count the rows in question in which a column changes itself."""
    return int((mark if chosen is None else mark & chosen).sum())


def groups(marks: dict[str, Chosen], rows: int) -> list[tuple[str, ...]]:
    """Group the columns that change in the same rows, unless these are nearly all that change; the largest first."""
    found: list[list[str]] = []
    for code, mark in marks.items():
        for group in found:
            first = marks[group[0]]
            if int((first & mark).sum()) >= ALIKE * max(int(first.sum()), int(mark.sum())):
                group.append(code)
                break
        else:
            found.append([code])
    apart = [group for group in found if 0 < int(marks[group[0]].sum()) < ALIKE * rows]
    apart.sort(key=lambda group: -int(marks[group[0]].sum()))
    return [tuple(group) for group in apart[:MOST_GROUPS]]
