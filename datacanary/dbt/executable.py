"""Which dbt is the user's."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from datacanary.errors import UsageError

_INSTALL = (
    "Install it there: pip install dbt-core dbt-duckdb. Or name it in the config: "
    "project: {kind: dbt, dbt: {executable: PATH}}."
)
_WINDOWS = "nt"


def find_dbt(configured: str, folder: Path, environ: Mapping[str, str]) -> Path:
    """Return the dbt to start: the configured one, else that of the virtual environment, else that on the PATH.

    `configured` is a path (relative to `folder`) or a name on the PATH; empty if nothing is configured. UsageError if
    there is none.
    """
    if configured:
        return _configured(configured, folder, environ)
    for candidate in _of_environment(environ):
        if _can_start(candidate):
            return candidate
    found = shutil.which("dbt", path=environ.get("PATH", ""))
    if found is None:
        raise UsageError("dbt is not installed in this environment.", hint=_INSTALL)
    return Path(os.path.abspath(found))  # noqa: PTH100 -- links stay: an environment's python is found beside its own


def _configured(configured: str, folder: Path, environ: Mapping[str, str]) -> Path:
    written = Path(configured).expanduser()
    if len(written.parts) > 1 or written.is_absolute():
        place = Path(os.path.abspath(folder / written))  # noqa: PTH100 -- as above
        for candidate in (place, place.with_name(f"{place.name}.exe")):
            if _can_start(candidate):
                return candidate
        reason = "is there, but it may not be executed" if place.is_file() else "does not exist"
        raise UsageError(
            f"The configured dbt, {place}, {reason}.", hint="Correct project.dbt.executable in the config."
        )
    found = shutil.which(configured, path=environ.get("PATH", ""))
    if found is None:
        raise UsageError(
            f"The configured dbt, {configured}, is not on the PATH.",
            hint="Correct project.dbt.executable in the config: a path or a name on the PATH.",
        )
    return Path(os.path.abspath(found))  # noqa: PTH100 -- as above


def _of_environment(environ: Mapping[str, str]) -> Iterator[Path]:
    folder, name = ("Scripts", "dbt.exe") if os.name == _WINDOWS else ("bin", "dbt")
    if environ.get("VIRTUAL_ENV"):
        yield Path(environ["VIRTUAL_ENV"]) / folder / name
    yield Path(sys.executable).parent / name


def _can_start(file: Path) -> bool:
    return file.is_file() and os.access(file, os.X_OK)
