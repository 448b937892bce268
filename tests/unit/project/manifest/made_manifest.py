"""Small manifests of dbt, node by node."""

from __future__ import annotations

import json
from collections.abc import Mapping

from datacanary.model.dbt import DbtManifest, DbtNode, Json
from datacanary.project.manifest.read import read_manifest

Object = dict[str, Json]


def node(name: str, kind: str = "model", /, **changes: Json) -> Object:
    """Return a node as dbt writes it, with what is changed of it."""
    return {
        "unique_id": f"{kind}.shop.{name}",
        "resource_type": kind,
        "name": name,
        "package_name": "shop",
        "path": f"{name}.sql",
        "original_file_path": f"{kind}s/{name}.sql",
        "fqn": ["shop", name],
        "database": "shop",
        "schema": "main",
        "alias": name,
        "language": "sql",
        "raw_code": "select 1",
        "compiled_code": "select 1",
        "checksum": {"name": "sha256", "checksum": "abc"},
        "config": {"enabled": True, "materialized": "table", "meta": {}, "tags": []},
        "tags": [],
        "meta": {},
        "columns": {},
        "depends_on": {"macros": [], "nodes": []},
        "patch_path": "shop://models/shop.yml",
        **changes,
    }


def columns(*names: str, **said: Json) -> Object:
    """Return the columns of a node; `said` is what is declared of some, by name."""
    return {
        name: {"name": name, "tags": [], "meta": {}, "constraints": [], **_object(said.get(name))} for name in names
    }


def generic_test(kind: str, of: str, column: str | None, config: Object | None = None, **arguments: Json) -> Object:
    """Return a generic test of a model, `kind` with its package in front if it has one."""
    package, _, name = kind.rpartition(".")
    held = {**({"column_name": column} if column else {}), "model": f"{{{{ ref('{of}') }}}}", **arguments}
    return node(
        f"{name}_{of}_{column}_{len(config or {})}_{len(arguments)}",
        "test",
        config={"enabled": True, "severity": "ERROR", "where": None, "error_if": "!= 0", **(config or {})},
        attached_node=f"model.shop.{of}",
        column_name=column,
        test_metadata={"name": name, "namespace": package or None, "kwargs": held},
        depends_on={"macros": [], "nodes": [f"model.shop.{of}"]},
    )


def document(*nodes: Object, **changes: Json) -> Object:
    """Return a whole manifest, with what is changed of it."""
    return {
        "metadata": {
            "dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json",
            "dbt_version": "1.11.16",
            "project_name": "shop",
            "adapter_type": "duckdb",
        },
        "nodes": {str(one["unique_id"]): one for one in nodes},
        **changes,
    }


def read(*nodes: Object, **changes: Json) -> DbtManifest:
    """Read a manifest of these nodes."""
    return read_manifest(json.dumps(document(*nodes, **changes)), "target/manifest.json")


def one_node(name: str = "orders", kind: str = "model", /, **changes: Json) -> DbtNode:
    """Read one node."""
    return read(node(name, kind, **changes)).nodes[f"{kind}.shop.{name}"]


def _object(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, dict) else {}
