"""The columns of what queries read: tables and views as the catalogue has them, data files by a look at them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

import duckdb

from datacanary.errors import StatementError
from datacanary.model.basic import Column, Relation
from datacanary.warehouse.duckdb import sql
from datacanary.warehouse.duckdb.errors import statement
from datacanary.warehouse.duckdb.session import in_lower_case
from datacanary.warehouse.interruptible import interruptible

_DEFAULT_SCHEMA = "main"
_COLLATION = re.compile(r"\bCOLLATE\s+\"?([\w.]+)", re.IGNORECASE)
_TEXT = re.compile(r"\b(varchar|struct|tuple|map|union|variant)\b")
_Places = dict[tuple[str, str], list[Column]]


def columns_of_tables(
    connection: duckdb.DuckDBPyConnection, catalog: str, names: Collection[Relation], production: str
) -> dict[Relation, tuple[Column, ...]]:
    """Return the columns of those tables and views that are there; without a schema: production's, then `main`'s.

    DuckDB tells a collation only in the text of CREATE TABLE. Where it may pass through a view, each text of the view
    is `varchar collate unknown`.
    """
    with statement("reading the columns of the warehouse's tables"):
        places = _columns(connection, catalog, names)
        if _has_collations(connection, catalog):
            _note_collations(connection, catalog, places)
    by_name = {Relation(schema.lower(), table.lower()): tuple(columns) for (schema, table), columns in places.items()}
    found: dict[Relation, tuple[Column, ...]] = {}
    for name in names:
        for schema in (name.schema,) if name.schema else (production, _DEFAULT_SCHEMA):
            columns = by_name.get(Relation(schema.lower(), name.name.lower()))
            if columns is not None:
                found[name] = columns
                break
    return found


def columns_of_rows(connection: duckdb.DuckDBPyConnection, query: str, what: str) -> tuple[Column, ...]:
    """Return the columns that a query over data files has; raises StatementError for files that cannot be read."""
    with statement(f"reading {what}"):
        if [one.type for one in connection.extract_statements(query)] != [duckdb.StatementType.SELECT]:
            raise StatementError(f"{what} is not one thing to read.")
        described = f"SELECT column_name, column_type FROM (DESCRIBE (\n{query}\n))"  # noqa: S608 -- the user's own
        found = interruptible(connection, lambda: connection.execute(described).fetchall())
    return tuple(Column(name, in_lower_case(kind)) for name, kind in found)


def _columns(connection: duckdb.DuckDBPyConnection, catalog: str, names: Collection[Relation]) -> _Places:
    rows = connection.execute(
        "SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns() "
        "WHERE lower(database_name) = lower($1) AND list_contains($2, lower(table_name)) "
        "ORDER BY schema_name, table_name, column_index",
        [catalog, sorted({name.name.lower() for name in names})],
    ).fetchall()
    places: _Places = {}
    for schema, table, column, kind in rows:
        places.setdefault((schema, table), []).append(Column(column, in_lower_case(kind)))
    return places


def _has_collations(connection: duckdb.DuckDBPyConnection, catalog: str) -> bool:
    found = connection.execute(
        "SELECT count(*) FROM (SELECT sql FROM duckdb_tables() WHERE lower(database_name) = lower($1) UNION ALL "
        "SELECT sql FROM duckdb_views() WHERE lower(database_name) = lower($1) AND NOT internal) "
        "WHERE contains(lower(sql), 'collate')",
        [catalog],
    ).fetchone()
    return found is not None and found[0] > 0


def _note_collations(connection: duckdb.DuckDBPyConnection, catalog: str, places: _Places) -> None:
    tables = connection.execute(
        "SELECT schema_name, table_name, sql FROM duckdb_tables() WHERE lower(database_name) = lower($1)", [catalog]
    ).fetchall()
    texts = {(schema, table): str(text) for schema, table, text in tables}
    for place, columns in places.items():
        if place not in texts:
            columns[:] = [_collated(column, "unknown") for column in columns]
        elif "collate" in texts[place].lower():
            columns[:] = _by_definition(columns, texts[place])


def _by_definition(columns: Iterable[Column], definition: str) -> list[Column]:
    """Take collations from the text of CREATE TABLE; a generated column has that of what it is made from."""
    import sqlglot  # noqa: PLC0415 -- few columns are collated, and it takes a while

    try:
        schema = sqlglot.parse_one(definition, dialect=sql.DIALECT).this
    except sqlglot.errors.SqlglotError:
        return [_collated(column, "unknown") for column in columns]
    texts = {
        one.name.lower(): one.sql(sql.DIALECT) for one in schema.expressions if isinstance(one, sqlglot.exp.ColumnDef)
    }
    return [_collated(column, _collation_in(texts.get(column.name.lower()))) for column in columns]


def _collation_in(definition: str | None) -> str:
    if definition is None or "GENERATED" in definition:
        return "unknown"
    found = _COLLATION.search(definition)
    return found[1].lower() if found else ""


def _collated(column: Column, collation: str) -> Column:
    told = collation and _TEXT.search(column.type)
    return Column(column.name, f"{column.type} collate {collation}") if told else column
