"""DuckDB's own parser on a query: which tables it names and where."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TypeAlias

import duckdb

from datacanary.model.outline import NamedTable, Outline
from datacanary.warehouse.duckdb.open import beside
from datacanary.warehouse.duckdb.pivots import Fixed, unchanged, with_fixed_pivots

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

_READING = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"})
_SOURCES = frozenset({"BASE_TABLE", "SUBQUERY", "JOIN", "TABLE_FUNCTION", "EXPRESSION_LIST", "EMPTY", "PIVOT"})
_PLACES = frozenset({"query_location", "query_location_length"})
_NAMES = frozenset({"catalog_name", "schema_name", "table_name", "qualified_name", "alias"})
_NAMED = frozenset({"COLUMN_REF", "STAR"})
_QUALIFIED_TWICE = 3


class _StrangeError(Exception):
    """DuckDB reads something that this module does not know."""


def outline_of(query: str) -> Outline | None:
    """Read one query; None where DuckDB does not read it, where it writes, or where it is more than one.

    Nothing is looked up or run: names that do not exist are names, too.

    >>> found = outline_of("WITH w AS (FROM raw.a) SELECT x'41' FROM w JOIN b AS c ON true")
    >>> [(table.parts, table.alias, table.start) for table in found.tables]
    [(('raw', 'a'), '', 16), (('b',), 'c', 48)]
    """
    with beside() as connection:
        for text in (unchanged(query), with_fixed_pivots(query)):
            tree = _tree(connection, text.text) if text is not None else None
            if text is not None and tree is not None:
                try:
                    return _Walk(text).outline(tree)
                except _StrangeError:
                    return None
    return None


def _tree(connection: duckdb.DuckDBPyConnection, query: str) -> Json:
    try:
        row = connection.execute("SELECT json_serialize_sql(CAST(? AS VARCHAR))", [query]).fetchone()
    except duckdb.Error:
        return None
    found = json.loads(row[0]) if row is not None else {}
    statements = found.get("statements", [])
    tree: Json = statements[0] if len(statements) == 1 and not found.get("error") else None
    return tree


class _Walk:
    """Goes through a parsed query once."""

    def __init__(self, text: Fixed) -> None:
        self._text = text
        self._tables: list[NamedTable] = []
        self._functions: list[str] = []
        self._columns: list[tuple[str, ...]] = []
        self._nameless = False

    def outline(self, tree: Json) -> Outline:
        rest = json.dumps(self._visit(tree, frozenset()), sort_keys=True)
        return Outline(
            tuple(self._tables),
            tuple(self._functions),
            tuple(self._columns),
            self._nameless,
            hashlib.sha256(rest.encode()).hexdigest(),
        )

    def _visit(self, node: Json, seen: frozenset[str]) -> Json:
        """Return a node without places and tables; `seen` are the names that WITH gives to queries."""
        if isinstance(node, list):
            return [self._visit(one, seen) for one in node]
        if not isinstance(node, dict):
            return node
        kind = str(node.get("type", ""))
        if (kind.endswith("_NODE") and kind not in _READING) or ("sample" in node and kind not in _SOURCES | _READING):
            raise _StrangeError
        made: dict[str, Json] = {}
        if "cte_map" in node:
            made["cte_map"], seen = self._with(node["cte_map"], seen)
        if kind == "BASE_TABLE" and not self._is_own(node, seen):
            self._tables.append(self._table(node))
            made["table"] = len(self._tables)
            node = {name: part for name, part in node.items() if name not in _NAMES}
        if kind == "TABLE_FUNCTION":
            self._functions.append(_function(node))
        if kind == "COLUMN_REF" and len(_texts(node.get("column_names"))) >= _QUALIFIED_TWICE:
            self._columns.append(_texts(node.get("column_names")))
        for name, part in node.items():
            if name not in _PLACES and name not in made:
                made[name] = self._part(name, part, kind, node, seen)
        return made

    def _part(self, name: str, part: Json, kind: str, node: Mapping[str, Json], seen: frozenset[str]) -> Json:
        if name == "select_list" and isinstance(part, list):
            return [self._column(one, seen) for one in part]
        if kind in {"RECURSIVE_CTE_NODE", "CTE_NODE"} and name in {"right", "child"}:
            return self._visit(part, seen | {str(node.get("cte_name", "")).lower()})
        return self._visit(part, seen)

    def _column(self, column: Json, seen: frozenset[str]) -> Json:
        before = len(self._tables)
        made = self._visit(column, seen)
        named = isinstance(column, dict) and (bool(column.get("alias")) or column.get("class") in _NAMED)
        self._nameless = self._nameless or (not named and len(self._tables) > before)
        return made

    def _with(self, ctes: Json, seen: frozenset[str]) -> tuple[Json, frozenset[str]]:
        """Each query sees those before it, what stands behind WITH all of them."""
        made: list[Json] = []
        entries = ctes.get("map") if isinstance(ctes, dict) else None
        for entry in entries if isinstance(entries, list) else ():
            made.append(self._visit(entry, seen))
            if isinstance(entry, dict):
                seen |= {str(entry.get("key", "")).lower()}
        return made, seen

    @staticmethod
    def _is_own(node: Mapping[str, Json], seen: frozenset[str]) -> bool:
        *before, name = _parts(node)
        return before in ([], ["recurring"]) and name.lower() in seen

    def _table(self, node: Mapping[str, Json]) -> NamedTable:
        start = node.get("query_location")
        if not isinstance(start, int):
            raise _StrangeError
        return NamedTable(_parts(node), str(node.get("alias") or ""), self._text.character(start))


def _parts(node: Mapping[str, Json]) -> tuple[str, ...]:
    found = tuple(str(node.get(name) or "") for name in ("catalog_name", "schema_name", "table_name"))
    return tuple(part for part in found if part)


def _function(node: Mapping[str, Json]) -> str:
    function = node.get("function")
    if not isinstance(function, dict):
        raise _StrangeError
    return str(function.get("function_name") or "")


def _texts(names: Json) -> tuple[str, ...]:
    return tuple(str(one) for one in names) if isinstance(names, list) else ()
