"""Files, folders, globs and Arrow data: what becomes a table, and what is refused with which words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pytest

from datacanary.errors import DataError
from datacanary.tablediff.inputs import table_of
from datacanary.tablediff.scratch import Scratch
from datacanary.tablediff.textvalues import typed_values

SCRATCH = Scratch()
FRAME = pl.DataFrame({"id": [1, 2], "name": ["a", None], "^a$": [0.5, 1.0]})


def write_stream(frame: pl.DataFrame, file: Path) -> None:
    frame.write_ipc_stream(file)


WRITERS: dict[str, Callable[[pl.DataFrame, Path], object]] = {
    ".parquet": pl.DataFrame.write_parquet,
    ".csv": pl.DataFrame.write_csv,
    ".tsv": lambda frame, file: frame.write_csv(file, separator="\t"),
    ".arrow": pl.DataFrame.write_ipc,
    ".ipc": write_stream,
    ".feather": pl.DataFrame.write_ipc,
    ".ndjson": pl.DataFrame.write_ndjson,
    ".jsonl": pl.DataFrame.write_ndjson,
}


def rows(value: object) -> list[tuple[object, ...]]:
    return table_of(value, SCRATCH, 1 << 30).frame.collect().rows()  # type: ignore[arg-type]


def problem(value: object) -> str:
    with pytest.raises(DataError) as caught:
        rows(value)
    return str(caught.value)


@pytest.mark.parametrize("ending", WRITERS)
def test_every_kind_of_file_gives_the_same_table(ending: str, tmp_path: Path) -> None:
    file = tmp_path / f"orders{ending}"
    WRITERS[ending](FRAME, file)
    assert rows(file) == FRAME.rows()
    assert rows(str(file)) == FRAME.rows()
    assert table_of(file, SCRATCH, 1 << 30).types == {"id": "int64", "name": "string", "^a$": "float64"}


@pytest.mark.parametrize("ending", WRITERS)
def test_a_folder_or_glob_is_one_table(ending: str, tmp_path: Path) -> None:
    (tmp_path / "year=2024").mkdir()
    WRITERS[ending](FRAME.head(1), tmp_path / "year=2024" / f"b{ending}")
    WRITERS[ending](FRAME.tail(1), tmp_path / f"c{ending}")
    (tmp_path / "_SUCCESS").touch()
    (tmp_path / ".part.crc").write_bytes(b"x")
    assert sorted(rows(tmp_path)) == FRAME.rows()
    assert sorted(rows(f"{tmp_path}/**/*{ending}")) == FRAME.rows()


def test_frames_and_arrow_data_are_tables() -> None:
    table = FRAME.to_arrow()
    with duckdb.connect() as connection:
        relation = connection.sql("select 1 as id, 'a' as name, 0.5::double as x")
        for value in (FRAME, FRAME.lazy(), table, table.to_reader()):
            assert rows(value) == FRAME.rows()
        assert rows(relation) == [(1, "a", 0.5)]


@pytest.mark.parametrize(
    "value",
    [
        pa.table([[1], [2]], names=["a", "a"]),
        pa.table({"a": pa.array([(1, 2, 3)], type=pa.month_day_nano_interval())}),
        pa.table({"a": pa.array([1], type=pa.decimal256(50, 2))}),
    ],
)
def test_arrow_data_that_polars_cannot_hold_is_refused(value: pa.Table) -> None:
    assert "cannot be read" in problem(value)


def test_what_is_no_table_is_refused() -> None:
    assert problem({"a": [1]}).startswith("A dict is not a table.")
    assert problem(pl.LazyFrame({"a": [1]}).select("b")).startswith("The lazy frame has no schema")


def test_a_missing_file_names_the_nearest_one(tmp_path: Path) -> None:
    (tmp_path / "orders.parquet").touch()
    assert "Did you mean" in (words := problem(tmp_path / "order.parquet"))
    assert words.endswith("orders.parquet'?")
    assert problem(tmp_path / "no" / "x.csv").startswith("There is no file")
    assert problem(f"{tmp_path}/*.csv").startswith("No file matches")


@pytest.mark.parametrize("ending", [".parquet", ".arrow", ".feather"])
def test_a_file_that_is_cut_off_is_refused(ending: str, tmp_path: Path) -> None:
    file = tmp_path / f"orders{ending}"
    WRITERS[ending](FRAME, file)
    whole = file.read_bytes()
    for size in (len(whole) // 2, len(whole) - 3, 10):
        file.write_bytes(whole[:size])
        assert "cut off" in problem(file)
    file.write_bytes(whole[:20] + b"\xff" * (len(whole) - 40) + whole[-20:])
    assert "orders" in problem(file)


@pytest.mark.parametrize("ending", WRITERS)
def test_an_empty_file_is_refused(ending: str, tmp_path: Path) -> None:
    file = tmp_path / f"orders{ending}"
    file.touch()
    assert problem(file) == f"{file}: The file is empty."


@pytest.mark.parametrize(
    ("really", "named", "words"),
    [
        (".parquet", ".csv", "The file is Parquet, not CSV as its ending says."),
        (".csv", ".parquet", "The file is not Parquet as its ending says."),
        (".arrow", ".parquet", "The file is Arrow IPC, not Parquet as its ending says."),
        (".parquet", ".feather", "The file is Parquet, not Arrow IPC as its ending says."),
        (".csv", ".arrow", "The file is not Arrow IPC as its ending says."),
        (".parquet", ".ndjson", "The file is Parquet, not NDJSON as its ending says."),
    ],
)
def test_a_file_of_another_kind_than_its_name_is_refused(really: str, named: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / f"orders{named}"
    WRITERS[really](FRAME, file)
    assert words in problem(file)


def test_unknown_endings_and_mixed_folders_are_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    assert "no ending of a known kind" in problem(tmp_path / "notes.txt")
    assert "holds no file of a known kind" in problem(tmp_path)
    FRAME.write_csv(tmp_path / "a.csv")
    FRAME.write_parquet(tmp_path / "b.parquet")
    assert "files of several kinds: CSV, Parquet" in problem(tmp_path)


@pytest.mark.parametrize("ending", [".parquet", ".arrow", ".csv"])
def test_files_of_other_columns_in_one_folder_are_refused(ending: str, tmp_path: Path) -> None:
    WRITERS[ending](FRAME, tmp_path / f"a{ending}")
    WRITERS[ending](FRAME.rename({"name": "nom"}), tmp_path / f"b{ending}")
    assert "The files are not one table: the column 'nam" in problem(tmp_path) or "'nom'" in problem(tmp_path)
    WRITERS[ending](
        FRAME.select("name", "^a$", "id") if ending == "?" else FRAME[["name", "^a$", "id"]], tmp_path / f"b{ending}"
    )
    assert sorted(rows(tmp_path), key=str) == sorted([*FRAME.rows(), *FRAME.rows()], key=str)


def test_files_of_other_types_in_one_folder_are_refused(tmp_path: Path) -> None:
    FRAME.write_parquet(tmp_path / "a.parquet")
    FRAME.cast({"id": pl.Int32}).write_parquet(tmp_path / "b.parquet")
    assert "the column 'id' is int32 here and int64 in" in problem(tmp_path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,2\n3\n4,5\n", ":3: The row has 1 fields, but there are 2 columns."),
        ('a,b\n"x\ny",2\n3,4,5\n', ":4: The row has 3 fields, but there are 2 columns."),
        ("a,b,a\n1,2,3\n", ":1: The column name 'a' is given twice."),
        ("\na,b\n", ":1: The first line is empty"),
        ('a,b\n1,2\n3,"x\n4,5\n', ":3: A quote is never closed."),
    ],
)
def test_a_broken_csv_is_refused_with_its_line(text: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(text)
    assert f"{file}{words}" in problem(file)


def test_a_csv_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    for content in (b"a,b\n1,\xe9\n", b"\xe9,b\n1,2\n", b'a,b\n1,"\xe9\n'):
        file.write_bytes(content)
        assert "not UTF-8" in problem(file)


def test_a_csv_keeps_what_it_says(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_bytes(b'\xef\xbb\xbfcode,text,none,,"q""q"\r\n007,"",,1,"x\ny"\r\n\r\n8,,,2.50,"a,""b"""\r\n')
    assert rows(file) == [("007", "", None, 1.0, "x\ny"), ("8", None, None, 2.5, 'a,"b"')]
    assert list(table_of(file, SCRATCH, 1 << 30).types.items()) == [
        ("code", "string"), ("text", "string"), ("none", "null"), ("", "float64"), ('q"q', "string")
    ]  # fmt: skip


def test_an_empty_line_is_a_null_only_where_there_is_one_column(tmp_path: Path) -> None:
    file = tmp_path / "one.csv"
    file.write_text("a\n1\n\n3\n")
    assert rows(file) == [(1,), (None,), (3,)]
    file.write_text("a,b\n1,2\n\n3,4\n")
    assert rows(file) == [(1, 2), (3, 4)]


def test_a_csv_with_a_header_only_has_no_rows(tmp_path: Path) -> None:
    file = tmp_path / "none.csv"
    file.write_text("a,b\n")
    assert rows(file) == []
    assert table_of(file, SCRATCH, 1 << 30).types == {"a": "null", "b": "null"}


def test_types_are_inferred_from_the_whole_csv(tmp_path: Path) -> None:
    file = tmp_path / "late.csv"
    file.write_text("a,b\n" + "1,2\n" * 20_000 + "x,007\n")
    assert table_of(file, SCRATCH, 1 << 30).types == {"a": "string", "b": "string"}


@pytest.mark.parametrize(
    ("texts", "dtype", "values"),
    [
        (["1", "-5"], pl.Int64(), [1, -5]),
        (["12345678901234567890"], pl.Int128(), [12345678901234567890]),
        (["1", "007"], pl.String(), None),
        (["+5"], pl.String(), None),
        (["1" * 40], pl.String(), None),
        (["1.50", "2", "1e3", "-.5"], pl.Float64(), [1.5, 2.0, 1000.0, -0.5]),
        (["0.30000000000000004"], pl.Float64(), [0.1 + 0.2]),
        (["1.2345678901234568e-05"], pl.Float64(), [1.2345678901234568e-05]),
        (["9007199254740993", "0.5"], pl.Decimal(17, 1), None),
        (["0.12345678901234567890"], pl.Decimal(21, 20), None),
        (["1e400"], pl.String(), None),
        (["1e-400"], pl.String(), None),
        (["1.5", "NaN"], pl.Float64(), None),
        (["NaN"], pl.String(), None),
        (["True", "False"], pl.Boolean(), [True, False]),
        (["True", "false"], pl.String(), None),
        (["2024-02-29"], pl.Date(), [dt.date(2024, 2, 29)]),
        (["2023-02-29"], pl.String(), None),
        (["2024-01-01 00:00:00", "2024-01-01T00:00:00.5"], pl.Datetime("us"), None),
        (["2024-01-01 00:00:00.123456789"], pl.Datetime("ns"), None),
        (["2500-01-01 00:00:00.123456789"], pl.String(), None),
        (["2024-01-01T00:00:00Z", "2024-01-01 02:00:00+02"], pl.Datetime("us", "UTC"), None),
        (["2024-01-01T00:00:00Z", "2024-01-01T00:00:00"], pl.String(), None),
        (["2024-01-01 24:00:00"], pl.String(), None),
        ([""], pl.String(), None),
        ([None], pl.Null(), None),
    ],
)  # fmt: skip
def test_text_gets_a_type_only_if_nothing_is_lost(
    texts: list[str | None], dtype: pl.DataType, values: list[object] | None
) -> None:
    found = typed_values(pl.Series("^a$", [*texts, None], dtype=pl.String))
    assert found.dtype == dtype
    assert found.null_count() == texts.count(None) + 1
    if values is not None:
        assert found.to_list() == [*values, None]


def test_json_numbers_keep_their_value_next_to_fractions(tmp_path: Path) -> None:
    file = tmp_path / "orders.ndjson"
    file.write_text('{"a": 9007199254740993, "b": 1}\n{"a": 0.5, "b": 1.5}\n{"b": null, "c": [1]}\n')
    table = table_of(file, SCRATCH, 1 << 30)
    assert table.types == {"a": "decimal(17,1)", "b": "float64", "c": "list[int64]"}
    assert [str(row[0]) for row in table.frame.collect().rows()] == ["9007199254740993.0", "0.5", "None"]


@pytest.mark.parametrize("text", ['{"a": 1\n', "[1]\n", '{"a": {"x": 1}}\n{"a": [1]}\n', "hello\n"])
def test_broken_json_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "orders.jsonl"
    file.write_text(text)
    assert problem(file).startswith(f"{file}: The lines are not all JSON objects")
