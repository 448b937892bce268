"""Rows that a join multiplies, and repeated ones that are gone."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from row_tables import causes, orders, some, told

BASE = orders()


def repeated(rows: pl.DataFrame, times: list[int]) -> pl.DataFrame:
    """Add the first rows again, each so many times as its number says, over and over."""
    number = pl.Series([times[place % len(times)] for place in range(rows.height)])
    return rows[np.repeat(np.arange(rows.height), number.to_numpy()).tolist()]


def test_key_values_that_a_join_multiplies() -> None:
    more = repeated(BASE.head(300), [1])
    first, *_ = causes(BASE, pl.concat([BASE, more]))
    assert first.message == "300 key values that are single in base occur 2 times in head: a join multiplies rows"
    assert (first.kind, first.about, first.count, first.of) == ("fan_out", "added", 300, 300)


def test_multiplied_rows_may_differ_from_each_other() -> None:
    more = pl.concat(
        [BASE.head(300).with_columns(note=pl.lit("left")), BASE.head(300).with_columns(note=pl.lit("right"))]
    )
    first, *_ = causes(BASE, pl.concat([BASE.tail(-300), more]))
    assert first.message == "300 key values that are single in base occur 2 times in head: a join multiplies rows"
    assert (first.count, first.of) == (600, 600)


def test_how_often_is_told_as_it_is() -> None:
    first, *_ = causes(BASE, pl.concat([BASE, repeated(BASE.head(30), [1, 2, 4])]))
    assert first.message == "30 key values that are single in base occur 2 to 5 times in head: a join multiplies rows"
    first, *_ = causes(BASE, pl.concat([BASE, repeated(BASE.head(30), [2] * 14 + [5])]))
    assert first.message == "30 key values that are single in base occur 3 times in head: a join multiplies rows"
    first, *_ = causes(BASE, pl.concat([BASE, BASE.head(1)]))
    assert first.message == "1 key value that is single in base occurs 2 times in head: a join multiplies rows"


def test_new_rows_beside_do_not_count_as_multiplied() -> None:
    head = pl.concat([BASE, BASE.head(300), orders(100, seed=3, first=10**6)])
    first, *_ = causes(BASE, head)
    assert first.message.startswith("300 key values that are single in base")
    assert (first.count, first.of) == (300, 400)


def test_new_key_values_that_repeat_are_no_fan_out() -> None:
    more = orders(100, seed=3, first=10**6)
    assert told(causes(BASE, pl.concat([BASE, more, more])), "fan_out") == []


def test_repeated_rows_that_are_gone() -> None:
    first, *_ = causes(pl.concat([BASE, BASE.head(300)]), BASE)
    assert first.message == "300 key values that occur 2 times in base are single in head: repeated rows are gone"
    assert (first.about, first.count, first.of) == ("removed", 300, 300)


def test_a_key_that_repeats_on_both_sides_says_nothing() -> None:
    base = orders(2_000).with_columns(id=pl.Series(np.random.default_rng(1).integers(0, 1_500, 2_000)))
    more = orders(300, seed=5).with_columns(id=pl.Series(np.random.default_rng(2).integers(0, 1_500, 300)))
    assert told(causes(base, pl.concat([base, more])), "fan_out") == []


def test_null_in_a_key_is_a_value_like_any_other() -> None:
    base = BASE.with_columns(id=pl.when(pl.col("id") > 0).then("id"))
    first, *_ = causes(base, pl.concat([base, base.head(2)]))
    assert first.message == "2 key values that are single in base occur 2 times in head: a join multiplies rows"


def test_of_many_key_values_some_are_looked_up() -> None:
    base = orders(12_000).select("id", "net")
    first, *_ = causes(base, pl.concat([base, base]))
    assert first.message == (
        "about 12,000 key values that are single in base occur 2 times in head: a join multiplies rows"
    )
    assert first.estimated
    assert (first.count, first.of) == (10_000, 10_000)


@pytest.mark.parametrize("rows", [BASE.drop("id"), BASE.drop("id", "note", "net", "gross")])
def test_whole_rows_without_a_key(rows: pl.DataFrame) -> None:
    more = repeated(rows.head(200), [2])
    first, *_ = causes(rows, pl.concat([rows, more]), key=())
    assert first.message == "200 rows that are single in base occur 3 times in head: a join multiplies rows"
    assert (first.about, first.count, first.of) == ("added", 400, 400)
    first, *_ = causes(pl.concat([rows, more]), rows, key=())
    assert first.message == "200 rows that occur 3 times in base are single in head: repeated rows are gone"
    assert (first.about, first.count, first.of) == ("removed", 400, 400)


def test_a_few_rows_that_are_gone_or_new_do_not_hide_it() -> None:
    rows = BASE.drop("id")
    head = pl.concat([rows.tail(-5), rows.slice(100, 300), orders(20, seed=3).drop("id")])
    (sentence,) = told(causes(rows, head, key=()), "fan_out")
    assert sentence == "300 rows that are single in base occur 2 times in head: a join multiplies rows"


def test_rows_that_could_be_there_twice_anyway_say_nothing() -> None:
    base = orders(3_000).select("status", "country", "paid")
    head = pl.concat([base, orders(400, seed=5).select("status", "country", "paid")])
    assert told(causes(base, head, key=()), "fan_out") == []


def test_two_rows_that_may_well_be_there_twice_say_nothing() -> None:
    rows = orders(1_000).select("note")
    base = pl.concat([rows, rows.head(500)])
    assert told(causes(base, pl.concat([base, rows.head(2)]), key=()), "fan_out") == []
    assert told(causes(rows, pl.concat([rows, rows.head(2)]), key=()), "fan_out") == [
        "2 rows that are single in base occur 2 times in head: a join multiplies rows"
    ]


def test_rows_that_were_there_twice_and_are_now_more_often() -> None:
    rows = orders(1_000).select("note")
    base = pl.concat([rows, rows.head(300)])
    (sentence,) = told(causes(base, pl.concat([base, rows.head(300)]), key=()), "fan_out")
    assert sentence == "300 rows occur more often in head than in base"


def test_rows_that_are_exchanged_for_others_are_no_fan_out() -> None:
    rows = BASE.drop("id")
    assert told(causes(rows, pl.concat([rows.tail(-300), rows.tail(400)]), key=()), "fan_out") == []


def test_new_rows_without_a_key_are_no_fan_out() -> None:
    rows = BASE.drop("id")
    assert told(causes(rows, pl.concat([rows, orders(300, seed=5).drop("id")]), key=()), "fan_out") == []


def test_a_side_larger_than_its_sample_is_read_again() -> None:
    rows = orders(90_000).select("customer", "amount", "note")
    first, *_ = causes(rows, pl.concat([rows, rows.filter(some(rows.height, 0.01))]), key=())
    number = rows.filter(some(rows.height, 0.01)).height
    assert first.message == f"{number} rows that are single in base occur 2 times in head: a join multiplies rows"
    new = rows.head(900).with_columns(note=pl.concat_str(pl.lit("x"), "note"))
    assert told(causes(rows, pl.concat([rows, new]), key=()), "fan_out") == []
    assert told(causes(rows, pl.concat([rows, new, rows.head(900)]), key=()), "fan_out") == []
