"""The action and the example workflows: what they run is what their inputs say, and zizmor finds nothing."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
ACTION = ROOT / "action.yml"
WORKFLOWS = sorted((ROOT / "examples" / "ci").glob("github-*.yml"))
INPUTS = {"COMMAND": "check", "BASE": "", "COMMENT": "update", "RESULT": "", "ARGUMENTS": "", "GITHUB_TOKEN": "t"}


def audit(*files: Path) -> subprocess.CompletedProcess[str]:
    zizmor = Path(sys.executable).parent / "zizmor"
    command = [str(zizmor), "--offline", "--no-progress", "--no-config", "--persona", "regular", *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_zizmor_finds_nothing() -> None:
    done = audit(ACTION, *WORKFLOWS)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "failed to parse" not in done.stderr


def test_zizmor_would_find_something(tmp_path: Path) -> None:
    text = WORKFLOWS[0].read_text("utf-8").replace("pull_request:", "pull_request_target:", 1)
    worse = tmp_path / "worse.yml"
    worse.write_text(
        re.sub(r"run: datacanary check", "run: echo ${{ github.head_ref }}; datacanary check", text), "utf-8"
    )
    done = audit(worse)
    assert done.returncode != 0
    assert "template-injection" in done.stdout
    assert "dangerous-triggers" in done.stdout


@pytest.mark.parametrize("path", [ACTION, *WORKFLOWS], ids=lambda path: path.name)
def test_actions_are_pinned_and_values_never_become_commands(path: Path) -> None:
    text = path.read_text("utf-8")
    for used in re.findall(r"uses: (\S+.*)", text):
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", used), used
    found = yaml.safe_load(text)
    steps = found["runs"]["steps"] if path == ACTION else [s for job in found["jobs"].values() for s in job["steps"]]
    assert [step["run"] for step in steps if "${{" in step.get("run", "")] == []
    assert "pull_request_target" not in text
    if path != ACTION:
        assert found["permissions"] == {}
        assert "concurrency" in found


def test_a_fork_gets_no_secret_and_what_posts_runs_nothing_of_it() -> None:
    of_fork, post = (ROOT / "examples" / "ci" / f"github-comment-from-fork{end}.yml" for end in ("", "-post"))
    assert "secrets." not in of_fork.read_text("utf-8")
    assert "write" not in str(yaml.safe_load(of_fork.read_text("utf-8"))["jobs"])
    assert "actions/checkout" not in post.read_text("utf-8")
    names = {yaml.safe_load(one.read_text("utf-8"))["name"] for one in WORKFLOWS}
    # YAML reads the key `on` as true.
    assert yaml.safe_load(post.read_text("utf-8"))[True]["workflow_run"]["workflows"][0] in names


def run_action(tmp_path: Path, **inputs: str) -> tuple[int, list[str]]:
    """Run the action's script with a program that writes down what it was called with."""
    steps: list[dict[str, Any]] = yaml.safe_load(ACTION.read_text("utf-8"))["runs"]["steps"]
    assert set(steps[1]["env"]) == set(INPUTS)
    called = tmp_path / "called"
    program = tmp_path / "bin" / "datacanary"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f'#!/bin/sh\nprintf "%s\\\\0" "$@" > {called}\nexit 3\n', "utf-8")
    program.chmod(0o700)
    bash = shutil.which("bash")
    assert bash is not None
    environ = {"PATH": f"{program.parent}:/usr/bin:/bin", **INPUTS, **inputs}
    done = subprocess.run([bash, "-c", steps[1]["run"]], env=environ, cwd=tmp_path, capture_output=True, check=False)
    return done.returncode, called.read_text("utf-8").split("\0")[:-1] if called.exists() else []


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({}, ["check", "--comment", "--comment-mode=update"]),
        ({"COMMENT": "none"}, ["check"]),
        ({"BASE": "origin/main", "COMMENT": "new"}, ["check", "--base=origin/main", "--comment", "--comment-mode=new"]),
        ({"RESULT": "r.json"}, ["check", "--format", "json", "--output=r.json"]),
        ({"COMMAND": "deploy", "ARGUMENTS": "--select\nmy table\n"}, ["deploy", "--select", "my table"]),
        ({"COMMENT": "none", "BASE": "$(touch x); `id` '\""}, ["check", "--base=$(touch x); `id` '\""]),
        ({"COMMENT": "none", "ARGUMENTS": "--select=*\n$HOME"}, ["check", "--select=*", "$HOME"]),
    ],
)
def test_the_action_calls_the_program_as_its_inputs_say(
    tmp_path: Path, inputs: dict[str, str], expected: list[str]
) -> None:
    assert run_action(tmp_path, **inputs) == (3, expected)
    assert not (tmp_path / "x").exists()


def test_the_action_runs_no_other_command(tmp_path: Path) -> None:
    assert run_action(tmp_path, COMMAND="rollback") == (2, [])
