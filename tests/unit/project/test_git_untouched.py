"""Promises about the whole room: nothing changes, threads may share, it is quick."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from git_work import Work, branched, started

from datacanary.project.git import Repository, open_repository


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    return branched(tmp_path / "work", monkeypatch)


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    return started(tmp_path / "empty", monkeypatch)


def read_everything(repository: Repository, into: Path) -> None:
    head = repository.head(None, {})
    base = repository.base("main", head, {})
    for snapshot in (repository.commit_snapshot(base.sha, ""), repository.worktree_snapshot("")):
        for path in snapshot.paths():
            snapshot.text(path)
            snapshot.digest(path)
            snapshot.file(path, into)
        snapshot.glob("**/*.sql")
    repository.worktree_snapshot("models").disk_glob("**/*")


def stale(work: Work) -> None:
    """Make git want to refresh its index: a tracked file has its old content and a new time."""
    os.utime(work.root / "models/a.sql", (1_700_000_000, 1_700_000_000))


def test_reading_changes_no_file_and_no_time_anywhere(work: Work, tmp_path: Path) -> None:
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in ("post-index-change", "fsmonitor"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
        (hooks / name).chmod(0o755)
    work.git("config", "core.hooksPath", str(hooks))
    work.git("config", "core.fsmonitor", str(hooks / "fsmonitor"))
    work.put("models/untracked.sql")
    stale(work)
    (tmp_path / "ran").unlink(missing_ok=True)
    before = work.state()
    read_everything(open_repository(work.root), tmp_path / "into")
    assert work.state() == before
    assert not (tmp_path / "ran").exists()


def test_a_plain_git_status_would_have_changed_the_index(work: Work) -> None:
    stale(work)
    before = work.state()
    work.git("status")
    assert work.state() != before


def test_a_read_only_repository_can_be_read(work: Work, tmp_path: Path) -> None:
    stale(work)
    (work.root / ".git/index.lock").touch()  # as another git that is at work
    before = work.state()
    read_everything(open_repository(work.root), tmp_path / "into")
    assert work.state() == before


def test_threads_may_share_a_repository_and_a_snapshot(work: Work, tmp_path: Path) -> None:
    for number in range(200):
        work.put(f"models/m{number}.sql", f"select {number}\n")
    sha = work.commit()
    repository = open_repository(work.root)
    shared = repository.commit_snapshot(sha, "models")
    together = threading.Barrier(8)

    def read(worker: int) -> None:
        together.wait()
        snapshot = (shared, repository.commit_snapshot(sha, "models"), repository.worktree_snapshot("models"))[
            worker % 3
        ]
        for number in range(200):
            assert snapshot.text(f"m{number}.sql") == f"select {number}\n"
        assert snapshot.file("m7.sql", tmp_path / "into").read_text() == "select 7\n"

    with ThreadPoolExecutor(8) as workers:
        list(workers.map(read, range(8)))


@pytest.mark.parametrize("kind", ["commit", "working tree"])
def test_a_thousand_files_are_read_in_a_second(empty: Work, kind: str) -> None:
    for number in range(1000):
        empty.put(f"models/{number % 20}/m{number}.sql", f"select {number} as x from t{number}\n" * 20)
    sha = empty.commit()
    # CPU seconds: what else the machine does is no fault of the program.
    started_at = time.process_time()
    repository = open_repository(empty.root)
    snapshot = repository.commit_snapshot(sha, "") if kind == "commit" else repository.worktree_snapshot("")
    texts = [snapshot.text(path) for path in snapshot.paths()]
    digests = {snapshot.digest(path) for path in snapshot.paths()}
    assert len(texts) == len(digests) == 1000
    assert time.process_time() - started_at < 1


def test_large_files_are_not_read_along_with_small_ones(work: Work) -> None:
    work.put("models/large.sql", b"-" * (2 << 20))
    snapshot = open_repository(work.root).commit_snapshot(work.commit(), "models")
    snapshot.text("a.sql")
    held = snapshot.blobs._held  # noqa: SLF001 -- memory shows nowhere else
    assert sorted(map(len, held.values())) == [14, 15]
    assert len(snapshot.text("large.sql")) == 2 << 20
