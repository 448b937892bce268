"""A number for the key and a hash for the other cells of every row: all that shuffled rows need to find each other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import polars as pl

from datacanary.tablediff.columns import ColumnPair
from datacanary.tablediff.hashing import Hashing, is_code
from datacanary.tablediff.tally import Tally
from datacanary.tablediff.views import View, written

CODE = "code"
HASH = "hash"
IS_NULL = "n_"
"""Put before the code of a column: whether its cell is NULL."""

Codes = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]


def whole_key(view: View, key: tuple[ColumnPair, ...]) -> bool:
    """Tell whether the key is one column of numbers, or of what is stored as numbers, of 64 bits at most."""
    if len(key) != 1:
        return False
    dtype = view.frame.select(written(key, view.side)).collect_schema().dtypes()[0]
    return is_code(dtype)


def printed(view: View, tally: Tally, hashing: Hashing, *, exact: bool) -> pl.LazyFrame:
    """Add a code and a hash to every row of a view."""
    terms = tally.terms
    pairing, beside = terms.pairing, terms.beside_key if terms.key else ()
    plain = view.frame.with_columns(
        expr.alias(f"w_{expr.meta.output_name()}") for expr in written(terms.compared, view.side)
    )
    names = [f"w_{column.code}" for column in pairing]
    code = pl.col(names[0]).to_physical().cast(pl.Int64) if exact else hashing.of(names)
    others = [f"w_{column.code}" for column in beside]
    # Hashed with other seeds and together with the key: whoever has another key's hash still has another print.
    whole = hashing.reseeded(1).of(others if exact and others else [*names, *others])
    return plain.with_columns(code.alias(CODE), whole.alias(HASH)).drop(*names, *others)


def take_prints(view: View, tally: Tally, hashing: Hashing, *, exact: bool) -> Iterator[pl.DataFrame]:
    """Stream the codes and hashes of a view, and count its NULLs."""
    frame = printed(view, tally, hashing, exact=exact)
    in_key = [column.code for column in tally.terms.key]
    flags = [pl.col(code).is_null().alias(IS_NULL + code) for code in view.codes]
    for batch in view.batches(frame.select(CODE, HASH, *flags)):
        tally.count_nulls(view.side, {code: int(batch[IS_NULL + code].sum()) for code in view.codes})
        if any(batch[IS_NULL + code].any() for code in in_key):
            nulls = batch.select(pl.any_horizontal(IS_NULL + code for code in in_key).sum()).item()
            tally.null_keys[view.side] += int(nulls)
        yield batch.select(CODE, HASH)
