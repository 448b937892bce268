"""What the changed cells of columns have become, put together over the columns."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from datacanary.model.cause import Cause
from datacanary.tablediff.causes.case import Case
from datacanary.tablediff.causes.cells import cell_claims
from datacanary.tablediff.causes.claim import ChangedCells, Claim
from datacanary.tablediff.causes.wording import Part, all_called
from datacanary.tablediff.evidence import changed_cells

MOST_CLAIMS = 2
"""So many explanations of one column are told."""
MORE = 0.1
"""The second must hold for so many of the cells for which the first does not."""


@dataclass(frozen=True, slots=True)
class Told:
    """An explanation of one column's changed cells."""

    name: str
    claim: Claim
    part: Part


def cell_causes(case: Case, changed: pl.DataFrame | None) -> tuple[Cause, ...]:
    """Explain the changed cells of the most changed columns; what is the same of several is told once.

    `changed` are the kept pairs of rows that differ.
    """
    if changed is None:
        return ()
    alike: dict[tuple[str, str, str], list[Told]] = {}
    for code in case.most_changed:
        for told in explained(case, changed, code):
            alike.setdefault((told.claim.kind, told.claim.message, told.claim.discreet), []).append(told)
    return tuple(together(several) for several in alike.values())


def explained(case: Case, changed: pl.DataFrame, code: str) -> list[Told]:
    """Take the best explanations of one column, each of cells that those before do not explain."""
    cells = changed_cells(changed, code)
    name = case.names[code]
    seen = cells.base.len()
    if seen == 0:
        return []
    total = case.changes(code) or seen
    sampled = case.sampled.map(lambda side: side[code])
    found: list[Told] = []
    open_cells = pl.repeat(True, seen, dtype=pl.Boolean, eager=True)
    for claim in cell_claims(ChangedCells(name, cells, sampled, total, complete=case.changed.complete)):
        if len(found) < MOST_CLAIMS and int((claim.holds & open_cells).sum()) >= MORE * seen:
            found.append(Told(name, claim, Part(int(claim.holds.sum()), seen, total)))
            open_cells &= ~claim.holds
    return found


def together(told: list[Told]) -> Cause:
    """Tell one explanation, of one column or of several."""
    claim = told[0].claim
    names = tuple(one.name for one in told)
    part = Part(*(sum(getattr(one.part, what) for one in told) for what in ("count", "of", "total")))
    subject = part.told(f"changed cells of {all_called(names)}")
    return Cause(
        kind=claim.kind,
        about="changed",
        columns=names,
        count=part.count,
        of=part.of,
        message=f"{subject} {claim.message}",
        estimated=part.estimated,
        shows=names if claim.shows else (),
        discreet=f"{subject} {claim.discreet}" if claim.shows else "",
    )
