"""Comparisons by example: what is reported, refused and given back."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import duckdb
import polars as pl
import pyarrow as pa
import pytest

from datacanary.errors import DataError
from datacanary.model.basic import Pair
from datacanary.model.config import Tolerance
from datacanary.model.tablediff import DiffOptions, RowCounts, SampleRow
from datacanary.tablediff.compare import Difference, compare
from datacanary.tablediff.inputs import table_of
from datacanary.tablediff.result import DiffResult
from datacanary.tablediff.scratch import Scratch
from datacanary.tablediff.table import Table


def diff(
    base: pl.DataFrame, head: pl.DataFrame, key: tuple[str, ...] | None = None, ignore: tuple[str, ...] = ()
) -> Difference:
    totals = tuple({*base.columns, *head.columns})
    options = DiffOptions(key=key, ignore=ignore, tolerances={}, totals=totals)
    return compare(Pair(Table.of(base), Table.of(head)), options)


BASE = pl.DataFrame({"id": [1, 2, 3], "a": ["x", "y", "z"], "n": [1, 2, None]})
HEAD = pl.DataFrame({"id": [2, 3, 4], "a": ["y", "Z", "w"], "n": [2, None, 5]})


def test_every_row_and_column_is_accounted_for() -> None:
    found = diff(BASE, HEAD, ("id",))
    summary = found.summary
    assert summary.comparison == "keyed"
    assert summary.rows == RowCounts(3, 3, added=1, removed=1, changed=1, unchanged=1)
    assert [(column.name, column.changed, column.nulls, column.totals) for column in summary.columns] == [
        ("id", 0, Pair(0, 0), Pair(6, 9)),
        ("a", 1, Pair(0, 0), Pair(None, None)),
        ("n", 0, Pair(1, 1), Pair(3, 7)),
    ]
    assert found.added().collect().rows() == [(4, "w", 5)]
    assert found.removed().collect().rows() == [(1, "x", 1)]
    assert found.changed().collect().to_dicts() == [
        {"id": 3, "a_base": "z", "a_head": "Z", "n_base": None, "n_head": None}
    ]
    assert summary.samples == (
        SampleRow("removed", {"id": 1}, {"a": "x", "n": 1}, {}),
        SampleRow("added", {"id": 4}, {}, {"a": "w", "n": 5}),
        SampleRow("changed", {"id": 3}, {"a": "z"}, {"a": "Z"}),
    )


def test_whole_rows_are_compared_without_a_key() -> None:
    found = diff(BASE, HEAD, ())
    assert found.summary.comparison == "keyless"
    assert found.summary.key.origin == "none"
    assert found.summary.rows == RowCounts(3, 3, added=2, removed=2, changed=None, unchanged=1)
    assert found.changed().collect().height == 0
    assert found.summary.notes == ()


def test_a_key_is_inferred_if_none_is_given() -> None:
    assert diff(BASE, HEAD).summary.key.origin == "inferred"
    summary = diff(BASE.drop("id"), HEAD.drop("id").with_columns(a=pl.lit("same"))).summary
    assert (summary.comparison, summary.key.origin) == ("keyless", "none")
    assert summary.notes == (
        "No key was found: whole rows are compared, so a changed row counts as one removed and one added.",
    )


def test_columns_of_one_side_and_ignored_ones_are_listed() -> None:
    base = BASE.with_columns(old=pl.lit(1), loaded=pl.lit(1), gone=pl.lit(1))
    head = HEAD.with_columns(new=pl.lit(None), loaded=pl.lit(2)).select("a", "id", "new", "n", "loaded")
    summary = diff(base, head, ("id",), ignore=("loaded", "gone")).summary
    assert [(column.name, column.change) for column in summary.columns] == [
        ("id", "none"), ("a", "none"), ("n", "none"), ("old", "removed"), ("loaded", "ignored"), ("gone", "ignored"),
        ("new", "added"),
    ]  # fmt: skip
    by_name = {column.name: column for column in summary.columns}
    assert by_name["new"].type == Pair(None, "null")
    assert by_name["gone"].type == Pair("int32", None)
    assert (by_name["new"].changed, by_name["old"].changed, by_name["loaded"].changed) == (None, None, None)
    assert summary.rows.changed == 1
    assert summary.column_order_changed
    assert not diff(BASE, HEAD.with_columns(new=1), ("id",)).summary.column_order_changed


@pytest.mark.parametrize(
    ("base", "head", "key", "ignore", "reason"),
    [
        (BASE, HEAD.select(other="a"), None, (), "the two sides have no column in common"),
        (BASE, HEAD.select(other="a"), (), (), "the two sides have no column in common"),
        (BASE, HEAD, None, ("id", "a", "n"), "all common columns are ignored"),
        (BASE[["a"]], HEAD.select(a="n"), None, (), "no common column has types that can be compared"),
    ],
)
def test_what_cannot_be_compared_is_said(
    base: pl.DataFrame, head: pl.DataFrame, key: tuple[str, ...] | None, ignore: tuple[str, ...], reason: str
) -> None:
    found = diff(base, head, key, ignore)
    assert (found.summary.comparison, found.summary.reason) == ("not_compared", reason)
    assert found.summary.rows == RowCounts(3, 3)
    assert [frame.collect().height for frame in (found.added(), found.removed(), found.changed())] == [0, 0, 0]
    assert found.added().collect_schema() == head.schema


def test_a_key_alone_can_be_compared() -> None:
    assert diff(BASE[["id"]], HEAD[["id"]], ("id",)).summary.rows == RowCounts(3, 3, 1, 1, 0, 2)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (("ID",), "The key column 'ID' is missing on base and head. Did you mean 'id'?"),
        (("old",), "The key column 'old' is missing on head."),
        (("new",), "The key column 'new' is missing on base."),
        (("id", "id"), "The key column 'id' is given twice."),
        (("loaded",), "The key column 'loaded' is ignored."),
        (
            ("odd",),
            "The key column 'odd' cannot pair rows: it is int32 on base, string on head, and int32 and string have",
        ),
    ],
)
def test_a_key_that_cannot_be_is_refused(key: tuple[str, ...], words: str) -> None:
    base = BASE.with_columns(old=1, loaded=1, odd=pl.lit(1))
    head = HEAD.with_columns(new=1, loaded=1, odd=pl.lit("1"))
    with pytest.raises(DataError) as problem:
        diff(base, head, key, ("loaded",))
    assert words in str(problem.value)


def test_an_ignored_column_that_is_nowhere_is_refused() -> None:
    with pytest.raises(DataError, match="'loadedat' is on neither side"):
        diff(BASE, HEAD, ("id",), ("loadedat",))


def test_types_that_do_not_compare_are_shown_and_never_equal() -> None:
    head = BASE.with_columns(n=pl.Series(["1", "2", None]))
    for key in (("id",), ()):
        summary = diff(BASE, head, key).summary
        column = summary.columns[2]
        assert (column.change, column.changed, column.incomparable) == (
            "type_changed", None, "int64 and string have no common values"
        )  # fmt: skip
        assert summary.rows.unchanged == 3
        assert "The column 'n' is not compared" in summary.notes[0]


NOW = dt.datetime(2024, 1, 1)  # noqa: DTZ001 -- a naive time is meant


@pytest.mark.parametrize(
    ("base", "head"),
    [
        (pl.Series([True]), pl.Series([1])),
        (pl.Series([b"a"]), pl.Series(["a"])),
        (pl.Series([NOW]), pl.Series([NOW]).dt.replace_time_zone("UTC")),
        (pl.Series([dt.date(2024, 1, 1)]), pl.Series([NOW]).dt.replace_time_zone("UTC")),
        (pl.Series([[1]]), pl.Series([["1"]])),
        (pl.Series([{"a": 1}]), pl.Series([{"b": 1}])),
        (pl.Series([{"a": 1}]), pl.Series([[1]])),
        (pl.Series([object()], dtype=pl.Object), pl.Series([object()], dtype=pl.Object)),
        (pl.Series([dt.time(1)]), pl.Series([NOW])),
        (pl.Series(["2024-01-01"]), pl.Series([dt.date(2024, 1, 1)])),
    ],
)
def test_types_without_common_values_are_incomparable(base: pl.Series, head: pl.Series) -> None:
    sides = Pair(pl.DataFrame({"id": [1], "v": base}), pl.DataFrame({"id": [1], "v": head}))
    for key in (("id",), ()):
        forth, back = (
            diff(sides.base, sides.head, key).summary.columns[1],
            diff(sides.head, sides.base, key).summary.columns[1],
        )
        assert (forth.changed, back.changed) == (None, None)
        assert forth.incomparable
        assert back.incomparable


def test_a_type_change_is_told_even_if_all_values_are_equal() -> None:
    head = BASE.cast({"id": pl.Int32, "n": pl.Decimal(10, 2)})
    summary = diff(BASE, head, ("id",)).summary
    assert [(column.change, column.type, column.changed) for column in summary.columns if column.name != "a"] == [
        ("type_changed", Pair("int64", "int32"), 0),
        ("type_changed", Pair("int64", "decimal(10,2)"), 0),
    ]
    assert summary.columns[2].totals == Pair(3, "3.00")


def test_the_words_of_the_warehouse_decide_whether_a_type_changed() -> None:
    base = Table(BASE.lazy(), {"id": "BIGINT", "a": "VARCHAR", "n": "BIGINT"}, BASE.height)
    head = Table(BASE.lazy(), {"id": "BIGINT", "a": "TEXT", "n": "BIGINT"}, BASE.height)
    columns = compare(Pair(base, head), DiffOptions(key=("id",), tolerances={})).summary.columns
    assert [column.change for column in columns] == ["none", "type_changed", "none"]


def test_nulls_in_the_key_pair_and_are_counted() -> None:
    base = pl.DataFrame({"a": [1, None, None], "b": [None, 1, None], "v": [1, 2, 3]})
    head = pl.DataFrame({"a": [None, 1, None], "b": [1, None, None], "v": [2, 9, 3]})
    summary = diff(base, head, ("a", "b")).summary
    assert summary.rows == RowCounts(3, 3, 0, 0, 1, 2)
    assert summary.key.nulls == Pair(3, 3)


def test_repeated_key_values_cancel_as_multisets() -> None:
    base = pl.DataFrame({"id": [1, 1, 1, 2], "v": [5, 5, 6, 0]})
    head = pl.DataFrame({"id": [1, 1, 2, 2], "v": [5, 7, 0, 0]})
    found = diff(base, head, ("id",))
    assert found.summary.key.duplicates == Pair(1, 2)
    assert found.summary.rows == RowCounts(4, 4, added=2, removed=2, changed=0, unchanged=2)
    assert sorted(found.removed().collect().rows()) == [(1, 5), (1, 6)]
    assert sorted(found.added().collect().rows()) == [(1, 7), (2, 0)]


@pytest.mark.parametrize("key", [("id",), (), None])
def test_sides_without_rows(key: tuple[str, ...] | None) -> None:
    none = BASE.clear()
    assert diff(BASE, none, key).summary.rows.removed == 3
    assert diff(none, BASE, key).summary.rows.added == 3
    assert diff(none, none, key).summary.rows.unchanged == 0


def test_names_that_clash_get_underscores() -> None:
    base = pl.DataFrame({"a_base": [1], "a": [1], "a_head": [5], "a_head_base": [0]})
    head = base.with_columns(a=pl.lit(2))
    changed = diff(base, head, ("a_base",)).changed().collect()
    assert changed.to_dicts() == [
        {"a_base": 1, "a_base_": 1, "a_head": 2, "a_head_base": 5, "a_head_head": 5, "a_head_base_base": 0,
         "a_head_base_head": 0}
    ]  # fmt: skip


def test_any_name_can_be_a_column() -> None:
    names = [
        "^.*$",
        "^a$",
        "*",
        "",
        'a"b',
        "a.b",
        "row",
        "place",
        "base",
        "head",
        "print",
        "turn",
        "n",
        "literal",
        "len",
        "c1",
    ]
    base = pl.DataFrame({name: [1, 2, 2] for name in names})
    head = pl.DataFrame({name: [1, 2, 3] for name in reversed(names)})
    for name in names:
        found = diff(base, head, (name,))
        assert found.summary.rows == RowCounts(3, 3, 1, 1, 0, 2)
        assert found.added().collect().rows() == [(3,) * len(names)]
        assert found.added().collect().columns == head.columns
        assert found.removed().collect().columns == base.columns
    found = diff(base.with_row_index("id"), head.with_row_index("id"), ("id",))
    assert found.changed().collect().columns[:3] == ["id", "^.*$_base", "^.*$_head"]
    assert found.summary.samples[0].base == dict.fromkeys(names, 2)


def test_options_are_read_from_the_key_origin() -> None:
    options = DiffOptions(key=("id",), key_origin="config", tolerances={})
    assert compare(Pair(Table.of(BASE), Table.of(HEAD)), options).summary.key.origin == "config"


def test_no_samples_are_taken_if_none_are_wanted() -> None:
    options = DiffOptions(key=("id",), tolerances={}, samples=0)
    assert compare(Pair(Table.of(BASE), Table.of(HEAD)), options).summary.samples == ()


def test_a_side_that_cannot_be_read_is_named_without_its_values() -> None:
    broken = Table(BASE.lazy().with_columns(pl.col("a").cast(pl.Int64)), {}, BASE.height)
    with pytest.raises(DataError, match=r"^The rows of head cannot be read") as problem:
        compare(Pair(Table.of(BASE), broken), DiffOptions(tolerances={}))
    assert "x" not in str(problem.value).split()


def test_a_duckdb_table_is_compared_with_itself_after_a_round_trip() -> None:
    query = """
        select i as id, i::utinyint as small, (i * 1.5)::decimal(12, 2) as money, i::hugeint as huge,
               case when i % 3 = 0 then null else 'text ' || i end as text, 'infinity'::date as forever,
               timestamptz '2024-01-01 00:00:00+00' + to_hours(i) as at, [i, null] as list,
               {'a': i, 'b': [i]} as struct,
               map {'k': i} as map, ('a' || i % 2)::enum('a0', 'a1') as enum, uuid() as uuid, '{"a": 1}'::json as json,
               'x'::blob as blob, i / 3 as float, i % 2 = 0 as flag, time '12:00:00' as time
        from range(50) as rows(i)
    """
    with duckdb.connect() as connection:
        connection.execute(f"create table t as {query}")
        sides = Pair(
            *(
                table_of(connection.sql(f"select * from t order by {order}"), Scratch(), 1 << 30)
                for order in ("id", "id desc")
            )
        )
        summary = compare(sides, DiffOptions(key=("id",), tolerances={})).summary
        assert summary.rows == RowCounts(50, 50, 0, 0, 0, 50)
        assert not any(column.incomparable for column in summary.columns)
        summary = compare(sides, DiffOptions(key=(), tolerances={})).summary
        assert summary.rows.unchanged == 50
        changed = table_of(
            connection.sql("select * replace (map {'k': i.id + 1} as map) from t as i"), Scratch(), 1 << 30
        )
        summary = compare(Pair(sides.base, changed), DiffOptions(key=("id",), tolerances={})).summary
        assert [column.name for column in summary.columns if column.changed] == ["map"]
        gone = table_of(connection.sql("select * from t where id > 0"), Scratch(), 1 << 30)
        (sample,) = compare(Pair(sides.base, gone), DiffOptions(key=("id",), tolerances={})).summary.samples
        assert sample.base["forever"] == "infinity"
        assert sample.base["map"] == [{"key": "k", "value": 0}]


ODD = {
    "struct without fields": pl.Series([{}, None, {}], dtype=pl.Struct({})),
    "list of nothing": pl.Series([[None], [], None], dtype=pl.List(pl.Null)),
    "array without width": pl.Series([[], [], None], dtype=pl.Array(pl.Int8, 0)),
    "array of arrays": pl.Series([[[1, 2], [3, None]], None, [[1, 2], [3, 4]]], dtype=pl.Array(pl.Int8, (2, 2))),
    "half float": pl.Series([1.0, float("nan"), None], dtype=pl.Float16),
    "nothing": pl.Series([None, None, None], dtype=pl.Null),
    "enum without words": pl.Series([None, None, None], dtype=pl.Enum([])),
    "endless days": pl.Series([2**31 - 1, None, -(2**31)], dtype=pl.Int32).cast(pl.Date),
    "endless times": pl.Series([2**63 - 1, None, -(2**63)], dtype=pl.Int64).cast(pl.Datetime("ms", "Asia/Tokyo")),
    "map": pl.Series(pa.array([[("k", 1.0)], None, []], type=pa.map_(pa.string(), pa.float64()))),
    "map of maps": pl.Series(
        pa.array([[("k", [("a", 1)])], None, []], type=pa.map_(pa.string(), pa.map_(pa.string(), pa.int8())))
    ),
    "json": pl.Series(pa.array(["{}", None, "x"], type=pa.json_())),
    "list of json": pl.Series(pa.ListArray.from_arrays([0, 1, 1, 2], pa.array(["{}", None], type=pa.json_()))),
    "objects": pl.Series([object(), object(), None], dtype=pl.Object),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_types_neither_panic_nor_differ_from_themselves(name: str) -> None:
    base = pl.DataFrame({"id": [1, 2, 3], "v": ODD[name]})
    heads = [pl.DataFrame({"id": [1, 2, 3], "v": values[[2, 1, 0]]}) for values in ODD.values()]
    for key in (("id",), ("v", "id"), ("v",), (), None):
        if name == "objects" and "v" in (key or ()):
            continue
        assert diff(base, base, key).summary.rows.unchanged == 3
        for head in (base[[0, 0, 1]], base.clear(), *(heads if key in {("id",), ()} else ())):
            found = diff(base, head, key)
            rows = found.summary.rows
            assert found.added().collect().height == rows.added
            assert found.removed().collect().height == rows.removed
            assert found.changed().collect().height == (rows.changed or 0)


def test_the_result_shows_itself() -> None:
    tables = Pair(Table.of(BASE), Table.of(HEAD.cast({"n": pl.Float64})))
    result = DiffResult(compare(tables, DiffOptions(key=("id",), tolerances={"n": Tolerance(1)})))
    assert repr(result) == (
        "DiffResult: keyed by id (option)\n"
        "  rows: base 3, head 3, added 1, removed 1, changed 1, unchanged 1\n"
        "  a: 1 changed\n"
        "  n: int64 became float64\n"
        "  because all 1 changed cells of a are base in upper case"
    )
    assert result.rows.changed == result.columns["a"].changed == result.changed().collect().height == 1
    assert list(result.columns) == ["id", "a", "n"]
    assert (result.key.columns, result.comparison) == (("id",), "keyed")
    assert [sample.kind for sample in result.samples] == ["removed", "added", "changed"]
    assert result.added().collect().height == result.removed().collect().height == 1


def test_the_result_says_why_nothing_was_compared() -> None:
    result = DiffResult(diff(BASE, HEAD.select(x="a")))
    assert repr(result).splitlines()[:2] == [
        "DiffResult: not_compared: the two sides have no column in common",
        "  rows: base 3, head 3",
    ]


def test_totals_do_not_depend_on_the_order_of_rows() -> None:
    values = [0.1, 1e16, -1e16, 0.2, 1e300, -1e300, 3.0]
    summary = diff(pl.DataFrame({"v": values}), pl.DataFrame({"v": values[::-1]}), ()).summary
    assert summary.columns[0].totals.base == summary.columns[0].totals.head == 0.1 + 0.2 + 3.0


def test_decimals_of_other_scales_are_equal_by_value() -> None:
    base = pl.DataFrame({"id": [1, 2], "v": pl.Series([Decimal("1.10"), Decimal("2.00")], dtype=pl.Decimal(10, 2))})
    head = pl.DataFrame({"id": [1, 2], "v": pl.Series([Decimal("1.1"), Decimal("2.001")], dtype=pl.Decimal(38, 37))})
    assert diff(base, head, ("id",)).summary.columns[1].changed == 1
