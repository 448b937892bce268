"""What was done to a column is said first, of few cells and of many, and with other changes among them."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from cell_columns import Random, cells_of
from cell_rewrites import REWRITTEN, Rewritten

from datacanary.tablediff.causes.cells import ChangedCells, cell_claims

ROWS = 4_000


def rewritten(case: Rewritten, count: int, noise: float, random: Random) -> tuple[ChangedCells, int]:
    """Rewrite so many cells, and give others the value of another row; say how many cells are rewritten."""
    column = case.column(random, ROWS)
    after = case.rewrite(column)
    there = column.ne_missing(after).arg_true().to_numpy()
    places = random.choice(there, min(count, there.size), replace=False)
    strays = round(noise * places.size / (1 - noise))
    stray_places = random.choice(np.setdiff1d(np.arange(ROWS), places), strays, replace=False)
    stray_cells = column.gather(random.integers(0, ROWS, strays)).cast(after.dtype, strict=False)
    heads = pl.concat([after.gather(places), stray_cells])
    return cells_of(column, pl.Series(np.concatenate([places, stray_places])), heads), places.size


@pytest.mark.parametrize("case", REWRITTEN, ids=str)
def test_few_cells_are_enough(case: Rewritten) -> None:
    cells, count = rewritten(case, case.few, 0.0, np.random.default_rng(3))
    best = cell_claims(cells)[0]
    assert (best.kind, best.message) == (case.kind, case.message)
    assert best.holds.len() == cells.changed.base.len() == count


@pytest.mark.parametrize("noise", [0.1, 0.3])
@pytest.mark.parametrize("case", REWRITTEN, ids=str)
def test_the_cause_is_found_among_other_changes(case: Rewritten, noise: float) -> None:
    cells, count = rewritten(case, 1_000, noise, np.random.default_rng(4))
    best = cell_claims(cells)[0]
    assert (best.kind, best.message) == (case.kind, case.message)
    assert best.holds.head(count).all()


@pytest.mark.parametrize("case", REWRITTEN, ids=str)
def test_what_explains_a_fifth_is_not_told(case: Rewritten) -> None:
    cells, _ = rewritten(case, 300, 0.8, np.random.default_rng(5))
    assert not [claim for claim in cell_claims(cells) if claim.message == case.message]
