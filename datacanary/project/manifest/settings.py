"""What of a node's config decides its rows: how its table is made, and what else is done to it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator

from datacanary.model.dbt import DbtNode, Json

_OF_NO_ROWS = frozenset(
    {"enabled", "tags", "meta", "docs", "group", "access", "description", "grants", "persist_docs", "packages"}
    | {"alias", "schema", "database", "quoting", "unlogged", "node_color", "latest_version", "freshness"}
    # How it is made is told by itself, and what is built anew in full does not look at these.
    | {"materialized", "full_refresh", "on_error", "concurrent_batches", "incremental_predicates"}
    | {"target_schema", "target_database", "deprecation_date"}
)
_OF_ADDING = frozenset({"incremental_strategy", "unique_key", "on_schema_change", "merge_update_columns"})
_DEFAULTS: dict[str, Json] = {"on_configuration_change": "apply", "on_schema_change": "ignore", "delimiter": ","}
INCREMENTAL_PART = "what later runs add"
"""The name of the setting that differs where the incremental part of a model does."""

_ASKS = "is_incremental"
_BLOCK = re.compile(rf"{{%-?\s*if\b[^%]*{_ASKS}.*?{{%-?\s*endif\s*-?%}}")
_COMMENT = re.compile(r"\{#.*?#\}|--[^\n]*", re.DOTALL)
_HOOKS = ("pre-hook", "post-hook")
_MADE_BY_DBT = frozenset({"table", "view", "incremental", "seed", "snapshot"})


def settings_of(node: DbtNode) -> tuple[tuple[str, str], ...]:
    """Return the parts of a config that can decide rows, by the user's names for them, as JSON.

    Of an incremental model that is also how later runs add to it, which a build from nothing does not show.
    """
    adds = node.kind == "snapshot" or node.materialized == "incremental"
    left_out = _OF_NO_ROWS if adds else _OF_NO_ROWS | _OF_ADDING
    found = {key: value for key, value in node.config.items() if key not in left_out and _says(key, value)}
    if node.materialized == "incremental":
        found |= {"materialized": "incremental", INCREMENTAL_PART: _incremental_part(node)}
    if "contract" in found:
        found["data types of columns"] = {name: one.data_type for name, one in sorted(node.columns.items())}
    if node.materialized not in _MADE_BY_DBT:
        found["materialized"] = node.materialized
    return tuple(sorted((key, json.dumps(value, sort_keys=True)) for key, value in found.items()))


def beyond_query(node: DbtNode, *, adds: bool) -> Iterator[str]:
    """Say what decides the rows of a node's table besides its query."""
    for key in _HOOKS:
        if node.config.get(key):
            yield f"it has a {key}, and nobody knows what that does"
    if node.config.get("sql_header"):
        yield "statements stand before its query (sql_header)"
    if _enforced(node.config.get("contract")):
        yield "its contract may cast columns"
    if adds:
        yield "it adds to the rows that are there"
    elif node.config.get("incremental_strategy") == "microbatch" and node.materialized == "incremental":
        yield "it is built in batches of time"


def adds_to_what_is_there(node: DbtNode, *, copies: bool) -> bool:
    """Tell whether a node's table keeps rows of before; with `copies` all incremental ones do."""
    return node.materialized == "incremental" and (copies or node.config.get("full_refresh") is False)


def _incremental_part(node: DbtNode) -> str:
    """Return a digest of what stands behind `if is_incremental()`, or of the whole file if that is asked otherwise.

    Comments and white space do not count.
    """
    written = " ".join(_COMMENT.sub(" ", node.raw).split())
    parts = _BLOCK.findall(written)
    asked = parts if _ASKS not in _BLOCK.sub("", written) else [written]
    return hashlib.sha256("\n".join(asked).encode()).hexdigest()[:16] if asked else ""


def _says(key: str, value: Json) -> bool:
    if key == "contract":
        return _enforced(value)
    return value not in (None, "", [], {}, False) and value != _DEFAULTS.get(key)


def _enforced(contract: Json) -> bool:
    return isinstance(contract, dict) and contract.get("enforced") is True
