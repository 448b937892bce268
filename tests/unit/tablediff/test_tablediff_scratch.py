"""Temporary rows come back as they were, and temporary folders do not stay."""

from __future__ import annotations

import gc
import os
import signal
import stat
import subprocess
import sys
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datacanary.errors import DataError
from datacanary.tablediff import scratch as scratching
from datacanary.tablediff.scratch import LOCK, PREFIX, Scratch, sweep

ROWS = pl.DataFrame(
    {
        "": pl.Series(range(40), dtype=pl.Int128),
        "^a$": [f"text {number}" if number % 3 else None for number in range(40)],
        "*": pl.Series(["x", "y", None, "x"] * 10, dtype=pl.Categorical),
        "e": pl.Series(["x", "y", None, "x"] * 10, dtype=pl.Enum(["y", "x"])),
        "d.d": pl.Series([Decimal("1.50"), None] * 20, dtype=pl.Decimal(38, 2)),
        "n": pl.Series([None] * 40, dtype=pl.Null),
        "l": [[1, None], None, [], [3]] * 10,
        "s": [{"a": float("nan"), "b": [b"x"]}, None] * 20,
    }
)


@settings(max_examples=40)
@given(cuts=st.lists(st.integers(0, 40), max_size=8), memory=st.sampled_from([0, 100, 1_000, 3_000, 1 << 30]))
def test_rows_come_back_in_their_order_as_often_as_they_are_asked_for(cuts: list[int], memory: int) -> None:
    scratch = Scratch()
    spool = scratch.spool(memory)
    places = [0, *sorted(cuts), 40]
    for start, end in pairwise(places):
        spool.append(ROWS[start:end])
    frame = spool.finish(ROWS.schema)
    assert spool.rows == 40
    assert spool.stops[0] == 0
    assert list(spool.stops) == sorted({*spool.stops})
    for _ in range(2):
        assert frame.collect(engine="streaming").equals(ROWS)
        assert frame.select(pl.nth(5), pl.nth(0)).collect().equals(ROWS.select(pl.nth(5), pl.nth(0)))
        assert frame.slice(17, 9).collect(engine="streaming").equals(ROWS[17:26])
    assert pl.concat(spool.frames()).equals(ROWS)
    assert not list(scratch.folder.glob("*.arrow"))


def test_rows_beyond_the_memory_lie_on_disk_and_those_within_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratching, "PIECE_BYTES", 2_000)
    scratch = Scratch()
    small, large = scratch.spool(1 << 20), scratch.spool(10_000)
    frame = pl.DataFrame({"a": range(100)})
    for _ in range(100):
        small.append(frame)
        large.append(frame)
    files = list(scratch.folder.glob("*.arrow"))
    assert len(files) > 10
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in scratch.folder.iterdir())
    assert small.finish(frame.schema).collect().equals(large.finish(frame.schema).collect())
    assert len(list(scratch.folder.glob("*.arrow"))) == len(large.stops)
    large.drop()
    assert not list(scratch.folder.glob("*.arrow"))


def test_no_rows_have_a_schema() -> None:
    assert Scratch().spool(0).finish(ROWS.schema).collect().equals(ROWS.clear())


def test_rows_that_cannot_be_written_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    with pytest.raises(DataError, match="TMPDIR"):
        Scratch().spool(0).append(ROWS)


FULL = """
import resource, signal
import polars as pl
from datacanary.errors import DataError
from datacanary.tablediff.scratch import Scratch
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
try:
    Scratch().spool(0).append(pl.DataFrame({"a": range(100_000)}))
except DataError as error:
    print(error)
"""


def test_a_full_disk_is_told() -> None:
    assert "Temporary rows cannot be written: " in run(FULL).stdout


def test_the_folder_is_private_and_goes_with_its_object(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    scratch = Scratch()
    assert not list(tmp_path.iterdir())
    folder = scratch.folder
    assert folder.name.startswith(f"{PREFIX}{os.getpid()}-")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    spool = scratch.spool(0)
    spool.append(ROWS)
    del spool
    gc.collect()
    assert folder.exists()
    del scratch
    gc.collect()
    assert not list(tmp_path.iterdir())


ENDING = """
import os, signal, sys
from datacanary.tablediff.scratch import Scratch
def stop(number, frame): raise SystemExit(143)
signal.signal(signal.SIGTERM, stop)
scratch = Scratch()
print(scratch.folder.name, flush=True)
if sys.argv[1] == "fork" and os.fork() == 0:
    sys.exit()
if sys.argv[1] == "fork":
    os.wait()
    print(scratch.folder.exists())
elif sys.argv[1] != "end":
    os.kill(os.getpid(), getattr(signal, sys.argv[1]))
"""


@pytest.mark.parametrize("how", ["end", "SIGTERM", "SIGINT", "fork"])
def test_the_folder_goes_when_the_program_ends(how: str, tmp_path: Path) -> None:
    done = run(ENDING, how, place=tmp_path)
    assert done.stdout.startswith(PREFIX)
    assert how != "fork" or "True" in done.stdout
    assert not list(tmp_path.iterdir())


def test_what_a_killed_program_left_goes_with_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(ENDING, "SIGKILL", place=tmp_path).returncode == -signal.SIGKILL
    assert len(list(tmp_path.iterdir())) == 1
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder = Scratch().folder
    assert folder not in list(tmp_path.iterdir())
    assert not list(tmp_path.iterdir())


def test_only_what_is_left_is_swept(tmp_path: Path) -> None:
    gone = int(run("import os; print(os.getpid())").stdout)
    elsewhere = tmp_path / "elsewhere"
    left, working, linked = (tmp_path / f"{PREFIX}{name}" for name in (f"{gone}-a", f"{os.getpid()}-b", f"{gone}-c"))
    strange = [tmp_path / name for name in (f"{PREFIX}x-d", f"{PREFIX}d", "other", f"{PREFIX}{gone}")]
    for folder in (left, working, elsewhere, *strange):
        folder.mkdir()
        (folder / LOCK).touch()
    linked.symlink_to(elsewhere)
    locked = tmp_path / f"{PREFIX}{gone}-e"
    locked.mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", LOCKING, str(locked / LOCK)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        sweep(tmp_path)
        assert {*tmp_path.iterdir()} == {working, elsewhere, linked, locked, *strange}
        assert (elsewhere / LOCK).exists()
        holder.kill()
    sweep(tmp_path)
    assert not locked.exists()


LOCKING = """
import fcntl, os, sys
fcntl.flock(os.open(sys.argv[1], os.O_CREAT | os.O_RDWR), fcntl.LOCK_EX)
print("locked", flush=True)
sys.stdin.read()
"""


def run(code: str, *arguments: str, place: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "TMPDIR": str(place)} if place else None
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False, env=environment
    )
