"""Makes the files of a workload: seeded, so that the same tables come out every time.

    python benchmarks/generate.py parquet|tables WORKLOAD ROWS DATA TARGET

The tables look like what people keep in a warehouse: a dense ascending key, amounts, floats with NULL and NaN,
decimals, dates, a few categories, random text that does not compress.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
from workloads import GENERATION, PART, WORKLOADS, Dataset

Sides = tuple[pl.DataFrame, pl.DataFrame]
Random = np.random.Generator

CHANGED, ADDED, REMOVED = 0.001, 0.0001, 0.0001
ROW_GROUP = 1_000_000
PART_KEYS = PART * 5 // 2 + 100_000
"""Keys of a full part: steps of 1 to 4, so 2.5 on average, and room for chance and for rows added at the end."""


def orders(rows: int, seed: int, start: int = 0) -> pl.DataFrame:
    """Make 13 columns, ascending by id, which begins above `start`."""
    random = np.random.default_rng(seed)
    whole = random.integers
    moments = 1_600_000_000_000_000 + whole(0, 150_000_000_000_000, rows)
    score = random.standard_normal(rows)
    score[::1001] = np.nan
    columns = {
        "id": pl.Series(start + np.cumsum(whole(1, 5, rows))),
        "customer_id": thinned(random, pl.Series(whole(0, 1_000_000, rows)), 0.02),
        "qty": pl.Series(whole(1, 100, rows, dtype=np.int32)),
        "amount_cents": pl.Series(whole(100, 10_000_000, rows)),
        "price": thinned(random, pl.Series(np.round(random.lognormal(3, 1, rows), 4)), 0.05),
        "score": pl.Series(score),
        "tax": thinned(random, pl.Series(whole(0, 1_000_000, rows)).cast(pl.Decimal(18, 2)), 0.03),
        "order_date": days(random, rows),
        "updated_at": thinned(random, pl.Series(moments).cast(pl.Datetime("us")), 0.1),
        "status": one_of(random, ["new", "paid", "shipped", "returned", "cancelled"], rows),
        "country": thinned(random, one_of(random, [f"C{number:03d}" for number in range(120)], rows), 0.01),
        "is_gift": pl.Series(some_of(random, rows, 0.1)),
        "ref": letters(random, rows, 20),
    }
    return pl.DataFrame(columns)


def balances(rows: int, seed: int) -> pl.DataFrame:
    """Make 30 columns, five months for every customer, ascending by the two texts of the key."""
    random = np.random.default_rng(seed)
    customer, month = np.divmod(np.arange(rows), 5)
    number = pl.Series(customer).cast(pl.String).str.zfill(9)
    months = pl.Series([f"2024-{number:02d}" for number in range(1, 6)])
    columns = {"k1": pl.select("cust-" + number).to_series(), "k2": months.gather(month)}
    columns |= {f"i{place}": pl.Series(random.integers(0, 10 ** (2 + place), rows)) for place in range(8)}
    for place in range(8):
        values = np.round(random.standard_normal(rows) * 100, 2 + place % 3)
        columns[f"f{place}"] = thinned(random, pl.Series(values), 0.05)
    for place in range(5):
        columns[f"s{place}"] = one_of(random, [f"v{number}" for number in range(4 ** (place + 1))], rows)
    columns |= {f"d{place}": days(random, rows) for place in range(3)}
    columns |= {f"b{place}": pl.Series(some_of(random, rows, 0.3)) for place in range(2)}
    columns |= {"h0": letters(random, rows, 12), "h1": thinned(random, letters(random, rows, 16), 0.2)}
    return pl.DataFrame(columns)


def thinned(random: Random, values: pl.Series, share: float) -> pl.Series:
    """Replace a share of the values by NULL."""
    gone = pl.Series(some_of(random, len(values), share))
    return pl.select(pl.when(~gone).then(values)).to_series()


def some_of(random: Random, rows: int, share: float) -> npt.NDArray[np.bool_]:
    """Pick about a share of the rows."""
    return random.random(rows) < share


def one_of(random: Random, words: list[str], rows: int) -> pl.Series:
    """Pick one of the words for every row."""
    return pl.Series(words).gather(random.integers(0, len(words), rows))


def days(random: Random, rows: int) -> pl.Series:
    """Pick a day out of five years for every row."""
    return pl.Series(random.integers(18_000, 19_800, rows, dtype=np.int32)).cast(pl.Date)


def letters(random: Random, rows: int, length: int) -> pl.Series:
    """Make text of small letters, straight from random bytes."""
    text = random.integers(ord("a"), ord("z") + 1, rows * length, dtype=np.uint8)
    ends = np.arange(rows + 1, dtype=np.int64) * length
    array = pa.LargeStringArray.from_buffers(rows, pa.py_buffer(ends), pa.py_buffer(text))
    return pl.Series(values=array, dtype=pl.String)


def edited(base: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Change, add and remove rows of `base`: one or two cells of a changed row; keys of added rows in gaps and after.

    Each column is gathered once, out of the old values and the new ones beneath them.
    """
    random = np.random.default_rng(seed)
    rows = base.height
    changed, added, removed = (max(1, int(rows * share)) for share in (CHANGED, ADDED, REMOVED))
    fresh = orders(changed + added, seed + 1)
    ids = base["id"].to_numpy()
    added_ids = new_ids(random, ids, added)
    fresh = fresh.with_columns(id=pl.Series(np.concatenate([np.zeros(changed, np.int64), added_ids])))

    kept = np.delete(np.arange(rows), random.choice(rows, removed, replace=False))
    order = np.insert(kept, np.searchsorted(ids[kept], added_ids), np.arange(rows + changed, rows + changed + added))
    edits = random.choice(rows, changed, replace=False)
    others = base.columns[1:]
    first, second = (random.integers(0, len(others), changed) for _ in range(2))
    twice = some_of(random, changed, 0.5)
    head = {"id": picked(base, fresh, "id", order)}
    for number, name in enumerate(others):
        new = np.flatnonzero((first == number) | (twice & (second == number)))
        places = np.arange(rows + changed + added)
        places[edits[new]] = rows + new
        head[name] = picked(base, fresh, name, places[order])
    return pl.DataFrame(head)


def new_ids(random: Random, ids: npt.NDArray[np.int64], count: int) -> npt.NDArray[np.int64]:
    """Make ascending keys that are not in `ids`: half of them between its own, half after its last."""
    before_gap = np.flatnonzero(np.diff(ids) > 1)
    between = ids[np.sort(random.choice(before_gap, count // 2, replace=False))] + 1
    return np.concatenate([between, ids[-1] + 1 + np.arange(count - count // 2)])


def picked(base: pl.DataFrame, fresh: pl.DataFrame, name: str, places: npt.NDArray[np.int64]) -> pl.Series:
    """Pick values of one column by their places in base, and in `fresh` after it."""
    return pl.concat([base[name], fresh[name]], rechunk=True).gather(places.astype(np.uint32))


def shuffled(frame: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Put the rows into random order."""
    order = np.random.default_rng(seed).permutation(frame.height).astype(np.uint32)
    return frame.select(pl.all().gather(pl.lit(pl.Series(order))))


def orders_sides(rows: int, part: int, head_of: Callable[[pl.DataFrame, int], pl.DataFrame]) -> Sides:
    """Make both sides of W1, W2, W4 and W5; the parts of a large table have neighbouring ranges of keys."""
    base = orders(rows, seed=1000 + part, start=part * PART_KEYS)
    return base, head_of(base, 2000 + 10 * part)


def balances_sides(rows: int, _part: int) -> Sides:
    """Make both sides of W3: f3 is another number in one of 20 rows."""
    base = balances(rows, seed=77)
    some = pl.Series(some_of(np.random.default_rng(78), rows, 0.05))
    other = pl.when(some).then(pl.col("f3").fill_null(0) + 1.25).otherwise("f3")
    return base, base.with_columns(f3=other)


SIDES: Mapping[str, Callable[[int, int], Sides]] = {
    "W1": partial(orders_sides, head_of=edited),
    "W2": partial(orders_sides, head_of=lambda base, seed: shuffled(edited(base, seed), seed + 5)),
    "W3": balances_sides,
    "W4": partial(orders_sides, head_of=lambda base, _seed: base),
    "W5": partial(orders_sides, head_of=shuffled),
}


def write_parquet(dataset: Dataset, target: Path) -> None:
    """Write both sides into the folder `target`, and how large they are in memory."""
    target.mkdir()
    parts = -(-dataset.rows // PART)
    row_group = ROW_GROUP if dataset.rows > ROW_GROUP else ROW_GROUP // 8
    decoded = 0.0
    for part in range(parts):
        sides = SIDES[dataset.workload.name](min(PART, dataset.rows), part)
        for name, frame in zip(("base", "head"), sides, strict=True):
            file = target / dataset.side(name).name
            if parts > 1:
                file.mkdir(exist_ok=True)
                file /= f"part-{part:02d}.parquet"
            frame.write_parquet(file, compression="zstd", row_group_size=row_group)
            decoded += frame.estimated_size()
    about = {"generation": GENERATION, "rows": dataset.rows, "decoded_bytes": int(decoded)}
    (target / "about.json").write_text(json.dumps(about), "utf-8")


def write_tables(dataset: Dataset, target: Path) -> None:
    """Write both sides into a DuckDB file, in the order of the Parquet files."""
    with duckdb.connect(target) as connection:
        for name in ("base", "head"):
            side = dataset.side(name)
            files = side / "*.parquet" if side.is_dir() else side
            connection.read_parquet(str(files)).create(name)


def main() -> None:
    """Make what the command line names."""
    what, workload, rows, data, target = sys.argv[1:]
    write = {"parquet": write_parquet, "tables": write_tables}[what]
    write(Dataset(WORKLOADS[workload], int(rows), Path(data)), Path(target))


if __name__ == "__main__":
    main()
