"""Mistakes as people make them, planted into six tables: what is said first about each must be right.

The whole is one text to read, planted.txt; after a wanted change: DATACANARY_GOLDEN=write pytest tests/golden.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from planted.matrix import PLANTS
from planted.plant import Plant
from planted.told import examined, written
from typer.testing import CliRunner

from datacanary.cli.main import app

FILE = Path(__file__).with_name("planted.txt")
THROUGH_FILES = ("salary is by month", "purpose is NULL where", "the join with the customers", "nothing")
"""How what was done begins, in the mistakes that are also put through files and the command."""


def test_what_is_said_first_about_planted_mistakes_is_right_and_reads_as_agreed() -> None:
    told = [examined(plant) for plant in PLANTS]
    text = written(told)
    if os.environ.get("DATACANARY_GOLDEN") == "write":
        FILE.write_text(text, "utf-8")
    assert [one for one in told if one.plant.kind is None and one.first] == []
    assert len([one for one in told if not one.right]) <= 1, text
    assert text == FILE.read_text("utf-8")


@pytest.mark.parametrize("begins", THROUGH_FILES)
def test_the_command_tells_the_same_in_json(begins: str, tmp_path: Path) -> None:
    plant = next(plant for plant in PLANTS if plant.done.startswith(begins))
    first = examined(plant).first
    causes = causes_told(plant, tmp_path)
    assert [cause["message"] for cause in causes[:1]] == ([first.message] if first else [])
    if plant.kind is not None:
        assert causes[0]["kind"] == plant.kind
        assert causes[0]["columns"] == list(plant.columns)


def causes_told(plant: Plant, folder: Path) -> list[dict[str, object]]:
    """Write both sides as Parquet and let the command compare the files."""
    files = [folder / f"{side}.parquet" for side in ("base", "head")]
    for file, frame in zip(files, plant.sides(), strict=True):
        frame.write_parquet(file)
    keys = [word for name in plant.key for word in ("--key", name)]
    done = CliRunner().invoke(app, ["diff", *map(str, files), *keys, "--format", "json"])
    assert done.exit_code in {0, 1}, done.output
    causes: list[dict[str, object]] = json.loads(done.stdout)["tables"][0]["causes"]
    return causes
