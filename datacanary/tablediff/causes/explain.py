"""The causes of a difference: all are looked for, the best few are told."""

from __future__ import annotations

from datacanary.model.cause import Cause
from datacanary.tablediff.causes.case import Case, in_order
from datacanary.tablediff.causes.crowds import crowds
from datacanary.tablediff.causes.fan_out import fan_out
from datacanary.tablediff.causes.lost_join import otherwise_described, turned_together, without_partner
from datacanary.tablediff.causes.ranking import best
from datacanary.tablediff.causes.renamed import renamed
from datacanary.tablediff.causes.repeated_rows import repeated_rows
from datacanary.tablediff.causes.segments import segments
from datacanary.tablediff.causes.swapped import swapped
from datacanary.tablediff.causes.told_cells import cell_causes
from datacanary.tablediff.causes.vanished import vanished


def explain(case: Case) -> tuple[Cause, ...]:
    """Find what explains a difference, the best explanation of the largest part of it first; a few at most.

    Raises DataError if a side cannot be read: some explanations are proven on all rows.
    """
    changed = in_order(case.changed)
    crowded = crowds(case, changed)
    return best(
        [
            *renamed(case),
            *swapped(case, changed),
            *fan_out(case),
            *repeated_rows(case),
            *without_partner(crowded),
            *vanished(case, crowded),
            *turned_together(case, changed),
            *cell_causes(case, changed),
            *segments(otherwise_described(crowded)),
        ],
        case.summary,
    )
