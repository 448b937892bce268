"""Where the config of a folder is found."""

from pathlib import Path

import pytest

from datacanary.config import find
from datacanary.errors import ConfigError


def made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("version: 1\n", encoding="utf-8")
    return path


def test_the_nearest_config_on_the_way_up_holds(tmp_path: Path) -> None:
    outer = made(tmp_path / "repo" / "datacanary.yml")
    inner = made(tmp_path / "repo" / "shop" / "datacanary.yaml")
    deep = tmp_path / "repo" / "shop" / "models" / "marts"
    deep.mkdir(parents=True)
    (tmp_path / "repo" / "other").mkdir()
    assert find(deep, tmp_path / "repo") == inner.resolve()
    assert find(tmp_path / "repo" / "other", tmp_path / "repo") == outer.resolve()
    assert find(tmp_path / "repo", tmp_path / "repo") == outer.resolve()


def test_the_way_ends_at_the_root_of_the_repository(tmp_path: Path) -> None:
    made(tmp_path / "datacanary.yml")
    (tmp_path / "repo").mkdir()
    assert find(tmp_path / "repo", tmp_path / "repo") is None


def test_a_folder_outside_the_repository_has_none(tmp_path: Path) -> None:
    made(tmp_path / "elsewhere" / "datacanary.yml")
    (tmp_path / "repo").mkdir()
    assert find(tmp_path / "elsewhere", tmp_path / "repo") is None


def test_a_folder_of_that_name_is_no_config(tmp_path: Path) -> None:
    (tmp_path / "datacanary.yml").mkdir()
    assert find(tmp_path, tmp_path) is None


def test_two_spellings_in_one_folder_are_told(tmp_path: Path) -> None:
    one = made(tmp_path / "datacanary.yml").resolve()
    made(tmp_path / "datacanary.yaml")
    with pytest.raises(ConfigError) as caught:
        find(tmp_path, tmp_path)
    message = "Both datacanary.yml and datacanary.yaml are in this folder. Keep one of them."
    assert str(caught.value) == f"{one}: {message}"
