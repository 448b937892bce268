"""The memory on the disk: it keeps, forgets the oldest, and never fails."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datacanary import cache as cache_module
from datacanary.cache import Cache

PLAIN = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def test_what_was_put_is_found_by_another(tmp_path: Path) -> None:
    texts = {f"key{number}": f'{{"n": {number}}}' for number in range(2_500)}
    Cache(tmp_path / "new").put_many("a", texts)
    other = Cache(tmp_path / "new")
    assert other.get_many("a", [*texts, "unknown"]) == texts
    assert other.get_many("b", texts) == {}
    assert other.get_many("a", []) == {}
    assert not other.trouble


@settings(max_examples=25)
@given(st.lists(st.dictionaries(PLAIN, PLAIN, max_size=5), max_size=4))
def test_it_is_a_mapping(puts: list[dict[str, str]]) -> None:
    from tempfile import TemporaryDirectory  # noqa: PLC0415 -- a folder per example

    with TemporaryDirectory() as folder:
        cache, oracle = Cache(Path(folder)), dict[str, str]()
        for texts in puts:
            cache.put_many("kind", texts)
            oracle |= texts
            assert cache.get_many("kind", oracle) == oracle
        assert not cache.trouble


def test_a_cache_that_is_not_there_is_empty_and_reading_makes_nothing(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "none")
    assert cache.get_many("a", ["x"]) == {}
    assert not (tmp_path / "none").exists()
    assert not cache.trouble


def test_only_the_user_can_read_it(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "new")
    before = os.umask(0)
    try:
        cache.put_many("a", {"x": "1"})
    finally:
        os.umask(before)
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    assert cache.file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("damage", ["nonsense", "torn", "empty", "foreign", "without table"])
def test_a_damaged_file_is_as_if_empty_and_made_again(tmp_path: Path, damage: str) -> None:
    cache = Cache(tmp_path)
    cache.put_many("a", {f"key{number}": "x" * 100 for number in range(500)})
    whole = cache.file.read_bytes()
    if damage == "nonsense":
        cache.file.write_bytes(b"no database" * 1000)
    elif damage == "torn":
        cache.file.write_bytes(whole[: len(whole) // 2])
    elif damage == "empty":
        cache.file.write_bytes(b"")
    else:
        with closing(sqlite3.connect(cache.file)) as connection:
            connection.execute("DROP TABLE texts")
            connection.execute("PRAGMA user_version = " + ("7" if damage == "foreign" else "1"))
            connection.commit()
    again = Cache(tmp_path)
    found = again.get_many("a", [f"key{number}" for number in range(500)])
    assert set(found.values()) <= {"x" * 100}
    for _ in range(2):
        again.put_many("a", {"new": "1"})
    assert again.get_many("a", ["new"]) == {"new": "1"}
    assert damage not in {"nonsense", "torn", "without table"} or "damaged" in again.trouble


def test_a_text_that_a_hand_has_changed_is_none(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put_many("a", {"x": "true", "y": "true"})
    with closing(sqlite3.connect(cache.file)) as connection:
        connection.execute("UPDATE texts SET text = 'false' WHERE key = 'x'")
        connection.commit()
    assert cache.get_many("a", ["x", "y"]) == {"y": "true"}


def test_a_lock_is_waited_for_and_then_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "_WAIT_SECONDS", 0.1)
    cache = Cache(tmp_path)
    cache.put_many("a", {"x": "1"})
    with closing(sqlite3.connect(cache.file)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        assert cache.get_many("a", ["x"]) == {}
        cache.put_many("a", {"y": "1"})
        assert "locked" in cache.trouble
    assert cache.file.exists()
    assert cache.get_many("a", ["x", "y"]) == {"x": "1"}


def test_a_folder_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = Cache(tmp_path / "file" / "below")
    cache.put_many("a", {"x": "1"})
    assert cache.trouble
    assert cache.get_many("a", ["x"]) == {}


def test_a_full_disk_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = Cache(tmp_path)
    cache.put_many("a", {"x": "1"})
    connect = sqlite3.connect

    def small(database: str, *, uri: bool, timeout: float) -> sqlite3.Connection:
        connection = connect(database, uri=uri, timeout=timeout)
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        return connection

    monkeypatch.setattr(sqlite3, "connect", small)
    cache.put_many("a", {"x": "2", "large": "y" * 1_000_000})
    assert "full" in cache.trouble
    monkeypatch.undo()
    assert cache.get_many("a", ["x", "large"]) == {"x": "1"}


def test_the_oldest_go_when_it_grows_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    day = 100.5 * 24 * 60 * 60
    cache = Cache(tmp_path, most_bytes=300_000)
    monkeypatch.setattr(time, "time", lambda: day)
    cache.put_many("a", {f"old{number}": "x" * 1000 for number in range(100)})
    monkeypatch.setattr(time, "time", lambda: day + 24 * 60 * 60)
    assert len(cache.get_many("a", [f"old{number}" for number in range(10)])) == 10
    monkeypatch.setattr(time, "time", lambda: day + 2 * 24 * 60 * 60)
    cache.put_many("a", {f"new{number}": "x" * 1000 for number in range(150)})
    left = cache.get_many("a", [f"{age}{number}" for age in ("old", "new") for number in range(150)])
    assert cache.file.stat().st_size <= 300_000
    assert {f"old{number}" for number in range(10)} | {f"new{number}" for number in range(150)} <= left.keys()
    assert len(left) < 250
    assert not cache.trouble


WRITER = """
import sys
from pathlib import Path
from datacanary.cache import Cache
cache, name = Cache(Path(sys.argv[1])), sys.argv[2]
for turn in range(20):
    cache.put_many("a", {f"{name}{turn}": "x" * 500, "both": "y" * 500})
    cache.get_many("a", [f"{name}{turn}", "both"])
print(cache.trouble)
"""


def test_two_processes_at_once_lose_nothing(tmp_path: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path / "new"), name], stdout=subprocess.PIPE, text=True)
        for name in ("one", "two")
    ]
    assert [writer.communicate()[0].strip() for writer in writers] == ["", ""]
    keys = [f"{name}{turn}" for name in ("one", "two") for turn in range(20)]
    assert set(Cache(tmp_path / "new").get_many("a", [*keys, "both"])) == {*keys, "both"}
