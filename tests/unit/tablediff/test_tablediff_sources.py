"""Every kind of source gives the same table, as often as it is read, whatever memory there is."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pytest

from datacanary.errors import DataError
from datacanary.tablediff import scratch as scratching
from datacanary.tablediff.inputs import only_reads, table_of
from datacanary.tablediff.scratch import Scratch
from datacanary.tablediff.table import Table

SIZE = 300
FRAME = pl.DataFrame(
    {
        "id": range(SIZE),
        "^a$": [number / 4 if number % 7 else None for number in range(SIZE)],
        "*": [f'say "{number}",\n{number}' if number % 5 else None for number in range(SIZE)],
        "x.y": [number % 2 == 0 for number in range(SIZE)],
        'q"': [f"{number:03d}" for number in range(SIZE)],
    }
)
DAYS = FRAME.with_columns(
    day=pl.lit(dt.date(2024, 2, 29)),
    at=pl.lit("2024-02-29 01:02:03.000004").str.to_datetime(time_unit="us"),
    none=pl.lit(None),
)
NAMELESS = DAYS.rename({"id": ""})
LITTLE, MUCH = 1 << 10, 1 << 30


def parts(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    return frame.iter_slices(70)


def reader(frame: pl.DataFrame) -> pa.RecordBatchReader:
    batches = [batch for part in parts(frame) for batch in part.to_arrow().to_batches()]
    return pa.RecordBatchReader.from_batches(batches[0].schema, batches)


def computed(frame: pl.DataFrame) -> pl.LazyFrame:
    return frame.lazy().with_row_index("number").sort("number").drop("number")


def write_stream(frame: pl.DataFrame, file: Path) -> None:
    with pa.OSFile(str(file), "wb") as sink, pa.ipc.new_stream(sink, frame.to_arrow().schema) as stream:
        for batch in reader(frame):
            stream.write_batch(batch)


Make = Callable[[pl.DataFrame, Path], object]


def to_file(ending: str, write: Callable[[pl.DataFrame, Path], object]) -> Make:
    def make(frame: pl.DataFrame, folder: Path) -> Path:
        write(frame, folder / f"table[1]{ending}")
        # A path is no pattern: this file has other rows.
        write(frame.reverse(), folder / f"table1{ending}")
        return folder / f"table[1]{ending}"

    return make


def to_files(ending: str, write: Callable[[pl.DataFrame, Path], object]) -> Make:
    def make(frame: pl.DataFrame, folder: Path) -> Path:
        for number, part in enumerate(parts(frame)):
            names = part.columns if number % 2 else part.columns[::-1]
            write(pl.DataFrame({name: part[name] for name in names}) if number else part, folder / f"{number}{ending}")
        return folder

    return make


FROM_MEMORY: dict[str, Make] = {
    "frame": lambda frame, _: frame,
    "frame of chunks": lambda frame, _: pl.concat(parts(frame), rechunk=False),
    "lazy frame": lambda frame, _: frame.lazy(),
    "computed lazy frame": lambda frame, _: computed(frame),
    "table": lambda frame, _: frame.to_arrow(),
    "table of chunks": lambda frame, _: pa.Table.from_batches(reader(frame)),
    "stream": lambda frame, _: reader(frame),
    "batch": lambda frame, _: frame.to_arrow().combine_chunks().to_batches()[0],
}
WRITERS: dict[str, Callable[[pl.DataFrame, Path], object]] = {
    ".parquet": lambda frame, file: frame.write_parquet(file, row_group_size=64),
    ".arrow": pl.DataFrame.write_ipc,
    ".ipc": write_stream,
}
TEXT_WRITERS: dict[str, Callable[[pl.DataFrame, Path], object]] = {
    ".csv": pl.DataFrame.write_csv,
    ".tsv": lambda frame, file: frame.write_csv(file, separator="\t"),
    ".jsonl": pl.DataFrame.write_ndjson,
}


def files(writers: dict[str, Callable[[pl.DataFrame, Path], object]]) -> dict[str, Make]:
    return {
        **{ending: to_file(ending, write) for ending, write in writers.items()},
        **{f"folder of {ending}": to_files(ending, write) for ending, write in writers.items()},
    }


TYPED = {**FROM_MEMORY, **files(WRITERS)}
TEXT = files(TEXT_WRITERS)


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratching, "PIECE_BYTES", 1_000)


def check(table: Table, frame: pl.DataFrame) -> None:
    assert table.rows == frame.height
    assert table.types == Table.of(frame).types
    for _ in range(2):
        assert table.frame.collect(engine="streaming").equals(frame)
    codes = {name: f"c{place}" for place, name in enumerate(frame.columns)}
    coded, plain = table.frame.rename(codes), frame.rename(codes)
    for some in itertools.permutations(["c0", "c2", "c4"], 2):
        assert coded.select(some).collect(engine="streaming").equals(plain.select(some))
        assert pl.concat(coded.select(some).collect_batches()).equals(plain.select(some))
    assert coded.slice(100, 120).collect(engine="streaming").equals(plain.slice(100, 120))
    assert coded.filter(pl.col("c3")).head(3).collect().equals(plain.filter(pl.col("c3")).head(3))
    assert coded.head(150).filter(pl.col("c3")).collect().equals(plain.head(150).filter(pl.col("c3")))
    assert coded.select(pl.len()).collect().item() == frame.height
    assert list(table.stops) == sorted({*table.stops})
    assert all(0 <= stop < frame.height for stop in table.stops[1:])
    assert table.stops[:1] in ((0,), (), [])
    table.unchanged()


@pytest.mark.parametrize("memory", [LITTLE, MUCH])
@pytest.mark.parametrize("kind", TYPED)
def test_every_source_gives_the_same_table(kind: str, memory: int, tmp_path: Path) -> None:
    check(table_of(TYPED[kind](NAMELESS, tmp_path), Scratch(), memory), NAMELESS)  # type: ignore[arg-type]


@pytest.mark.parametrize("memory", [LITTLE, MUCH])
@pytest.mark.parametrize("kind", TEXT)
def test_every_source_of_text_gives_the_same_table(kind: str, memory: int, tmp_path: Path) -> None:
    frame = FRAME if "json" in kind else NAMELESS
    check(table_of(TEXT[kind](frame, tmp_path), Scratch(), memory), frame)  # type: ignore[arg-type]


@pytest.mark.parametrize("memory", [LITTLE, MUCH])
def test_a_relation_of_a_connection_is_read_once(memory: int) -> None:
    frame = FRAME.with_columns(pl.col("id").cast(pl.Int64))
    with duckdb.connect() as connection:
        connection.register("t", frame.to_arrow())
        table = table_of(connection.sql("from t"), Scratch(), memory)
        connection.unregister("t")
    check(table, frame)


def test_rows_beyond_the_memory_are_on_disk() -> None:
    for value in (computed(FRAME), reader(FRAME)):
        scratch = Scratch()
        table = table_of(value, scratch, LITTLE)
        assert table.keep is scratch
        assert list(scratch.folder.glob("*.arrow"))
    scratch = Scratch()
    table_of(computed(FRAME), scratch, MUCH)
    assert not list(scratch.folder.glob("*.arrow"))


PLAIN = FRAME.drop('q"')
DOES_MORE: dict[str, Callable[[pl.LazyFrame], pl.LazyFrame]] = {
    "filter": lambda scan: scan.filter(pl.col("id") > 3),
    "sort": lambda scan: scan.sort("id"),
    "unique": pl.LazyFrame.unique,
    "reverse": pl.LazyFrame.reverse,
    "cache": pl.LazyFrame.cache,
    "shuffle": lambda scan: scan.select(pl.col("id").shuffle()),
    "sample": lambda scan: scan.select(pl.col("id").sample(fraction=1, shuffle=True)),
    "sum": lambda scan: scan.select(pl.col("id") + 1),
    "literal": lambda scan: scan.select(pl.Series([1])),
    "function": lambda scan: scan.map_batches(lambda frame: frame),
    "function of cells": lambda scan: scan.select(
        pl.col("id").map_elements(lambda value: value, return_dtype=pl.Int64)
    ),
    "groups": lambda scan: scan.group_by("id").len(),
    "join": lambda scan: scan.join(scan, on="id"),
    "two": lambda scan: pl.concat([scan, scan]),
    "names of two lines": lambda scan: scan.rename({"id": "two\nlines"}),
}


@pytest.fixture
def scans(tmp_path: Path) -> list[pl.LazyFrame]:
    PLAIN.write_parquet(tmp_path / "t.parquet")
    PLAIN.write_ipc(tmp_path / "t.arrow")
    return [pl.scan_parquet(tmp_path / "t.parquet"), pl.scan_ipc(tmp_path / "t.arrow"), PLAIN.lazy()]


def test_plans_that_pick_columns_are_run_again(scans: list[pl.LazyFrame]) -> None:
    for scan in scans:
        assert only_reads(scan)
        assert only_reads(scan.rename({"id": "n"}).select("x.y", pl.col("n").alias("^m$")))


@pytest.mark.parametrize("step", DOES_MORE)
def test_plans_that_do_more_are_not(scans: list[pl.LazyFrame], step: str) -> None:
    for scan in scans:
        assert not only_reads(DOES_MORE[step](scan).select(pl.nth(0)))


def test_a_plan_that_parses_text_is_not_run_again(tmp_path: Path) -> None:
    PLAIN.write_csv(tmp_path / "t.csv")
    assert not only_reads(pl.scan_csv(tmp_path / "t.csv"))


def test_a_plan_that_would_not_give_the_same_again_runs_once() -> None:
    times = []

    def counted(frame: pl.DataFrame) -> pl.DataFrame:
        times.append(1)
        return frame.sample(fraction=1, shuffle=True)

    table = table_of(FRAME.lazy().map_batches(counted, schema=FRAME.schema), Scratch(), MUCH)
    assert table.frame.collect().equals(table.frame.collect())
    assert len(times) == 1


def test_a_plan_or_stream_that_breaks_off_is_told() -> None:
    def broken() -> Iterator[pa.RecordBatch]:
        yield from FRAME.to_arrow().to_batches()
        message = "secret cell"
        raise pa.ArrowInvalid(message)

    stream = pa.RecordBatchReader.from_batches(FRAME.to_arrow().schema, broken())
    plan = FRAME.lazy().select(pl.col("*").cast(pl.Int64, strict=True).sort())
    for value, words in ((stream, "broke off"), (plan, "cannot be read")):
        with pytest.raises(DataError, match=words) as caught:
            table_of(value, Scratch(), LITTLE)
        assert "secret" not in str(caught.value)
        assert "say" not in str(caught.value)


@pytest.mark.parametrize("ending", [".parquet", ".arrow"])
def test_a_file_that_changes_is_told(ending: str, tmp_path: Path) -> None:
    file = tmp_path / f"t{ending}"
    WRITERS[ending](FRAME, file)
    table = table_of(file, Scratch(), MUCH)
    table.unchanged()
    WRITERS[ending](FRAME.head(10), file)
    with pytest.raises(DataError, match="changed while it was read") as caught:
        table.unchanged()
    assert str(file) in str(caught.value)
    file.unlink()
    with pytest.raises(DataError, match="changed while it was read"):
        table.unchanged()


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".ipc"])
def test_a_file_that_was_read_once_may_go(ending: str, tmp_path: Path) -> None:
    file = tmp_path / f"t{ending}"
    ({**WRITERS, **TEXT_WRITERS})[ending](FRAME, file)
    table = table_of(file, Scratch(), LITTLE)
    file.unlink()
    table.unchanged()
    assert table.frame.collect().equals(FRAME)


def test_row_groups_are_where_reading_may_begin(tmp_path: Path) -> None:
    for number in range(2):
        FRAME.write_parquet(tmp_path / f"{number}.parquet", row_group_size=128)
    assert table_of(tmp_path, Scratch(), MUCH).stops == (0, 128, 256, 300, 428, 556)
