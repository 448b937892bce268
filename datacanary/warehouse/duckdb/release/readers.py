"""Which views of production read which of its tables, as the texts of the views say."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import duckdb
from sqlglot import exp
from sqlglot.errors import SqlglotError

from datacanary.model.basic import Relation
from datacanary.sql.trees import MisreadError, statements_of
from datacanary.warehouse.duckdb import sql

_DEFAULT_SCHEMA = "main"


def readers_of(
    connection: duckdb.DuckDBPyConnection, catalog: str, relations: Collection[Relation]
) -> Mapping[Relation, tuple[Relation, ...]]:
    """Return the views that read each of these; one whose text is not understood counts if it has the name at all."""
    rows = connection.execute(
        "SELECT schema_name, view_name, sql FROM duckdb_views() WHERE database_name = ? AND NOT internal "
        "AND NOT starts_with(view_name, '__dc_prev_') ORDER BY ALL",
        [catalog],
    ).fetchall()
    views = [(Relation(schema, name), str(text)) for schema, name, text in rows]
    read = {view: _read(view, text, relations) for view, text in views}
    return {one: tuple(view for view, found in read.items() if one in found) for one in relations}


def _read(view: Relation, text: str, relations: Collection[Relation]) -> set[Relation]:
    try:
        tree = statements_of(text, sql.DIALECT)[0].tree
    except (MisreadError, SqlglotError):
        return {one for one in relations if one != view and one.name.lower() in text.lower()}
    names = {name for table in tree.find_all(exp.Table) for name in _may_mean(table, view)}
    return {one for one in relations if one != view and (one.schema.lower(), one.name.lower()) in names}


def _may_mean(table: exp.Table, view: Relation) -> set[tuple[str, str]]:
    """Return the places that a name may stand for: without a schema the view's own, or `main`."""
    schemas = (table.db,) if table.db else (view.schema, _DEFAULT_SCHEMA)
    return {(schema.lower(), table.name.lower()) for schema in schemas}
