"""Refs, merge bases, pull requests, and whether the working tree is dirty."""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from git_work import Work, branched, cloned, started

from datacanary.errors import GitError
from datacanary.model.basic import Version
from datacanary.project.git import open_repository


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    return branched(tmp_path / "work", monkeypatch)


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    return started(tmp_path / "empty", monkeypatch)


LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize {}\n"


def head(work: Work, ref: str | None = None, environ: Mapping[str, str] | None = None) -> Version:
    return open_repository(work.root).head(ref, environ or {})


def base(work: Work, ref: str, environ: Mapping[str, str] | None = None) -> Version:
    repository = open_repository(work.root)
    return repository.base(ref, repository.head("HEAD", {}), environ or {})


def told(work: Work, ref: str, environ: Mapping[str, str] | None = None) -> str:
    with pytest.raises(GitError) as caught:
        base(work, ref, environ)
    return str(caught.value)


def test_head_is_the_branch_in_the_working_tree(work: Work) -> None:
    assert head(work) == Version("feature", work.git("rev-parse", "feature"), dirty=False)


def test_a_detached_head_is_called_head(work: Work) -> None:
    work.git("checkout", "--quiet", "--detach")
    assert head(work).ref == "HEAD"


@pytest.mark.parametrize("change", ["edit", "add", "delete", "stage", "chmod", "untracked folder"])
def test_a_change_makes_the_working_tree_dirty(work: Work, change: str) -> None:
    match change:
        case "edit":
            work.put("models/a.sql", "select 12 as a\n")
        case "add":
            work.put("new.sql")
        case "delete":
            (work.root / "models/a.sql").unlink()
        case "stage":
            work.put("models/a.sql", "select 12 as a\n")
            work.git("add", ".")
            work.put("models/a.sql", "select 11 as a\n")
        case "chmod":
            (work.root / "models/a.sql").chmod(0o755)
        case _:
            work.put("far/away/new.sql")
    assert head(work).dirty


def test_touched_and_ignored_files_leave_the_working_tree_clean(work: Work) -> None:
    work.put(".gitignore", "*.csv\n")
    work.commit()
    work.put("data.csv", "1")
    os.utime(work.root / "models/a.sql", (1, 1))
    assert not head(work).dirty


def test_a_fetched_lfs_file_is_clean_and_its_filter_never_runs(work: Work, tmp_path: Path) -> None:
    pointer, ran = tmp_path / "pointer", tmp_path / "ran"
    pointer.write_text(LFS.format(hashlib.sha256(b"parquet").hexdigest(), 7))
    work.git("config", "filter.lfs.clean", f"cat > /dev/null; touch {ran}; cat {pointer}")
    work.git("config", "filter.lfs.required", "true")
    work.put(".gitattributes", "*.parquet filter=lfs\n")
    file = work.put("data.parquet", "parquet")
    work.commit()
    assert work.git("cat-file", "blob", "HEAD:data.parquet") == pointer.read_text().strip()
    ran.unlink()
    os.utime(file, (1, 1))
    assert not head(work).dirty
    work.put("data.parquet", "changed")
    assert head(work).dirty
    assert not ran.exists()


def test_a_moved_submodule_is_dirty(work: Work, empty: Work) -> None:
    empty.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(work.root), "sub")
    empty.commit()
    assert not head(empty).dirty
    Work(empty.root / "sub").commit("moved")
    assert head(empty).dirty


def test_a_named_head_is_its_commit_and_never_dirty(work: Work) -> None:
    work.put("new.sql")
    assert head(work, "main") == Version("main", work.git("rev-parse", "main"), dirty=False)


def test_ci_alone_reads_the_working_tree(work: Work) -> None:
    work.put("new.sql")
    assert head(work, None, {"CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "push"}).dirty


def github(work: Work, event: str) -> dict[str, str]:
    path = work.root / ".git" / "event.json"
    path.write_text(event)
    names = {"CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request"}
    return {**names, "GITHUB_EVENT_PATH": str(path)}


def test_on_github_head_is_the_pull_requests_commit(work: Work) -> None:
    sha = work.git("rev-parse", "feature")
    work.git("checkout", "--quiet", "--detach", "main")
    event = json.dumps({"pull_request": {"head": {"sha": sha, "ref": "fix/coupons"}}})
    assert head(work, None, github(work, event)) == Version("fix/coupons", sha)
    assert head(work, "main", github(work, event)).ref == "main"
    assert head(work, None, github(work, event) | {"CI": ""}).ref == "HEAD"


@pytest.mark.parametrize("event", ["", "[]", '{"pull_request": {"head": {"sha": 3, "ref": "x"}}}', "\udce4"])
def test_a_github_event_that_names_no_head_is_told(work: Work, event: str) -> None:
    environ = github(work, "")
    Path(environ["GITHUB_EVENT_PATH"]).write_bytes(os.fsencode(event))
    with pytest.raises(GitError, match=r"GITHUB_EVENT_PATH\) .* --head REF\."):
        head(work, None, environ)


def test_a_missing_github_event_file_is_told(work: Work) -> None:
    with pytest.raises(GitError) as caught:
        head(work, None, github(work, "") | {"GITHUB_EVENT_PATH": "/nonexistent"})
    assert str(caught.value) == (
        "GitHub's event file '/nonexistent' (GITHUB_EVENT_PATH) cannot be read as JSON. "
        "Name the version to check yourself: --head REF."
    )


def test_a_pull_request_head_that_was_not_fetched_is_told(work: Work, tmp_path: Path) -> None:
    event = json.dumps({"pull_request": {"head": {"sha": "a" * 40, "ref": "x"}}})
    shallow = cloned(work, tmp_path / "shallow", "--depth=1")
    with pytest.raises(GitError) as caught:
        head(shallow, None, github(work, event))
    assert str(caught.value) == (
        "The pull request's head, commit aaaaaaaaaaaa, is not in this clone. "
        "Fetch the whole history: `with: {fetch-depth: 0}` for actions/checkout."
    )


def test_on_gitlab_head_is_the_merge_requests_commit(work: Work) -> None:
    main, feature = work.git("rev-parse", "main"), work.git("rev-parse", "feature")
    named = {"CI": "true", "CI_MERGE_REQUEST_IID": "7", "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "fix"}
    assert head(work, None, named | {"CI_COMMIT_SHA": feature}) == Version("fix", feature)
    merged = {"CI_COMMIT_SHA": main, "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": feature}
    assert head(work, None, named | merged) == Version("fix", feature)
    assert head(work, None, {"CI": "true", "CI_COMMIT_SHA": main}).ref == "feature"


def test_base_is_the_merge_base_under_the_users_name(work: Work) -> None:
    assert base(work, "main") == Version("main", work.git("rev-parse", "main~1"))


@pytest.fixture
def clone(work: Work, tmp_path: Path) -> Work:
    return cloned(work, tmp_path / "clone", "--branch=main")


def test_base_falls_back_to_the_branch_at_origin(clone: Work) -> None:
    assert base(clone, "feature") == Version("feature", clone.git("rev-parse", "main~1"))


def test_a_local_branch_goes_before_the_one_at_origin(clone: Work) -> None:
    clone.git("branch", "feature", "main")
    assert base(clone, "feature").sha == clone.git("rev-parse", "main")


def test_a_branch_only_at_origin_is_suggested_for_head(clone: Work) -> None:
    with pytest.raises(GitError) as caught:
        head(clone, "feature")
    assert str(caught.value) == "There is no branch, tag or commit 'feature'. Did you mean 'origin/feature'?"


@pytest.mark.parametrize(
    ("ref", "message"),
    [
        ("mian", "There is no branch, tag or commit 'mian'. Did you mean 'main'?"),
        ("zzz", "There is no branch, tag or commit 'zzz'. There are: feature, main."),
        ("main..feature", "There is no branch, tag or commit 'main..feature'. Did you mean 'feature'?"),
        ("^main", "There is no branch, tag or commit '^main'. Did you mean 'main'?"),
        ("a\0b", "There is no branch, tag or commit 'a\\x00b'. There are: feature, main."),
        ("a\nb", "There is no branch, tag or commit 'a\\nb'. There are: feature, main."),
        ("", "The ref is empty. Name a branch, a tag or a commit."),
        (" ", "The ref is empty. Name a branch, a tag or a commit."),
        ("--all", "'--all' is an option, not a ref. Name a branch, a tag or a commit."),
        ("HEAD:models", "'HEAD:models' is a folder, not a commit. Name a branch, a tag or a commit."),
        ("HEAD:models/a.sql", "'HEAD:models/a.sql' is a file, not a commit. Name a branch, a tag or a commit."),
        ("b" * 40, f"The commit {'b' * 40!r} is not in this clone. Fetch it from where it is: git fetch origin"),
    ],
)
def test_a_ref_that_is_no_commit_is_told(work: Work, ref: str, message: str) -> None:
    assert told(work, ref) == message


def test_an_ambiguous_name_is_told(work: Work) -> None:
    work.git("tag", "main", "feature")
    work.git("config", "core.warnAmbiguousRefs", "false")
    assert told(work, "main") == (
        "'main' is ambiguous: it names more than one thing. Say which one: refs/heads/main or refs/tags/main."
    )
    assert base(work, "refs/heads/main").ref == "refs/heads/main"


def test_an_ambiguous_short_id_is_told(work: Work) -> None:
    tree = work.git("write-tree")
    made = [work.git("commit-tree", tree, "-m", str(number)) for number in range(400)]
    short = next(sha[:4] for sha in made if sum(other.startswith(sha[:4]) for other in made) > 1)
    assert told(work, short) == f"{short!r} is ambiguous: it names more than one thing. Give more of its letters."


def test_unrelated_histories_are_told(work: Work) -> None:
    work.git("checkout", "--quiet", "--orphan", "other")
    work.commit()
    assert told(work, "main") == (
        "'main' and head have no common history. Name a base that head was branched from: --base REF."
    )


@pytest.fixture
def shallow(work: Work, tmp_path: Path) -> Work:
    return cloned(work, tmp_path / "shallow", "--depth=1", "--no-single-branch")


@pytest.mark.parametrize(
    ("environ", "cure"),
    [
        ({}, "git fetch --unshallow"),
        ({"GITHUB_ACTIONS": "true"}, "`with: {fetch-depth: 0}` for actions/checkout."),
        ({"GITLAB_CI": "true"}, "set the job's variable GIT_DEPTH to 0."),
    ],
)
def test_a_shallow_clone_without_the_merge_base_is_told(shallow: Work, environ: dict[str, str], cure: str) -> None:
    assert told(shallow, "main", environ) == (
        "This clone is shallow: the commit where head left 'main' is not in it. Fetch the whole history: " + cure
    )


def test_a_ref_beyond_a_shallow_clone_is_told(shallow: Work) -> None:
    assert told(shallow, "main~1").endswith("This clone is shallow. Fetch the whole history: git fetch --unshallow")
