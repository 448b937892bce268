"""Which tables get a section of their own, and which are told under the table that they only read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from datacanary.model.run import TableReport
from datacanary.model.tablediff import TableDiff
from datacanary.model.verdict import severity


@dataclass(frozen=True, slots=True)
class Section:
    """A table that is told in full, and those that only show its change."""

    table: TableReport
    inheriting: tuple[TableReport, ...]


def rank(table: TableReport) -> tuple[int, bool, bool, str]:
    """Put the worst first, and what caused it before what only reads it."""
    return -severity(table.status), bool(table.diff.because_of), table.effect == "inherited", table.name


def sections(telling: Sequence[TableReport]) -> tuple[Section, ...]:
    """Fold each table that only inherits its change under the first in its list that has a section.

    Without one (it was not selected, or does not differ itself) a table keeps its own section, as does one that was
    not built or not judged.
    """
    told = {table.name: table for table in telling}
    over = {table.name: _root(table, told) for table in telling}
    return tuple(
        Section(table, tuple(one for one in telling if over[one.name] == table.name))
        for table in telling
        if over[table.name] is None
    )


def worth_telling(table: TableReport) -> bool:
    """Tell whether there is more to say of a table than its line in the overview."""
    return table.status != "pass" or _differs(table.diff) or bool(table.diff.notes)


def _differs(diff: TableDiff) -> bool:
    return bool(diff.rows.added or diff.rows.removed or diff.rows.changed) or any(
        column.change in {"added", "removed", "type_changed"} or column.forgiven for column in diff.columns
    )


def _root(table: TableReport, told: Mapping[str, TableReport]) -> str | None:
    """Find the table under which this one is told, over others that are folded themselves; None: its own section."""
    passed = [table.name]
    while _may_fold(table):
        near = next((name for name in table.inherited_from if name in told), None)
        if near is None:
            break
        if near in passed:
            return None
        passed.append(near)
        table = told[near]
    return None if len(passed) == 1 else table.name


def _may_fold(table: TableReport) -> bool:
    return table.effect == "inherited" and table.status != "inconclusive" and not table.diff.failed
