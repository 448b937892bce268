"""What promotions replaced in DuckDB and keep for the way back: tables and views of production under names of ours."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

import duckdb

from datacanary.model.basic import Physical
from datacanary.model.release import Registered
from datacanary.warehouse.duckdb import sql
from datacanary.warehouse.duckdb.release.ledger import read_promotions

_MARK = "__dc_prev_"
_Kind = Literal["table", "view", ""]


def read_kept(connection: duckdb.DuckDBPyConnection, catalog: str) -> tuple[Registered, ...]:
    """List what is there of what live promotions replaced, oldest first."""
    return tuple(registered for registered, _, _ in _kept(connection, catalog))


def drop_kept(connection: duckdb.DuckDBPyConnection, catalog: str, chosen: Collection[Registered]) -> None:
    """Drop these, if they are in the ledger and named as ours."""
    named = {(one.run_id, one.name) for one in chosen}
    for registered, physical, kind in _kept(connection, catalog):
        if (registered.run_id, registered.name) in named:
            connection.execute(f"DROP {kind.upper()} {sql.table(physical)}")


def _kept(connection: duckdb.DuckDBPyConnection, catalog: str) -> list[tuple[Registered, Physical, _Kind]]:
    there = {(schema.lower(), name) for schema, name in _named_as_ours(connection, catalog)}
    found: list[tuple[Registered, Physical, _Kind]] = []
    for promotion in read_promotions(connection, catalog):
        for table in () if promotion.rolled_back_at else promotion.tables:
            place = (table.relation.schema.lower(), table.kept_as)
            if place in there:
                registered = Registered(
                    name=f"{table.relation.schema}.{table.kept_as}",
                    run_id=promotion.run_id,
                    kind="replaced",
                    registered_at=promotion.promoted_at,
                    expires_at="",
                )
                found.append((registered, Physical(catalog, table.relation.schema, table.kept_as), table.kept_kind))
    return found


def _named_as_ours(connection: duckdb.DuckDBPyConnection, catalog: str) -> list[tuple[str, str]]:
    return connection.execute(
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = $1 AND starts_with(table_name, $2) "
        "UNION ALL SELECT schema_name, view_name FROM duckdb_views() "
        "WHERE database_name = $1 AND starts_with(view_name, $2)",
        [catalog, _MARK],
    ).fetchall()
