"""In which part of a table the differing rows lie."""

from __future__ import annotations

import datetime as dt
import operator
import re

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from row_tables import causes, orders, some, told

BASE = orders().with_columns(deleted=pl.when(some(4_000, 0.1, seed=20)).then("day"))
TEST_ROWS = BASE.filter(pl.col("status") == "test").height
GERMAN = pl.col("country").eq_missing("DE")


@pytest.mark.parametrize(
    ("gone", "sentence"),
    [
        (pl.col("status") == "test", "have status = 'test'; head has no such row"),
        (pl.col("status").is_in(["test", "returned"]), "have status 'returned' or 'test'; head has no such row"),
        (pl.col("status") != "paid", "have status other than 'paid'; head has no such row"),
        (pl.col("deleted").is_not_null(), "have a value of deleted (not NULL); head has no such row"),
        (pl.col("paid"), "have paid = true; head has no such row"),
        (pl.col("at") < dt.datetime(2024, 3, 1), "have at before 2024-03-01; head has no such row"),  # noqa: DTZ001
        (pl.col("day") >= dt.date(2025, 1, 1), "have day since 2025-01-01; head has no such row"),
        (pl.col("day").dt.strftime("%Y-%m") == "2024-03", "have day in 2024-03; head has no such row"),
        (pl.col("day") == dt.date(2024, 3, 5), "have day = 2024-03-05; head has no such row"),
        (pl.col("amount") < 0, "have amount < 0; head has no such row"),
        (pl.col("amount").is_between(100, 120, closed="left"), "have 100 <= amount < 120; head has no such row"),
        (pl.col("customer") == 17, "have customer = 17; head has no such row"),
        (pl.col("id") >= 3_000, "have id >= 3000; head has no such row"),
        (
            (pl.col("status") == "returned") & GERMAN,
            "have country = 'DE' and status = 'returned'; head has no such row",
        ),
    ],
)
def test_removed_rows_are_described_by_what_they_have_in_common(gone: pl.Expr, sentence: str) -> None:
    rows = BASE.filter(gone)
    (first, *_) = causes(BASE, BASE.filter(~gone.fill_null(value=False)))
    assert first.message.startswith(f"all {rows.height:,} removed rows {sentence}")
    assert (first.kind, first.about, first.count, first.of) == ("segment", "removed", rows.height, rows.height)
    assert not first.estimated


def test_most_rows_are_enough_and_the_share_is_told() -> None:
    noise = some(BASE.height, 0.01)
    head = BASE.filter((pl.col("status") != "test") & ~noise)
    (first,) = causes(BASE, head)
    assert (first.count, first.of) == (TEST_ROWS, BASE.height - head.height)
    assert first.message == (
        f"{first.share * 100:.1f} % of the removed rows have status = 'test'; head has no such row"
    )
    assert 0.8 < first.share < 0.9


def test_too_many_rows_elsewhere_leave_nothing_to_say() -> None:
    assert causes(BASE, BASE.filter((pl.col("status") != "test") & ~some(BASE.height, 0.03))) == ()


def test_added_rows_are_described_by_head() -> None:
    base, more = orders(), orders(203, seed=9, first=10**6).with_columns(status=pl.lit("trial"))
    (first,) = causes(base, pl.concat([base, more]))
    assert first.message == (
        "all 203 added rows have status = 'trial'; base has no such row; they also have id >= 1000000"
    )
    assert first.discreet == (
        "all 203 added rows share one value of status; base has no such row; they also lie in one range of id"
    )
    assert first.shows == ("status", "id")


def test_changed_rows_are_described_by_base_and_by_other_columns() -> None:
    changes = GERMAN | some(BASE.height, 0.002)
    head = BASE.with_columns(amount=pl.when(changes).then(pl.col("amount") * 100).otherwise("amount"))
    ratio, segment = causes(BASE, head)
    assert ratio.kind == "ratio"
    share = BASE.filter(GERMAN).height / BASE.height * 100
    assert segment.message.endswith(f"rows have country = 'DE' ({share:.1f} % of base's rows, all of them changed)")
    assert segment.columns == ()


def test_the_part_of_the_segment_that_differs_is_told() -> None:
    head = BASE.with_columns(amount=pl.when(GERMAN & some(BASE.height, 0.7)).then(0.125).otherwise("amount"))
    (sentence,) = told(causes(BASE, head), "segment")
    german = BASE.filter(GERMAN)
    changed = german.filter(some(BASE.height, 0.7).filter(BASE["country"].eq_missing(pl.Series(["DE"])))).height
    assert f"{changed / german.height * 100:.1f} % of them changed" in sentence


def test_rows_that_stay_are_reckoned_in() -> None:
    negative = pl.col("amount") < 0
    gone = negative & some(BASE.height, 0.95)
    (first,) = causes(BASE, BASE.filter(~gone))
    there, removed = BASE.filter(negative).height, BASE.filter(gone).height
    assert first.message == (
        f"all {removed} removed rows have amount < 0 ({there / BASE.height * 100:.1f} % of base's rows, "
        f"{removed / there * 100:.1f} % of them removed)"
    )


def test_a_second_condition_must_narrow_the_first_down() -> None:
    mostly = (pl.col("status") == "test") & some(BASE.height, 0.8) | (pl.col("status") != "test") & some(
        BASE.height, 0.1
    )
    base = BASE.with_columns(mostly=mostly)
    (sentence,) = told(causes(base, base.filter(~((pl.col("status") == "test") & pl.col("mostly")))), "segment")
    assert "have status = 'test' (" in sentence
    assert "mostly" not in sentence


def test_a_column_that_changes_itself_does_not_say_where() -> None:
    head = BASE.with_columns(status=pl.when(pl.col("status") == "new").then(pl.lit("open")).otherwise("status"))
    found = causes(BASE, head)
    assert found
    assert told(found, "segment") == []


def test_columns_that_change_in_the_same_part_are_told_once() -> None:
    half = some(BASE.height, 0.5)
    head = BASE.with_columns(
        net=pl.when(GERMAN & half).then(pl.col("net") + 1).otherwise("net"),
        gross=pl.when(GERMAN & ~half).then(pl.col("gross") + 1).otherwise("gross"),
    )
    (sentence,) = told(causes(BASE, head), "segment")
    assert sentence.startswith(f"all {BASE.filter(GERMAN).height} changed rows have country = 'DE'")


def test_columns_that_change_together_beside_others_are_one_group() -> None:
    head = BASE.with_columns(
        *(pl.when(GERMAN).then(pl.col(name) + 1).otherwise(name).alias(name) for name in ("net", "gross")),
        note=pl.when(some(BASE.height, 0.2)).then(pl.concat_str("note", pl.lit("!"))).otherwise("note"),
    )
    found = [cause for cause in causes(BASE, head) if cause.kind == "segment"]
    assert [set(cause.columns) for cause in found] == [{"net", "gross"}]


def test_columns_that_change_in_other_rows_are_told_apart() -> None:
    head = BASE.with_columns(
        net=pl.when(GERMAN).then(pl.col("net") + 1).otherwise("net"),
        gross=pl.when(pl.col("day") > dt.date(2024, 9, 30)).then(pl.col("gross") * 2).otherwise("gross"),
    )
    found = {cause.columns: cause.message for cause in causes(BASE, head) if cause.kind == "segment"}
    assert found.keys() == {("net",), ("gross",)}
    assert "rows whose net changed have country = 'DE'" in found["net",]
    assert "rows whose gross changed have day since 2024-10-01" in found["gross",]


def test_columns_that_change_together_are_told_once() -> None:
    head = BASE.with_columns(
        pl.when(GERMAN).then(pl.col(name) + 1).otherwise(name).alias(name) for name in ("net", "gross")
    )
    found = [cause for cause in causes(BASE, head) if cause.kind == "segment"]
    assert [cause.columns for cause in found] == [()]


def test_without_a_key_both_sides_of_a_change_are_one_sentence() -> None:
    head = BASE.with_columns(net=pl.when(GERMAN).then(pl.col("net") + 10**7).otherwise("net"))
    number = BASE.filter(GERMAN).height
    removed, *_ = causes(BASE.drop("id"), head.drop("id"), key=())
    assert removed.message.startswith(f"all {number} removed rows have country = 'DE'")
    assert removed.message.endswith(f"; so do all {number} added rows")
    assert removed.discreet.endswith(f"; so do all {number} added rows")


def test_where_most_rows_differ_a_description_must_fit_both_ways() -> None:
    (first,) = causes(BASE, BASE.filter(pl.col("amount") >= 100))
    assert first.message.endswith("removed rows have amount < 100; head has no such row")
    assert causes(BASE, BASE.filter((pl.col("amount") >= 100) & (pl.col("net") < 300_000))) == ()


def test_of_equally_good_descriptions_the_simplest_comes_first() -> None:
    base = BASE.with_columns(is_test=pl.col("status") == "test", code=pl.col("status").replace_strict(
        {"new": 1, "paid": 2, "sent": 3, "returned": 4, "test": 5}, return_dtype=pl.Int64
    ))  # fmt: skip
    (first,) = causes(base, base.filter(pl.col("status") != "test"))
    assert first.message == (
        f"all {TEST_ROWS} removed rows have is_test = true; head has no such row; "
        "they also have status = 'test'; they also have code = 5"
    )


def test_a_single_row_proves_nothing() -> None:
    assert causes(BASE, BASE.filter(pl.col("id") != 5)) == ()
    base = orders(50)
    assert causes(base, base.filter(pl.col("id") != 5)) == ()


@settings(max_examples=20)
@given(
    st.sampled_from(("amount", "net", "customer")),
    st.sampled_from(("<", "<=", ">", ">=")),
    st.integers(8, 60),
)
def test_a_told_bound_holds_for_all_removed_rows_and_no_other(name: str, relation: str, percent: int) -> None:
    base = BASE.head(600).select("id", name)
    compares = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
    share = percent / 100 if "<" in relation else 1 - percent / 100
    bound = base[name].sort()[round(share * base.height)]
    gone = compares[relation](base[name], bound)
    (sentence, *_) = told(causes(base, base.filter(~gone)), "segment")
    match = re.search(rf"have {name} (<=?|>=?|=) (\S+);", sentence)
    assert match is not None
    said = {**compares, "=": operator.eq}[match[1]](base[name], float(match[2]))
    assert said.equals(gone)
    assert len(match[2]) <= len(str(bound))


def test_of_many_rows_a_part_is_looked_at_and_said_to_be() -> None:
    base = orders(150_000)
    head = base.filter((pl.col("status") == "paid") | some(base.height, 0.02))
    (first,) = causes(base, head)
    assert first.estimated
    assert first.of < base.height - head.height
    assert re.fullmatch(
        r"all removed rows \([\d,]+ looked at\) have status other than 'paid' "
        r"\((69|70)\.\d % of base's rows, about 9[78]\.\d % of them removed\)",
        first.message,
    )


def test_limits_within_a_bin_are_estimated_from_a_sample() -> None:
    base = orders(150_000)
    early = pl.col("at") < dt.datetime(2023, 12, 24, 7)  # noqa: DTZ001
    (first,) = causes(base, base.filter(~early & ~some(base.height, 0.002)))
    assert re.fullmatch(
        r"98\.\d % of the removed rows have at before 2023-12-24T07:00:00; head has no such row", first.message
    )
    head = base.with_columns(net=pl.when(early).then(-pl.col("net") - 1).otherwise("net"))
    (sentence,) = told(causes(base, head), "segment")
    rows = base.filter(early).height
    assert re.fullmatch(
        rf"all {rows:,} changed rows have at before 2023-12-24T07:00:00 "
        r"\(about 13\.\d\d? % of base's rows, nearly all of them changed\)",
        sentence,
    )


def test_columns_of_other_types_on_the_other_side_are_no_hindrance() -> None:
    head = BASE.filter(pl.col("status") != "test").with_columns(
        pl.col("status").cast(pl.Categorical), pl.col("day").cast(pl.Datetime("ms")), pl.col("net").cast(pl.Float64)
    )
    assert told(causes(BASE, head), "segment") == [
        f"all {TEST_ROWS} removed rows have status = 'test'; head has no such row"
    ]
    late = BASE.filter(pl.col("day") < dt.date(2024, 10, 1)).with_columns(pl.col("day").cast(pl.Datetime("ms")))
    (sentence,) = told(causes(BASE, late), "segment")
    assert "removed rows have day since 2024-10-01 (" in sentence
    assert sentence.endswith("all of them removed)")
