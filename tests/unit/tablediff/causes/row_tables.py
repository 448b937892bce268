"""Tables to explain, and what is said of two of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from datacanary.model.basic import Pair
from datacanary.model.cause import Cause, CauseKind, Differing
from datacanary.model.tablediff import DiffOptions
from datacanary.tablediff.compare import compare
from datacanary.tablediff.means import Means
from datacanary.tablediff.table import Table

MEANS = Means(1 << 30)
COUNTRIES = ("DE", "FR", "US", "IT", None)


def orders(rows: int = 4_000, seed: int = 1, first: int = 0) -> pl.DataFrame:
    """Make orders; 12 in 100 are from DE, one in ten has no country, 5 in 100 are tests, amounts go below zero."""
    random = np.random.default_rng(seed)
    status = pl.Series(["new", "paid", "sent", "returned", "test"])
    return pl.DataFrame({
        "id": np.arange(first, first + rows),
        "customer": random.integers(0, 500, rows),
        "amount": np.round(random.normal(50, 40, rows), 2),
        "status": status.gather(random.choice(5, rows, p=[0.3, 0.3, 0.2, 0.15, 0.05])),
        "country": pl.Series(COUNTRIES).gather(random.choice(5, rows, p=[0.12, 0.3, 0.3, 0.18, 0.1])),
        "at": pl.Series(1_700_000_000_000_000 + random.integers(0, 300 * 86_400_000_000, rows)).cast(pl.Datetime("us")),
        "day": pl.Series(19_700 + random.integers(0, 400, rows)).cast(pl.Date),
        "paid": random.random(rows) < 0.3,
        "net": random.integers(0, 10**6, rows),
        "gross": random.integers(0, 10**6, rows),
        "note": [f"note {number}" for number in random.permutation(rows)],
    })  # fmt: skip


def some(rows: int, share: float, seed: int = 2) -> pl.Series:
    """Choose rows at random."""
    return pl.Series(np.random.default_rng(seed).random(rows) < share)


def causes(base: pl.DataFrame, head: pl.DataFrame, key: Sequence[str] = ("id",)) -> tuple[Cause, ...]:
    """Explain how head differs from base."""
    tables = Pair(Table.of(base), Table.of(head))
    return compare(tables, DiffOptions(key=tuple(key), tolerances={}), MEANS).summary.causes


def told(found: Sequence[Cause], kind: CauseKind, about: Differing | None = None) -> list[str]:
    """Give the sentences of one kind."""
    return [cause.message for cause in found if cause.kind == kind and about in {None, cause.about}]
