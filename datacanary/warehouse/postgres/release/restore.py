"""The way back in PostgreSQL: what a promotion replaced returns, and what it put in goes where it came from."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from datacanary.errors import Refused
from datacanary.model.basic import Relation
from datacanary.model.release import LiveTable
from datacanary.warehouse.postgres import sql
from datacanary.warehouse.postgres.catalog import Catalog, Found
from datacanary.warehouse.postgres.errors import statement
from datacanary.warehouse.postgres.release.exchange import (
    NOTHING_CHANGED,
    Exchange,
    Move,
    exchange,
    refuse_immovable,
    refusing,
)
from datacanary.warehouse.postgres.release.locks import briefly, take
from datacanary.warehouse.postgres.release.marks import marks
from datacanary.warehouse.postgres.release.obstacles import leanings, refuse_closed, refuse_unowned
from datacanary.warehouse.postgres.release.pieces import Piece, cut, pieces, statistics
from datacanary.warehouse.postgres.session import Connection

_EMPTY = """
SELECT n.nspname FROM pg_catalog.pg_namespace n WHERE n.nspname = ANY(%s) AND NOT EXISTS (
  SELECT 1 FROM pg_catalog.pg_depend d WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = n.oid)
ORDER BY 1
"""
_BUILD_AGAIN = "Build it again from the old commit instead."


@dataclass(frozen=True, slots=True)
class _Return:
    """One relation with what the database has of it: in production now, and kept; `schema` is production's."""

    table: LiveTable
    promoted: Found | None
    kept: Found | None
    schema: str


def restore(connection: Connection, tables: Sequence[LiveTable], seen: str) -> None:
    """Put back what a swap replaced, within the transaction.

    `seen` is the signature of production from when it was first looked at. Raises Refused.
    """
    schemas = _schemas(connection)
    returns = _returns(connection, tables, schemas)
    coming = [one.kept for one in returns if one.kept is not None]
    _refuse_changed(connection, returns)
    leaving = [one.promoted for one in returns if one.promoted is not None]
    those = refuse_immovable(connection, leaving)
    refuse_unowned(connection, [one.oid for one in coming])
    refuse_closed(connection, sorted({one.schema for one in returns if one.kept is not None}))
    has = pieces(connection, [one.oid for one in (*leaving, *coming) if one.kind == "r"])
    referred = [piece.refers_to for some in has.values() for piece in some if piece.refers_to]
    for one in returns:
        for made in one.table.indexes if one.kept is not None else ():
            with refusing("a foreign key", one.table.relation):
                briefly(connection, made, [*(kept.oid for kept in coming), *referred])
    # What takes up a relation for the rest of the transaction, and is seen by nobody else. Nobody has this name.
    nowhere = f"dc_nowhere_{secrets.token_hex(8)}"
    with statement("making room for what goes out"):
        connection.execute(f"CREATE SCHEMA {nowhere}".encode())
    oids = {one.oid for one in leaving}
    plan = Exchange(
        out=tuple(_out(connection, returns, schemas, has, nowhere)),
        into=tuple(_into(returns, schemas, has)),
        new_views=(),
        cut=tuple(made for one in leaving for made in cut(one.physical, has.get(one.oid, ()), oids)),
        seen=seen,
    )
    exchange(connection, plan, those)
    _clear(connection, tables, [one for one in plan.out if one.schema == nowhere], nowhere)


def _schemas(connection: Connection) -> tuple[str, ...]:
    with statement("looking at the database's schemas"):
        listed = connection.execute("SELECT nspname FROM pg_catalog.pg_namespace").fetchall()
    return tuple(str(name) for (name,) in listed)


def _returns(connection: Connection, tables: Sequence[LiveTable], schemas: Collection[str]) -> tuple[_Return, ...]:
    catalog = Catalog(connection)
    spelt = {name.lower(): name for name in schemas}
    found = []
    for table in tables:
        relation = table.relation
        promoted = catalog.find(relation.schema, relation.name) if table.action != "removed" else None
        if promoted is None and table.action != "removed":
            raise Refused(f"{relation}, which was promoted, is gone.", hint=f"{NOTHING_CHANGED} {_BUILD_AGAIN}")
        kept = catalog.find(table.kept_schema, table.kept_as) if table.kept_kind else None
        if table.kept_kind and kept is None:
            raise Refused(
                f"{table.kept_schema}.{table.kept_as}, which {relation} was before, is gone.",
                hint=f"{NOTHING_CHANGED} It cannot be put back. {_BUILD_AGAIN}",
            )
        schema = promoted.schema if promoted is not None else spelt.get(relation.schema.lower(), "")
        if not schema:
            raise Refused(f"The schema {relation.schema} is gone.", hint=f"{NOTHING_CHANGED} Make it again first.")
        found.append(_Return(table, promoted, kept, schema))
    return tuple(found)


def _refuse_changed(connection: Connection, returns: Sequence[_Return]) -> None:
    """Raise Refused for what is not what was kept, or reads what would go out of production's sight."""
    kept = {one.kept.oid: one.table for one in returns if one.kept is not None}
    marked = marks(connection, kept)
    changed = [table for oid, table in kept.items() if table.kept_mark and marked.get(oid) != table.kept_mark]
    if changed:
        raise Refused(
            f"{changed[0].kept_schema}.{changed[0].kept_as} is not the {changed[0].kept_kind} that was kept: "
            "somebody emptied, rewrote or replaced it.",
            hint=f"{NOTHING_CHANGED} {_BUILD_AGAIN}",
        )
    _refuse_written(
        connection, [(one.kept, one.table) for one in returns if one.kept is not None and one.kept.kind == "r"]
    )
    leaning = leanings(connection, list(kept))
    if leaning:
        oid, what = leaning[0]
        raise Refused(
            f"{kept[oid].relation} cannot come back: what it was before reads {what}, which is of a run.",
            hint=f"{NOTHING_CHANGED} Roll back the later promotion first.",
        )


def _refuse_written(connection: Connection, kept: Sequence[tuple[Found, LiveTable]]) -> None:
    """Raise Refused for kept tables whose rows or columns are not what they were; nobody writes them from now on."""
    take(connection, [found for found, _ in kept])
    catalog = Catalog(connection)
    for found, table in kept:
        if table.kept is not None and catalog.fingerprint(found) != table.kept:
            raise Refused(
                f"{found.schema}.{found.name}, which {table.relation} was before, was written or altered since it "
                "was replaced.",
                hint=f"{NOTHING_CHANGED} {_BUILD_AGAIN}",
            )


def _out(
    connection: Connection,
    returns: Sequence[_Return],
    schemas: Collection[str],
    has: Mapping[int, tuple[Piece, ...]],
    nowhere: str,
) -> Iterator[Move]:
    """Send judged tables to where they were built, if that is still there; the others will be dropped."""
    catalog = Catalog(connection)
    for one in returns:
        if one.promoted is None:
            continue
        built = one.table.built
        schema = nowhere
        if one.promoted.kind == "r" and built is not None and built.schema in schemas:
            taken = catalog.find(built.schema, one.promoted.name) is not None
            schema = nowhere if taken else built.schema
        yield Move(one.promoted, schema, statistics(has.get(one.promoted.oid, ()), schema))


def _into(returns: Sequence[_Return], schemas: Collection[str], has: Mapping[int, tuple[Piece, ...]]) -> Iterator[Move]:
    """Bring back what was kept, and its statistics to where they lay, if that is still there."""
    for one in returns:
        if one.kept is None:
            continue
        elsewhere = {name: schema for name, schema in one.table.statistics if schema in schemas}
        yield Move(one.kept, one.schema, statistics(has.get(one.kept.oid, ()), one.schema, elsewhere))


def _clear(connection: Connection, tables: Sequence[LiveTable], those: Sequence[Move], nowhere: str) -> None:
    """Drop what goes nowhere, and the schemas that are empty now; theirs that were kept are taken from the register."""
    for one in those:
        noun = "VIEW" if one.relation.kind == "v" else "TABLE"
        lies = replace(one.relation.physical, schema=nowhere)
        with refusing("what reads it", Relation(one.relation.schema, one.relation.name)):
            connection.execute(f"DROP {noun} {sql.table(lies)}".encode())
    kept = sorted({one.kept_schema for one in tables if one.kept_schema})
    new = sorted({one.relation.schema for one in tables if one.new_schema})
    with statement("dropping schemas that are empty now"):
        connection.execute(f"DROP SCHEMA {nowhere}".encode())
        empty = [str(name) for (name,) in connection.execute(_EMPTY, [[*kept, *new]]).fetchall()]
        for name in empty:
            connection.execute(f"DROP SCHEMA {sql.identifier(name)}".encode())
        connection.execute(
            "DELETE FROM datacanary.registry WHERE name = ANY(%s)", [[one for one in empty if one in kept]]
        )
