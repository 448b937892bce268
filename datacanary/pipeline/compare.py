"""The built tables of a plan, compared one after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from datacanary.errors import CanaryError, DataError, StatementError
from datacanary.model.basic import Pair, Physical, Side
from datacanary.model.built import Built, Outcome
from datacanary.model.plan import Plan, PlannedTable
from datacanary.model.tablediff import Key, Leeway, RowCounts, TableDiff
from datacanary.model.verdict import Subject
from datacanary.model.words import count
from datacanary.pipeline.keys import compare_by_key
from datacanary.pipeline.narrowing import THRIFT, Thrift, compare_narrowed
from datacanary.pipeline.options import Rules, options_of
from datacanary.pipeline.relations import table_of_relation
from datacanary.protocols.tables import Tables
from datacanary.tablediff.means import Means
from datacanary.tablediff.table import Table

NO_KEY = Key((), "none", Pair(0, 0), Pair(0, 0))


@dataclass(frozen=True, slots=True)
class Comparing:
    """What every comparison of a run needs."""

    workspace: Tables
    rules: Rules
    means: Means
    tell: Callable[[str], None]
    thrift: Thrift = THRIFT


def compare_all(plan: Plan, built: Built, comparing: Comparing) -> tuple[Subject, ...]:
    """Compare every planned table; what could not be built or read is said in its difference."""
    return tuple(Subject(table, _difference(table, built, comparing)) for table in plan.tables)


def compare_again(subject: Subject, sides: Pair[Physical], comparing: Comparing) -> TableDiff:
    """Compare other builds of a table as it was compared, by the same key; no rows are shown.

    Raises DataError or StatementError.
    """
    tables = _opened(sides, comparing)
    options, _ = options_of(subject.planned, tables, comparing.rules)
    # What was measured is judged by its noise: that is measured, too.
    measured = {column.name: Leeway(0.0, 0.0, own=True) for column in subject.diff.columns if column.distances}
    again = replace(options, key=subject.diff.key.columns, samples=0, moves={**options.moves, **measured})
    return compare_narrowed(comparing.workspace, sides, tables, again, comparing.means, comparing.thrift)


def noted(subject: Subject, *notes: str) -> Subject:
    """Add notes to a table."""
    return replace(subject, diff=replace(subject.diff, notes=(*subject.diff.notes, *notes)))


def _difference(table: PlannedTable, built: Built, comparing: Comparing) -> TableDiff:
    if table.effect == "unaffected":
        return unaffected(table)
    if table.effect == "removed":
        return TableDiff("not_compared", table.reason, NO_KEY, RowCounts(None, None), ())
    outcomes = {side: _outcome(table, built, side) for side in ("base", "head")}
    problem = _problem(outcomes["base"], outcomes["head"])
    if problem:
        reason = f"{table.reason}; {problem}"
        cause = next((one.because_of for one in outcomes.values() if one is not None and one.because_of), "")
        return TableDiff("not_compared", reason, NO_KEY, RowCounts(None, None), (), failed=True, because_of=cause)
    base, head = outcomes["base"], outcomes["head"]
    if head is not None and base is None:
        rows = comparing.workspace.rows(head.physical)
        return TableDiff("not_compared", table.reason, NO_KEY, RowCounts(None, rows), ())
    if base is None or head is None:
        message = f"{table.name} was planned but not built"
        raise CanaryError(message)
    return _compared(table, Pair(base.physical, head.physical), comparing)


def unaffected(table: PlannedTable) -> TableDiff:
    """Say of a table that it cannot differ."""
    return TableDiff("unaffected", table.reason, NO_KEY, RowCounts(None, None), ())


def _problem(base: Outcome | None, head: Outcome | None) -> str:
    """Say which version could not be built and why; once where both have the same trouble."""
    told = {
        side: _told(outcome)
        for side, outcome in (("base", base), ("head", head))
        if outcome is not None and not outcome.succeeded
    }
    if len(told) > 1 and len(set(told.values())) == 1:
        return f"neither version could be built: {told['base']}"
    return "; ".join(f"{side} could not be built: {one}" for side, one in told.items())


def _told(outcome: Outcome) -> str:
    if outcome.because_of:
        return f"it reads {outcome.because_of}, which could not be built"
    return outcome.problem if outcome.path in outcome.problem else f"{outcome.path}: {outcome.problem}"


def _outcome(table: PlannedTable, built: Built, side: Side) -> Outcome | None:
    relation = table.relations.of(side)
    return built.outcomes.get((side, relation)) if relation is not None else None


def _compared(table: PlannedTable, sides: Pair[Physical], comparing: Comparing) -> TableDiff:
    try:
        tables = _opened(sides, comparing)
        options, notes = options_of(table, tables, comparing.rules)
        found = compare_by_key(
            options,
            lambda chosen: compare_narrowed(
                comparing.workspace, sides, tables, chosen, comparing.means, comparing.thrift
            ),
        )
    except (DataError, StatementError) as error:
        reason = f"{table.reason}; {error}"
        return TableDiff("not_compared", reason, NO_KEY, RowCounts(None, None), (), failed=True)
    rows = (found.rows.base or 0) + (found.rows.head or 0)
    comparing.tell(f"compared {table.name}: {count(rows, 'row')}")
    reason = f"{table.reason}; {found.reason}" if found.reason else table.reason
    return replace(found, reason=reason, notes=(*table.notes, *notes, *found.notes), marks=table.marks)


def _opened(sides: Pair[Physical], comparing: Comparing) -> Pair[Table]:
    means = comparing.means
    return sides.map(lambda physical: table_of_relation(comparing.workspace, physical, means.scratch, means.memory))
