"""Files that somebody changes, adds or removes while a run reads them are noticed, and until it is promoted."""

from collections.abc import Callable
from pathlib import Path

import pytest

from datacanary.model.basic import Pair, Version
from datacanary.model.plan import Plan
from datacanary.pipeline.inputs import digests, judge_inputs, state_of

NOTHING = Plan(Pair(Version("main", ""), Version("x", "")), (), (), (), (), (), frozenset(), frozenset())


def rewrite(folder: Path) -> None:
    (folder / "a.csv").write_text("other")


def add(folder: Path) -> None:
    (folder / "c.csv").write_text("new")


def remove(folder: Path) -> None:
    (folder / "b.csv").unlink()


def replace(folder: Path) -> None:
    (folder / "new").write_text("same!")
    (folder / "new").replace(folder / "a.csv")


@pytest.mark.parametrize(
    ("change", "named"), [(rewrite, "a.csv"), (add, "*.csv"), (remove, "b.csv"), (replace, "a.csv")]
)
def test_a_change_of_files_is_noticed(tmp_path: Path, change: Callable[[Path], None], named: str) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("text!")
    watched = (tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "*.csv")
    before, hashed = state_of(watched), digests(watched)
    assert judge_inputs(NOTHING, "held", before, state_of(watched)).pinned
    assert digests(watched) == hashed
    change(tmp_path)
    found = judge_inputs(NOTHING, "held", before, state_of(watched))
    assert not found.pinned
    assert named in found.how
    assert digests(watched) != hashed


def test_what_is_not_there_has_no_digest(tmp_path: Path) -> None:
    assert [digest for _, digest in digests((tmp_path / "a.csv", tmp_path / "*.csv"))] == ["", ""]
    assert state_of((tmp_path / "a.csv",)) == {}
