"""Which files a version reads: its own from git, and what is not in git from the disk, the same for both."""

import hashlib
from pathlib import Path

import duckdb
import pytest
from git_work import Work, at, now, started

from datacanary import config as config_room
from datacanary.errors import GitError
from datacanary.model.basic import Pair, Relation
from datacanary.model.project import DataFile, SourceData
from datacanary.project.data_files import data_files, named_sources, on_the_disk, one_path, untracked
from datacanary.project.git import Snapshot


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    """Commit two seeds; git ignores `data/local*`."""
    made = started(tmp_path / "repo", monkeypatch)
    made.put(".gitignore", "data/local*\nout/\n")
    made.put("data/a.csv", "id\n1\n")
    made.put("data/b.csv", "id\n2\n")
    made.commit()
    made.git("branch", "feature")
    return made


def versioned(path: str, content: str) -> DataFile:
    return DataFile(path, tracked=True, identity=f"sha256:{hashlib.sha256(content.encode()).hexdigest()}")


def on_disk(work: Work, path: str) -> DataFile:
    return DataFile(path, tracked=False, identity=f"disk:{work.root / path}")


def worktree(work: Work, base: str = "main") -> Pair[Snapshot]:
    return Pair(at(work, base), now(work))


def commits(work: Work) -> Pair[Snapshot]:
    return Pair(at(work, "main"), at(work, "feature"))


def files(pattern: str, versions: Pair[Snapshot]) -> Pair[tuple[DataFile, ...]]:
    return versions.map(lambda own: data_files(pattern, own, versions))


A, B = versioned("data/a.csv", "id\n1\n"), versioned("data/b.csv", "id\n2\n")


def test_a_seed_that_did_not_change_is_the_same_file_in_both(work: Work) -> None:
    for versions in (worktree(work), commits(work)):
        assert files("data/a.csv", versions) == Pair((A,), (A,))
        assert files("data/*.csv", versions) == Pair((A, B), (A, B))
        assert files("**/a.*", versions) == Pair((A,), (A,))
        assert files("./data//a.csv", versions) == Pair((A,), (A,))


def test_a_seed_that_changed_on_the_branch(work: Work) -> None:
    work.git("checkout", "--quiet", "feature")
    work.put("data/a.csv", "id\n10\n")
    changed = versioned("data/a.csv", "id\n10\n")
    assert files("data/*.csv", worktree(work)) == Pair((A, B), (changed, B))
    work.commit()
    assert files("data/*.csv", commits(work)) == Pair((A, B), (changed, B))
    # Whatever is checked out.
    work.git("checkout", "--quiet", "main")
    assert files("data/*.csv", commits(work)) == Pair((A, B), (changed, B))


@pytest.mark.parametrize("checked_out", ["feature", "main"])
def test_a_seed_that_the_branch_deletes_is_gone_there(work: Work, checked_out: str) -> None:
    work.git("checkout", "--quiet", "feature")
    (work.root / "data/a.csv").unlink()
    assert files("data/*.csv", worktree(work)) == Pair((A, B), (B,))
    assert files("data/a.csv", worktree(work)) == Pair((A,), ())
    work.commit()
    work.git("checkout", "--quiet", checked_out)
    assert files("data/*.csv", commits(work)) == Pair((A, B), (B,))
    assert files("data/a.csv", commits(work)) == Pair((A,), ())


def test_a_seed_that_the_branch_adds(work: Work) -> None:
    work.git("checkout", "--quiet", "feature")
    work.put("data/c.csv", "id\n3\n")
    assert files("data/*.csv", worktree(work)) == Pair((A, B), (A, B, on_disk(work, "data/c.csv")))
    work.commit()
    assert files("data/*.csv", commits(work)) == Pair((A, B), (A, B, versioned("data/c.csv", "id\n3\n")))


def test_data_that_git_ignores_is_read_from_the_disk_by_both(work: Work) -> None:
    work.put("data/local.parquet", b"PAR1")
    local = on_disk(work, "data/local.parquet")
    for versions in (worktree(work), commits(work)):
        assert files("data/local.parquet", versions) == Pair((local,), (local,))
        assert files("data/*", versions) == Pair((A, B, local), (A, B, local))


def test_new_data_that_is_not_committed_is_read_from_the_disk_by_both(work: Work) -> None:
    work.put("new/x.csv", "id\n1\n")
    new = on_disk(work, "new/x.csv")
    for versions in (worktree(work), commits(work)):
        assert files("new/*.csv", versions) == Pair((new,), (new,))


def test_data_outside_of_the_repository_is_read_from_the_disk_by_both(work: Work, tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "far/x.csv").write_text("id\n1\n")
    far = DataFile(str(tmp_path / "far/x.csv"), tracked=False, identity=f"disk:{tmp_path / 'far/x.csv'}")
    for versions in (worktree(work), commits(work)):
        for pattern in (f"{tmp_path}/far/x.csv", f"{tmp_path}/far/*.csv", "../far/x.csv", "data/../../far/*"):
            assert files(pattern, versions) == Pair((far,), (far,))


def test_what_matches_nothing_has_no_files(work: Work) -> None:
    for versions in (worktree(work), commits(work)):
        assert files("data/*.json", versions) == Pair((), ())
        assert files("data", versions) == Pair((), ())


def test_paths_are_relative_to_the_config(work: Work) -> None:
    work.put("shop/data/x.csv", "id\n1\n")
    work.commit()
    versions: Pair[Snapshot] = Pair(at(work, "main", "shop"), now(work, "shop"))
    seed = versioned("data/x.csv", "id\n1\n")
    assert files("data/*.csv", versions) == Pair((seed,), (seed,))
    above = DataFile(str(work.root / "data/a.csv"), tracked=False, identity=f"disk:{work.root / 'data/a.csv'}")
    assert files("../data/a.csv", versions) == Pair((above,), (above,))


def test_a_git_lfs_pointer_counts_as_the_content_that_it_stands_for(work: Work, tmp_path: Path) -> None:
    content = "id\n7\n"
    digest = hashlib.sha256(content.encode()).hexdigest()
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(content)}\n"
    work.put("data/big.csv", pointer)
    work.commit()
    work.put("data/big.csv", content)
    fetched = versioned("data/big.csv", content)
    versions = worktree(work)
    assert files("data/big.csv", versions) == Pair((fetched,), (fetched,))
    source = SourceData(None, "data/big.csv", (fetched,))
    assert on_the_disk(source, versions.base, tmp_path / "run")[0].read_text() == content
    # Where the content is not on this machine, it is told.
    work.put("data/big.csv", pointer)
    with pytest.raises(GitError, match="LFS"):
        on_the_disk(source, versions.base, tmp_path / "run")


def test_the_entries_of_sources_are_named_as_queries_name_them(work: Work) -> None:
    text = "version: 1\nwarehouse: duckdb:///x.duckdb\nproduction: Analytics\n"
    text += "sources:\n  Raw.Orders: data/*.csv\n  dates: data/a.csv\n"
    versions = commits(work)
    sources = named_sources(config_room.parse(text, "datacanary.yml", {}), versions.head, versions)
    assert sources == (
        SourceData(Relation("raw", "orders"), "data/*.csv", (A, B), 5),
        SourceData(Relation("analytics", "dates"), "data/a.csv", (A,), 6),
    )


def read(place: Path) -> list[int]:
    with duckdb.connect() as connection:
        return [row[0] for row in connection.execute("SELECT id FROM read_csv(?) ORDER BY 1", [str(place)]).fetchall()]


def test_each_version_reads_its_own_rows(work: Work, tmp_path: Path) -> None:
    work.put("data/local.csv", "id\n100\n")
    work.put("data/sub/c.csv", "id\n3\n")
    work.commit()
    work.put("data/a.csv", "id\n10\n")
    (work.root / "data/b.csv").unlink()
    versions = worktree(work)
    expected = {
        "data/a.csv": ([1], [10]),
        "./data//a.csv": ([1], [10]),
        "data/*.csv": ([1, 2, 100], [10, 100]),
        "data/**/*.csv": ([1, 2, 3, 100], [3, 10, 100]),
        "data/local.csv": ([100], [100]),
        f"{work.root}/data/a.csv": ([10], [10]),
        f"{work.root}/data/[ac].csv": ([10], [10]),
        "../repo/data/a.csv": ([10], [10]),
        "../repo/data/a*.csv": ([10], [10]),
    }
    for pattern, rows in expected.items():
        for own, folder, wanted in zip(versions, ("base", "head"), rows, strict=True):
            source = SourceData(None, pattern, data_files(pattern, own, versions))
            assert read(one_path(source, own, tmp_path / "run" / folder)) == wanted, pattern
            places = on_the_disk(source, own, tmp_path / "run" / folder)
            assert sorted(row for place in places for row in read(place)) == wanted


def test_only_what_is_not_in_git_is_watched(work: Work, tmp_path: Path) -> None:
    work.put("data/local.csv", "id\n100\n")
    (tmp_path / "far.csv").write_text("id\n1\n")
    versions = worktree(work)
    patterns = ("data/*.csv", str(tmp_path / "far.csv"))
    sources = tuple(SourceData(None, each, data_files(each, versions.head, versions)) for each in patterns)
    assert untracked(sources, versions.head.disk) == (tmp_path / "far.csv", work.root / "data/local.csv")
