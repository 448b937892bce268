"""A disk that is full at any moment of a change of production leaves it wholly old or new; DuckDB's file lies on it."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from duckdb_stall import make_duckdb_stall
from moments import ACTIONS, Action, Aftermath, prepare
from program import SECONDS
from proof_stalls import WHOLE
from stall import Stall, environment, ran

pytest_plugins = ("postgres_server", "proof_stalls")
pytestmark = pytest.mark.thorough
# In bytes: DuckDB writes a log in small pieces, and its file in blocks of 256 KB.
ROOMS = [*range(0, 65536, 4096), *range(65536, 2_500_000, 65536)] if WHOLE else [0, 8192, 262144]
NAMES = ("promote", "rollback", "clean")
_SIZE = 16 * 1024 * 1024
_LIMITED = ("sh", "-c", 'ulimit -f "$0" && exec "$@"')


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path | None]:
    """Mount a small file system; None where that is not allowed."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        yield None
        return
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def full_after(stall: Stall, action: Action, disk: Path, room: int) -> int:
    """Do something on a disk with so much room left, and return the exit code."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as stream:
        with suppress(OSError):
            while True:
                stream.write(b"\0" * 4096)
        stream.truncate(max(0, stream.tell() - room))
    try:
        return ran(stall, *action.arguments).exit_code
    finally:
        filler.unlink()


def limited(stall: Stall, action: Action, room: int) -> int:
    """Do something by a process whose files grow by no more than that, where nothing can be mounted."""
    size = max(one.stat().st_size for one in stall.place.folder.glob("warehouse*"))
    done = subprocess.run(
        [*_LIMITED, str((size + room) // 512), sys.executable, "-m", "datacanary", *action.arguments],
        cwd=stall.place.folder,
        env=stall.place.environment | environment(stall.place),
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    return done.returncode


@pytest.mark.parametrize("name", NAMES)
def test_a_full_disk_leaves_production_whole_and_a_way_out(
    name: str, small_disk: Path | None, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    stall = make_duckdb_stall(tmp_path / "stall", small_disk)
    ends, action = prepare(stall), ACTIONS[name]
    aftermath = Aftermath(stall, ends, name)
    failed = 0
    for room in ROOMS:
        stall.put_back(action.start)
        code = limited(stall, action, room) if small_disk is None else full_after(stall, action, small_disk, room)
        failed += code != 0
        aftermath.look(f"{room} bytes of room", code)
    record_property(f"moments of duckdb {name} full disk", len(ROOMS))
    assert not aftermath.problems, "\n".join(aftermath.problems)
    # It was full at least where there was no room at all.
    assert failed > 0
