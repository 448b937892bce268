"""A check leaves the repository and production alone, however it ends, and nothing behind that is not told."""

import os
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest
from program import SECONDS, Completed
from shop import MODELS, Shop, make_shop

LONG = "select order_id, sum(range) as much from raw.orders, range(3000000000) group by order_id\n"
CELL = "4711-secret' to INT32"
BROKEN = "select customer_id, cast(name as int) as name, country from raw.customers\n"
SMALLER = f"{MODELS['stg_orders'].strip()} where order_id >= 10\n"


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """Give a shop."""
    return make_shop(tmp_path)


@pytest.mark.parametrize(
    ("query", "exit_code"),
    [
        (SMALLER, 0),
        (f"{MODELS['stg_orders'].strip()} where order_id < 100\n", 1),
        ("select nothing from raw.orders\n", 3),
        ("select order_id, from from from\n", 2),
    ],
    ids=["pass", "fail", "build error", "parse error"],
)
def test_a_check_changes_no_byte_of_repository_and_production_and_keeps_its_own_files_private(
    shop: Shop, query: str, exit_code: int
) -> None:
    shop.commit({"models/stg_orders.sql": query}, branch="change")
    before = shop.files()
    found = shop.run("check")
    assert found.exit_code == exit_code, found
    assert shop.files() == before
    assert len(shop.runs()) == (exit_code != 2)
    for path in shop.home.rglob("*"):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path


def test_the_files_that_a_killed_writer_left_are_read_and_not_changed(shop: Shop) -> None:
    script = (
        "import duckdb, os; held = duckdb.connect('warehouse.duckdb'); "
        "held.execute(\"insert into raw.orders values (5000, 1, 1, 'paid')\"); os._exit(1)"
    )
    subprocess.run([sys.executable, "-c", script], cwd=shop.folder, check=False)
    assert (shop.folder / "warehouse.duckdb.wal").exists()
    shop.commit({"models/stg_orders.sql": SMALLER}, branch="change")
    before = shop.files()
    found = shop.run("check", "--format", "json")
    assert [table["rows"]["head"] for table in found.json["tables"] if table["name"] == "stg_orders"] == [991]
    assert shop.files() == before


@pytest.mark.parametrize("kind", ["table", "view"])
def test_a_model_that_fails_is_named_and_the_rest_is_compared_and_no_cell_is_told(shop: Shop, kind: str) -> None:
    shop.execute(f"update raw.customers set name = '{CELL.replace(chr(39), chr(39) * 2)}'")
    broken = f"create view dim_customers as {BROKEN}" if kind == "view" else BROKEN
    shop.commit({"models/stg_orders.sql": SMALLER, "models/dim_customers.sql": broken}, branch="change")
    found = shop.run("check", "--format", "json")
    assert found.exit_code == 3, found
    tables = {table["name"]: table for table in found.json["tables"]}
    broken_one, reader = tables["dim_customers"], tables["rpt_countries"]
    assert broken_one["comparison"] == "not_compared"
    assert "Could not convert string" in broken_one["reason"]
    assert "INT32" in broken_one["reason"]
    assert tables["stg_orders"]["comparison"] == "keyed"
    if kind == "table":
        assert "models/dim_customers.sql" in broken_one["reason"]
        assert reader["comparison"] == "not_compared"
        assert "dim_customers" in reader["reason"]
    stored = (shop.runs()[0] / "run.json").read_text()
    for told in (found.stdout, found.stderr, stored, shop.run("report").stdout):
        assert "4711" not in told


def stopped(shop: Shop, number: signal.Signals) -> Completed:
    """Stop a check in the middle of its long build; it must not take long to end."""
    with working_on_it(shop) as process:
        time.sleep(0.5)
        process.send_signal(number)
        started = time.perf_counter()
        stdout, stderr = process.communicate(timeout=SECONDS)
        assert time.perf_counter() - started < 5
        return Completed(process.returncode, stdout, stderr)


@contextmanager
def working_on_it(shop: Shop) -> Iterator[subprocess.Popen[str]]:
    """Start a check and wait until it has planned its long build; it does not outlive the test."""
    with shop.start("check") as process:
        try:
            assert process.stderr is not None
            assert "planned" in process.stderr.readline()
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("kind", "number", "exit_code"),
    [("table", signal.SIGINT, 130), ("table", signal.SIGTERM, 143), ("view", signal.SIGINT, 130)],
)
def test_a_check_that_is_stopped_leaves_nothing_behind(
    shop: Shop, kind: str, number: signal.Signals, exit_code: int
) -> None:
    model = f"create view stg_orders as {LONG}" if kind == "view" else LONG
    shop.commit({"models/stg_orders.sql": model, "models/fct_orders.sql": "select 1 as order_id"}, branch="long")
    before = shop.files()
    found = stopped(shop, number)
    assert found.exit_code == exit_code, found
    assert "Traceback" not in found.stderr
    assert "datacanary clean" in found.stderr
    assert shop.runs() == []
    assert shop.files() == before


def test_a_check_that_is_killed_is_named_by_status_and_dropped_by_clean(shop: Shop) -> None:
    shop.commit({"models/stg_orders.sql": LONG}, branch="long")
    before = shop.files()
    assert stopped(shop, signal.SIGKILL).exit_code == -signal.SIGKILL
    (left,) = shop.runs()
    status = shop.run("status")
    assert left.name in status.stdout
    assert "datacanary clean --expired" in status.stdout
    assert left.name in shop.run("clean", "--expired").stdout
    assert shop.runs() == []
    assert shop.files() == before


def test_a_run_that_still_works_is_not_dropped(shop: Shop) -> None:
    shop.commit({"models/stg_orders.sql": LONG}, branch="long")
    with working_on_it(shop) as process:
        (working,) = shop.runs()
        assert shop.run("clean", "--all").stdout == "Nothing to drop.\n"
        assert shop.run("status", "--format", "json").json["runs"][0]["state"] == "working"
        assert working.exists()
        process.terminate()
        process.communicate(timeout=SECONDS)
    assert not working.exists()


def test_two_checks_at_once_find_the_same(shop: Shop) -> None:
    shop.commit({"models/stg_orders.sql": SMALLER}, branch="change")
    ended = shop.run_at_once([("check", "--format", "json")] * 3)
    assert [one.exit_code for one in ended] == [0, 0, 0], ended
    found = [one.json for one in ended]
    assert len({one["run"]["id"] for one in found}) == 3
    assert found[0]["tables"] == found[1]["tables"] == found[2]["tables"]
    assert len(shop.runs()) == 3


def limited(shop: Shop, blocks: int) -> Completed:
    """Run a check that may write no file larger than so many blocks of 512 bytes."""
    done = subprocess.run(
        ["sh", "-c", 'ulimit -f "$0" && exec "$@"', str(blocks), sys.executable, "-m", "datacanary", "check"],
        cwd=shop.folder,
        env=shop.environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    return Completed(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("blocks", [8, 200])
def test_a_disk_without_room_ends_a_check_with_a_clear_sentence(shop: Shop, blocks: int) -> None:
    shop.commit({"models/stg_orders.sql": "select *, repeat(status, 500) as long from raw.orders\n"}, branch="change")
    before = shop.files()
    found = limited(shop, blocks)
    assert found.exit_code == 2, found
    assert "Production is untouched" in found.stderr
    assert "disk is full" in found.stderr
    assert "datacanary clean" in found.stderr
    assert shop.runs() == []
    assert shop.files() == before


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a file system of 1 MB, where that is allowed."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no file system may be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_file_system_ends_a_check_with_a_clear_sentence(shop: Shop, small_disk: Path) -> None:
    shop.commit(
        {"models/stg_orders.sql": "select *, hash(range) as much from raw.orders, range(999)\n"}, branch="change"
    )
    before = shop.files()
    found = shop.run("check", DATACANARY_HOME=str(small_disk))
    assert found.exit_code == 2, found
    assert "disk is full" in found.stderr
    assert "datacanary clean" in found.stderr
    # What is known of queries may stay: it is no run's.
    assert [path.name for path in small_disk.glob("*/*") if path.name != "remembered.sqlite"] == []
    assert shop.files() == before


def test_a_folder_for_runs_that_cannot_be_made_is_told(shop: Shop, tmp_path: Path) -> None:
    shop.commit({"models/stg_orders.sql": SMALLER}, branch="change")
    (tmp_path / "file").touch()
    found = shop.run("check", DATACANARY_HOME=str(tmp_path / "file"))
    assert found.exit_code == 2
    assert "folder for runs cannot be written" in found.stderr
    assert "DATACANARY_HOME" in found.stderr


def of_version(number: int) -> Callable[[Path], None]:
    """Forge the number of the storage format in a file's header, and the header's checksum."""

    def forge(file: Path) -> None:
        content = bytearray(file.read_bytes())
        content[12:20] = struct.pack("<Q", number)
        checksum = 5381
        for (word,) in struct.iter_unpack("<Q", bytes(content[8:4096])):
            checksum ^= word * 0xBF58476D1CE4E5B9 & 0xFFFFFFFFFFFFFFFF
        content[:8] = struct.pack("<Q", checksum)
        file.write_bytes(content)

    return forge


def as_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def as_sqlite(file: Path) -> None:
    file.write_bytes(b"SQLite format 3\0".ljust(4096, b"\0"))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (Path.unlink, "does not exist"),
        (as_folder, "not a DuckDB database"),
        (as_sqlite, "not a DuckDB database"),
        (lambda file: file.write_bytes(b""), "not a DuckDB database"),
        (lambda file: file.write_bytes(file.read_bytes()[:100_000]), "damaged"),
        (lambda file: file.write_bytes(os.urandom(20_000)), "damaged"),
        (of_version(1000), "newer DuckDB"),
        (of_version(50), "old DuckDB"),
    ],
    ids=["missing", "folder", "SQLite", "empty", "cut off", "noise", "newer", "older"],
)
def test_a_warehouse_that_cannot_be_opened_is_told_with_what_to_do(
    shop: Shop, spoil: Callable[[Path], Any], words: str
) -> None:
    shop.commit({"models/stg_orders.sql": SMALLER}, branch="change")
    spoil(shop.warehouse)
    before = shop.files()
    found = shop.run("check")
    assert found.exit_code == 2, found
    assert words in found.stderr
    assert "hint:" in found.stderr
    assert "warehouse.duckdb" in found.stderr
    assert shop.runs() == []
    assert shop.files() == before


def test_a_warehouse_that_somebody_writes_is_told_with_who_it_is(shop: Shop) -> None:
    shop.commit({"models/stg_orders.sql": SMALLER}, branch="change")
    with duckdb.connect(str(shop.warehouse)):
        found = shop.run("check")
    assert found.exit_code == 2
    assert f"process {os.getpid()}" in found.stderr
    assert "Close it" in found.stderr
    assert shop.runs() == []
