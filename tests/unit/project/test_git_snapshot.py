"""Files of a commit and of the working tree."""

import hashlib
import os
import stat
from pathlib import Path

import pytest
from git_work import Reader, Work, at, both, branched, cloned, committed, now, started, told

from datacanary.project.git import command, open_repository

CURE = "Save it as UTF-8."
ODD = (
    "with space.sql",
    "quo'te\".sql",
    "ümläut.sql",
    "new\nline.sql",
    "tab\t.sql",
    "-dash.sql",
    ":(top)x.sql",
    "*.sql",
)


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    return branched(tmp_path / "work", monkeypatch)


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    return started(tmp_path / "empty", monkeypatch)


def test_a_commit_is_read_as_it_was(work: Work) -> None:
    main = at(work, "main", "models")
    assert main.paths() == ("a.sql", "deep/b.sql")
    assert main.text("a.sql") == "select 10 as a\n"
    assert at(work, "main~1").text("models/a.sql") == "select 1 as a\n"


def test_the_working_tree_is_read_as_it_is(work: Work) -> None:
    work.put(".gitignore", "*.csv\n")
    work.put("models/a.sql", "select 12 as a\n")
    work.put("models/new.sql", "select 3\n")
    work.put("models/ignored.csv")
    (work.root / "models/deep/b.sql").unlink()
    snapshot = now(work, "models")
    assert snapshot.paths() == ("a.sql", "new.sql")
    assert snapshot.text("a.sql") == "select 12 as a\n"
    assert snapshot.tracks("new.sql")
    assert not snapshot.tracks("deep/b.sql")
    assert at(work, "HEAD", "models").text("deep/b.sql") == "select 2 as b\n"


def test_a_staged_deletion_that_is_back_on_disk_is_there(work: Work) -> None:
    work.git("rm", "--quiet", "--cached", "models/a.sql")
    assert now(work).tracks("models/a.sql")


@both
@pytest.mark.parametrize("folder", ["", ".", "models", "./models/", "models/deep/.."])
def test_folders_are_named_as_one_likes(work: Work, read: Reader, folder: str) -> None:
    assert [path for path in read(work, folder).paths() if path.endswith("deep/b.sql")]


@both
def test_a_folder_with_a_like_prefix_is_another_folder(work: Work, read: Reader) -> None:
    work.put("models2/c.sql")
    work.put("models-x/c.sql")
    assert read(work, "models").paths() == ("a.sql", "deep/b.sql")


@both
@pytest.mark.parametrize("name", ODD)
def test_odd_names_work(empty: Work, read: Reader, name: str) -> None:
    empty.put(f"other/{name}")
    empty.put(f"{name}/models/{name}", name)
    empty.commit()
    snapshot = read(empty, f"{name}/models")
    assert snapshot.paths() == (name,)
    assert snapshot.text(name) == name


@both
def test_a_folder_that_is_not_there_has_no_files(work: Work, read: Reader) -> None:
    assert read(work, "nowhere/at/all").paths() == ()


@both
def test_text_drops_the_byte_order_mark_and_keeps_line_ends(work: Work, read: Reader) -> None:
    work.put("x.sql", b"\xef\xbb\xbfselect '\xc3\xa4'\r\n")
    assert read(work).text("x.sql") == "select 'ä'\r\n"


@both
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b"a\nb\xc3\xa4 \xe4",
            "models/x.sql:2:4: The file is not UTF-8: byte 7 of 7 cannot be read. " + CURE,
        ),
        (
            b"\xef\xbb\xbfa\xff",
            "models/x.sql:1:2: The file is not UTF-8: byte 5 of 5 cannot be read. " + CURE,
        ),
        ("a".encode("utf-16"), "models/x.sql: The file is UTF-16, not UTF-8. " + CURE),
    ],
)
def test_a_file_that_is_not_utf8_is_told_with_its_place(work: Work, read: Reader, content: bytes, message: str) -> None:
    work.put("models/x.sql", content)
    snapshot = read(work, "models")
    assert told(lambda: snapshot.text("x.sql")) == message


@both
def test_a_missing_file_is_told_with_the_nearest(work: Work, read: Reader) -> None:
    snapshot = read(work, "models")
    assert told(lambda: snapshot.text("b.sql")) == (
        "models/b.sql: This version has no such file. Did you mean 'deep/b.sql'?"
    )
    assert told(lambda: snapshot.text("deep")) == "models/deep: This is a folder, not a file."
    assert told(lambda: snapshot.text("x/y")) == "models/x/y: This version has no such file."


@both
def test_digest_is_the_sha256_of_the_content(work: Work, read: Reader) -> None:
    big = os.urandom(3 << 20)
    work.put("big.bin", big)
    snapshot = read(work)
    assert snapshot.digest("big.bin") == hashlib.sha256(big).hexdigest()
    assert snapshot.digest("models/a.sql") == hashlib.sha256(b"select 11 as a\n").hexdigest()


def test_a_file_of_a_commit_is_extracted_for_us_alone(work: Work, tmp_path: Path) -> None:
    big = os.urandom(3 << 20)
    work.put("data/big.bin", big)
    snapshot = committed(work, "data")
    work.put("data/big.bin", "changed")
    file = snapshot.file("big.bin", tmp_path / "into")
    assert (file, file.read_bytes()) == (tmp_path / "into/big.bin", big)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert at(work, "main").file("models/a.sql", tmp_path / "into").read_text() == "select 10 as a\n"
    assert sorted(each.name for each in (tmp_path / "into").iterdir()) == ["big.bin", "models"]


def test_a_file_of_the_working_tree_is_that_file(work: Work, tmp_path: Path) -> None:
    assert now(work, "models").file("deep/b.sql", tmp_path / "into") == work.root / "models/deep/b.sql"
    assert not (tmp_path / "into").exists()


def test_an_unfinished_merge_is_told_only_below_the_folder(work: Work) -> None:
    work.put("other/x.sql")
    work.commit()
    with pytest.raises(Exception, match="exit status"):
        work.git("merge", "main")
    assert told(lambda: now(work, "models")) == (
        "models/a.sql: The file has an unfinished merge. Finish the merge, or name a ref as head."
    )
    assert now(work, "other").paths() == ("x.sql",)
    assert open_repository(work.root).head(None, {}).dirty


def test_what_a_sparse_checkout_leaves_out_is_read_from_the_index(work: Work, tmp_path: Path) -> None:
    work.link("models/deep/l.sql", "b.sql")
    work.put("other/o.sql")
    work.commit()
    work.git("sparse-checkout", "set", "--cone", "--sparse-index", "other")
    assert not (work.root / "models").exists()
    snapshot = now(work, "models")
    assert snapshot.paths() == ("a.sql", "deep/b.sql", "deep/l.sql")
    assert snapshot.text("deep/l.sql") == "select 2 as b\n"
    assert snapshot.file("a.sql", tmp_path / "into").read_text() == "select 11 as a\n"
    assert not open_repository(work.root).head(None, {}).dirty


def test_a_partial_clone_fetches_nothing_by_itself(work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clone = cloned(work, tmp_path / "clone", "--filter=blob:none", "--branch=feature")
    before = clone.state()
    snapshot = at(clone, "origin/main", "models")
    assert snapshot.paths() == ("a.sql", "deep/b.sql")
    assert told(lambda: snapshot.text("a.sql")) == (
        "This partial clone lacks files of that version, and datacanary fetches nothing by itself. "
        "Run: git fetch --refetch --no-filter origin"
    )
    monkeypatch.delitem(command._READ_ONLY, "GIT_NO_LAZY_FETCH")  # noqa: SLF001 -- as a git that does not know it
    assert "fetches nothing by itself" in told(lambda: at(clone, "origin/main", "models").text("a.sql"))
    assert clone.state() == before
    clone.git("fetch", "--quiet", "--refetch", "--no-filter", "origin")
    assert at(clone, "origin/main", "models").text("a.sql") == "select 10 as a\n"


def test_a_commit_that_is_not_there_is_told(work: Work) -> None:
    repository = open_repository(work.root)
    assert told(lambda: repository.commit_snapshot("a" * 40, "")) == (
        "This version, commit aaaaaaaaaaaa, is not in this clone. Fetch it from where it is: git fetch origin"
    )
    assert "has no full commit id" in told(lambda: repository.commit_snapshot("main", ""))


def test_a_file_that_may_not_be_read_is_told(work: Work) -> None:
    snapshot = now(work)
    (work.root / "models/a.sql").unlink()
    assert told(lambda: snapshot.text("models/a.sql")) == (
        "models/a.sql: The file cannot be read: No such file or directory."
    )
