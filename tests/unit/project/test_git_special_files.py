"""Links, submodules, Git LFS: what git keeps that is no plain file."""

import hashlib
import stat
from pathlib import Path

import pytest
from git_work import Reader, Work, both, branched, committed, now, started, told


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    return branched(tmp_path / "work", monkeypatch)


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    return started(tmp_path / "empty", monkeypatch)


@both
def test_links_are_the_files_that_they_lead_to(work: Work, read: Reader, tmp_path: Path) -> None:
    work.link("models/one.sql", "two.sql")
    work.link("models/two.sql", "./deep/../a.sql")
    work.link("models/way", "deep")
    work.put("models/deeper/c.sql")
    snapshot = read(work, "models")
    assert snapshot.paths() == ("a.sql", "deep/b.sql", "deeper/c.sql", "one.sql", "two.sql", "way/b.sql")
    assert snapshot.text("one.sql") == "select 11 as a\n"
    assert snapshot.text("way/b.sql") == "select 2 as b\n"
    assert snapshot.digest("one.sql") == snapshot.digest("a.sql")
    assert snapshot.file("way/b.sql", tmp_path).read_text() == "select 2 as b\n"


@both
@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("../secret.txt", "The path or symbolic link leaves the project's folder 'models'. Both versions"),
        ("/etc/hostname", "The path or symbolic link leaves the project's folder 'models'. Both versions"),
        ("gone.sql", "The symbolic link leads to 'gone.sql', which this version does not have. Commit the file"),
        ("x.sql", "The symbolic link leads in a circle."),
    ],
)
def test_a_link_that_leads_nowhere_is_listed_and_told(work: Work, read: Reader, target: str, message: str) -> None:
    work.put("secret.txt")
    work.link("models/x.sql", target)
    snapshot = read(work, "models")
    assert snapshot.tracks("x.sql")
    for call in (snapshot.text, snapshot.digest):
        assert told(lambda call=call: call("x.sql")).startswith(f"models/x.sql: {message}")  # type: ignore[misc]


@both
def test_links_to_folders_around_them_end(work: Work, read: Reader) -> None:
    work.link("models/deep/up", "..")
    work.link("models/over", "../other")
    work.put("other/o.sql")
    work.link("other/back", "../models")
    paths = read(work).paths()
    assert "models/over/back/a.sql" in paths
    assert "other/back/over/o.sql" in paths
    assert len(paths) < 30


def test_a_path_that_climbs_out_is_refused(work: Work, tmp_path: Path) -> None:
    work.put("secret.txt")
    snapshot = committed(work, "models")
    assert "leaves the project's folder" in told(lambda: snapshot.file("deep/../../secret.txt", tmp_path))


def test_tracked_files_behind_a_folder_that_became_a_link_are_not_the_repositorys(work: Work, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    (work.root / "models/deep").rename(outside)
    work.link("models/deep", str(outside))
    snapshot = now(work, "models")
    assert snapshot.paths() == ("a.sql", "deep")
    assert "leaves the project's folder" in told(lambda: snapshot.text("deep/b.sql"))


@both
@pytest.mark.parametrize(("folder", "path"), [("", "sub/models/a.sql"), ("", "sub")])
def test_a_file_in_a_submodule_is_told(work: Work, empty: Work, read: Reader, folder: str, path: str) -> None:
    empty.commit()
    empty.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(work.root), "sub")
    snapshot = read(empty, folder)
    assert snapshot.paths() == (".gitmodules",)
    assert told(lambda: snapshot.text(path)).startswith(f"{path}: The file lies in a submodule or another repository")


@both
@pytest.mark.parametrize("folder", ["sub", "sub/models"])
def test_a_project_in_a_submodule_is_told(work: Work, empty: Work, read: Reader, folder: str) -> None:
    empty.commit()
    empty.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(work.root), "sub")
    assert told(lambda: read(empty, folder)) == (
        "sub: The project's folder is a submodule. "
        "Start datacanary inside the git submodule, or keep the project in this repository."
    )


def test_a_project_in_a_submodule_that_is_not_checked_out_is_told(work: Work, empty: Work) -> None:
    empty.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(work.root), "sub")
    empty.commit()
    empty.git("submodule", "--quiet", "deinit", "--force", "sub")
    for folder in ("sub", "sub/models"):
        assert "sub: The project's folder is a submodule." in told(lambda folder=folder: now(empty, folder))  # type: ignore[misc]


def test_another_repository_inside_is_not_looked_into(work: Work) -> None:
    Work(work.put("inner/x.sql").parent).git("init", "--quiet")
    snapshot = now(work)
    assert not snapshot.tracks("inner/x.sql")
    assert "another repository" in told(lambda: snapshot.text("inner/x.sql"))


@both
def test_a_project_folder_that_is_no_folder_is_told(work: Work, read: Reader) -> None:
    work.link("way", "models")
    assert told(lambda: read(work, "models/a.sql")).startswith("models/a.sql: The project's folder is a file.")
    assert told(lambda: read(work, "models/a.sql/x")).startswith("models/a.sql: The project's folder is a file.")
    assert told(lambda: read(work, "way/deep")).startswith("way: The project's folder is a symbolic link.")
    assert "is outside of the repository" in told(lambda: read(work, "../x"))
    assert "is outside of the repository" in told(lambda: read(work, "/elsewhere"))


def lfs(content: bytes) -> bytes:
    oid = hashlib.sha256(content).hexdigest()
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(content)}\n".encode()


@both
def test_an_lfs_pointer_is_no_text_but_has_its_contents_digest(work: Work, read: Reader, tmp_path: Path) -> None:
    work.put("models/x.sql", lfs(b"select 1"))
    snapshot = read(work, "models")
    assert snapshot.digest("x.sql") == hashlib.sha256(b"select 1").hexdigest()
    assert told(lambda: snapshot.text("x.sql")) == (
        "models/x.sql: The file is a Git LFS pointer, not its content. "
        "Run: git lfs pull. Better, keep SQL and other text out of Git LFS."
    )
    assert told(lambda: snapshot.file("x.sql", tmp_path)) == (
        "models/x.sql: The content of this Git LFS file is not on this machine. "
        "Fetch it: git lfs fetch origin REF (the version's branch or commit); for head: git lfs pull."
    )


def test_an_lfs_file_of_a_commit_is_the_working_trees_if_that_has_the_same_content(work: Work, tmp_path: Path) -> None:
    work.put("data/x.parquet", lfs(b"parquet"))
    snapshot = committed(work, "data")
    work.put("data/x.parquet", b"parquet")
    assert snapshot.file("x.parquet", tmp_path) == work.root / "data/x.parquet"
    work.put("data/x.parquet", b"tampered"[:7])
    assert "is not on this machine" in told(lambda: snapshot.file("x.parquet", tmp_path))


@both
def test_an_lfs_file_that_git_lfs_has_fetched_is_copied_from_its_store(
    work: Work, read: Reader, tmp_path: Path
) -> None:
    work.put("data/x.parquet", lfs(b"parquet"))
    oid = hashlib.sha256(b"parquet").hexdigest()
    work.put(f".git/lfs/objects/{oid[:2]}/{oid[2:4]}/{oid}", b"corrupt")
    snapshot = read(work, "data")
    assert "is not on this machine" in told(lambda: snapshot.file("x.parquet", tmp_path / "into"))
    work.put(f".git/lfs/objects/{oid[:2]}/{oid[2:4]}/{oid}", b"parquet")
    file = snapshot.file("x.parquet", tmp_path / "into")
    assert (file, file.read_bytes()) == (tmp_path / "into/x.parquet", b"parquet")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
