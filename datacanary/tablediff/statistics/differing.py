"""The cells that were kept because they differ."""

from __future__ import annotations

import polars as pl

from datacanary.model.basic import Side
from datacanary.tablediff.evidence import Evidence, changed_cells
from datacanary.tablediff.samples import CHANGED


class Differing:
    """Removed and added rows and pairs that changed, as far as they were kept."""

    def __init__(self, evidence: Evidence) -> None:
        self.removed, self.added = evidence.gone.map(lambda kept: kept.rows())
        self.changed = evidence.changed.rows()

    def cells(self, code: str, side: Side) -> list[pl.Series]:
        """Give the cells of a column that only this side has, by kind; no kind is empty."""
        alone = self.removed if side == "base" else self.added
        found = [] if alone is None else [alone[code]]
        if self.changed is not None and CHANGED + code in self.changed.columns:
            found.append(changed_cells(self.changed, code).of(side))
        return [cells for cells in found if cells.len()]
