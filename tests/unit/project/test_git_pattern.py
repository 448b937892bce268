"""Globs over a version and over the disk."""

import glob
import re
from pathlib import Path

import pytest
from git_work import Work, started
from hypothesis import example, given
from hypothesis import strategies as st

from datacanary.errors import GitError
from datacanary.project.git import WorktreeSnapshot, open_repository
from datacanary.project.git.pattern import compiled

FILES = ("a.sql", "b.csv", ".hidden.sql", "deep/a.sql", "deep/er/a.sql", "deep/er/[x].sql", ".dot/a.sql", "deep/^.sql")


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    made = started(tmp_path / "work", monkeypatch)
    for path in FILES:
        made.put(f"p/{path}")
    made.commit()
    return made


@pytest.fixture
def snapshot(work: Work) -> WorktreeSnapshot:
    return open_repository(work.root).worktree_snapshot("p")


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*.sql", ["a.sql"]),
        ("a.sql", ["a.sql"]),
        ("?.*", ["a.sql", "b.csv"]),
        ("**/*.sql", ["a.sql", "deep/^.sql", "deep/a.sql", "deep/er/[x].sql", "deep/er/a.sql"]),
        ("**/**/a.sql", ["a.sql", "deep/a.sql", "deep/er/a.sql"]),
        ("deep/**", ["deep/^.sql", "deep/a.sql", "deep/er/[x].sql", "deep/er/a.sql"]),
        ("**/er/**/a.sql", ["deep/er/a.sql"]),
        ("*/a.sql", ["deep/a.sql"]),
        (".*/*", [".dot/a.sql"]),
        (".hidden.sql", [".hidden.sql"]),
        ("[ab].*", ["a.sql", "b.csv"]),
        ("[!a].*", ["b.csv"]),
        ("deep/[^x].sql", ["deep/^.sql"]),
        ("deep/er/[[]x[]].sql", ["deep/er/[x].sql"]),
        ("./deep/../*.csv", ["b.csv"]),
        ("deep", []),
        ("deep/*", ["deep/^.sql", "deep/a.sql"]),
        ("nowhere/*.sql", []),
        ("A.sql", []),
        ("a.sq", []),
        ("[", []),
    ],
)
def test_a_pattern_finds_the_same_in_a_version_and_on_the_disk(
    snapshot: WorktreeSnapshot, pattern: str, found: list[str]
) -> None:
    assert list(snapshot.glob(pattern)) == found
    assert list(snapshot.disk_glob(pattern)) == found


@given(st.text(alphabet="ab*?[]!^/.\\\n&|~", max_size=12))
@example("[]")
@example("[!]")
@example("[[a]")
@example("[a-b]")
@example("[-]")
def test_every_pattern_is_understood(pattern: str) -> None:
    assert isinstance(compiled(pattern), re.Pattern)


def test_a_reversed_range_is_told() -> None:
    with pytest.raises(GitError, match=r"The pattern has a range that ends before it begins: '\[z-a\]'\."):
        compiled("x[z-a]")


@given(st.text(alphabet="a-.[]^!*\\\n|", min_size=1, max_size=8).filter(lambda name: name not in {".", ".."}))
def test_an_escaped_name_matches_itself_alone(name: str) -> None:
    expression = compiled(glob.escape(name))
    assert expression.fullmatch(name)
    assert not expression.fullmatch(f"{name}a")


def test_only_the_disk_shows_ignored_files_and_those_behind_links(
    work: Work, snapshot: WorktreeSnapshot, tmp_path: Path
) -> None:
    work.put(".gitignore", "data\n")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/o.csv").touch()
    work.put("p/data/i.csv")
    work.link("p/data/far", str(tmp_path / "outside"))
    work.link("p/data/round", ".")
    assert snapshot.disk_glob("data/**/*.csv") == ("data/far/o.csv", "data/i.csv")
    assert snapshot.disk_glob("data/*.csv") == ("data/i.csv",)
    assert snapshot.glob("data/**/*.csv") == ()


def test_a_pattern_that_leaves_the_folder_finds_absolute_paths_on_the_disk(
    work: Work, snapshot: WorktreeSnapshot
) -> None:
    beside = work.put("q/x.csv")
    assert snapshot.disk_glob("../q/*.csv") == (str(beside),)
    assert snapshot.disk_glob(f"{work.root}/q/*.csv") == (str(beside),)
    assert snapshot.glob("../q/*.csv") == snapshot.glob(f"{work.root}/**") == ()


def test_a_folder_that_cannot_be_listed_is_told(snapshot: WorktreeSnapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(path: str) -> None:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr("os.scandir", denied)
    with pytest.raises(GitError, match=r"cannot be listed: Permission denied\."):
        snapshot.disk_glob("*.sql")
