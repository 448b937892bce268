"""All causes together: what is told first, what is left out, and that chance and secrets stay out."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from row_tables import causes, orders, some, told

from datacanary.model.basic import Pair
from datacanary.model.cause import Cause, CauseKind, Differing
from datacanary.model.tablediff import ColumnDiff, Key, RowCounts, TableDiff
from datacanary.tablediff.causes import told_cells
from datacanary.tablediff.causes.case import MOST_COLUMNS
from datacanary.tablediff.causes.claim import ChangedCells, Claim
from datacanary.tablediff.causes.ranking import best

BASE = orders()
GERMAN = pl.col("country").eq_missing("DE")


def times_100(rows: pl.Expr | pl.Series, *names: str) -> pl.DataFrame:
    return BASE.with_columns(pl.when(rows).then(pl.col(name) * 100).otherwise(name).alias(name) for name in names)


def test_what_became_of_cells_is_told_before_where_they_are() -> None:
    found = causes(BASE, times_100(GERMAN, "amount"))
    assert [cause.kind for cause in found] == ["ratio", "segment"]


def test_what_most_rows_have_in_common_is_told_before_what_few_cells_are() -> None:
    head = times_100(some(BASE.height, 0.02), "net").filter(pl.col("status") != "test")
    found = causes(BASE, head)
    assert [(cause.kind, cause.about) for cause in found] == [("segment", "removed"), ("ratio", "changed")]
    head = times_100(some(BASE.height, 0.2), "net").filter(pl.col("status") != "test")
    assert [cause.about for cause in causes(BASE, head)] == ["changed", "removed"]


def test_a_new_name_is_told_before_all_else() -> None:
    head = times_100(GERMAN, "amount").filter(pl.col("status") != "test").rename({"note": "remark"})
    assert next(iter(causes(BASE, head))).kind == "renamed"


def test_the_same_of_several_columns_is_told_once() -> None:
    first, *others = causes(BASE, times_100(GERMAN, "net", "gross"))
    number = BASE.filter(GERMAN).height
    assert first.message.startswith(f"all {2 * number} changed cells of net and gross are base x 100")
    assert set(first.columns) == {"net", "gross"}
    assert (first.count, first.of) == (2 * number, 2 * number)
    assert [cause.kind for cause in others] == ["segment"]


def test_noise_beside_is_reckoned_in() -> None:
    noise = some(BASE.height, 0.02, seed=6)
    head = times_100(some(BASE.height, 0.1), "net").with_columns(
        net=pl.when(noise).then(pl.lit(12_345)).otherwise("net")
    )
    first, *_ = causes(BASE, head)
    assert first.kind == "ratio"
    assert 0.75 < first.share < 0.95
    assert first.message.startswith(f"{first.share * 100:.1f} % of the changed cells of net are base x 100")


def test_what_follows_from_a_cause_is_left_out() -> None:
    rows = some(BASE.height, 0.05)
    lost = BASE.with_columns(pl.when(~rows).then(name).alias(name) for name in ("customer", "note"))
    assert [cause.kind for cause in causes(BASE, lost)] == ["lost_join"]


def test_nothing_is_said_where_nothing_differs() -> None:
    assert causes(BASE, BASE) == ()
    assert causes(BASE.drop("id"), BASE.drop("id"), key=()) == ()
    assert causes(BASE.clear(), BASE.clear()) == ()
    assert causes(BASE.clear(), BASE) == ()
    assert causes(BASE, BASE.clear()) == ()


def summary(**changed: int) -> TableDiff:
    """Say how many rows differ in each way, and how many cells of some columns."""
    columns = tuple(ColumnDiff(name, "none", Pair("int", "int"), changed=number) for name, number in changed.items())
    rows = RowCounts(base=1_000, head=1_000, added=100, removed=10, changed=200, unchanged=790)
    return TableDiff(
        comparison="keyed",
        reason="",
        key=Key(("id",), "option", Pair(0, 0), Pair(0, 0)),
        rows=rows,
        columns=columns,
    )


def cause(kind: CauseKind, about: Differing, *columns: str, share: float = 1.0) -> Cause:
    return Cause(kind=kind, about=about, columns=columns, count=round(share * 100), of=100, message="")


def test_the_largest_part_comes_first_and_why_before_what_before_where() -> None:
    ratio, where = cause("ratio", "changed", "a"), cause("segment", "changed")
    fan, gone = cause("fan_out", "added"), cause("segment", "removed")
    lost = cause("lost_join", "removed", "b")
    found = best([where, gone, lost, ratio, fan], summary(a=190, b=0))
    assert found == (fan, ratio, where, lost, gone)
    weak = cause("ratio", "changed", "a", share=0.4)
    assert best([weak, where], summary(a=190)) == (where, weak)


def test_few_are_told_and_no_more_than_two_of_the_same() -> None:
    three = [cause("ratio", "changed", "a"), cause("rounding", "changed", "a"), cause("offset", "changed", "a")]
    assert best(three, summary(a=50)) == tuple(three[:2])
    names = "abcdefgh"
    many = [cause("ratio", "changed", name) for name in names]
    found = best(many, summary(**{name: 10 + place for place, name in enumerate(names)}))
    assert [one.columns[0] for one in found] == ["h", "g", "f", "e", "d"]


def test_swapped_columns_and_lost_joins_need_no_rules_for_their_cells() -> None:
    swapped, offset = cause("swapped", "changed", "a", "b"), cause("offset", "changed", "a")
    other, where = cause("ratio", "changed", "a", "c"), cause("segment", "changed")
    assert best([offset, swapped, other, where], summary(a=100, b=100, c=50)) == (swapped, other, where)
    partly = cause("swapped", "changed", "a", "b", share=0.5)
    assert offset in best([offset, partly], summary(a=100, b=100))


@settings(max_examples=25)
@given(st.integers(0, 2**32), st.sampled_from(("removed", "added", "changed")), st.booleans(), st.integers(1, 3))
def test_a_masked_sentence_holds_no_value_of_a_cell(seed: int, about: Differing, keyed: bool, kinds: int) -> None:  # noqa: FBT001 -- drawn
    random = np.random.default_rng(seed)
    rows = 300
    numbers = random.permutation(rows) * 7_654_321 + 987_654_321
    base = pl.DataFrame({
        "id": np.arange(rows),
        "zq": pl.Series([f"zq{number}" for number in random.integers(0, 4, rows)]),
        "n": numbers,
        "d": pl.Series(numbers // 1000).cast(pl.Decimal(20, 3)),
        "day": pl.Series(47_000 + random.integers(0, 3_000, rows)).cast(pl.Date),
        "v": pl.Series([f"zq_{number}" for number in range(rows)]),
    })  # fmt: skip
    part = [pl.col("zq") == "zq1", pl.col("n") < int(np.median(numbers)), pl.col("day") > dt.date(2103, 1, 1)][
        kinds - 1
    ]
    if about == "changed":
        head = base.with_columns(v=pl.when(part).then(pl.lit("zq_constant")).otherwise("v"))
    else:
        head = base.filter(~part)
    before, after = (head, base) if about == "added" else (base, head)
    found = causes(before, after) if keyed else causes(before.drop("id"), after.drop("id"), key=())
    assert found
    digits = {str(value)[:5] for name in ("n", "d", "day") for value in base[name]}
    for one in found:
        sentence = one.discreet if one.shows else one.message
        assert "zq1" not in sentence
        assert "zq_" not in sentence
        assert not [some_digits for some_digits in digits if some_digits in sentence.replace(",", "")]
        assert bool(one.shows) == bool(one.discreet)
    assert any(one.shows for one in found)


def random_table(random: np.random.Generator, rows: int) -> pl.DataFrame:
    """Make a table whose columns have nothing to do with each other."""
    columns = {"id": pl.Series(random.permutation(10 * rows)[:rows])}
    for place in range(random.integers(2, 8)):
        few = int(random.choice([2, 5, 100, 10**6]))
        made: pl.Series = [
            lambda: pl.Series(random.normal(0, 10, rows).round(2)),
            lambda: pl.Series(random.integers(0, few, rows)),  # noqa: B023 -- called at once
            lambda: pl.Series([f"v{number}" for number in random.zipf(1.5, rows) % 40]),
            lambda: pl.Series(19_000 + random.integers(0, few % 1_000 + 2, rows)).cast(pl.Date),  # noqa: B023
            lambda: pl.Series(random.random(rows) < random.random()),
        ][random.integers(0, 5)]()
        nulls = pl.Series(random.random(rows) < random.choice([0, 0.02, 0.3]))
        columns[f"x{place}"] = pl.select(pl.when(~nulls).then(made)).to_series()
    return pl.DataFrame(columns)


def differing_at_random(seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Remove, add and change rows of a table at random: cells get the values of other rows."""
    random = np.random.default_rng(seed)
    rows, more = int(random.choice([60, 300, 600])), float(random.choice([0.01, 0.1, 0.5]))
    drawn = random_table(random, rows + int(rows * more))
    base, added = drawn.head(rows), drawn.tail(drawn.height - rows)
    head = base.filter(pl.Series(random.random(rows) < random.choice([0.4, 0.95, 1])))
    head = pl.concat([head, added]) if random.random() < 0.5 else head
    for name in head.columns[1:]:
        changes = pl.Series(random.random(head.height) < random.choice([0, 0.01, 0.2]))
        values = head[name].shuffle(seed=int(random.integers(2**31)))
        head = head.with_columns(pl.when(changes).then(values).otherwise(pl.col(name)).alias(name))
    return base, head.sample(fraction=1, shuffle=True, seed=seed)


def test_random_differences_have_no_cause() -> None:
    explained = []
    for seed in range(50):
        base, head = differing_at_random(seed)
        found = causes(base, head) if seed % 3 else causes(base.drop("id"), head.drop("id"), key=())
        if found:
            explained.append(seed)
    assert explained == []


@pytest.mark.parametrize("name", ["^.*$", "*", "", "a\nb", "'; drop", "row", "b_c0", "c0", "m_c1"])
def test_names_are_only_names(name: str) -> None:
    base = BASE.select("id", "status", "country", "net")
    columns = ["id", name, "country", "net"]
    head = base.filter(pl.col("status") != "test")
    first, *_ = causes(frame(base, columns), frame(head, columns))
    label = name if name.isidentifier() else repr(name)
    assert f"removed rows have {label} = 'test'; head has no such row" in first.message
    (sentence,) = told(causes(frame(base, columns), frame(base, ["id", f"{name}2", "country", "net"])), "renamed")
    assert sentence.startswith(f"{label} of base is ")


def frame(rows: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """Call the columns so: an expression would take some names for patterns."""
    return pl.DataFrame(dict(zip(names, rows.get_columns(), strict=True)))


def test_of_wide_tables_the_most_changed_columns_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"n{number}" for number in range(60)]
    base = pl.DataFrame({"id": range(300), **dict.fromkeys(names, range(300))})
    head = base.with_columns(
        pl.when(pl.col("id") < 100 + place).then(-1).otherwise(name).alias(name) for place, name in enumerate(names)
    )
    seen = []

    def look(cells: ChangedCells) -> tuple[Claim, ...]:
        seen.append(cells.name)
        return ()

    monkeypatch.setattr(told_cells, "cell_claims", look)
    causes(base, head)
    assert seen == names[::-1][:MOST_COLUMNS]
