"""Cells of every type are looked at, the best explanation comes first, and values are shown only where that is said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from cell_columns import LAWS
from hypothesis import given, settings
from hypothesis import strategies as st

import datacanary.tablediff.causes
from datacanary.model.basic import Pair
from datacanary.tablediff.causes.cells import CELL_CAUSES, ChangedCells, Claim, cell_claims
from datacanary.tablediff.causes.chance import Odds

NAN, INFINITY = float("nan"), float("inf")
TICKS = (0, 86_400_000, 1, -1, 2**63 - 1, -(2**63) + 1)
KINDS: dict[pl.DataType, tuple[object, ...]] = {
    **dict.fromkeys((pl.Int8(), pl.UInt8(), pl.Int32(), pl.UInt64(), pl.Int128(), pl.UInt128()), (0, 1, 2, 100)),
    pl.Int64(): (0, 1, -1, 2**53 + 1, 2**63 - 1, -(2**63)),
    pl.Float32(): (0.0, -0.0, 0.5, NAN, INFINITY),
    pl.Float64(): (0.0, -0.0, 0.1, NAN, INFINITY, -INFINITY, 2.0**63, 1e300, 5e-324),
    pl.Decimal(10, 2): (Decimal("0.50"), Decimal(-1), Decimal(0)),
    pl.Decimal(38, 0): (Decimal(0), Decimal(10**37), Decimal(-(10**38) + 1)),
    pl.Decimal(38, 37): (Decimal("0.5"), Decimal("9." + "9" * 37)),
    pl.String(): ("", "a", "A ", "é", "e\u0301", "Ã©", " ", "\x00"),
    pl.Categorical(): ("", "a", "A "),
    pl.Binary(): (b"", b"a", b"\xff"),
    pl.Boolean(): (True, False),
    pl.Date(): (0, 1, -1, 2**31 - 1, -(2**31) + 1),
    pl.Time(): (0, 1, 86_399_999_999_999),
    **{pl.Datetime(unit, zone): TICKS for unit in ("ms", "us", "ns") for zone in (None, "UTC", "Europe/Berlin")},
    **{pl.Duration(unit): TICKS for unit in ("ms", "us", "ns")},
    pl.List(pl.Int64()): ([], [None], [0, 1]),
    pl.Array(pl.Float64(), 2): ([0.0, 1.0], [NAN, 2.0]),
    pl.Struct({"a": pl.Int64(), "b": pl.List(pl.String())}): ({"a": 1, "b": ["x"]}, {"a": None, "b": []}),
}


def series(dtype: pl.DataType, values: Sequence[object]) -> pl.Series:
    """Build a column; times from what is stored, to have those beyond Python's calendar."""
    stored = pl.Int32() if dtype == pl.Date() else pl.Int64() if dtype.is_temporal() else dtype
    return pl.Series(list(values), dtype=stored).cast(dtype)


def changed(base: pl.Series, head: pl.Series, name: str = "x") -> ChangedCells:
    """Say that all cells changed."""
    return ChangedCells(name, Pair(base, head), Pair(base, head), base.len(), complete=True)


def told(cells: ChangedCells) -> list[str]:
    return [claim.message for claim in cell_claims(cells)]


def test_every_file_that_makes_claims_is_asked() -> None:
    folder = Path(datacanary.tablediff.causes.__file__).parent
    making = {path.stem for path in folder.glob("*.py") if re.search(r"^def claims\(", path.read_text(), re.MULTILINE)}
    assert sorted(cause.__module__.rsplit(".", 1)[1] for cause in CELL_CAUSES) == sorted(making)


@settings(max_examples=3)
@given(st.data())
@pytest.mark.parametrize("dtype", KINDS, ids=str)
def test_cells_of_every_type_can_be_looked_at(dtype: pl.DataType, data: st.DataObject) -> None:
    values = st.sampled_from([*KINDS[dtype], None])
    cells = data.draw(st.lists(st.tuples(values, values), max_size=60))
    base, head = (series(dtype, [cell[side] for cell in cells]) for side in (0, 1))
    for claim in cell_claims(changed(base, head)):
        assert claim.holds.len() == len(cells)
        assert claim.holds.dtype == pl.Boolean
        assert claim.holds.null_count() == 0


@pytest.mark.parametrize("dtype", KINDS, ids=str)
def test_cells_of_every_type_that_became_null_are_told(dtype: pl.DataType) -> None:
    base = series(dtype, KINDS[dtype] * 40)
    head = series(dtype, [None] * base.len())
    assert "became NULL" in told(changed(base, head))
    assert "were NULL and have a value now" in told(changed(head, base))


@pytest.mark.parametrize("dtype", [pl.Null(), pl.Object()])
def test_columns_without_values_that_compare_are_let_be(dtype: pl.DataType) -> None:
    nothing = pl.Series([None, None], dtype=dtype)
    assert cell_claims(changed(nothing, nothing)) == ()


@pytest.mark.parametrize("dtype", [pl.Int64(), pl.String(), pl.Datetime("us"), pl.List(pl.Int8()), pl.Boolean()])
def test_no_changed_cells_need_no_explanation(dtype: pl.DataType) -> None:
    assert cell_claims(changed(pl.Series([], dtype=dtype), pl.Series([], dtype=dtype))) == ()


@pytest.mark.parametrize("name", ["^a$", "*", "", "base"])
def test_names_that_polars_takes_for_patterns_are_names(name: str) -> None:
    base, head = (pl.Series(name, [f"{n}{end}" for n in range(40)]) for end in (" ", ""))
    assert told(changed(base, head, name)) == ["are base without white space at its end"]


def test_categories_are_texts() -> None:
    base = pl.Series(["Red ", "Blue ", "Green "] * 20)
    for dtype in (pl.Categorical(), pl.Enum(["Red ", "Blue ", "Green "])):
        assert told(changed(base.cast(dtype), base.str.to_lowercase()))[0] == "are base in lower case"


def test_the_value_that_cells_became_is_shown_only_where_values_may_be() -> None:
    base = pl.Series([f"secret {n}" for n in range(60)])
    (claim,) = cell_claims(changed(base, pl.Series(["classified"] * 60)))
    assert (claim.shows, claim.message) == (True, "became 'classified'")
    assert claim.discreet == "became one and the same value"
    base = pl.Series(["secret"] * 60)
    cells = ChangedCells(
        "x",
        Pair(base, pl.Series(["classified"] * 60)),
        Pair(LAWS["names"].draw(np.random.default_rng(9), 500), base),
        60,
        True,
    )
    (claim,) = cell_claims(cells)
    assert (claim.shows, claim.message) == (True, "went from 'secret' to 'classified'")
    assert claim.discreet == "went from one and the same value to one other"


def test_other_messages_show_no_cell() -> None:
    base = pl.Series([f"Zq{n}" for n in range(60)])
    for head in (base.str.to_lowercase(), base + " ", base.str.head(1), pl.Series([None] * 60, dtype=pl.String)):
        for claim in cell_claims(changed(base, head)):
            assert claim.shows or "z" not in claim.message.lower()


def test_what_explains_more_comes_first() -> None:
    amounts = pl.Series([n + 0.25 for n in range(100, 400)])
    head = pl.concat([amounts.head(210) * 100, amounts.tail(90)]).scatter(list(range(280, 300)), None)
    cells = changed(amounts, head.scatter(list(range(210, 280)), (amounts * 100)[210:280]))
    shares = [claim.share for claim in cell_claims(cells)]
    assert shares == sorted(shares, reverse=True)


def test_of_equals_the_one_that_was_not_learnt_from_the_cells_comes_first() -> None:
    """An hour later is both an offset and a time zone; the day before a full hour is a cut and an offset."""
    base = LAWS["seconds"].draw(np.random.default_rng(9), 400)
    kinds = [claim.kind for claim in cell_claims(changed(base, base.dt.offset_by("7h")))]
    assert kinds == ["time_zone", "offset"]


def test_a_claim_without_odds_is_not_trusted() -> None:
    yes = pl.Series([True] * 10)
    assert not Claim("ratio", yes, "are base x 2").trustworthy
    assert Claim("ratio", yes, "are base x 2", odds=(Odds(10, 10, 0.01),)).trustworthy
    assert not Claim("ratio", yes, "are base x 2", odds=(Odds(10, 10, 0.01), Odds(1, 1, 0.5))).trustworthy
    assert not Claim("ratio", pl.Series([True, False]), "are base x 2", odds=(Odds(10, 10, 0.01),)).trustworthy


def test_null_cells_count_against_a_factor() -> None:
    base = LAWS["money"].draw(np.random.default_rng(9), 400)
    tripled = base * 3
    for nulls, expected in ((100, ["are base x 3: counted three times by a join?"]), (200, [])):
        head = tripled.to_frame("h").select(pl.when(pl.int_range(400) >= nulls).then("h")).to_series()
        assert [message for message in told(changed(base, head)) if "base" in message] == expected


def test_dates_without_end_break_nothing() -> None:
    ends = pl.Series([2**31 - 1, -(2**31) + 1, 5] * 20, dtype=pl.Int32).cast(pl.Date)
    assert told(changed(ends, pl.Series([date(2020, 1, 1)] * 60))) == ["became 2020-01-01"]
    moments = pl.Series([2**63 - 1, -(2**63) + 1, 5] * 20).cast(pl.Datetime("us", "Europe/Berlin"))
    later = pl.Series([2**62, 7, 10**15] * 20).cast(pl.Datetime("us", "Europe/Berlin"))
    assert told(changed(moments, later)) == []
