"""What the README says of the config and the commands is true."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from typer.main import get_command

from datacanary.cli.main import app
from datacanary.config import describe_defaults, parse

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def test_the_configs_that_it_shows_are_valid() -> None:
    shown = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    kinds = [(found.project.kind, found.production) for found in (parse(one, "datacanary.yml", {}) for one in shown)]
    assert kinds == [("dbt", ""), ("sql", "analytics")]


def test_its_table_of_defaults_is_that_of_the_program() -> None:
    rows = [f"| `{line.key}` | {line.about} | `{line.value}` |" for line in describe_defaults()]
    assert "\n".join(rows) in README


def test_it_names_every_command() -> None:
    commands: dict[str, object] = getattr(get_command(app), "commands")  # noqa: B009 -- typer types it as a plain command
    assert [name for name in commands if f"`datacanary {name}" not in README and f"`{name}`" not in README] == []


def test_ci_runs_exactly_its_test_command() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    pattern = re.search(r"grep -m 1 -E '([^']*)' README.md", script)
    assert pattern is not None
    found = subprocess.run(
        ["grep", "-E", pattern[1], "README.md"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert len(found.stdout.splitlines()) == 1
    assert found.stdout.strip().endswith("pytest --quiet --numprocesses auto")
