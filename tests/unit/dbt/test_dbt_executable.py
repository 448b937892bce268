"""Which dbt is started."""

import sys
from pathlib import Path

import pytest

from datacanary.dbt.executable import find_dbt
from datacanary.errors import UsageError


def _program(file: Path, mode: int = 0o700) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("#!/bin/sh\n")
    file.chmod(mode)
    return file


@pytest.fixture(autouse=True)
def _no_dbt_beside_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "ours" / "bin" / "python"))


def test_the_configured_one_wins(tmp_path: Path) -> None:
    _program(tmp_path / "env" / "bin" / "dbt")
    mine = _program(tmp_path / "tools" / "dbt")
    environ = {"VIRTUAL_ENV": str(tmp_path / "env"), "PATH": str(tmp_path / "tools")}
    assert find_dbt("tools/dbt", tmp_path, environ) == mine
    assert find_dbt("../tools/dbt", tmp_path / "env", environ) == mine
    assert find_dbt(str(mine), Path("/"), environ) == mine
    _program(tmp_path / "tools" / "dbt-of-ours")
    assert find_dbt("dbt-of-ours", tmp_path, environ) == tmp_path / "tools" / "dbt-of-ours"


def test_the_active_environment_then_ours_then_the_path(tmp_path: Path) -> None:
    environ = {"VIRTUAL_ENV": str(tmp_path / "env"), "PATH": str(tmp_path / "path")}
    on_path = _program(tmp_path / "path" / "dbt")
    assert find_dbt("", tmp_path, environ) == on_path
    ours = _program(tmp_path / "ours" / "bin" / "dbt")
    assert find_dbt("", tmp_path, environ) == ours
    active = _program(tmp_path / "env" / "bin" / "dbt", 0o600)
    assert find_dbt("", tmp_path, environ) == ours
    active.chmod(0o700)
    assert find_dbt("", tmp_path, environ) == active


def test_without_any_the_next_step_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"^dbt is not installed in this environment\. .*pip install dbt-core"):
        find_dbt("", tmp_path, {"PATH": str(tmp_path)})


@pytest.mark.parametrize(
    ("configured", "problem"),
    [
        ("tools/dbt", r"/tools/dbt, does not exist\. Correct project.dbt.executable"),
        ("plain/dbt", r"/plain/dbt, is there, but it may not be executed"),
        ("dbtx", r"The configured dbt, dbtx, is not on the PATH\. Correct"),
    ],
)
def test_a_configured_one_that_is_not_there_is_never_replaced(tmp_path: Path, configured: str, problem: str) -> None:
    _program(tmp_path / "plain" / "dbt", 0o600)
    _program(tmp_path / "path" / "dbt")
    with pytest.raises(UsageError, match=problem):
        find_dbt(configured, tmp_path, {"PATH": str(tmp_path / "path")})
