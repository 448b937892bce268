"""A real dbt for tests, in a virtual environment of its own, and projects whose production it has built.

Test modules ask for these by `pytest_plugins = ("dbt_environment",)`. pytest may have imported this module before, to
look for doctests, and would complain that it cannot rewrite its assertions any more: PYTEST_DONT_REWRITE.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs
import pytest
from dbt_shop import FILES, RAW, SMALL, DbtShop, Outputs, Scene, copy_shop, make_shop, processes_of

REQUIREMENTS = Path(__file__).with_name("dbt-requirements.txt")
_COMPLETE = "complete"


@pytest.fixture(scope="session")
def dbt() -> Path:
    """Give the path of a real dbt: that of DATACANARY_TEST_DBT, else one that is installed once per machine."""
    named = os.environ.get("DATACANARY_TEST_DBT")
    if named:
        return Path(named)
    kind = f"{sys.version_info.major}.{sys.version_info.minor}"
    digest = hashlib.sha256(REQUIREMENTS.read_bytes() + kind.encode()).hexdigest()[:16]
    folder = Path(platformdirs.user_cache_dir("datacanary-tests")) / f"dbt-{digest}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with alone(folder.with_suffix(".lock")):
        if not (folder / _COMPLETE).exists():
            _install(folder)
            (folder / _COMPLETE).touch()
    return folder / "bin" / "dbt"


def _install(folder: Path) -> None:
    """Make the environment anew; what an interrupted installation has left is removed."""
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run([*pip, "--requirement", REQUIREMENTS], check=False, capture_output=True, text=True)
    if done.returncode:
        pytest.fail(
            f"dbt could not be installed: {done.stderr.strip()}\nInstall it anywhere and name it:\n"
            f"  python -m venv dbt-env && dbt-env/bin/pip install -r {REQUIREMENTS}\n"
            "  DATACANARY_TEST_DBT=dbt-env/bin/dbt pytest …"
        )


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Let one process after the other do something; the lock of one that dies is free."""
    with lock.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder that all processes of the session share."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own) / "dbt"
    folder.mkdir(exist_ok=True)
    return folder


def _once(folder: Path, make: Callable[[Path], DbtShop]) -> DbtShop:
    """Make a shop with its production, if no other process has."""
    with alone(folder.with_suffix(".lock")):
        if not (folder / _COMPLETE).exists():
            made = make(folder)
            made.build()
            (folder / _COMPLETE).touch()
            return made
    return DbtShop(folder / "repository", folder / "home", folder / "environ")


@pytest.fixture(scope="session")
def whole(shared: Path, dbt: Path) -> DbtShop:
    """Give the shop that others are copied from, production built by `dbt build`."""
    return _once(shared / "whole", lambda folder: make_shop(folder, dbt, FILES, raw=RAW))


@pytest.fixture(scope="session")
def least(shared: Path, dbt: Path) -> DbtShop:
    """Give the small project that others are copied from, production built by `dbt build`."""
    return _once(shared / "least", lambda folder: make_shop(folder, dbt, SMALL, raw=""))


@pytest.fixture
def small(least: DbtShop, tmp_path: Path) -> Iterator[DbtShop]:
    """Give a copy of the small project; in the end nothing of it may be at work."""
    yield copy_shop(least, tmp_path / "shop")
    assert processes_of(tmp_path) == []


@pytest.fixture(scope="session")
def scene(shared: Path, whole: DbtShop) -> Scene:
    """Play a scenario once per session; tests look at single sides of what it has seen."""

    def play(name: str, act: Callable[[DbtShop], Outputs]) -> Outputs:
        seen = shared / f"{name}.json"
        with alone(seen.with_suffix(".lock")):
            if not seen.exists():
                outputs = act(copy_shop(whole, shared / name))
                assert processes_of(shared / name) == []
                seen.write_text(json.dumps(outputs, default=str), "utf-8")
        found: Outputs = json.loads(seen.read_text("utf-8"))
        return found

    return play
