"""The text of dbt's manifest.json becomes values; what nobody here needs is passed over."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from datacanary.errors import ProjectError, Where
from datacanary.model.dbt import DbtExposure, DbtHook, DbtManifest, DbtNode, DbtSource
from datacanary.project.manifest.entries import Entry
from datacanary.project.manifest.nodes import KINDS, node_of, unit_test_of

_OLDEST, _NEWEST = 10, 12
_OLDEST_DBT = (1, 8)
_SCHEMA = re.compile(r"/v(\d+)(?:\.json)?$")
_RELEASE = re.compile(r"(\d+)\.(\d+)")
_HOOKS = ("on-run-start", "on-run-end")
_BETWEEN = ("metrics", "semantic_models", "saved_queries")
_UPGRADE = "Install a newer dbt in the environment that runs it: pip install --upgrade dbt-core."


def read_manifest(text: str, where: str) -> DbtManifest:
    """Read manifest.json of dbt 1.8 or newer; `where` is its name in messages.

    Manifests of a version that is not known yet are read with a warning. ProjectError for a dbt that is too old, and
    for a text that is no manifest or lacks what is needed, with the node and the key.
    """
    root = _root(text, where)
    metadata = root.inner("metadata")
    if "metadata" not in root.values:
        raise root.wrong("has no 'metadata'")
    version = _manifest_version(metadata)
    if "nodes" not in root.values:
        raise root.wrong("has no 'nodes'")
    macros = tuple(root.entries("macros", "Macro"))
    return DbtManifest(
        project=metadata.name("project_name"),
        adapter=metadata.name("adapter_type"),
        dbt_version=metadata.name("dbt_version"),
        nodes=_nodes(root),
        sources={name: _source(entry) for name, entry in root.entries("sources", "Source")},
        exposures=_exposures(root),
        macros={name: entry.text("macro_sql") for name, entry in macros},
        macro_reads={name: entry.inner("depends_on").texts("macros") for name, entry in macros},
        hooks=_hooks(root, metadata.name("project_name")),
        warnings=tuple(_warnings(root, version)),
    )


def _root(text: str, where: str) -> Entry:
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        place = Where(where, error.lineno, error.colno)
        raise ProjectError(
            f"The manifest is no JSON: {error.msg}.", hint="Let dbt write it again: dbt compile.", where=place
        ) from error
    root = Entry(found if isinstance(found, dict) else {}, "The manifest", where)
    if not isinstance(found, dict):
        raise root.wrong("is no object")
    return root


def _manifest_version(metadata: Entry) -> int:
    """Return the version of the manifest's schema. Raises ProjectError for one that is too old, and for no version."""
    schema, release = metadata.name("dbt_schema_version"), metadata.name("dbt_version")
    version, numbers = _SCHEMA.search(schema), _RELEASE.match(release)
    if version is None:
        raise metadata.wrong("names a 'dbt_schema_version' that is none")
    if numbers is None:
        raise metadata.wrong("names a 'dbt_version' that is none")
    if int(version[1]) < _OLDEST or (int(numbers[1]), int(numbers[2])) < _OLDEST_DBT:
        raise ProjectError(f"dbt {release} is too old: 1.8 or newer.", hint=_UPGRADE, where=Where(metadata.where))
    return int(version[1])


def _warnings(root: Entry, version: int) -> Iterator[str]:
    if version > _NEWEST:
        yield (
            f"dbt wrote a manifest of version {version}; this datacanary knows {_OLDEST} to {_NEWEST}, and reads it "
            f"as one of version {_NEWEST}"
        )
    functions = root.object("functions")
    if functions:
        yield f"functions that dbt makes are not followed: {', '.join(sorted(functions))}"


def _nodes(root: Entry) -> Mapping[str, DbtNode]:
    found = {}
    for name, entry in root.entries("nodes", "Node"):
        kind = KINDS.get(entry.name("resource_type"))
        if kind is not None:
            found[name] = node_of(entry, kind)
    for name, entry in root.entries("unit_tests", "Unit test"):
        found[name] = unit_test_of(entry)
    for name, node in found.items():
        if node.unique_id != name:
            raise root.wrong(f"has a node {name} whose 'unique_id' is another")
    return found


def _source(entry: Entry) -> DbtSource:
    return DbtSource(
        unique_id=entry.name("unique_id"),
        name=f"{entry.name('source_name')}.{entry.name('name')}",
        database=entry.text("database"),
        schema=entry.name("schema"),
        identifier=entry.text("identifier") or entry.name("name"),
        meta={**entry.inner("config").object("meta"), **entry.object("meta")},
    )


def _exposures(root: Entry) -> tuple[DbtExposure, ...]:
    between = {
        name: entry.inner("depends_on").texts("nodes")
        for section in _BETWEEN
        for name, entry in root.entries(section, "Entry")
    }
    return tuple(_exposure(entry, between) for _, entry in sorted(root.entries("exposures", "Exposure")))


def _exposure(entry: Entry, between: Mapping[str, tuple[str, ...]]) -> DbtExposure:
    owner = entry.inner("owner")
    return DbtExposure(
        name=entry.name("name"),
        label=entry.text("label"),
        kind=entry.text("type") or "exposure",
        owner=owner.text("name") or owner.text("email"),
        url=entry.text("url"),
        reads=_beneath(entry.inner("depends_on").texts("nodes"), between),
    )


def _beneath(reads: tuple[str, ...], between: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Put in the place of metrics, and of what they are made of, the nodes that these read."""
    found: dict[str, None] = {}
    pending = list(reversed(reads))
    while pending:
        one = pending.pop()
        if one not in found:
            found[one] = None
            pending += reversed(between.get(one, ()))
    return tuple(one for one in found if one not in between)


def _hooks(root: Entry, project: str) -> tuple[DbtHook, ...]:
    found = []
    for name, entry in root.entries("nodes", "Node"):
        if entry.text("resource_type") != "operation":
            continue
        tags = entry.texts("tags")
        when = next((place for place, word in enumerate(_HOOKS) if word in tags), len(_HOOKS))
        position = entry.values.get("index")
        found.append((when, position if isinstance(position, int) else 0, name, _hook(entry, tags, project)))
    return tuple(hook for *_, hook in sorted(found, key=lambda one: one[:3]))


def _hook(entry: Entry, tags: tuple[str, ...], project: str) -> DbtHook:
    named = next((word for word in _HOOKS if word in tags), "operation")
    package = entry.name("package_name")
    of_package = "" if package == project else f" of package {package}"
    return DbtHook(
        place=f"{named} in dbt_project.yml{of_package}",
        text=" ".join(entry.text("raw_code").split()),
        macros=entry.inner("depends_on").texts("macros"),
    )
