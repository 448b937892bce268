"""Differences and a policy become a verdict: the worst check wins, nothing is weighed or averaged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from datacanary.model.config import CheckName, Expectation, Limit, Policy, Threshold
from datacanary.model.verdict import Check, Status, Subject, Verdict, severity, worst
from datacanary.model.words import count
from datacanary.verdict.limits import TableRules, rules_for
from datacanary.verdict.measure import Measure, measures, totals
from datacanary.verdict.wording import limit_text


def judge(subjects: Sequence[Subject], policy: Policy, expectations: Sequence[Expectation] = ()) -> Verdict:
    """Judge every table; what was not compared is never a pass unless it is proven unaffected."""
    checks = tuple(
        check
        for subject in subjects
        for check in _table_checks(subject, rules_for(policy, expectations, subject.planned))
    )
    warnings = sum(check.status == "warn" for check in checks)
    if warnings > policy.max_warnings:
        message = f"{count(warnings, 'warning')}, more than max_warnings ({policy.max_warnings}): a person should look"
        checks += (Check("", None, "max_warnings", "inconclusive", warnings, policy.max_warnings, "config", message),)
    status = worst(check.status for check in checks)
    return Verdict(status, _summary(status, checks, subjects), checks)


def _table_checks(subject: Subject, rules: TableRules) -> Iterator[Check]:
    planned, diff = subject.planned, subject.diff
    if diff.comparison == "unaffected":
        return
    if planned.effect == "added" and not diff.failed:
        yield _switch("table_added", None, subject, rules, f"{planned.name} is new: {_size(diff.rows.head)}")
    elif planned.effect == "removed":
        yield _switch("table_removed", None, subject, rules, f"{planned.name} is gone: {diff.reason}")
    elif diff.comparison == "not_compared":
        message = f"{planned.name} was not compared: {diff.reason}"
        yield Check(planned.name, None, "compared", "inconclusive", None, None, "default", message)
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
    for measure in measures(diff):
        yield _measured(measure, subject, rules)
    for measure in totals(diff):
        column = rules.column(measure.column or "")
        if column.measure or "total" in column.limits:
            yield _measured(measure, subject, rules)
    for found in diff.columns:
        if found.change in {"added", "removed"}:
            check: CheckName = "column_added" if found.change == "added" else "column_removed"
            yield _switch(check, found.name, subject, rules, f"column {found.name} was {found.change}")
        elif found.change == "type_changed":
            message = f"{found.name} is now {found.type.head}, it was {found.type.base}"
            yield _switch("type_changed", found.name, subject, rules, message)
        if found.incomparable:
            message = f"{found.name} could not be compared: {found.incomparable}"
            name = subject.planned.name
            yield Check(name, found.name, "compared", "inconclusive", None, None, "default", message)


def _switch(check: CheckName, column: str | None, subject: Subject, rules: TableRules, message: str) -> Check:
    limit = rules.limit(check, column)
    status: Status = limit.status or "pass"
    origin = limit.origin
    expectation = rules.expectation(check, column)
    if expectation is not None and severity(status) > severity("warn"):
        status, origin = "warn", expectation.origin
        message = f"{message}; expected: {expectation.reason}"
    return Check(subject.planned.name, column, check, status, None, None, origin, message)


def _measured(measure: Measure, subject: Subject, rules: TableRules) -> Check:
    limit = rules.limit(measure.check, measure.column)
    expectation = rules.expectation(measure.check, measure.column)
    if expectation is not None:
        return _expected(measure, subject, limit, expectation)
    status, threshold = _against(measure, limit)
    message = measure.sentence
    if threshold is not None and status != "pass":
        message = f"{message}, limit {limit_text(threshold)}"
    return Check(
        table=subject.planned.name,
        column=measure.column,
        check=measure.check,
        status=status,
        value=_value(measure, threshold),
        limit=_number(threshold),
        limit_origin=limit.origin,
        message=message,
    )


def _against(measure: Measure, limit: Limit) -> tuple[Status, Threshold | None]:
    """Return the status, and the threshold that was broken or else the first that was not."""
    if limit.status is not None:
        return limit.status, None
    for status, threshold in (("fail", limit.fail), ("warn", limit.warn)):
        if threshold is not None and _breaks(measure, threshold):
            return "fail" if status == "fail" else "warn", threshold
    return "pass", limit.fail or limit.warn


def _breaks(measure: Measure, threshold: Threshold) -> bool:
    if threshold.value == 0:
        return measure.share > 0 or measure.amount > 0
    return (measure.amount if threshold.unit == "count" else measure.share) > threshold.value


def _value(measure: Measure, threshold: Threshold | None) -> float | int:
    if measure.check == "key_problems" or (threshold is not None and threshold.unit == "count" and threshold.value):
        return measure.amount
    return measure.share


def _number(threshold: Threshold | None) -> float | int | None:
    if threshold is None:
        return None
    return int(threshold.value) if threshold.unit == "count" else threshold.value


def _expected(measure: Measure, subject: Subject, limit: Limit, expectation: Expectation) -> Check:
    """Judge by a declaration: more than it is a failure, less a warning, and what it covers passes."""
    value = measure.amount if expectation.unit == "count" else measure.share
    if value > expectation.maximum:
        status, _ = _against(measure, limit)
        status, verdict = worst((status, "warn")), f"more than the declared {expectation.text}"
    elif value < expectation.minimum:
        status, verdict = "warn", f"less than the declared {expectation.text}"
    else:
        status, verdict = "pass", f"as declared ({expectation.text})"
    return Check(
        table=subject.planned.name,
        column=measure.column,
        check=measure.check,
        status=status,
        value=value,
        limit=expectation.maximum,
        limit_origin=expectation.origin,
        message=f"{measure.sentence}, {verdict}: {expectation.reason}",
    )


def _summary(status: Status, checks: Sequence[Check], subjects: Sequence[Subject]) -> str:
    compared = [subject for subject in subjects if subject.diff.comparison in {"keyed", "keyless"}]
    if not checks:
        return "nothing can have changed: no table is affected"
    if status == "pass":
        return f"{_unlike(checks)} in {count(len(compared), 'compared table')}"
    worst_checks = [check for check in checks if check.status == status]
    changed = {subject.planned.name for subject in subjects if subject.planned.effect != "inherited"}
    first = max(worst_checks, key=lambda check: (check.table in changed, check.check in _FIRST, check.value or 0))
    more = len(worst_checks) - 1
    rest = f"; and {count(more, 'more finding')} like it" if more else ""
    name = f"{first.table}: " if first.table and not first.message.startswith(first.table) else ""
    return f"{name}{first.message}{rest}"


def _unlike(checks: Sequence[Check]) -> str:
    """Say what is different although nothing breaks a limit."""
    if any(check.value for check in checks):
        return "differences within the limits"
    words = {"column_added": "added", "column_removed": "removed", "type_changed": "of another type"}
    found = {word: sum(one.check == check for one in checks) for check, word in words.items()}
    told = ", ".join(f"{count(number, 'column')} {word}" for word, number in found.items() if number)
    return f"no row differs, {told}" if told else "no difference"


# A sentence about rows tells more than one about cells.
_FIRST = frozenset({"rows_removed", "rows_added", "values_changed", "table_removed", "compared"})
