"""How a version of a dbt project gets data files that git does not have."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from datacanary.model.basic import Version
from datacanary.model.dbt import DbtManifest, DbtNode, Json
from datacanary.model.project import DataFile, Project, SourceData
from datacanary.pipeline.dbt.data_files import put_data, way_of


def manifest(materialized: str, **config: Json) -> DbtManifest:
    node = DbtNode("model.a.m", "model", "m", "a", "models/m.sql", ("a", "m"), materialized=materialized, config=config)
    return DbtManifest("a", "duckdb", "1.11.0", {node.unique_id: node}, {}, (), {}, {})


@pytest.fixture
def user(tmp_path: Path) -> Path:
    folder = tmp_path / "user"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "x.csv").write_text("id\n1\n")
    return folder


def put(user: Path, into: Path, found: DbtManifest) -> Path:
    own = cast(Any, SimpleNamespace(disk=user))
    files = tuple(DataFile(path, tracked=path == "data/in_git.csv", identity="") for path in FILES)
    source = SourceData(None, "data/*.csv", files)
    put_data(Project(Version("main", "1"), {}, {}, {"data/*.csv": source}), own, into, way_of(found))
    return into / "data" / "x.csv"


FILES = ("data/x.csv", "data/in_git.csv", "../outside.csv", "/absolute.csv")


def test_data_that_git_does_not_have_is_linked(user: Path, tmp_path: Path) -> None:
    place = put(user, tmp_path / "private", manifest("table"))
    assert place.resolve() == user / "data" / "x.csv"
    assert [one.name for one in (tmp_path / "private").rglob("*.csv")] == ["x.csv"]


@pytest.mark.parametrize("found", [manifest("external"), manifest("table", location="data/x.csv")])
def test_where_models_write_files_the_users_own_cannot_be_reached(
    user: Path, tmp_path: Path, found: DbtManifest
) -> None:
    place = put(user, tmp_path / "private", found)
    assert place.read_text() == "id\n1\n"
    place.write_text("written by a model")
    assert (user / "data" / "x.csv").read_text() == "id\n1\n"
