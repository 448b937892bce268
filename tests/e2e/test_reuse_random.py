"""The law of reading again: on projects that nobody has seen, a report is the same as where everything is built.

More of them by hand: DATACANARY_RANDOM_PROJECTS=200 pytest tests/e2e/test_reuse_random.py
"""

from __future__ import annotations

import os
import random
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from test_random_projects import check, condition, fill, make_project, write

import datacanary as dc
from datacanary.model.run import Report

pytestmark = pytest.mark.thorough

PROJECTS = int(os.environ.get("DATACANARY_RANDOM_PROJECTS", "6"))
TAKEN = "same query, same input"


def facts(report: Report) -> object:
    notes = tuple(note for note in report.notes if TAKEN not in note)
    return replace(report, run_id="", started_at="", seconds=0.0, notes=notes, secret="")


@pytest.mark.parametrize("seed", range(PROJECTS))
def test_pushes_to_a_pull_request_and_moving_data_are_reported_as_if_nothing_were_kept(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("CI", "GITHUB_ACTIONS", "GITLAB_CI"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("DATACANARY_HOME", str(tmp_path / "kept"))
    chance = random.Random(seed)  # noqa: S311 -- a repeatable choice, no secret
    project, folder = make_project(seed), tmp_path / "repository"
    folder.mkdir()
    with duckdb.connect(str(folder / "w.duckdb")) as connection:
        fill(connection)
    check(folder, project)
    for step in range(3):
        if step == 1:
            with duckdb.connect(str(folder / "w.duckdb")) as connection:
                connection.execute(f"update raw.{chance.choice('ab')} set v = v + 1 where {condition(chance)}")
        if step == 2:
            name = chance.choice(list(project.base))
            write(folder, {name: f"select * from ({project.head[name]}\n) where {condition(chance)}"})
        kept = dc.check(folder, base="main")
        with monkeypatch.context() as patch:
            patch.setenv("DATACANARY_HOME", str(tmp_path / f"afresh-{step}"))
            afresh = dc.check(folder, base="main")
        assert facts(kept) == facts(afresh)
        assert not any(TAKEN in note for note in afresh.notes)
        if step == 0 and any(table.diff.comparison != "unaffected" for table in kept.tables):
            assert any(TAKEN in note for note in kept.notes)
