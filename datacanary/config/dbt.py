"""`project:` of a dbt project: its folder, and how to run dbt there."""

from __future__ import annotations

from typing import Literal

from datacanary.config import read
from datacanary.config.folder import folder
from datacanary.config.nodes import Fields, Items, Node, Scalar
from datacanary.errors import ConfigError
from datacanary.model.config import DbtEntry, ProjectEntry
from datacanary.model.dbt import Json

_KEYS = (
    "executable",
    "profiles_dir",
    "profile",
    "target",
    "vars",
    "threads",
    "timeout",
    "incremental",
    "defer",
)


def dbt_project(node: Node) -> ProjectEntry:
    """Read `project:` with `kind: dbt`."""
    fields = read.fields(node, ("kind", "path", "dbt"))
    path, dbt = fields.get("path"), fields.get("dbt")
    return ProjectEntry(
        kind="dbt", path=folder(path.value) if path else ".", dbt=_entry(dbt.value) if dbt else DbtEntry()
    )


def _entry(node: Node) -> DbtEntry:
    fields = read.fields(node, _KEYS)
    usual = DbtEntry()
    variables, threads, timeout = (fields.get(key) for key in ("vars", "threads", "timeout"))
    incremental, defer = fields.get("incremental"), fields.get("defer")
    return DbtEntry(
        executable=_text(fields, "executable", "the path or name of dbt"),
        profiles_dir=_text(fields, "profiles_dir", "the folder of profiles.yml"),
        profile=_text(fields, "profile", "the name of a profile"),
        target=_text(fields, "target", "the name of a target"),
        vars=_mapping(variables.value) if variables else {},
        threads=_at_least_one(threads.value) if threads else None,
        timeout=_at_least_one(timeout.value) if timeout else usual.timeout,
        incremental=_incremental(incremental.value) if incremental else usual.incremental,
        defer=read.true_or_false(defer.value) if defer else usual.defer,
    )


def _text(fields: Fields, key: str, expected: str) -> str:
    field = fields.get(key)
    return read.text(field.value, expected) if field else ""


def _at_least_one(node: Node) -> int:
    found = read.whole_number(node)
    if found < 1:
        raise read.wrong(node, "a whole number, 1 or above")
    return found


def _incremental(node: Node) -> Literal["full_refresh", "copy"]:
    return "copy" if read.choice(node, ("full_refresh", "copy")) == "copy" else "full_refresh"


def _mapping(node: Node) -> dict[str, Json]:
    named = read.named_fields(node, "a mapping from variables to their values")
    return {field.key: _json(field.value) for field in named.fields}


def _json(node: Node) -> Json:
    """Return a value as dbt's command line takes it, typed as YAML types it."""
    if isinstance(node, Fields):
        return {field.key: _json(field.value) for field in node.fields}
    if isinstance(node, Items):
        return [_json(item) for item in node.items]
    return _scalar(node)


def _scalar(node: Scalar) -> Json:
    # What came from the environment may be a number as well as the same digits as a text: YAML's rule holds.
    if node.kind == "nothing":
        return None
    if node.kind == "true_false":
        return read.true_or_false(node)
    if node.kind == "text":
        return node.text
    try:
        return int(node.text) if node.text.lstrip("+-").isdigit() else float(node.text)
    except ValueError:
        raise ConfigError(
            f"{node.path} is no plain number.", hint="If it is meant as text, put quotes around it.", where=node.where
        ) from None
