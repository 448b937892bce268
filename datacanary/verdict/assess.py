"""One measure, its limit and what was declared of it become one check."""

from __future__ import annotations

from datacanary.model.config import Expectation, Limit, Threshold, Tolerance
from datacanary.model.noise import NoiseMark
from datacanary.model.tablediff import TableDiff
from datacanary.model.verdict import Check, Status, worst
from datacanary.model.words import count
from datacanary.verdict.direction import contrary, one_way
from datacanary.verdict.limits import TableRules
from datacanary.verdict.measure import Measure
from datacanary.verdict.noise import without_noise
from datacanary.verdict.unstable import doubtful, unstable
from datacanary.verdict.wording import limit_text


def assess(name: str, measure: Measure, diff: TableDiff, rules: TableRules) -> Check:
    """Judge one measure of the table `name`: first noise is taken off, then what is declared counts, then the limit."""
    column = measure.column
    limit = rules.limit(measure.check, column)
    quiet = without_noise(one_way(measure, rules.column(column).direction), diff.noise)
    judged = quiet.measure
    expectation = rules.expectation(measure.check, column)
    if expectation is None:
        status, threshold = against(judged, limit)
        broken = f", limit {limit_text(threshold)}" if threshold is not None and status != "pass" else ""
        number, unit, origin = number_of(threshold), threshold and threshold.unit, limit.origin
    else:
        status, told = _declared(judged, limit, expectation)
        broken = f", {told}: {expectation.why}"
        number, unit, origin = expectation.maximum, expectation.unit, expectation.origin
    message, shaky = f"{judged.sentence}{broken}", ""
    # Where two builds of base were compared it is known what is noise.
    if diff.noise is None and status != "pass":
        shaky = unstable(measure.check, column, diff.marks)
        doubt = doubtful(measure.check, column, unforgiven(diff, rules))
        status = "warn" if shaky else status
        message = f"{judged.sentence}, {shaky}" if shaky else f"{message}; {doubt}" if doubt else message
    return Check(
        table=name,
        column=column,
        check=measure.check,
        status=status,
        value=measure.amount if measure.check == "key_problems" or (unit == "count" and number) else measure.share,
        limit=number,
        limit_origin=origin,
        message=message,
        estimated=judged.at_most,
        dry_run=rules.dry_run(column),
        expected=expectation.why if expectation is not None else "",
        noise=quiet.noise,
        unstable=shaky,
    )


def unforgiven(diff: TableDiff, rules: TableRules) -> tuple[NoiseMark, ...]:
    """Leave out the rounding of floating sums where the tolerance for floats has forgiven it already."""
    forgives = diff.comparison == "keyed" and rules.policy.float_tolerance != Tolerance()
    return tuple(mark for mark in diff.marks if not (forgives and mark.kind == "float_sum"))


def against(measure: Measure, limit: Limit) -> tuple[Status, Threshold | None]:
    """Return the status, and the threshold that was broken or else the first that was not."""
    if limit.status is not None:
        return limit.status, None
    for status, threshold in (("fail", limit.fail), ("warn", limit.warn)):
        if threshold is not None and _breaks(measure, threshold):
            return "fail" if status == "fail" else "warn", threshold
    return "pass", limit.fail or limit.warn


def number_of(threshold: Threshold | None) -> float | int | None:
    """Return a limit as a number, a count as a whole one."""
    if threshold is None:
        return None
    return int(threshold.value) if threshold.unit == "count" else threshold.value


def _breaks(measure: Measure, threshold: Threshold) -> bool:
    if threshold.value == 0:
        return measure.share > 0 or measure.amount > 0
    return (measure.amount if threshold.unit == "count" else measure.share) > threshold.value


def _declared(measure: Measure, limit: Limit, expectation: Expectation) -> tuple[Status, str]:
    """Judge by a declaration: more than it is for the limit to judge, less a warning, and what it covers passes."""
    value = measure.amount if expectation.unit == "count" else measure.share
    if value > expectation.maximum:
        return worst((against(measure, limit)[0], "warn")), f"more than the declared {expectation.text}"
    if expectation.direction is not None:
        other = contrary(measure, expectation.direction)
        if other.amount:
            moved = "rise" if expectation.direction == "increase" else "fall"
            told = f"more than declared: {count(other.amount, 'cell')} did not {moved}"
            return worst((against(other, limit)[0], "warn")), told
    if value < expectation.minimum:
        return "warn", f"less than the declared {expectation.text}"
    return "pass", f"as declared ({expectation.text})"
