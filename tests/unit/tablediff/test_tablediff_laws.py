"""The comparison against a slow plain-Python one, and laws that hold for every pair of tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import TypeVar, get_args

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tablediff_kinds import FAMILIES
from tablediff_tables import NUMBER, Drawn, drawn_tables, expect_keyed, expect_keyless, whole

from datacanary.model.basic import Pair
from datacanary.model.config import Tolerance
from datacanary.model.tablediff import ColumnChange, ColumnDiff, DiffOptions, TableDiff
from datacanary.tablediff.compare import Difference, compare
from datacanary.tablediff.hashing import Hashing
from datacanary.tablediff.jsoncells import json_cells
from datacanary.tablediff.means import Means, Strategy
from datacanary.tablediff.table import Table

T = TypeVar("T")
GIB = 1 << 30

examples = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])


TWO_BITS = Hashing(7, bits=2)
"""Almost every row collides with another one."""
WAYS = [
    Means(GIB),
    *(Means(GIB, force=way, most_at_once=at_once) for way in get_args(Strategy) for at_once in (1, 300)),
    *(Means(GIB, force=way, hashing=TWO_BITS, most_at_once=200) for way in ("lockstep", "hash", "partitions")),
]
ways = st.sampled_from(WAYS)


def diff(
    tables: Pair[Table], key: Sequence[str] | None = (), samples: int = 3, means: Means | None = None
) -> Difference:
    columns = {**tables.base.types, **tables.head.types}
    options = DiffOptions(
        key=None if key is None else tuple(key),
        ignore=(NUMBER,),
        tolerances={},
        samples=samples,
        totals=tuple(columns),
        statistics=False,
    )
    return compare(tables, options, means)


def rows_by_meaning(drawn: Drawn, difference: Difference) -> Pair[Counter[tuple[object, ...]]]:
    removed = difference.removed().collect()[NUMBER].to_list()
    added = difference.added().collect()[NUMBER].to_list()
    meanings = drawn.meanings()
    return Pair(
        Counter(whole(meanings.base[place]) for place in removed),
        Counter(whole(meanings.head[place]) for place in added),
    )


def check_sums(summary: TableDiff) -> None:
    rows = summary.rows
    assert None not in (rows.base, rows.head, rows.added, rows.removed, rows.unchanged)
    assert rows.base == rows.removed + (rows.changed or 0) + rows.unchanged  # type: ignore[operator]
    assert rows.head == rows.added + (rows.changed or 0) + rows.unchanged  # type: ignore[operator]


@st.composite
def keyed_tables(draw: st.DrawFn) -> tuple[Drawn, list[str]]:
    drawn = draw(drawn_tables())
    key = draw(st.lists(st.sampled_from(list(drawn.kinds)), min_size=1, max_size=2, unique=True))
    return drawn, key


@examples
@given(keyed_tables(), ways)
def test_keyed_comparison_finds_what_plain_python_finds(case: tuple[Drawn, list[str]], means: Means) -> None:
    drawn, key = case
    found = diff(drawn.tables(), key, means=means)
    expected = expect_keyed(drawn, key)
    assert rows_by_meaning(drawn, found) == Pair(expected.removed, expected.added)
    assert set(found.rows.changed.collect().rows()) == expected.pairs
    assert {
        column.name: column.changed for column in found.summary.columns if column.name != NUMBER
    } == expected.changed
    rows = found.summary.rows
    assert (rows.added, rows.removed) == (expected.added.total(), expected.removed.total())
    assert (rows.changed, rows.unchanged) == (len(expected.pairs), expected.unchanged)
    assert (found.summary.key.duplicates, found.summary.key.nulls) == (expected.duplicates, expected.nulls)
    assert found.changed().collect().height == rows.changed
    check_sums(found.summary)


@examples
@given(drawn_tables(), ways)
def test_keyless_comparison_finds_what_plain_python_finds(drawn: Drawn, means: Means) -> None:
    found = diff(drawn.tables(), (), means=means)
    expected = expect_keyless(drawn)
    assert found.summary.comparison == "keyless"
    assert rows_by_meaning(drawn, found) == Pair(expected.removed, expected.added)
    assert found.summary.rows.unchanged == expected.unchanged
    assert found.summary.rows.changed is None
    assert {column.changed for column in found.summary.columns} == {None}
    check_sums(found.summary)


def mirrored(summary: TableDiff) -> TableDiff:
    """Exchange the sides of a summary; texts that name the sides are left out by `without_texts`."""
    rows, key = summary.rows, summary.key
    turned: dict[ColumnChange, ColumnChange] = {"added": "removed", "removed": "added"}

    def swapped(pair: Pair[T]) -> Pair[T]:
        return Pair(pair.head, pair.base)

    def column(told: ColumnDiff) -> ColumnDiff:
        return replace(
            told,
            change=turned.get(told.change, told.change),
            type=swapped(told.type),
            nulls=swapped(told.nulls),
            totals=swapped(told.totals),
            increased=told.decreased,
            decreased=told.increased,
        )

    return replace(
        summary,
        key=replace(key, duplicates=swapped(key.duplicates), nulls=swapped(key.nulls)),
        rows=replace(rows, base=rows.head, head=rows.base, added=rows.removed, removed=rows.added),
        columns=tuple(map(column, summary.columns)),
    )


def sorted_columns(summary: TableDiff) -> TableDiff:
    return replace(summary, columns=tuple(sorted(summary.columns, key=lambda told: told.name)), samples=())


def without_texts(summary: TableDiff) -> TableDiff:
    columns = (replace(told, incomparable="why" if told.incomparable else "") for told in summary.columns)
    return replace(sorted_columns(summary), columns=tuple(sorted(columns, key=lambda told: told.name)), notes=())


@st.composite
def tables_with_odd_columns(draw: st.DrawFn) -> tuple[Pair[Table], tuple[str, ...] | None]:
    """Draw tables where each side may have columns of its own, and columns of types that do not compare."""
    drawn = draw(drawn_tables())
    key = draw(st.sampled_from((None, (), (next(iter(drawn.kinds)),))))
    tables = drawn.tables()
    sides = []
    for table, own in zip(tables, ("only base", "only head"), strict=True):
        frame = table.frame.collect()
        if draw(st.booleans()):
            frame = frame.with_columns(pl.Series(own, [value % 2 for value in range(frame.height)], dtype=pl.Int8))
        odd = draw(st.sampled_from((pl.Int64, pl.String, pl.Boolean)))
        sides.append(Table.of(frame.with_columns(pl.Series("odd", [1] * frame.height).cast(odd))))
    return Pair(*sides), key


@examples
@given(tables_with_odd_columns(), ways)
def test_swapping_the_sides_mirrors_the_difference(
    case: tuple[Pair[Table], tuple[str, ...] | None], means: Means
) -> None:
    tables, key = case
    forth = diff(tables, key, means=means).summary
    back = diff(Pair(tables.head, tables.base), key, means=means).summary
    assert without_texts(mirrored(forth)) == without_texts(back)
    check_sums(forth)


@examples
@given(drawn_tables(), st.sampled_from((None, (), "first")), ways)
def test_a_table_does_not_differ_from_itself(drawn: Drawn, how: str | tuple[()] | None, means: Means) -> None:
    table = drawn.tables().base
    key = (next(iter(drawn.kinds)),) if how == "first" else how or None
    summary = diff(Pair(table, table), key, means=means).summary
    rows = summary.rows
    assert (rows.added, rows.removed, rows.changed or 0, rows.unchanged) == (0, 0, 0, rows.base)
    assert not any(column.changed or column.forgiven for column in summary.columns)
    assert summary.samples == ()


@examples
@given(tables_with_odd_columns(), st.randoms(use_true_random=False), ways)
def test_the_order_of_rows_and_columns_changes_nothing(
    case: tuple[Pair[Table], tuple[str, ...] | None], random: Random, means: Means
) -> None:
    tables, key = case

    def shuffled(frame: pl.DataFrame) -> pl.DataFrame:
        rows = list(range(frame.height))
        random.shuffle(rows)
        return frame[rows]

    base, head = (shuffled(side.frame.collect()) for side in tables)
    # Samples are ordered by the columns of base: only those of head may move.
    names = list(head.columns)
    random.shuffle(names)
    moved = Pair(Table.of(base), Table.of(pl.DataFrame({name: head.get_column(name) for name in names})))
    plain, other = diff(tables, key).summary, diff(moved, key, means=means).summary
    assert replace(sorted_columns(plain), column_order_changed=False) == replace(
        sorted_columns(other), column_order_changed=False
    )
    assert sample_set(plain) == sample_set(other)


def sample_set(summary: TableDiff) -> list[str]:
    return [
        f"{row.kind} {sorted(row.key.items())} {sorted(row.base.items())} {sorted(row.head.items())}"
        for row in summary.samples
    ]


@examples
@given(drawn_tables(families=("numbers", "text")), st.booleans())
def test_a_tolerance_of_zero_is_exact(drawn: Drawn, has_key: bool) -> None:  # noqa: FBT001 -- drawn, not called
    key = (next(iter(drawn.kinds)),) if has_key else ()
    numeric = [name for name, kinds in drawn.kinds.items() if all(kind in FAMILIES["numbers"] for kind in kinds)]
    tables = drawn.tables()
    nothing = dict.fromkeys(numeric, Tolerance(0.0, 0.0))
    columns = {**tables.base.types, **tables.head.types}
    options = DiffOptions(key=key, ignore=(NUMBER,), tolerances=nothing, totals=tuple(columns), statistics=False)
    assert replace(compare(tables, options).summary, notes=()) == replace(
        diff(tables, key, samples=5).summary, notes=()
    )


@examples
@given(keyed_tables(), ways)
def test_samples_are_the_first_rows_of_each_kind(case: tuple[Drawn, list[str]], means: Means) -> None:
    drawn, key = case
    summary = diff(drawn.tables(), key, samples=2, means=means).summary
    rows = summary.rows
    counts = Counter[str](row.kind for row in summary.samples)
    for kind, total in (("added", rows.added), ("removed", rows.removed), ("changed", rows.changed)):
        assert counts[kind] == min(2, total or 0)
    for row in summary.samples:
        assert list(row.key) == key
        if row.kind == "changed":
            assert row.base
            assert set(row.base) == set(row.head)


@examples
@given(tables_with_odd_columns(), ways)
def test_every_way_finds_the_same(case: tuple[Pair[Table], tuple[str, ...] | None], means: Means) -> None:
    tables, key = case
    plain, other = diff(tables, key, means=Means(GIB, force="memory")), diff(tables, key, means=means)
    assert plain.summary == other.summary
    for rows, others in ((plain.removed, other.removed), (plain.added, other.added), (plain.changed, other.changed)):
        assert multiset(rows()) == multiset(others())


def multiset(rows: pl.LazyFrame) -> Counter[str]:
    """Count rows by what they show: of equal rows it is no matter which one is left."""
    shown = rows.drop(NUMBER, strict=False).collect()
    return Counter(map(str, zip(*(json_cells(column) for column in shown), strict=True)))
