"""What people read at a terminal, word for word; after a wanted change: DATACANARY_GOLDEN=write pytest tests/golden."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from explained import EXPLAINED
from of_dbt import OF_DBT
from reports import REPORTS as JUDGED

from datacanary.report.style import Style
from datacanary.report.terminal import render

FOLDER = Path(__file__).parent / "terminal"
REPORTS = JUDGED | EXPLAINED | OF_DBT
STYLES = {"80": Style(width=80), "pipe": Style()}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", REPORTS)
def test_the_report_reads_as_agreed(name: str, style: str) -> None:
    file = FOLDER / f"{name}_{style}.txt"
    text = render(REPORTS[name], STYLES[style]) + "\n"
    if os.environ.get("DATACANARY_GOLDEN") == "write":
        file.write_text(text, "utf-8")
    assert text == file.read_text("utf-8")


@pytest.mark.parametrize("name", REPORTS)
def test_colour_changes_nothing_but_colour(name: str) -> None:
    coloured = render(REPORTS[name], Style(colour=True, width=80))
    plain = coloured
    for code in ("31", "32", "33", "35", "1", "2"):
        plain = plain.replace(f"\x1b[{code}m", "").replace(f"\x1b[{code};1m", "")
    assert plain.replace("\x1b[0m", "") == render(REPORTS[name], Style(width=80))


@pytest.mark.parametrize("name", REPORTS)
def test_at_80_columns_no_line_is_longer(name: str) -> None:
    lines = render(REPORTS[name], Style(width=80)).splitlines()
    # Only a word that is longer than a line may make it longer: a path to paste is not broken.
    assert [line for line in lines if len(line) > 80 and " " in line.strip()] == []
