"""What became of the project's own tests on both sides, as checks: what fails on base as well is not head's doing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from datacanary.model.basic import Pair
from datacanary.model.dbt import DbtResult, NodeStatus, TestedBy
from datacanary.model.verdict import DBT_TEST, Check, Status
from datacanary.model.words import count

Outcome = Literal["passes", "warns", "fails", "not_run", "absent"]
"""What came of a test on one side; `absent` is one that this side does not have."""

_OUTCOMES: Mapping[NodeStatus, Outcome] = {
    "success": "passes",
    "warn": "warns",
    "fail": "fails",
    "error": "not_run",
    "skipped": "not_run",
    "unfinished": "not_run",
}
_ALIKE: Mapping[Outcome, Status] = {"fails": "warn", "warns": "pass", "not_run": "warn", "passes": "pass"}
"""Where the same came of it on both sides: what is bad on base as well is told, and not head's doing."""
_ON_HEAD: Mapping[Outcome, Status] = {
    "fails": "fail",
    "warns": "warn",
    "not_run": "inconclusive",
    "passes": "pass",
    "absent": "warn",
}
"""By head's outcome, where base's is another."""

_VERBS: Mapping[NodeStatus, str] = {
    "success": "passes",
    "warn": "warns",
    "fail": "fails",
    "error": "cannot run",
    "skipped": "is skipped",
    "unfinished": "is not finished",
}
_PAST: Mapping[NodeStatus, str] = {
    "success": "passed",
    "warn": "warned",
    "fail": "failed",
    "error": "could not run",
    "skipped": "was skipped",
    "unfinished": "was not finished",
}
_TELL_ROWS: frozenset[Outcome] = frozenset({"fails", "warns"})


def judge_tests(results: Pair[Mapping[str, DbtResult]], tests: Mapping[str, TestedBy]) -> tuple[Check, ...]:
    """Judge each test that ran, or should have run, on either side; `tests` and `results` go by the tests' unique ids.

    Results of what is no test are passed over. A test of base alone is one that head has lost.
    """
    return tuple(
        _check(test, Pair(results.base.get(name), results.head.get(name)))
        for name, test in tests.items()
        if name in results.base or name in results.head
    )


def _check(test: TestedBy, results: Pair[DbtResult | None]) -> Check:
    base, head = results.map(_outcome)
    return Check(
        table=test.table,
        column=test.column,
        check=DBT_TEST,
        status=_ALIKE[head] if base == head else _ON_HEAD[head],
        value=results.head.failures if results.head is not None else None,
        limit=0,
        limit_origin="dbt",
        message=f"test {test.name} {_told(results.base, results.head)}",
    )


def _outcome(result: DbtResult | None) -> Outcome:
    return "absent" if result is None else _OUTCOMES[result.status]


def _told(base: DbtResult | None, head: DbtResult | None) -> str:
    """Say what came of a test on head, and what it was on base."""
    before, after = _outcome(base), _outcome(head)
    if head is None:
        return "no longer runs" if before == "passes" else f"no longer runs, {_was(base)}"
    if before == after == "passes":
        return "passes"
    verb = _VERBS[head.status]
    if base is not None and base.status == head.status:
        return f"{verb} on head, it {verb} on base as well{_move(base, head)}{_why(head)}"
    found = f": {count(head.failures, 'row')}" if after in _TELL_ROWS and head.failures is not None else ""
    fixed = ": fixed" if after == "passes" and before in _TELL_ROWS else ""
    return f"{verb} on head{found}, {_was(base)}{fixed}{_why(head)}"


def _was(base: DbtResult | None) -> str:
    return "it is new" if base is None else f"it {_PAST[base.status]} on base"


def _move(base: DbtResult, head: DbtResult) -> str:
    """Say how many rows a test finds on both sides."""
    if base.failures is None or head.failures is None or _outcome(head) not in _TELL_ROWS:
        return ""
    before = "" if base.failures == head.failures else f"{base.failures:,} -> "
    return f" ({before}{count(head.failures, 'row')})"


def _why(head: DbtResult) -> str:
    return f": {head.message}" if head.status == "error" and head.message else ""
