"""`project:`, `production:`, `base:`, `sources:` and `samples:`."""

from __future__ import annotations

import re
from typing import Literal

from datacanary.config import read
from datacanary.config.dbt import dbt_project
from datacanary.config.folder import folder
from datacanary.config.layout import layout
from datacanary.config.nodes import Field, Fields, Node, shown
from datacanary.errors import ConfigError
from datacanary.model.config import ProjectEntry, SamplePolicy, SourceEntry

FORMATS = (".parquet", ".csv", ".csv.gz", ".tsv", ".ndjson", ".jsonl", ".json")
"""The endings of files that sources can be read from."""

_SHOW: dict[str, Literal["none", "keys", "allowed"]] = {"none": "none", "keys": "keys", "allowed": "allowed"}
_SCHEMA = re.compile(r"[^\s.\"'`;]+")
_CUT = re.compile(r"\s*(\S+)\s*->\s*(\S+)\s*")


def project(node: Node, usual: ProjectEntry) -> ProjectEntry:
    """Read `project:`; `usual` is what holds where it says nothing."""
    kind = node.get("kind") if isinstance(node, Fields) else None
    chosen = read.choice(kind.value, ("sql", "dbt")) if kind else usual.kind
    if chosen == "dbt":
        return dbt_project(node)
    fields = read.fields(node, ("kind", "path", "layout", "cut"))
    path, pattern, cut = fields.get("path"), fields.get("layout"), fields.get("cut")
    usual = ProjectEntry()
    return ProjectEntry(
        path=folder(path.value) if path else usual.path,
        layout=layout(pattern.value) if pattern else None,
        cut=tuple(_cut(item) for item in read.items(cut.value, "a list")) if cut else (),
    )


def _cut(node: Node) -> tuple[str, str]:
    expected = 'a reference, as "reader -> read"'
    text = read.text(node, expected)
    match = _CUT.fullmatch(text)
    if not match:
        raise read.wrong(node, expected)
    names = [read.table_name(name, read.written(node), node.where) for name in match.groups()]
    return names[0], names[1]


def production(node: Node) -> str:
    """Read the name of the schema that promote swaps into."""
    name = read.text(node, "the name of a schema")
    if not _SCHEMA.fullmatch(name):
        raise read.wrong(node, "the name of one schema", "It has no dots, spaces or quotes.")
    if name.lower().startswith("dc_"):
        raise read.wrong(node, "a schema of your own", "Names that begin with dc_ are datacanary's: it drops them.")
    return name


def base(node: Node) -> str:
    """Read the git ref of base."""
    ref = read.text(node, "a branch, tag or commit")
    # A leading '-' would reach git as an option.
    if ref.startswith("-") or re.search(r"\s|\.\.", ref):
        raise read.wrong(node, "a branch, tag or commit")
    return ref


def sources(node: Node) -> tuple[SourceEntry, ...]:
    """Read `sources:`, in the order of the file."""
    return tuple(_source(field) for field in read.named_fields(node, "a mapping from names to files").fields)


def _source(field: Field) -> SourceEntry:
    name = read.table_name(field.key, field.key, field.where)
    pattern = read.text(field.value, "a path or a glob of files")
    if "://" in pattern:
        raise read.wrong(field.value, "a path or a glob of files", "URLs are not supported yet.")
    if not pattern.lower().endswith(FORMATS):
        raise ConfigError(
            f"The files of source '{shown(name)}' have no format that is known by its ending:"
            f" '{shown(read.written(field.value))}'.",
            hint=f"Valid: {', '.join(FORMATS)}; for a folder write folder/*.parquet.",
            where=field.value.where,
        )
    return SourceEntry(name, pattern, field.where.line or 1)


def samples(node: Node) -> SamplePolicy:
    """Read `samples:`."""
    fields = read.fields(node, ("show", "allow"))
    show, allow = fields.get("show"), fields.get("allow")
    return SamplePolicy(
        show=_SHOW[read.choice(show.value, tuple(_SHOW))] if show else SamplePolicy().show,
        allow=tuple(_allowed(item) for item in read.items(allow.value, "a list")) if allow else (),
    )


def _allowed(node: Node) -> str:
    expected = "a column of a table, as table.column or schema.table.column"
    name = read.text(node, expected)
    if len(name.split(".")) not in {2, 3} or not all(part.strip() for part in name.split(".")):
        raise read.wrong(node, expected)
    return name
