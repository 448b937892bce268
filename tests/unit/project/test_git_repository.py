"""Opening a repository, and where it cannot be opened."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from git_work import Work, branched, started

from datacanary.errors import GitError
from datacanary.project.git import open_repository


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    return branched(tmp_path / "work", monkeypatch)


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    return started(tmp_path / "empty", monkeypatch)


def told(start: Path) -> str:
    with pytest.raises(GitError) as caught:
        open_repository(start)
    return str(caught.value)


def test_a_subfolder_opens_its_repository(work: Work) -> None:
    assert open_repository(work.root / "models" / "deep").root == work.root


def test_a_relative_start_opens_its_repository(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(work.root / "models")
    assert open_repository(Path()).root == work.root


def test_a_linked_worktree_has_its_own_files_and_head(work: Work, tmp_path: Path) -> None:
    work.git("worktree", "add", "--quiet", str(tmp_path / "linked"), "main")
    repository = open_repository(tmp_path / "linked" / "models")
    assert repository.root == tmp_path / "linked"
    assert repository.head(None, {}).ref == "main"
    assert repository.worktree_snapshot("models").text("a.sql") == "select 10 as a\n"


def test_a_submodule_checkout_is_a_repository_of_its_own(work: Work, empty: Work) -> None:
    empty.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(work.root), "sub")
    repository = open_repository(empty.root / "sub" / "models")
    assert repository.root == empty.root / "sub"
    assert repository.worktree_snapshot("").paths() == ("models/a.sql", "models/deep/b.sql")


def test_a_folder_named_like_a_variable_or_a_home_is_taken_as_it_is(work: Work, tmp_path: Path) -> None:
    odd = tmp_path / "~ $HOME 'a b' ü"
    shutil.copytree(work.root, odd)
    assert open_repository(odd).root == odd
    assert open_repository(odd).worktree_snapshot("").paths() == ("models/a.sql", "models/deep/b.sql")


def test_variables_of_a_git_hook_do_not_redirect_to_its_repository(
    work: Work, empty: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty.commit()
    for name, place in (("GIT_DIR", ".git"), ("GIT_WORK_TREE", "."), ("GIT_INDEX_FILE", ".git/index")):
        monkeypatch.setenv(name, str(empty.root / place))
    repository = open_repository(work.root)
    assert repository.root == work.root
    assert repository.worktree_snapshot("").tracks("models/a.sql")


def test_outside_of_any_repository_the_cure_is_told(tmp_path: Path) -> None:
    assert told(tmp_path) == (
        f"{tmp_path} is not in a git repository. Change to your project's folder (cd), or run: git init"
    )


def test_a_missing_folder_and_a_file_are_told(work: Work) -> None:
    missing, file = work.root / "nowhere", work.root / "models" / "a.sql"
    assert told(missing) == f"{missing} is not a folder. Name the folder of the project."
    assert told(file) == f"{file} is not a folder. Name the folder of the project."


def test_a_bare_repository_is_told(work: Work, tmp_path: Path) -> None:
    bare = tmp_path / "bare.git"
    work.git("clone", "--quiet", "--bare", ".", str(bare))
    assert told(bare) == (
        f"{bare} is a bare repository: there are no files to check. Clone it, and start datacanary in the clone."
    )


def test_the_git_folder_itself_is_told(work: Work) -> None:
    inside = work.root / ".git"
    assert told(inside) == (f"{inside} is inside of .git: there are no files to check. Change to the project's folder.")


def test_a_repository_without_a_commit_is_told(empty: Work) -> None:
    assert told(empty.root) == (
        f"The current branch of {empty.root} has no commit yet. Commit first: git add . && git commit"
    )


def test_another_users_repository_is_told_with_the_command(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    assert told(work.root) == (
        f"The repository {work.root} belongs to another user, so git does not open it. "
        f"If you trust it, run: git config --global --add safe.directory {work.root}"
    )


def test_a_missing_git_is_told(work: Work) -> None:
    program = """
import sys, pathlib
from datacanary.errors import GitError
from datacanary.project.git import open_repository
try:
    open_repository(pathlib.Path(sys.argv[1]))
except GitError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(work.root)],
        env=os.environ | {"PATH": "/nonexistent"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == (
        "The program git was not found. Install git (https://git-scm.com/downloads) or put it on the PATH.\n"
    )


def test_relative_names_a_path_from_the_root(work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = open_repository(work.root)
    work.link("models/link.sql", "a.sql")
    (tmp_path / "way").symlink_to(work.root)
    monkeypatch.chdir(work.root / "models")
    assert repository.relative(work.root) == ""
    assert repository.relative(Path("a.sql")) == "models/a.sql"
    assert repository.relative(Path("../models/link.sql")) == "models/link.sql"
    assert repository.relative(tmp_path / "way" / "models") == "models"


def test_relative_refuses_a_path_outside(work: Work, tmp_path: Path) -> None:
    with pytest.raises(GitError) as caught:
        open_repository(work.root).relative(tmp_path / "elsewhere")
    assert str(caught.value) == (
        f"{tmp_path / 'elsewhere'} is outside of the repository {work.root}. Keep the project inside of the repository."
    )
