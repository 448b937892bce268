"""Folders of runs: registered, private, found again, and dropped whole."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from datacanary.errors import CanaryError, RunError
from datacanary.model.basic import Pair, Physical, Version
from datacanary.model.reuse import Content, Kept
from datacanary.model.run import Inputs, Report
from datacanary.model.verdict import Verdict
from datacanary.runs import KEEP_DAYS, RunFolder, Runs, StoredRun, runs_of
from datacanary.version import __version__


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    """Give an empty place for runs."""
    return Runs(tmp_path / "home" / "shop")


def result(folder: RunFolder) -> StoredRun:
    """Make a run's result."""
    versions = Pair(Version("main", "a" * 40), Version("change", "b" * 40, dirty=True))
    report = Report(
        run_id=folder.run_id,
        kind="check",
        versions=versions,
        started_at="2026-11-20T10:15:00Z",
        seconds=1.5,
        inputs=Inputs(pinned=True, how="held still"),
        verdict=Verdict("pass", "nothing changed", ()),
        tables=(),
    )
    return StoredRun(__version__, report, None, "analytics")


def aged(runs: Runs, folder: RunFolder, *, days: float, pid: int | None = None) -> RunFolder:
    """Make a run older, and another process's."""
    at = datetime.now(UTC) - timedelta(days=days)
    (folder.path / "started.json").write_text(json.dumps({"started_at": at.isoformat(), "pid": pid or folder.pid}))
    return runs.find(folder.run_id)


def dead_process() -> int:
    """Return the number of a process that is gone."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def test_a_run_is_stored_and_read_again(runs: Runs) -> None:
    folder = runs.start()
    assert (folder.working, folder.finished) == (True, False)
    runs.finish(folder, result(folder))
    (found,) = runs.all()
    assert (found.run_id, found.working, found.finished) == (folder.run_id, False, True)
    assert runs.load(found) == result(folder)
    assert found.size > 0


def test_whatever_a_run_makes_is_the_users_alone(runs: Runs) -> None:
    before = os.umask(0)
    try:
        folder = runs.start()
        (folder.path / "base").mkdir()
        (folder.path / "base" / "rows.csv").write_text("a")
        outside = runs.folder.parent / "outside"
        outside.write_text("a")
        (folder.path / "base" / "link").symlink_to(outside)
        runs.finish(folder, result(folder))
    finally:
        os.umask(before)
    for path in (runs.folder, *runs.folder.rglob("*")):
        if not path.is_symlink():
            assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path
    assert outside.stat().st_mode & 0o777 == 0o666


def test_the_newest_finished_run_is_the_last(runs: Runs) -> None:
    old, new, unfinished = runs.start(), runs.start(), runs.start()
    for folder in (old, new):
        runs.finish(folder, result(folder))
    aged(runs, old, days=1)
    assert [folder.run_id for folder in runs.all()] == [old.run_id, new.run_id, unfinished.run_id]
    assert runs.find("last").run_id == new.run_id
    aged(runs, new, days=2)
    assert runs.find("last").run_id == old.run_id


def test_a_run_is_found_by_its_id_its_end_or_its_beginning(runs: Runs) -> None:
    folder, other = runs.start(), runs.start()
    assert runs.find(folder.run_id) == folder
    assert runs.find(folder.run_id[-7:]) == folder
    for unknown in ("", "nothing", folder.run_id[:4], "last"):
        with pytest.raises(RunError) as raised:
            runs.find(unknown)
        assert other.run_id in raised.value.hint
    runs.drop(other)
    assert runs.find(folder.run_id[:8]) == folder


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"started_at": 3, "pid": 1}', '{"started_at": "x"}', None])
def test_a_run_that_was_killed_while_it_was_registered_is_a_killed_one(runs: Runs, text: str | None) -> None:
    started = runs.start().path / "started.json"
    if text is None:
        started.unlink()
    else:
        started.write_text(text)
    (folder,) = runs.all()
    assert (folder.working, folder.finished, folder.expired) == (False, False, False)
    with pytest.raises(RunError, match="did not finish"):
        runs.load(folder)
    runs.drop(folder)
    assert runs.all() == ()


def test_a_run_works_as_long_as_its_process_lives_and_not_for_days(runs: Runs) -> None:
    folder = runs.start()
    assert not aged(runs, folder, days=0, pid=dead_process()).working
    assert aged(runs, folder, days=0, pid=os.getpid()).working
    another = aged(runs, folder, days=KEEP_DAYS + 1, pid=os.getpid())
    assert (another.working, another.expired) == (False, True)


def test_a_killed_run_is_removed_and_remembered(runs: Runs) -> None:
    assert runs.killed() == ()
    first, second = runs.start(), runs.start()
    for folder in (first, second, second):
        runs.drop_killed(folder)
    assert runs.all() == ()
    assert runs.killed() == (first.run_id, second.run_id)


def test_a_run_whose_removal_is_cut_short_is_no_run_any_more_and_is_swept_up(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_short(path: Path) -> None:
        (path / "run.json").unlink()
        raise KeyboardInterrupt

    folder = runs.start()
    runs.finish(folder, result(folder))
    with monkeypatch.context() as patched:
        patched.setattr("datacanary.runs.shutil.rmtree", cut_short)
        with pytest.raises(KeyboardInterrupt):
            runs.drop(folder)
    assert (runs.all(), runs.killed()) == ((), ())
    assert [path.name for path in runs.folder.iterdir()] == [f"{folder.run_id}.dropped"]
    runs.sweep()
    assert list(runs.folder.iterdir()) == []


def test_two_processes_may_drop_the_same_run(runs: Runs) -> None:
    folder = runs.start()
    runs.drop(folder)
    runs.drop(folder)
    assert folder.size == 0
    assert not folder.finished
    with pytest.raises(RunError):
        runs.load(folder)


def test_what_is_damaged_or_of_another_version_is_told(runs: Runs) -> None:
    folder = runs.start()
    runs.finish(folder, result(folder))
    file = folder.path / "run.json"
    for content in (b"", b"{}", b"\xff", file.read_bytes()[:-20], file.read_bytes().replace(b'"pass"', b'"fine"')):
        file.write_bytes(content)
        with pytest.raises(RunError, match="damaged") as raised:
            runs.load(folder)
        assert "check" in raised.value.hint


def test_a_discarded_run_keeps_only_its_result(runs: Runs) -> None:
    folder = runs.start()
    (folder.path / "head").mkdir()
    (folder.path / "head" / "rows.csv").touch()
    (folder.path / "linked").symlink_to(runs.folder)
    (folder.path / "dc.duckdb").touch()
    changed = replace(result(folder), production="marts")
    runs.discard(folder, changed)
    assert {file.name for file in folder.path.iterdir()} == {"run.json", "started.json"}
    assert runs.load(folder) == changed
    assert runs.folder.exists()


def test_what_is_past_its_time_keeps_its_result_and_loses_its_tables(runs: Runs) -> None:
    young, old, killed = runs.start(), runs.start(), runs.start()
    for folder in (young, old):
        runs.finish(folder, result(folder))
    for folder in (young, old, killed):
        (folder.path / "head").mkdir()
        (folder.path / "dc_run.duckdb").write_text("rows", "utf-8")
    for folder in (old, killed):
        aged(runs, folder, days=KEEP_DAYS + 1)
    runs.expire()
    assert sorted(path.name for path in young.path.iterdir()) == ["dc_run.duckdb", "head", "run.json", "started.json"]
    assert sorted(path.name for path in old.path.iterdir()) == ["run.json", "started.json"]
    assert runs.load(old).report.run_id == old.run_id
    assert not killed.path.exists()


def kept(name: str) -> tuple[Kept, ...]:
    """Register a table by its name alone."""
    return (Kept(Content(name, "inputs"), Physical("dc_run", "base_analytics", name)),)


def test_tables_are_registered_by_finished_runs_and_the_newest_is_asked_first(runs: Runs) -> None:
    old, new, past, unfinished, plain = (runs.start() for _ in range(5))
    for folder, name in ((old, "a"), (new, "b"), (past, "c"), (unfinished, "d")):
        runs.register(folder, kept(name))
    runs.register(plain, ())
    for folder in (old, new, past, plain):
        runs.finish(folder, result(folder))
    aged(runs, old, days=1)
    aged(runs, past, days=KEEP_DAYS + 0.01)
    found = [(folder.run_id, tables) for folder, tables in runs.registered() if tables]
    assert found == [(new.run_id, kept("b")), (old.run_id, kept("a"))]
    assert not (plain.path / "tables.json").exists()
    runs.discard(new, result(new))
    assert [tables for _, tables in runs.registered() if tables] == [kept("a")]
    (old.path / "tables.json").write_bytes(b'[{"content": 1}]')
    assert [tables for _, tables in runs.registered() if tables] == []


def test_what_cannot_be_registered_is_told(runs: Runs) -> None:
    folder = runs.start()
    shutil.rmtree(folder.path)
    with pytest.raises(CanaryError, match="cannot be written"):
        runs.register(folder, kept("a"))


def test_a_place_that_cannot_be_written_is_told_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CanaryError, match="cannot be written") as raised:
        Runs(tmp_path / "file" / "shop").start()
    assert "DATACANARY_HOME" in raised.value.hint


def test_a_result_that_cannot_be_written_is_told(runs: Runs) -> None:
    folder = runs.start()
    shutil.rmtree(folder.path)
    with pytest.raises(CanaryError, match="cannot be written"):
        runs.finish(folder, result(folder))


def test_projects_of_the_same_name_have_places_of_their_own_and_links_lead_to_the_same(tmp_path: Path) -> None:
    one, other, link = tmp_path / "a" / "shop", tmp_path / "b" / "shop", tmp_path / "link"
    for folder in (one, other):
        folder.mkdir(parents=True)
    link.symlink_to(one)
    environ = {"DATACANARY_HOME": str(tmp_path / "home")}
    places = {runs_of(project, environ).folder for project in (one, other, link)}
    assert len(places) == 2
    assert {place.parent for place in places} == {tmp_path / "home"}
