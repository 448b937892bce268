"""Differences in what was proven equal: the change of the code cannot have made them, so something else did."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from datacanary.model.impact import Impact
from datacanary.model.noise import NoiseMark
from datacanary.model.tablediff import ColumnDiff, TableDiff
from datacanary.model.verdict import Check, Subject
from datacanary.verdict.measure import Measure, measures
from datacanary.verdict.noise import without_noise

PROOF = "proof"
_ROWS = frozenset({"rows_added", "rows_removed"})
_COMPARED = frozenset({"none", "type_changed"})


def contradictions(subject: Subject) -> Iterator[Check]:
    """Report differences that the proof excludes; no limit, expectation or dry run has a say in that.

    Cells of rows that pair by a key count only if all of the key is proven equal, whole rows only if all that is
    compared of them is. What two builds of base differ by is explained.
    """
    diff, impact = subject.diff, subject.planned.impact
    if impact is None or impact.rows or diff.comparison not in {"keyed", "keyless"}:
        return
    proven = _proven(impact, diff)
    if not proven.issuperset(diff.key.columns):
        return
    quiet = [without_noise(measure, diff.noise).measure for measure in measures(diff)]
    found = [measure for measure in quiet if measure.amount]
    rows = [measure for measure in found if measure.check in _ROWS]
    if rows and _excluded(diff, proven):
        yield _check(subject, rows, _of_rows(diff))
    for measure in found:
        if measure.check == "values_changed" and measure.column in proven:
            yield _check(subject, [measure], _of(measure.column, diff.marks))


def _proven(impact: Impact, diff: TableDiff) -> frozenset[str]:
    """Return the columns that are proven equal, as the difference spells them; none that folds like another one."""
    folded = [column.name.lower() for column in diff.columns]
    differing = {one.name.lower() for one in impact.columns if one.change != "renamed"}
    equal = {name.lower() for name in impact.equal} - differing
    return frozenset(
        one.name for one in diff.columns if one.name.lower() in equal and folded.count(one.name.lower()) == 1
    )


def _excluded(diff: TableDiff, proven: Collection[str]) -> bool:
    """Tell whether rows that came or went contradict the proof.

    The keys are the same ones, as often. Where one repeats, its rows are compared as wholes: then another cell of
    them, which may differ, makes them others, but as many come as go.
    """
    compared = [column.name for column in diff.columns if _is_compared(column)]
    if all(name in proven for name in compared):
        return True
    if diff.comparison == "keyless":
        return False
    duplicates = diff.key.duplicates
    return duplicates.base == duplicates.head == 0 or diff.rows.added != diff.rows.removed


def _is_compared(column: ColumnDiff) -> bool:
    return column.change in _COMPARED and not column.incomparable


def _check(subject: Subject, found: Sequence[Measure], mark: NoiseMark | None) -> Check:
    first = max(found, key=lambda measure: measure.share)
    told = " and ".join(one.sentence for one in found)
    message = f"{told}, which this change of the code cannot do: {_reasons(subject.diff, mark)}"
    return Check(
        table=subject.planned.name,
        column=first.column,
        check=PROOF,
        status="inconclusive",
        value=first.share,
        limit=None,
        limit_origin="default",
        message=message,
    )


def _reasons(diff: TableDiff, mark: NoiseMark | None) -> str:
    """Say what it can be, the likeliest first."""
    mistake = "else it is a mistake of datacanary, please report it"
    if diff.noise is not None:
        return f"two builds of base do not differ so, it may be input that moved; {mistake}"
    noise = f"noise ({mark.words}, {mark.place})" if mark is not None else "noise"
    return f"it may be {noise}, which --noise-check measures, or input that moved; {mistake}"


def _of_rows(diff: TableDiff) -> NoiseMark | None:
    """Find what may change which rows there are, or by what they pair."""
    paired = diff.key.columns or tuple(column.name for column in diff.columns)
    return next((mark for mark in diff.marks if mark.columns is None), None) or next(
        (mark for name in paired if (mark := _of(name, diff.marks)) is not None), None
    )


def _of(column: str | None, marks: Sequence[NoiseMark]) -> NoiseMark | None:
    """Find what may give a column other values; what reaches just this one says more than what changes the rows."""
    name = (column or "").lower()
    found = [mark for mark in marks if mark.columns is None or name in {one.lower() for one in mark.columns}]
    return min(found, key=lambda mark: mark.columns is None, default=None)
