"""The built tables of a plan, compared one after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from datacanary.errors import CanaryError, DataError, StatementError
from datacanary.model.basic import Pair, Physical, Side
from datacanary.model.built import Built, Outcome
from datacanary.model.config import Policy, TablePolicy, Tolerance
from datacanary.model.plan import Plan, PlannedTable
from datacanary.model.tablediff import DiffOptions, Key, RowCounts, TableDiff
from datacanary.model.verdict import Subject
from datacanary.model.words import count
from datacanary.pipeline.relations import table_of_relation
from datacanary.protocols import Workspace
from datacanary.tablediff.compare import compare
from datacanary.tablediff.means import Means
from datacanary.tablediff.table import Table
from datacanary.verdict.limits import policy_of

NO_KEY = Key((), "none", Pair(0, 0), Pair(0, 0))


def compare_all(
    plan: Plan, built: Built, workspace: Workspace, policies: Pair[Policy], tell: Callable[[str], None]
) -> tuple[Subject, ...]:
    """Compare every planned table; what could not be built or read is said in its difference."""
    comparing = _Comparing(built, workspace, policies, Means(), tell)
    return tuple(Subject(table, _difference(table, comparing)) for table in plan.tables)


@dataclass(frozen=True, slots=True)
class _Comparing:
    built: Built
    workspace: Workspace
    policies: Pair[Policy]
    means: Means
    tell: Callable[[str], None]


def _difference(table: PlannedTable, comparing: _Comparing) -> TableDiff:
    if table.effect == "unaffected":
        return unaffected(table)
    if table.effect == "removed":
        return TableDiff("not_compared", table.reason, NO_KEY, RowCounts(None, None), ())
    outcomes = {side: _outcome(table, comparing.built, side) for side in ("base", "head")}
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


def _compared(table: PlannedTable, sides: Pair[Physical], comparing: _Comparing) -> TableDiff:
    means = comparing.means
    try:
        tables = sides.map(
            lambda physical: table_of_relation(comparing.workspace, physical, means.scratch, means.memory)
        )
        options, notes = _options(table, tables, comparing.policies)
        found = compare(tables, options, means).summary
    except (DataError, StatementError) as error:
        reason = f"{table.reason}; {error}"
        return TableDiff("not_compared", reason, NO_KEY, RowCounts(None, None), (), failed=True)
    rows = (found.rows.base or 0) + (found.rows.head or 0)
    comparing.tell(f"compared {table.name}: {count(rows, 'row')}")
    reason = f"{table.reason}; {found.reason}" if found.reason else table.reason
    return TableDiff(
        comparison=found.comparison,
        reason=reason,
        key=found.key,
        rows=found.rows,
        columns=found.columns,
        samples=found.samples,
        column_order_changed=found.column_order_changed,
        notes=(*table.notes, *notes, *found.notes),
    )


def _options(table: PlannedTable, tables: Pair[Table], policies: Pair[Policy]) -> tuple[DiffOptions, tuple[str, ...]]:
    own = policy_of(policies.base, table)
    key = own.key if own.key is not None else policy_of(policies.head, table).key
    sides = tables.map(lambda one: {name.lower(): name for name in one.types})
    notes: list[str] = []
    chosen: tuple[str, ...] | None = None
    if key is not None:
        missing = [name for name in key if name.lower() not in sides.base or name.lower() not in sides.head]
        chosen = () if missing else tuple(sides.head[name.lower()] for name in key)
        told = "of the config is not on both sides: whole rows are compared"
        notes += [f"the key column {name} {told}" for name in missing]
    names = {**sides.base, **sides.head}
    unknown = [name for name in own.columns if name.lower() not in names]
    notes += [f"the config names column {name}, which neither version has" for name in unknown]
    options = DiffOptions(
        key=chosen,
        key_origin="config",
        ignore=tuple(names[name.lower()] for name, one in own.columns.items() if one.ignore and name.lower() in names),
        tolerances=_tolerances(own, names),
        float_tolerance=policies.base.float_tolerance,
        totals=_measured(own, names),
        samples=0 if policies.base.samples.show == "none" else 5,
        name=table.name.rpartition(".")[2],
    )
    return options, tuple(notes)


def _tolerances(own: TablePolicy, names: dict[str, str]) -> dict[str, Tolerance]:
    return {
        names[name.lower()]: one.tolerance
        for name, one in own.columns.items()
        if one.tolerance is not None and name.lower() in names
    }


def _measured(own: TablePolicy, names: dict[str, str]) -> tuple[str, ...]:
    """Name the columns whose totals are judged or shown."""
    asked = [name.lower() for name, one in own.columns.items() if one.measure or "total" in one.limits]
    return tuple(names[name] for name in asked if name in names)
