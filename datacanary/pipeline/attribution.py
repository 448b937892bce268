"""What of a difference is a table's own doing: head's query on base's inputs stands between base and head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from datacanary.errors import DataError, StatementError
from datacanary.impact.attribution import own_differs
from datacanary.model.basic import Pair
from datacanary.model.built import Built
from datacanary.model.tablediff import Attribution
from datacanary.model.verdict import Subject
from datacanary.pipeline.compare import Comparing, compare_again, noted


def attribute(subjects: Sequence[Subject], built: Built, comparing: Comparing) -> tuple[Subject, ...]:
    """Part the difference of each table that both changed itself and reads something that changed.

    Where head's query cannot run on base's inputs, a note says so.
    """
    plainly = replace(comparing, rules=replace(comparing.rules, statistics=False))
    return tuple(_attributed(one, built, plainly) if _is_meant(one) else one for one in subjects)


def _is_meant(subject: Subject) -> bool:
    return subject.diff.comparison in {"keyed", "keyless"} and own_differs(subject.planned)


def _attributed(subject: Subject, built: Built, comparing: Comparing) -> Subject:
    planned = subject.planned
    base, head = planned.relations
    if base is None or head is None:
        return subject
    own = built.outcomes["own", head]
    if not own.succeeded:
        return noted(subject, f"not attributed: head's query does not run on base's inputs: {own.problem}")
    made = Pair(built.outcomes["base", base].physical, built.outcomes["head", head].physical)
    try:
        by_itself = compare_again(subject, Pair(made.base, own.physical), comparing)
        by_others = compare_again(subject, Pair(own.physical, made.head), comparing)
    except (DataError, StatementError) as error:
        return noted(subject, f"not attributed: {error}")
    comparing.tell(f"attributed {planned.name}")
    columns = tuple((one.name, one.changed) for one in by_itself.columns if one.changed)
    found = Attribution(by_itself.rows, by_others.rows, columns)
    return replace(subject, diff=replace(subject.diff, attribution=found))
