"""The program as scripts see it: its commands, their shared options, and what --help may cost."""

from __future__ import annotations

import subprocess
import sys

import pytest

COMMANDS = (
    *("init", "validate", "plan", "check", "diff", "promote", "rollback"),
    *("deploy", "resume", "unlock", "status", "history", "report", "comment", "clean", "doctor", "demo"),
)
HEAVY = ("polars", "duckdb", "sqlglot", "git", "pyarrow", "pydantic", "yaml", "tabulate", "httpx")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "datacanary", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys\nfrom datacanary.__main__ import main\nsys.argv = ['datacanary', '--help']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_dbt_is_started_before_anything_slow_is_imported() -> None:
    slow = ("polars", "sqlglot", "pyarrow", "numpy", "pandas", "jinja2")
    script = (
        "import sys, datacanary.cli.check\n"
        "import datacanary.pipeline.dbt.check, datacanary.warehouse.duckdb.warehouse\n"
        f"print([name for name in {slow!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_help_names_every_command() -> None:
    done = run("--help")
    assert done.returncode == 0
    assert [command for command in COMMANDS if f"\n  {command} " not in done.stdout] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_an_example_and_the_shared_options(command: str) -> None:
    done = run(command, "--help")
    assert done.returncode == 0
    assert f"Example: datacanary {command}" in done.stdout
    for option in ("--config", "--quiet", "--verbose", "--no-color"):
        assert option in done.stdout


@pytest.mark.parametrize("arguments", [("chekc",), ("check", "--nope"), ("diff", "one"), ("check", "--format", "pdf")])
def test_a_wrong_command_line_ends_with_2_and_no_traceback(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_it_ends_at_once_and_loses_nothing_that_was_written_or_is_to_be_tidied_up() -> None:
    script = (
        "import atexit, sys\nfrom datacanary import __main__\n"
        "def told():\n    atexit.register(print, 'tidied up')\n    print('x' * 200_000)\n    sys.exit({end})\n"
        "__main__.main = told\n__main__.run()"
    )
    for end, code in (("3", 3), ("", 0), ("None", 0), ("'words'", 1)):
        command = [sys.executable, "-c", script.format(end=end)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (code, f"{'x' * 200_000}\ntidied up\n")


def test_version() -> None:
    done = run("--version")
    assert done.stdout.startswith("datacanary 0.")
