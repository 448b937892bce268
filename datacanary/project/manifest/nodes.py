"""One node of a manifest: a model, seed, snapshot, test or unit test."""

from __future__ import annotations

from collections.abc import Mapping

from datacanary.model.dbt import DbtColumn, DbtNode, Json, NodeKind
from datacanary.project.manifest.entries import Entry

KINDS: Mapping[str, NodeKind] = {"model": "model", "seed": "seed", "snapshot": "snapshot", "test": "test"}
"""The kinds of `nodes` that are read; the rest are analyses, operations and what later versions add."""


def node_of(entry: Entry, kind: NodeKind) -> DbtNode:
    """Read one of `nodes`. Raises ProjectError for what is missing and must be there."""
    config, reads = entry.inner("config"), entry.inner("depends_on")
    test = entry.object("test_metadata")
    columns = dict(entry.entries("columns", "Column", f" of {entry.called[:1].lower()}{entry.called[1:]}"))
    # A seed has no language, and neither has what was written before there was a second one.
    language = entry.text("language") or "sql"
    return DbtNode(
        unique_id=entry.name("unique_id"),
        kind=kind,
        name=entry.name("name"),
        package=entry.name("package_name"),
        path=entry.name("original_file_path"),
        fqn=_fqn(entry),
        database=entry.text("database"),
        schema=entry.name("schema"),
        identifier=entry.text("alias") or entry.name("name"),
        materialized=config.text("materialized"),
        language=language,
        raw=entry.text("raw_code"),
        compiled=_compiled(entry) if language == "sql" else None,
        checksum=_checksum(entry),
        reads=reads.texts("nodes"),
        macros=reads.texts("macros"),
        config=config.values,
        tags=_tags(entry, config),
        meta=_meta(entry, config),
        columns={name: _column(name, column) for name, column in columns.items()},
        constraints=entry.objects("constraints"),
        column_constraints={
            name: found for name, column in columns.items() if (found := column.objects("constraints"))
        },
        patch_path=entry.text("patch_path").rpartition("://")[2],
        attached=_attached(entry, reads.texts("nodes")) if kind == "test" else "",
        test=test,
        test_column=_test_column(entry, test),
        version=_version(entry),
    )


def unit_test_of(entry: Entry) -> DbtNode:
    """Read one of `unit_tests`. Raises ProjectError for what is missing and must be there."""
    config, depends = entry.inner("config"), entry.inner("depends_on")
    reads = depends.texts("nodes")
    tested = [one for one in reads if one.split(".")[2:3] == [entry.text("model")]]
    return DbtNode(
        unique_id=entry.name("unique_id"),
        kind="unit_test",
        name=entry.name("name"),
        package=entry.name("package_name"),
        path=entry.name("original_file_path"),
        fqn=_fqn(entry),
        database="",
        schema=entry.text("schema"),
        identifier=entry.name("name"),
        materialized="",
        language="sql",
        raw="",
        compiled=None,
        checksum=_checksum(entry),
        reads=reads,
        macros=depends.texts("macros"),
        config=config.values,
        tags=_tags(entry, config),
        meta=_meta(entry, config),
        attached=tested[0] if tested else _only(reads),
        version=_version(entry),
    )


def _fqn(entry: Entry) -> tuple[str, ...]:
    found = entry.texts("fqn")
    if not found:
        raise entry.wrong("has no 'fqn'")
    return found


def _compiled(entry: Entry) -> str | None:
    found = entry.values.get("compiled_code")
    return found if isinstance(found, str) else None


def _checksum(entry: Entry) -> str:
    """Return the digest of a node's text; empty where dbt made none, as of a seed above 1 MiB."""
    found = entry.values.get("checksum")
    if not isinstance(found, dict):
        return entry.text("checksum")
    checksum = entry.inner("checksum")
    return "" if checksum.text("name") in {"path", "none"} else checksum.text("checksum")


def _version(entry: Entry) -> str:
    found = entry.values.get("version")
    return "" if found is None else str(found)


def _attached(entry: Entry, reads: tuple[str, ...]) -> str:
    return entry.text("attached_node") or _only(reads)


def _only(reads: tuple[str, ...]) -> str:
    """Return the one node that a test reads; empty for tests of sources and of several nodes."""
    return reads[0] if len(reads) == 1 and not reads[0].startswith("source.") else ""


def _test_column(entry: Entry, test: Mapping[str, Json]) -> str:
    arguments = test.get("kwargs")
    named = arguments.get("column_name") if isinstance(arguments, dict) else None
    return entry.text("column_name") or (named if isinstance(named, str) else "")


def _column(name: str, entry: Entry) -> DbtColumn:
    config = entry.inner("config")
    return DbtColumn(name, entry.text("data_type"), _tags(entry, config), _meta(entry, config))


def _tags(entry: Entry, config: Entry) -> tuple[str, ...]:
    own, configured = entry.texts("tags"), config.texts("tags")
    return tuple(dict.fromkeys((*own, *configured))) if own or configured else ()


def _meta(entry: Entry, config: Entry) -> Mapping[str, Json]:
    own, configured = entry.object("meta"), config.object("meta")
    return {**configured, **own} if own and configured else own or configured
