"""What a profile of dbt-duckdb leads to, and how to keep it from writing anywhere else."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from datacanary.dbt.rendering import Renderer
from datacanary.dbt.yamlfile import mapping
from datacanary.errors import ConfigError
from datacanary.model.dbt import DbtTarget, Json

_MEMORY = ":memory:"
_SCHEME = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]+):")  # of two letters at least: one is a drive
_FILES = frozenset({"", "duckdb", "sqlite"})
_RESERVED = frozenset({"main", "system", "temp"})
_FALSE = frozenset({"", "false", "no", "0", "none"})


def target(profile: str, name: str, output: Mapping[str, Json], project: Path, renderer: Renderer) -> DbtTarget:
    """Say where the database file is; ConfigError if it is no file, or if models go into another database."""
    written = renderer.text(output.get("path"))
    if written in {"", _MEMORY}:
        raise ConfigError(
            f"The target '{name}' keeps its database in memory, so there is no production to compare with.",
            hint="Give it a file (path: …), or choose another target: project: {kind: dbt, dbt: {target: NAME}}.",
            where=renderer.where,
        )
    scheme = _SCHEME.match(written)
    elsewhere = f"paths with '{scheme['scheme']}:'" if scheme else _elsewhere(output, renderer)
    if elsewhere:
        raise ConfigError(
            f"The target '{name}' is no DuckDB file on this machine: {elsewhere} are not supported yet.",
            where=renderer.where,
        )
    path = absolute(written, project)
    catalog = catalog_of(path)
    database = renderer.text(output.get("database"))
    if database and database != path.name.lstrip(".").partition(".")[0]:
        raise ConfigError(
            f"The target '{name}' writes into the attached database '{database}': that is not supported yet.",
            hint="Leave `database:` out, or choose another target.",
            where=renderer.where,
        )
    return DbtTarget(profile, name, "duckdb", renderer.text(output.get("schema")) or "main", catalog, str(path))


def harmless(output: Mapping[str, Json], project: Path, renderer: Renderer) -> dict[str, Json]:
    """Return an output whose attached databases are read-only and found from any folder."""
    attached = output.get("attach")
    if not isinstance(attached, list):
        return dict(output)
    return {**output, "attach": [_read_only(entry, project, renderer) for entry in attached]}


def absolute(written: str, project: Path) -> Path:
    """Return a path of a profile as dbt means it, whose working folder is the project's."""
    return Path(os.path.abspath(project / Path(written).expanduser()))  # noqa: PTH100 -- links stay


def catalog_of(file: Path) -> str:
    """Return what DuckDB calls the database of a file.

    >>> [catalog_of(Path(name)) for name in ("shop.duckdb", "shop.v2.duckdb", ".shop", "temp.db")]
    ['shop', 'shop', 'shop', 'temp_db']
    """
    name = file.name.lstrip(".").partition(".")[0]
    return f"{name}_db" if name.lower() in _RESERVED else name


def _elsewhere(output: Mapping[str, Json], renderer: Renderer) -> str:
    if output.get("remote"):
        return "remote servers"
    return "" if renderer.text(output.get("is_ducklake")).lower() in _FALSE else "DuckLakes"


def _read_only(entry: Json, project: Path, renderer: Renderer) -> Json:
    if not isinstance(entry, dict):
        return entry
    path, options = entry.get("path"), mapping(entry.get("options"))
    rendered = renderer.text(path)
    if rendered == _MEMORY:
        return entry
    changed: dict[str, Json] = {**entry, "read_only": True}
    if "read_only" in options:
        # dbt-duckdb refuses to be told twice.
        changed["options"] = {key: value for key, value in options.items() if key != "read_only"}
    kind = renderer.text(entry.get("type") or options.get("type")).lower()
    if isinstance(path, str) and kind in _FILES and not _SCHEME.match(rendered):
        # A template stays one: the folder is put before it.
        relative = not Path(rendered).expanduser().is_absolute()
        changed["path"] = f"{project.absolute()}/{path}" if relative else path
    return changed
