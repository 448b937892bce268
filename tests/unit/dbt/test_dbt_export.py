"""A version's files as dbt will read them."""

import os
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from datacanary.dbt import export as exporting
from datacanary.dbt.export import Exported, export
from datacanary.errors import GitError
from datacanary.project.git import Snapshot, open_repository

_WHO = {f"GIT_{who}_{what}": "t@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


class Held:
    """A version whose files are on the disk; those without content cannot be read."""

    def __init__(self, folder: Path, files: dict[str, bytes | None]) -> None:
        self.folder = folder
        self.files = files

    def paths(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(self.files)

    def file(self, path: str, into: Path) -> Path:
        """Put some at their own place, some where they are wanted."""
        content = self.files[path]
        if content is None:
            raise GitError("gone")
        place = (into if "placed" in path else self.folder) / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        return place


def _exported(folder: Path, files: dict[str, bytes | None], warehouse: str = "") -> tuple[Exported, dict[str, bytes]]:
    into = folder / "project"
    result = export(Held(folder / "held", files), into, warehouse)
    return result, {p.relative_to(into).as_posix(): p.read_bytes() for p in into.rglob("*") if p.is_file()}


def _committed(folder: Path, files: dict[str, bytes], links: dict[str, str]) -> Snapshot:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    for path, target in links.items():
        (folder / path).symlink_to(target)
    for command in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "x")):
        subprocess.run(["git", *command], cwd=folder, check=True, env=os.environ | _WHO)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=folder, check=True, capture_output=True, text=True).stdout
    return open_repository(folder).commit_snapshot(head.strip(), "")


def test_files_come_byte_by_byte(tmp_path: Path) -> None:
    files: dict[str, bytes | None] = {"models/a.sql": b"\xef\xbb\xbfselect 1\r\n", "placed/b.bin": bytes(range(256))}
    assert _exported(tmp_path, files) == (Exported(2), files)


def test_what_dbt_writes_and_databases_stay_out(tmp_path: Path) -> None:
    kept: dict[str, bytes | None] = {
        "dbt_packages/x/models/p.sql": b"",
        "models/target/t.sql": b"",
        "models/duckdb.sql": b"",
        "a.duckdb.sql": b"",
    }
    dropped: dict[str, bytes | None] = dict.fromkeys(
        ("target/manifest.json", "logs/dbt.log", "x/a.duckdb", "a.duckdb.wal", "data/shop.db", "data/shop.db.wal"), b""
    )
    assert _exported(tmp_path, {**kept, **dropped}, "data/shop.db") == (Exported(4), kept)


def test_the_large_stay_out_but_for_seeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "_LARGE_BYTES", 3)
    files: dict[str, bytes | None] = {
        "seeds/s.CSV": b"12345",
        "placed.parquet": b"1234",
        "x.parquet": b"1234",
        "y.bin": b"123",
    }
    result, there = _exported(tmp_path, files)
    assert result == Exported(2, ("placed.parquet", "x.parquet"))
    assert sorted(there) == ["seeds/s.CSV", "y.bin"]


def test_what_cannot_be_read_matters_only_if_dbt_reads_it(tmp_path: Path) -> None:
    assert _exported(tmp_path, {"logo.png": None, "a.sql": b""})[0] == Exported(1, ("logo.png",))
    with pytest.raises(GitError, match="gone"):
        _exported(tmp_path, {"models/A.SQL": None})


def test_links_of_a_commit_become_what_they_lead_to(tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    snapshot = _committed(work, {"models/a.sql": b"select 1"}, {"b.sql": "models/a.sql", "nowhere.txt": "gone"})
    into = tmp_path / "project"
    assert export(snapshot, into) == Exported(2, ("nowhere.txt",))
    assert (into / "b.sql").read_bytes() == b"select 1"
    assert not (into / "b.sql").is_symlink()


def test_each_file_is_as_new_as_its_writing(tmp_path: Path) -> None:
    # dbt's partial parsing takes a file of the same time for the same file.
    held = Held(tmp_path / "held", {"a.sql": b"select 1"})
    os.utime(held.file("a.sql", tmp_path), (1, 1))
    export(held, tmp_path / "project")
    assert (tmp_path / "project" / "a.sql").stat().st_mtime > time.time() - 60


def test_files_are_read_many_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work = tmp_path / "work"
    work.mkdir()
    snapshot = _committed(work, {f"models/m{n % 20}/a{n}.sql": f"select {n}".encode() * 100 for n in range(500)}, {})
    started, begin = [], subprocess.Popen.__init__

    def counting(process: subprocess.Popen[bytes], *arguments: Any, **options: Any) -> None:
        started.append(arguments)
        begin(process, *arguments, **options)

    monkeypatch.setattr(subprocess.Popen, "__init__", counting)
    assert export(snapshot, tmp_path / "project").files == 500
    assert len(started) < 5
