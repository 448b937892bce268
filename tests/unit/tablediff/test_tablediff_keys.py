"""Which key is found, and which is not taken for one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from unittest.mock import patch

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.io.plugins import register_io_source

from datacanary.errors import DataError
from datacanary.model.basic import Pair
from datacanary.tablediff import glance, keyproof
from datacanary.tablediff.batches import batches
from datacanary.tablediff.glance import FIRST_ROWS, Glance
from datacanary.tablediff.hashing import Hashing
from datacanary.tablediff.keynames import naming_of
from datacanary.tablediff.keyproof import SAMPLED, Sample
from datacanary.tablediff.keys import MOST_CHECKED, MOST_COMBINED, eligible, infer_key, written
from datacanary.tablediff.table import Table
from datacanary.tablediff.unique import HASH

Columns = dict[str, list[object]]

LONG = 3 * FIRST_ROWS
"""Rows of a table that a glance does not see whole."""


def key_of(base: Columns, head: Columns | None = None, name: str = "") -> tuple[str, ...]:
    return infer_key(Pair(Table.of(pl.DataFrame(base)), Table.of(pl.DataFrame(base if head is None else head))), name)


@pytest.mark.parametrize(
    ("columns", "name", "key"),
    [
        ({"n": [1, 2], "id": [3, 4]}, "", ("id",)),
        ({"customer_id": [1, 2], "order_id": [3, 4]}, "fct_orders", ("order_id",)),
        ({"customer_id": [1, 2], "category_id": [3, 4]}, "dim_categories", ("category_id",)),
        ({"customer_id": [1, 1], "uuid": ["a", "b"]}, "", ("uuid",)),
        ({"order_id": [1, 1, 2], "line_no": [1, 2, 1], "text": ["a", "a", "a"]}, "", ("order_id", "line_no")),
        ({"shop_id": [1, 1], "day": ["2024-01-01", "2024-01-02"], "n": [1, 2]}, "", ("shop_id", "day")),
        ({"shop_id": [1, 1], "a_at": [1, None], "b_at": [None, 1], "day": [1, 2]}, "", ("shop_id", "day")),
        ({"region": ["a", "b"], "customers": [1, 2]}, "", ("region",)),
        ({"region": ["a", "a"], "month": [1, 2], "revenue": [1, 2]}, "", ("region", "month")),
        ({"year": [1, 1], "month": [1, 1], "day": [1, 2], "n_flights": [1, 2]}, "", ("year", "month", "day")),
        ({"a": [1, 1], "b": [1, 1], "c": [1, 1], "d": [1, 2]}, "", ()),
        ({"amount": [1, 2]}, "", ()),
        ({"n_orders": [1, 2], "avg_delay": [1, 2], "total": [3, 4], "share": [1, 2]}, "", ()),
        ({"id": [1.0, 2.0]}, "", ()),
        ({"id": [True, False]}, "", ()),
        ({"id": [[1], [2]]}, "", ()),
        ({"id": [1, None]}, "", ()),
        ({"id": [1, 1]}, "", ()),
        ({}, "", ()),
    ],
)
def test_the_key_is_what_a_person_would_choose(columns: Columns, name: str, key: tuple[str, ...]) -> None:
    assert key_of(columns, name=name) == key


def test_a_key_must_hold_on_both_sides() -> None:
    assert key_of({"id": [1, 2], "code": ["a", "b"]}, {"id": [1, 1], "code": ["a", "b"]}) == ("code",)
    assert key_of({"id": [1, 2], "code": ["a", "b"]}, {"id": [1, None], "code": ["a", "b"]}) == ("code",)
    assert key_of({"id": [1, 2], "code": ["a", "b"]}, {"code": ["a", "b"]}) == ("code",)
    assert key_of({"id": [1, 2], "code": ["a", "b"]}, {"id": ["1", "2"], "code": ["a", "b"]}) == ("code",)


def test_a_key_must_pair_half_of_the_smaller_side() -> None:
    renumbered: Columns = {"id": [7, 8, 9], "code": ["a", "b", "c"]}
    assert key_of({"id": [1, 2, 3], "code": ["a", "b", "c"]}, renumbered) == ("code",)
    assert key_of({"id": [1, 2, 3]}, {"id": [7, 8, 9]}) == ()
    assert key_of({"id": [1, 2, 3, 4]}, {"id": [3, 9]}) == ("id",)
    assert key_of({"id": [1, 2, 3, 4]}, {"id": [3, 8, 9]}) == ()


def test_an_empty_side_leaves_the_choice_to_the_other() -> None:
    full = pl.DataFrame({"id": [1, 1], "code": ["a", "b"]})
    for sides in (Pair(full, full.clear()), Pair(full.clear(), full)):
        assert infer_key(sides.map(Table.of)) == ("code",)
    assert infer_key(Pair(full, full).map(lambda side: Table.of(side.clear()))) == ("id",)


def test_an_ignored_column_is_no_key() -> None:
    table = Table.of(pl.DataFrame({"id": [1, 2], "code": ["a", "b"]}))
    assert infer_key(Pair(table, table), ignore=("id",)) == ("code",)
    table = Table.of(pl.DataFrame({"loaded": [1, 2], "region": ["a", "b"]}))
    assert infer_key(Pair(table, table), ignore=("loaded",)) == ("region",)


def test_many_plausible_names_do_not_hide_the_leading_columns() -> None:
    ids: Columns = {f"part_{place}_id": [1, 1, 1] for place in range(30)}
    assert key_of({"region": ["a", "b", "c"], **ids}) == ("region",)


def test_types_that_hold_the_same_values_pair() -> None:
    base, head = pl.DataFrame({"id": [1, 2]}), pl.DataFrame({"id": [1, 2]}, schema={"id": pl.UInt64})
    assert infer_key(Pair(Table.of(base), Table.of(head))) == ("id",)


def test_a_wide_table_without_a_key_is_given_up_soon() -> None:
    rows = 200_000
    values = pl.int_range(rows, eager=True)
    frame = pl.DataFrame({f"part_{place}_id": values % (rows - place - 1) for place in range(200)})
    table = Table.of(frame)
    started = time.perf_counter()
    assert infer_key(Pair(table, table)) != ("part_0_id",)
    assert time.perf_counter() - started < 5


def numbers(rows: int = LONG, start: int = 0) -> pl.Series:
    return pl.int_range(start, start + rows, eager=True)


def key_of_frames(base: pl.DataFrame, head: pl.DataFrame | None = None) -> tuple[str, ...]:
    return infer_key(Pair(base, base if head is None else head).map(Table.of))


def one_repeated(values: pl.Series) -> pl.Series:
    """Let a value from the middle come again near the end, in no row that a glance or a survey is sure to see."""
    return pl.concat([values.head(-2_000), values.slice(14_000, 1), values.tail(1_999)])


def test_what_repeats_once_anywhere_is_no_key() -> None:
    ids = one_repeated(numbers())
    code = numbers().cast(pl.String)
    whole, broken = pl.DataFrame({"id": numbers(), "code": code}), pl.DataFrame({"id": ids, "code": code})
    for base, head in ((whole, broken), (broken, whole), (broken, broken)):
        assert key_of_frames(base, head) == ("code",)
    assert key_of_frames(whole, whole.sample(fraction=1, shuffle=True, seed=3)) == ("id",)
    with patch.object(Glance, "spread_rows", autospec=True, side_effect=Glance.spread_rows) as survey:
        assert key_of_frames(broken.select("id", order_id="id")) == ()
    assert survey.call_count == 2, "once for either side"


def test_a_null_anywhere_makes_a_column_no_part_of_a_key() -> None:
    ids = pl.concat([numbers(LONG - 100), pl.Series([None], dtype=pl.Int64), numbers(99, LONG)])
    line = numbers() // 2
    whole = pl.DataFrame({"id": numbers(), "order_id": line, "line_no": numbers() % 2})
    for broken in (whole.with_columns(id=ids), whole.with_columns(id=ids.reverse())):
        assert key_of_frames(whole) == ("id",)
        assert key_of_frames(whole, broken) == key_of_frames(broken, whole) == ("order_id", "line_no")


def test_more_values_at_a_glance_go_before_position_among_equal_names() -> None:
    ids = {f"part_{place}_id": pl.Series([place] * 50) for place in range(4 * MOST_COMBINED)}
    assert key_of_frames(pl.DataFrame({"text": ["a"] * 50, **ids, "late_id": numbers(50)})) == ("late_id",)
    parted = {"late_id": numbers(50) // 7, "later_id": numbers(50) % 7}
    assert key_of_frames(pl.DataFrame({"text": ["a"] * 50, **ids, **parted})) == ("late_id", "later_id")


@pytest.mark.parametrize(("shift", "key"), [(0.4, ("id",)), (0.6, ())])
def test_a_sample_tells_whether_half_of_the_rows_pair(shift: float, key: tuple[str, ...]) -> None:
    moved = numbers(2 * LONG, int(shift * LONG))
    for frame in (moved, moved.shuffle(seed=1)):
        base, head = pl.DataFrame({"id": numbers()}), pl.DataFrame({"id": frame})
        assert key_of_frames(base, head) == key_of_frames(head, base) == key


@pytest.mark.parametrize(("paired", "key"), [(50, ("id",)), (49, ())])
def test_a_small_side_is_looked_up_whole(paired: int, key: tuple[str, ...]) -> None:
    few = pl.DataFrame({"id": pl.concat([numbers(paired, 20_000), numbers(100 - paired, -200)])})
    many = pl.DataFrame({"id": numbers()})
    with patch.object(keyproof, "SAMPLED", 200):
        assert key_of_frames(few, many) == key_of_frames(many, few) == key


def test_a_sample_holds_little_of_a_large_side() -> None:
    def hashed(values: pl.Series) -> pl.DataFrame:
        return pl.DataFrame({"c0": values, HASH: values.hash(1)})

    sample = Sample(["c0"], 100)
    sample.draw(hashed(numbers(50) * 1_000))
    sample.draw(hashed(numbers(50, -50)))
    for part in range(9):
        sample.look_up(hashed(numbers(SAMPLED, 11 + part * SAMPLED)))
        assert sum(keys.height for keys in sample.others) <= 3 * SAMPLED
    assert sample.partners()["c0"].sort().equals(numbers(49, 1) * 1_000)
    assert not sample.pairs_enough()
    sample.look_up(hashed(numbers(1)))
    assert sample.pairs_enough()


def test_words_are_sampled_by_what_they_say() -> None:
    words = pl.DataFrame({"code": [f"w{number}" for number in range(LONG)]})
    base = words.cast(pl.Categorical)
    for head in (words, words.cast(pl.Categorical), words.reverse().cast(pl.Categorical)):
        assert key_of_frames(base, head) == ("code",)
    renamed = words.select("x" + pl.col("code"))
    assert key_of_frames(base, renamed.cast(pl.Categorical)) == ()
    table = Table.of(base)
    assert written(table, eligible(Pair(table, table), "", ()), "base").collect_schema() == {"c0": pl.String()}


def test_a_survey_finds_what_the_first_rows_hide() -> None:
    rows = 50 * FIRST_ROWS
    everything = numbers(rows)
    last_is_null = pl.concat([everything.head(-1), pl.Series([None], dtype=pl.Int64)])
    frame = pl.DataFrame({"c0": everything % (rows // 2), "c1": everything % (rows - 5), "c2": everything})
    frame = frame.with_columns(c3=last_is_null)
    looked = Glance(Pair(frame.lazy(), frame.lazy()), Pair(rows, rows))
    assert all(looked.could_be_key([code]) for code in frame.columns)
    with patch.object(glance, "batches", lambda frame: batches(frame, 1_000)):
        looked.survey(frame.columns)
    assert [looked.could_be_key([code]) for code in frame.columns] == [False, False, True, False]
    assert looked.could_be_key(["c0", "c1"])
    assert looked.nulls == {"c3"}
    spread = looked.spread.base["c2"]
    assert glance.BLOCK * glance.BLOCKS <= spread.len() <= glance.BLOCK * (glance.BLOCKS + 1)
    assert (spread[0] >= FIRST_ROWS, spread[-1]) == (True, rows - 1)
    assert spread.is_sorted()
    assert spread.n_unique() == spread.len()


def test_keys_that_fail_late_do_not_use_up_the_tries() -> None:
    late = {f"part_{place}_id": numbers() % (LONG - 9) for place in range(MOST_CHECKED + 2)}
    assert key_of_frames(pl.DataFrame({"text": ["a"] * LONG, **late, "good_id": numbers()})) == ("good_id",)


@pytest.mark.parametrize("name", ["*", "^.*$", "^id$", "", "c1", 'a "b".c'])
def test_any_name_can_be_a_key(name: str) -> None:
    frame = pl.DataFrame({name: numbers(9), "c0": [1] * 9, "id": [2] * 9})
    assert key_of_frames(frame) == (name,)
    assert key_of_frames(frame, frame.select("id", pl.nth(0), "c0")) == (name,)


def test_only_what_could_be_the_key_is_read() -> None:
    wide = pl.DataFrame({"id": numbers(), **{f"part_{place}_id": numbers() for place in range(200)}})
    asked: list[list[str] | None] = []

    def read(
        columns: list[str] | None, predicate: pl.Expr | None, rows: int | None, size: int | None
    ) -> Iterator[pl.DataFrame]:
        del predicate, size
        asked.append(columns)
        yield wide.select(columns or pl.all()).head(LONG if rows is None else rows)

    frame = register_io_source(read, schema=wide.schema, is_pure=True)
    table = Table(frame, {}, LONG)
    assert infer_key(Pair(table, table)) == ("id",)
    assert asked == [["id"]] * 4
    asked.clear()
    wide = wide.with_columns(pl.all() // 2)
    assert infer_key(Pair(table, table)) == ()
    assert len(asked) < 10


def test_a_side_that_cannot_be_read_is_named() -> None:
    text = pl.LazyFrame({"id": [*map(str, range(LONG)), "x"]})
    table = Table(text.select(pl.col("id").cast(pl.Int64)), {}, LONG + 1)
    whole = Table.of(pl.DataFrame({"id": numbers(LONG + 2)}))
    with pytest.raises(DataError, match="The rows of head cannot be read"):
        infer_key(Pair(whole, table))


@st.composite
def small_tables(draw: st.DrawFn) -> Pair[pl.DataFrame]:
    """Draw two tables that have about the same rows, most of them with a key."""
    names = draw(st.lists(st.sampled_from(["id", "a_id", "b_id", "line_no", "day", "n", "x"]), min_size=1, unique=True))
    cells = st.one_of(st.integers(0, 30), st.integers(0, 2), st.none() if draw(st.booleans()) else st.just(1))
    rows = draw(st.lists(st.tuples(*[cells] * len(names)), max_size=14, unique_by=lambda row: row[:2]))
    new = draw(st.lists(st.tuples(*[cells] * len(names)), max_size=4))
    other = [row for row in rows if draw(st.booleans())] + new
    sides: Pair[list[tuple[int | None, ...]]] = draw(st.sampled_from([Pair(rows, other), Pair(other, rows)]))
    return sides.map(lambda side: pl.DataFrame(side, schema=dict.fromkeys(names, pl.Int64), orient="row"))


@settings(max_examples=80)
@given(small_tables(), st.integers(1, 3), st.sampled_from([Hashing(1), Hashing(2, bits=2)]))
def test_a_key_is_one_and_none_is_missed(tables: Pair[pl.DataFrame], first_rows: int, hashing: Hashing) -> None:
    with (
        patch.object(glance, "FIRST_ROWS", first_rows),
        patch.object(glance, "BLOCK", 1),
        patch.object(glance, "BLOCKS", 1),
        patch.object(keyproof, "STEADY", hashing),
    ):
        key = infer_key(tables.map(Table.of), memory=64)
    if key:
        assert serves(tables, list(key))
        return
    names = [name for name in tables.base.columns if name != "n"]
    assert not any(serves(tables, [name]) for name in names if name in {"id", "a_id", "b_id", "line_no"})
    first = tables.base.columns[:3]
    for size in range(1, len(first) + 1):
        assert "n" in first[:size] or not serves(tables, first[:size])


def serves(tables: Pair[pl.DataFrame], key: list[str]) -> bool:
    """Tell by plain sets whether columns are a key."""
    base, head = tables.map(lambda side: side.select(key).rows())
    if any(None in row for row in (*base, *head)) or len({*base}) < len(base) or len({*head}) < len(head):
        return False
    return len({*base} & {*head}) * 2 >= min(len(base), len(head))


@pytest.mark.parametrize(
    ("column", "naming"),
    [
        ("ID", "id"), ("orderId", "own_id"), ("order_key", "own_id"), ("user_uuid", "some_id"), ("zip_code", "code"),
        ("invoice_no", "number"), ("order_date", "date"), ("year", "date"), ("created_at", "date"), ("name", "other"),
        ("account", "other"), ("count", "measure"), ("n_days", "measure"), ("sum_of_tax", "measure"), ("", "other"),
        ("number_of_items", "other"), ("discount_code", "code"),
    ],
)  # fmt: skip
def test_names_are_judged_by_whole_words(column: str, naming: str) -> None:
    assert naming_of(column, "orders") == naming
