"""Differences and a policy become a verdict: the worst check wins, nothing is weighed or averaged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from datacanary.model.config import CheckName, Expectation, Limit, Policy
from datacanary.model.tablediff import ColumnDiff
from datacanary.model.verdict import Check, Status, Subject, Verdict, severity, worst
from datacanary.model.words import count
from datacanary.verdict.assess import assess, number_of
from datacanary.verdict.declared import missed
from datacanary.verdict.kinds import kind_of
from datacanary.verdict.limits import TableRules, named_column, rules_for
from datacanary.verdict.measure import Measure, measures, totals
from datacanary.verdict.moves import measurable, moves, unmeasured, unmoved
from datacanary.verdict.proof import contradictions
from datacanary.verdict.summary import summary

_MOVES: tuple[CheckName, ...] = ("shape", "distance")
_NEVER = Limit(status="pass")
_ALWAYS_COUNT = frozenset({"table_added", "table_removed"})
"""What was not compared is never a pass, in a dry run neither."""


def judge(
    subjects: Sequence[Subject],
    policy: Policy,
    expectations: Sequence[Expectation] = (),
    tests: Sequence[Check] = (),
) -> Verdict:
    """Judge every table; what was not compared is never a pass unless it is proven unaffected.

    Checks of a dry run are judged like the others and do not count. `tests` are what became of the project's own.
    """
    checks = tuple(check for subject in subjects for check in _checks_of(subject, policy, expectations))
    checks += tuple(tests)
    warnings = sum(check.status == "warn" and not check.dry_run for check in checks)
    if warnings > policy.max_warnings:
        message = f"{count(warnings, 'warning')}, more than max_warnings ({policy.max_warnings}): a person should look"
        checks += (Check("", None, "max_warnings", "inconclusive", warnings, policy.max_warnings, "config", message),)
    status = worst(check.status for check in checks if not check.dry_run)
    return Verdict(status, summary(status, checks, subjects), checks)


def _checks_of(subject: Subject, policy: Policy, expectations: Sequence[Expectation]) -> tuple[Check, ...]:
    names = [column.name for column in subject.diff.columns]
    rules = rules_for(policy, expectations, subject.planned, names)
    checks = tuple(_table_checks(subject, rules))
    return (*checks, *missed(subject, rules, checks))


def _table_checks(subject: Subject, rules: TableRules) -> Iterator[Check]:
    planned, diff = subject.planned, subject.diff
    if diff.fault:
        message = f"{diff.fault}; this is a mistake of datacanary, please report it"
        yield _undecided("exactness", None, subject, message)
    if diff.comparison == "unaffected":
        return
    if planned.effect == "added" and not diff.failed:
        yield _switch("table_added", None, subject, rules, f"{planned.name} is new: {_size(diff.rows.head)}")
    elif planned.effect == "removed":
        yield _switch("table_removed", None, subject, rules, f"{planned.name} is gone: {diff.reason}")
    elif diff.comparison == "not_compared":
        yield _undecided("compared", None, subject, f"{planned.name} was not compared: {diff.reason}")
    else:
        yield from _compared_checks(subject, rules)
    if planned.effect == "renamed":
        yield _switch("table_removed", None, subject, rules, f"the old name is gone: {diff.reason}")


def _size(rows: int | None) -> str:
    return "nothing to compare it with" if rows is None else f"{count(rows, 'row')}, nothing to compare them with"


def _compared_checks(subject: Subject, rules: TableRules) -> Iterator[Check]:
    diff = subject.diff
    if diff.rows.base == 0 and diff.rows.head == 0:
        yield _switch("no_data", None, subject, rules, f"{subject.planned.name} is empty on both sides")
    for measure in (*measures(diff), *_totals(subject, rules)):
        yield assess(subject.planned.name, measure, diff, rules)
    for column in diff.columns:
        yield from _moves(column, subject, rules)
    for column in diff.columns:
        yield from _schema_checks(column, subject, rules)
    yield from contradictions(subject)


def _totals(subject: Subject, rules: TableRules) -> Iterator[Measure]:
    """Measure the totals that somebody asked for."""
    for measure in totals(subject.diff):
        column = rules.column(measure.column)
        asked = column.measure or "total" in column.limits
        if asked or rules.expectation("total", measure.column) is not None:
            yield measure


def _moves(column: ColumnDiff, subject: Subject, rules: TableRules) -> Iterator[Check]:
    """Judge shape and distance; where they are not known, an explicit limit of the column stays undecided.

    Of the key they are judged only if asked for: which keys there are is told by the rows that are added and removed.
    """
    name, diff = column.name, subject.diff
    found = {measure.check: measure for measure in moves(column, diff)}
    own = named_column(rules.table, name).limits
    for check in _MOVES:
        limit = own.get(check, _NEVER)
        asked = limit.status != "pass" and measurable(column, diff) and _has(check, column)
        measure = found.get(check) or (unmoved(check, column, diff) if asked else None)
        if measure is None and asked:
            undecided = _undecided(check, name, subject, unmeasured(check, column, diff))
            broken = number_of(limit.fail or limit.warn)
            yield replace(undecided, limit=broken, limit_origin=limit.origin, dry_run=rules.dry_run(name))
        elif measure is not None and (asked or name not in diff.key.columns or rules.expectation(check, name)):
            yield assess(subject.planned.name, measure, diff, rules)


def _has(check: CheckName, column: ColumnDiff) -> bool:
    """Tell whether a check can be of a column of that type at all."""
    return check != "distance" or all(kind_of(words or "") != "other" for words in column.type)


def _schema_checks(found: ColumnDiff, subject: Subject, rules: TableRules) -> Iterator[Check]:
    if found.change in {"added", "removed"}:
        check: CheckName = "column_added" if found.change == "added" else "column_removed"
        yield _switch(check, found.name, subject, rules, f"column {found.name} was {found.change}")
    elif found.change == "type_changed":
        message = f"{found.name} is now {found.type.head}, it was {found.type.base}"
        yield _switch("type_changed", found.name, subject, rules, message)
    if found.incomparable:
        yield _undecided("compared", found.name, subject, f"{found.name} could not be compared: {found.incomparable}")


def _undecided(check: str, column: str | None, subject: Subject, message: str) -> Check:
    """Say what is not known; that counts in a dry run, too."""
    return Check(subject.planned.name, column, check, "inconclusive", None, None, "default", message)


def _switch(check: CheckName, column: str | None, subject: Subject, rules: TableRules, message: str) -> Check:
    limit = rules.limit(check, column)
    status: Status = limit.status or "pass"
    origin = limit.origin
    expectation = rules.expectation(check, column)
    if expectation is not None and severity(status) > severity("warn"):
        status, origin = "warn", expectation.origin
        message = f"{message}; expected: {expectation.why}"
    return Check(
        table=subject.planned.name,
        column=column,
        check=check,
        status=status,
        value=None,
        limit=None,
        limit_origin=origin,
        message=message,
        dry_run=rules.dry_run(column) and check not in _ALWAYS_COUNT,
        expected=expectation.why if expectation is not None else "",
    )
