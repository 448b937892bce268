"""Judged tables become production in a PostgreSQL database, and what they replace is kept in a schema of its own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from datacanary.errors import Refused, RunError
from datacanary.model.basic import Fingerprint, Physical, Relation
from datacanary.model.release import LiveTable, Swap
from datacanary.warehouse.postgres import sql
from datacanary.warehouse.postgres.catalog import Catalog, Found
from datacanary.warehouse.postgres.errors import statement
from datacanary.warehouse.postgres.names import as_kept, run_schema
from datacanary.warehouse.postgres.release.belongings import Successor, of_views
from datacanary.warehouse.postgres.release.dependents import View, readers
from datacanary.warehouse.postgres.release.exchange import (
    NOTHING_CHANGED,
    Exchange,
    Move,
    NewView,
    exchange,
    refuse_immovable,
    refusing,
)
from datacanary.warehouse.postgres.release.locks import take
from datacanary.warehouse.postgres.release.marks import marks
from datacanary.warehouse.postgres.release.newcomers import given_to_newcomers
from datacanary.warehouse.postgres.release.obstacles import leanings, refuse_closed, refuse_lasting
from datacanary.warehouse.postgres.release.pieces import Piece, apart, brought_back, cut, pieces, statistics
from datacanary.warehouse.postgres.release.succession import Succession, prepare
from datacanary.warehouse.postgres.session import Connection
from datacanary.warehouse.postgres.state.registry import make_schema
from datacanary.warehouse.postgres.state.trust import refuse_taken

_UNFIT = """
SELECT n.nspname || '.' || c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid = ANY(%s::bigint[]::oid[]) AND (c.relkind <> 'r' OR c.relpersistence <> 'p') ORDER BY 1
"""

Register = Callable[[Sequence[str], str], None]
"""Writes down, and commits at once, that a run will have these schemas for what its promotion replaces."""


@dataclass(frozen=True, slots=True)
class _Change:
    """One swap with what the database has of it; `target` is the name as production writes it."""

    swap: Swap
    target: Physical
    former: Found | None
    built: Found | None

    @property
    def makes(self) -> bool:
        """Whether something comes into production."""
        return self.built is not None or bool(self.swap.view)


def swap(
    connection: Connection, run_id: str, swaps: Sequence[Swap], register: Register, seen: str
) -> tuple[LiveTable, ...]:
    """Do all swaps within the transaction; `seen` is the signature of production from when it was first looked at."""
    changes = _changes(connection, swaps)
    # Before they are looked at: who owns them until now could add a policy, whose code would run when rows are read.
    take(connection, [one.built for one in changes if one.built is not None and one.built.kind == "r"])
    _refuse_unfit(connection, changes)
    formers = [one.former for one in changes if one.former is not None]
    those = refuse_immovable(connection, formers)
    new_schemas = _make_schemas(connection, changes)
    has = pieces(connection, [one.oid for one in formers if one.kind == "r"])
    built = _prepared(connection, changes, has)
    catalog = Catalog(connection)
    prints = {one.oid: catalog.fingerprint(one) for one in built.values()}
    kept = {one.schema: run_schema(run_id, "kept", one.schema) for one in formers}
    register(sorted(kept.values()), run_id)
    for name in sorted(kept.values()):
        make_schema(connection, name, run_id)
    refuse_taken(connection, kept.values())
    leaving = {one.oid for one in formers}
    marked = marks(connection, leaving)
    plan = Exchange(
        out=tuple(Move(one, kept[one.schema], statistics(has.get(one.oid, ()), kept[one.schema])) for one in formers),
        into=tuple(_into(connection, changes, built, has)),
        new_views=tuple(_new_view(one, those) for one in changes if one.swap.view),
        cut=tuple(made for one in formers for made in cut(one.physical, has.get(one.oid, ()), leaving)),
        seen=seen,
    )
    exchange(connection, plan, those)
    now = _dress_views(connection, changes, built)
    lives = [_live(one, kept, new_schemas, marked, has, leaving) for one in changes]
    return _told(connection, lives, changes, now, built, prints)


def _changes(connection: Connection, swaps: Sequence[Swap]) -> tuple[_Change, ...]:
    catalog = Catalog(connection)
    schemas = {one.schema.lower(): one.schema for one in catalog.all()}
    found = []
    for one in swaps:
        former = catalog.find(one.target.schema, one.target.name)
        built = None
        if one.built is not None and one.materialized == "table":
            built = catalog.find(one.built.schema, one.built.name)
            if built is None:
                raise RunError("The run's tables are gone.", hint="Run `datacanary check` again.")
        # Names that are too long are cut by the server, and those of its catalogue are cut already.
        schema, name = as_kept(one.target.schema), as_kept(one.target.name)
        name = built.name if built is not None and built.name.lower() == name.lower() else name
        target = former.physical if former is not None else Physical("", schemas.get(schema.lower(), schema), name)
        found.append(_Change(one, target, former, built))
    return tuple(found)


def _refuse_unfit(connection: Connection, changes: Sequence[_Change]) -> None:
    built = {one.built.oid: one for one in changes if one.built is not None}
    with statement("looking at the judged tables"):
        rows = connection.execute(_UNFIT.encode(), [list(built)]).fetchall()
    again = f"{NOTHING_CHANGED} Let it be a plain table, then run `datacanary check` again."
    if rows:
        raise Refused(f"{rows[0][0]}, which was judged, is not a plain, logged table.", hint=again)
    leaning = leanings(connection, list(built))
    if leaning:
        relation, what = built[leaning[0][0]].swap.target, leaning[0][1]
        raise Refused(f"The judged table of {relation} needs what only its run has: {what}.", hint=again)
    refuse_lasting(
        connection,
        {oid: str(one.swap.target) for oid, one in built.items()},
        {oid: one.target.schema for oid, one in built.items() if one.former is None},
    )


def _make_schemas(connection: Connection, changes: Sequence[_Change]) -> frozenset[str]:
    """Make the schemas that are not there yet, and return them; raises Refused for those that may not be written."""
    wanted = sorted({one.target.schema for one in changes if one.makes})
    with statement("looking at production's schemas"):
        found = connection.execute(
            "SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname = ANY(%s)", [wanted]
        ).fetchall()
        new = frozenset(wanted) - {str(name) for (name,) in found}
        for name in sorted(new):
            connection.execute(f"CREATE SCHEMA {sql.identifier(name)}".encode())
    refuse_closed(connection, wanted)
    return new


def _prepared(
    connection: Connection, changes: Sequence[_Change], has: Mapping[int, tuple[Piece, ...]]
) -> Mapping[Relation, Found]:
    """Give the judged tables their names and all that production's have; return them as they are then."""
    renamed: dict[Relation, Found] = {}
    with statement("naming the judged tables"):
        for one in changes:
            if one.built is None:
                continue
            if one.built.name != one.target.name:
                name = sql.identifier(one.target.name)
                connection.execute(f"ALTER TABLE {sql.table(one.built.physical)} RENAME TO {name}".encode())
            renamed[one.swap.target] = replace(one.built, name=one.target.name)
    successions = [
        Succession(one.swap.target, one.former, renamed[one.swap.target])
        for one in changes
        if one.built is not None and one.former is not None
    ]
    gone = {one.former.oid: one.swap.target for one in changes if one.former is not None and one.built is None}
    newcomers = [(renamed[one.swap.target], one.target.schema) for one in changes if one.built and one.former is None]
    for made in given_to_newcomers(connection, newcomers):
        with refusing(made.what):
            connection.execute(made.statement.encode())
    prepare(connection, successions, has, gone)
    for table in renamed.values():
        with statement(f"analyzing {table.schema}.{table.name}"):
            connection.execute(f"ANALYZE {sql.table(table.physical)}".encode())
    return renamed


def _into(
    connection: Connection,
    changes: Sequence[_Change],
    built: Mapping[Relation, Found],
    has: Mapping[int, tuple[Piece, ...]],
) -> Iterator[Move]:
    found = pieces(connection, [one.oid for one in built.values()])
    for one in changes:
        if one.swap.target in built:
            came = built[one.swap.target]
            schema, former = one.target.schema, has.get(one.former.oid, ()) if one.former is not None else ()
            yield Move(came, schema, statistics(found[came.oid], schema, apart(former, schema)))


def _new_view(change: _Change, those: Sequence[View]) -> NewView:
    former = next((view for view in those if change.former is not None and view.oid == change.former.oid), None)
    return NewView(change.target, change.swap.view, former.settings if former is not None else "")


def _dress_views(
    connection: Connection, changes: Sequence[_Change], built: Mapping[Relation, Found]
) -> Mapping[Relation, Found]:
    """Give the views that were made what their predecessors have, and return what is in production now."""
    catalog = Catalog(connection)
    now = {one.swap.target: built[one.swap.target] for one in changes if one.swap.target in built}
    for one in changes:
        there = catalog.find(one.target.schema, one.target.name) if one.swap.view else None
        if there is not None:
            now[one.swap.target] = there
    made = [one for one in changes if one.swap.view and one.swap.target in now]
    successors = [Successor(one.former.oid, now[one.swap.target].oid) for one in made if one.former is not None]
    newcomers = [(now[one.swap.target], one.target.schema) for one in made if one.former is None]
    names = {now[one.swap.target].oid: one.swap.target for one in made}
    for given in (*of_views(connection, successors), *given_to_newcomers(connection, newcomers)):
        with refusing(given.what, names[given.new]):
            connection.execute(given.statement.encode())
    return now


def _live(
    change: _Change,
    kept: Mapping[str, str],
    new_schemas: frozenset[str],
    marked: Mapping[int, str],
    has: Mapping[int, tuple[Piece, ...]],
    leaving: Collection[int],
) -> LiveTable:
    former, one = change.former, change.swap
    live = LiveTable(
        relation=one.target,
        action="removed" if not change.makes else "created" if former is None else "replaced",
        kept_as="",
        kept_kind="",
        materialized=one.materialized,
        promoted=None,
        new_schema=change.target.schema in new_schemas,
        content=one.content if change.makes else None,
        built=one.built if change.built is not None else None,
    )
    if former is None:
        return live
    lies = replace(former.physical, schema=kept[former.schema])
    had = has.get(former.oid, ())
    return replace(
        live,
        kept_as=former.name,
        kept_kind="view" if former.kind == "v" else "table",
        kept_name=former.name,
        kept_schema=lies.schema,
        kept_mark=marked[former.oid],
        indexes=tuple(brought_back(lies, had, leaving)),
        statistics=tuple(apart(had, former.schema).items()),
    )


def _told(
    connection: Connection,
    lives: Sequence[LiveTable],
    changes: Sequence[_Change],
    now: Mapping[Relation, Found],
    built: Mapping[Relation, Found],
    prints: Mapping[int, Fingerprint],
) -> tuple[LiveTable, ...]:
    """Add what each relation is now, and who reads it. A table's rows were read before anybody had to wait."""
    catalog = Catalog(connection)
    reading = readers(connection, [one.oid for one in now.values()])
    told = []
    for live, change in zip(lives, changes, strict=True):
        there = now.get(change.swap.target)
        if there is None:
            told.append(live)
            continue
        table = built.get(change.swap.target)
        promoted = catalog.identity(there) if table is None else prints[table.oid]
        told.append(replace(live, promoted=promoted, readers=reading[there.oid]))
    return tuple(told)
