"""Changes that head declared and that nothing was found of."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from datacanary.model.config import SWITCH_CHECKS, Expectation
from datacanary.model.verdict import Check, Subject
from datacanary.verdict.limits import TableRules
from datacanary.verdict.moves import measurable, unmoved


def missed(subject: Subject, rules: TableRules, checks: Collection[Check]) -> Iterator[Check]:
    """Warn of each declared change that no check of the table is about.

    One that may be none is not missed, unless it cannot be told how large it is. A table that could not be compared
    says so itself.
    """
    if subject.diff.comparison == "not_compared" and subject.planned.compared:
        return
    judged = {(check.check, (check.column or "").lower()) for check in checks}
    for expectation in rules.expectations:
        for column in expectation.columns or (None,):
            told = (expectation.check, (column or "").lower()) in judged
            if not told and (expectation.minimum > 0 or _unknown(subject, expectation, column)):
                yield _missed(subject, expectation, column, rules)


def _unknown(subject: Subject, expectation: Expectation, column: str | None) -> bool:
    """Tell whether a column may have moved and nobody knows how far."""
    return any(
        one.name.lower() == (column or "").lower()
        and measurable(one, subject.diff)
        and unmoved(expectation.check, one, subject.diff) is None
        for one in subject.diff.columns
    )


def _missed(subject: Subject, expectation: Expectation, column: str | None, rules: TableRules) -> Check:
    name = subject.planned.name
    what = f"{expectation.check} of {column or name} was declared"
    declared = what if expectation.check in SWITCH_CHECKS else f"{what} ({expectation.text})"
    if subject.diff.comparison == "unaffected":
        why = "nothing of the table can differ"
    elif expectation.check in SWITCH_CHECKS:
        why = "it did not happen"
    else:
        why = "it could not be measured"
    return Check(
        table=name,
        column=column,
        check=expectation.check,
        status="warn",
        value=None,
        limit=None,
        limit_origin=expectation.origin,
        message=f"{declared}, but {why}: {expectation.why}",
        dry_run=rules.dry_run(column),
        expected=expectation.why,
    )
