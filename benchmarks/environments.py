"""A virtual environment for each peer: their requirements exclude one another, and ours."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import venv
from pathlib import Path

from processes import tell

REQUIREMENTS = Path(__file__).with_name("peers")


def python_of(requirements: str | None, environments: Path) -> Path:
    """Name the interpreter that has what `requirements` lists; None is the one that runs the benchmark."""
    if requirements is None:
        return Path(sys.executable)
    listed = (REQUIREMENTS / f"{requirements}.txt").read_bytes()
    digest = hashlib.sha256(listed).hexdigest()[:8]
    return environments / f"{requirements}-{digest}" / "bin" / "python"


def prepare(requirements: str | None, environments: Path) -> None:
    """Make the environment if it is missing; one whose requirements changed is another environment."""
    if requirements is None:
        return
    python = python_of(requirements, environments)
    folder = python.parents[1]
    complete = folder / "complete"
    if complete.exists():
        return
    tell(f"making the environment {folder.name}")
    venv.create(folder, with_pip=True, clear=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--requirement", str(REQUIREMENTS / f"{requirements}.txt")], check=True)
    complete.touch()
