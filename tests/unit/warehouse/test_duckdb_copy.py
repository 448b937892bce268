"""Copies of a DuckDB file hold what was written last, are of one moment, and cost the file no byte."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import duckdb
import pytest
from holding import held_open

from datacanary.errors import WarehouseError
from datacanary.warehouse.duckdb import copy as duckdb_copy
from datacanary.warehouse.duckdb.copy import copy_database
from datacanary.warehouse.duckdb.open import LockedError

WITH_LOG = """
import duckdb, os, sys
connection = duckdb.connect(sys.argv[1])
connection.execute("set checkpoint_threshold = '1GB'; insert into t values (2)")
os._exit(0)  # without the checkpoint that closing makes
"""


def write(file: Path, value: int) -> None:
    """Make a database with one row."""
    with duckdb.connect(str(file)) as connection:
        connection.execute(f"create or replace table t as select {value} as a")


def rows(file: Path) -> list[int]:
    """Read it."""
    with duckdb.connect(str(file), read_only=True) as connection:
        return [row[0] for row in connection.execute("select a from t order by a").fetchall()]


def digests(folder: Path) -> dict[str, str]:
    """Take down every file of a folder."""
    return {one.name: hashlib.sha256(one.read_bytes()).hexdigest() for one in folder.iterdir()}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Make a database of one row in a folder of its own."""
    folder = tmp_path / "production"
    folder.mkdir()
    write(folder / "shop.duckdb", 1)
    return folder / "shop.duckdb"


@pytest.fixture
def places(tmp_path: Path) -> list[Path]:
    """Return two places for copies."""
    found = [tmp_path / side / "shop.duckdb" for side in ("base", "head")]
    for place in found:
        place.parent.mkdir()
    return found


def with_log(file: Path) -> None:
    """Write a second row that only the log beside the file has."""
    subprocess.run([sys.executable, "-c", WITH_LOG, str(file)], check=True)
    assert file.with_name(f"{file.name}.wal").stat().st_size


def test_what_only_the_log_has_is_in_the_copies_and_the_file_stays_as_it_is(file: Path, places: list[Path]) -> None:
    with_log(file)
    before = digests(file.parent)
    copied = copy_database(file, places)
    assert digests(file.parent) == before
    assert copied.size == sum(one.stat().st_size for one in file.parent.iterdir())
    assert [rows(place) for place in places] == [[1, 2], [1, 2]]
    assert all(one.stat().st_mode & 0o077 == 0 for place in places for one in place.parent.iterdir())


def test_where_there_is_no_file_nothing_is_made(tmp_path: Path, places: list[Path]) -> None:
    assert copy_database(tmp_path / "none.duckdb", places).size == 0
    assert not any(place.exists() for place in places)


def test_a_copy_takes_the_place_of_what_was_there_with_its_log(file: Path, places: list[Path]) -> None:
    write(places[0], 7)
    with_log(places[0])
    copy_database(file, places)
    assert rows(places[0]) == [1]
    assert [one.name for one in places[0].parent.iterdir()] == ["shop.duckdb"]


def test_all_copies_are_of_one_moment_though_somebody_writes_between_them(
    file: Path, places: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = shutil.copyfile
    copied: list[Path] = []

    def writing(source: Path, target: Path) -> None:
        """Copy, and write after the first one."""
        real(source, target)
        copied.append(target)
        if len(copied) == 1:
            write(file, 5)

    monkeypatch.setattr(duckdb_copy, "_clone", lambda *_: False)
    monkeypatch.setattr(shutil, "copyfile", writing)
    copy_database(file, places)
    assert [rows(place) for place in places] == [[5], [5]]
    assert len(copied) > len(places)


def test_a_file_that_never_rests_is_told(file: Path, places: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    real, times = shutil.copyfile, iter(range(100))

    def writing(source: Path, target: Path) -> None:
        """Copy, and write again."""
        real(source, target)
        write(file, next(times))

    monkeypatch.setattr(duckdb_copy, "_clone", lambda *_: False)
    monkeypatch.setattr(shutil, "copyfile", writing)
    with pytest.raises(LockedError, match="written again and again"):
        copy_database(file, places)


def test_a_file_that_another_process_writes_is_not_copied(file: Path, places: list[Path]) -> None:
    with held_open(file) as pid, pytest.raises(LockedError, match=f"process {pid}"):
        copy_database(file, places)
    assert not any(place.exists() for place in places)


def test_what_is_no_database_is_not_copied(file: Path, places: list[Path]) -> None:
    file.write_bytes(b"no database" * 1000)
    with pytest.raises(WarehouseError, match="not a DuckDB database"):
        copy_database(file, places)
    assert not any(place.exists() for place in places)


def test_where_there_is_no_room_nothing_is_copied(
    file: Path, places: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")  # noqa: PYI024 -- as shutil's own
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10, 9, 1))
    monkeypatch.setattr(duckdb_copy, "_clone", lambda *_: False)
    with pytest.raises(WarehouseError, match="are free") as caught:
        copy_database(file, places)
    assert "DATACANARY_HOME" in str(caught.value.hint)
    assert all(list(place.parent.iterdir()) == [] for place in places)


def test_where_copies_share_their_blocks_no_room_is_needed(
    file: Path, places: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")  # noqa: PYI024 -- as shutil's own
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10, 9, 1))

    def sharing(source: Path, target: Path) -> bool:
        shutil.copyfile(source, target)
        return True

    monkeypatch.setattr(duckdb_copy, "_clone", sharing)
    assert copy_database(file, places).cloned
    assert [rows(place) for place in places] == [[1], [1]]
    assert [len(list(place.parent.iterdir())) for place in places] == [1, 1]
