"""What the rows that may differ say of how far a column moved is never less than what all rows say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from datacanary.model.basic import Pair
from datacanary.model.config import Tolerance
from datacanary.model.prints import FoundPrints, Nulls
from datacanary.model.statistics import AtMost, Distances
from datacanary.model.tablediff import DiffOptions, Leeway
from datacanary.tablediff.at_most import Bounds
from datacanary.tablediff.compare import compare
from datacanary.tablediff.means import Means
from datacanary.tablediff.table import Table

ROWS, DRAWN = 20_000, 5_000
ANY = Leeway(1.0, 1e300)
OPTIONS = DiffOptions(key=("id",), tolerances={}, moves={"n": ANY, "day": ANY, "word": ANY}, statistics=False)
KINDS = ("normal", "heavy", "few", "outlier")


def table(random: np.random.Generator, kind: str) -> pl.DataFrame:
    numbers = {
        "normal": random.normal(size=ROWS),
        "heavy": random.pareto(0.7, size=ROWS),
        "few": random.integers(0, 12, size=ROWS).astype(float),
        "outlier": np.append(random.normal(size=ROWS - 1), 1e9),
    }[kind]
    return pl.DataFrame(
        {
            "id": pl.Series(range(ROWS)),
            "n": numbers,
            "day": pl.Series(random.integers(0, 3000, size=ROWS), dtype=pl.Int32).cast(pl.Date),
            "word": pl.Series(random.integers(0, 9, size=ROWS)).cast(pl.String),
        }
    )


def changed(random: np.random.Generator, base: pl.DataFrame, how: str) -> pl.DataFrame:
    """Change, remove or add a few rows."""
    some = pl.col("id").is_in(random.integers(0, ROWS, size=int(random.integers(1, 60))).tolist())
    far = float(random.choice([0.01, 1.0, 1000.0, 1e8]))
    match how:
        case "cells":
            moved = pl.when(some).then(pl.col("n") + pl.lit(pl.Series(random.normal(size=ROWS) * far))).otherwise("n")
            return base.with_columns(
                moved.alias("n"),
                pl.when(some).then(pl.col("day") + pl.duration(days=900)).otherwise("day").cast(pl.Date).alias("day"),
                pl.when(some).then(pl.lit("new")).otherwise("word").alias("word"),
            )
        case "NULL":
            return base.with_columns(
                pl.when(some).then(None).otherwise(pl.col(name)).alias(name) for name in ("n", "day")
            )
        case "NaN":
            return base.with_columns(pl.when(some).then(float("nan")).otherwise("n").alias("n"))
        case "removed":
            return base.filter(~some)
    new = base.filter(some).with_columns(pl.col("id") + ROWS, pl.col("n") * far)
    return pl.concat([base, new])


def both_ways(base: pl.DataFrame, head: pl.DataFrame, random: np.random.Generator, options: DiffOptions):  # type: ignore[no-untyped-def]  # noqa: ANN201 -- two mappings
    """Bound by the rows that differ and some that were drawn, and measure over all."""
    same = base.join(head, on=base.columns, how="inner", nulls_equal=True)["id"]
    drawn = set(random.choice(same.to_numpy(), size=min(DRAWN, same.len()), replace=False).tolist())
    travels = ~pl.col("id").is_in(list(set(same.to_list()) - drawn))
    part = compare(Pair(Table.of(base.filter(travels)), Table.of(head.filter(travels))), options)
    nulls = Pair(*(Nulls(0, {name: side[name].null_count() for name in side.columns}) for side in (base, head)))
    found = FoundPrints(Pair(base.height, head.height), same.len() - len(drawn), 0, (1,), nulls)

    def ends(names: list[str]) -> pl.DataFrame:
        finite = [pl.col(name).filter(pl.col(name).is_finite()) if name == "n" else pl.col(name) for name in names]
        return pl.concat([base.select(one.min() for one in finite), base.select(one.max() for one in finite)])

    bounds = Bounds(part, found, options, Means()).told(ends)  # type: ignore[arg-type]
    whole = compare(Pair(Table.of(base), Table.of(head)), replace(options, statistics=True)).summary
    return bounds, {column.name: column.distances for column in whole.columns}


@pytest.mark.parametrize("how", ["cells", "NULL", "NaN", "removed", "added"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_no_column_moved_further_than_its_bound(kind: str, how: str, seed: int) -> None:
    random = np.random.default_rng([seed, KINDS.index(kind), len(how)])
    base = table(random, kind)
    bounds, measured = both_ways(base, changed(random, base, how), random, OPTIONS)
    assert set(bounds) == {"n", "day", "word"}
    assert bounds["word"] is not None
    for name, bound in bounds.items():
        apart: Distances = measured[name]
        if bound is not None:
            assert isinstance(bound, AtMost)
            assert (bound.shape or 0) >= (apart.shape or 0) - 1e-12
            assert (bound.distance or 0) >= (apart.earth_mover_in_spreads or 0) - 1e-12
            assert (bound.distance is None) == (apart.earth_mover_in_spreads is None)
    if kind != "few":
        assert bounds["n"] is not None


def test_forgiven_cells_may_have_moved_as_well() -> None:
    random = np.random.default_rng(1)
    base = table(random, "normal")
    head = base.with_columns(pl.when(pl.col("id") < 40).then(pl.col("n") + 0.001).otherwise("n").alias("n"))
    loose = replace(OPTIONS, tolerances={"n": Tolerance(absolute=0.01)})
    bounds, measured = both_ways(base, head, random, loose)
    assert bounds["n"].distance >= measured["n"].earth_mover_in_spreads > 0


def test_what_is_beyond_the_limit_stays_open() -> None:
    random = np.random.default_rng(2)
    base = table(random, "normal")
    head = base.with_columns(pl.when(pl.col("id") == 7).then(1e9).otherwise("n").alias("n"))
    strict = replace(OPTIONS, moves={"n": Leeway(0.05, 0.1), "word": Leeway(0.0), "id": Leeway(0.0, 0.0)})
    bounds, _ = both_ways(base, head, random, strict)
    assert bounds == {"n": None, "word": AtMost(0.0, None)}
