"""A judged table gets all that belongs to the table in production whose place it takes, before it takes it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from datacanary.errors import Refused
from datacanary.model.basic import Relation
from datacanary.warehouse.postgres import sql
from datacanary.warehouse.postgres.catalog import Catalog, Found
from datacanary.warehouse.postgres.errors import statement
from datacanary.warehouse.postgres.release.belongings import Carried, Successor, of_all, of_tables
from datacanary.warehouse.postgres.release.exchange import NOTHING_CHANGED, refusing
from datacanary.warehouse.postgres.release.locks import briefly
from datacanary.warehouse.postgres.release.pieces import Piece, made_again, paired, pieces
from datacanary.warehouse.postgres.session import Connection

# An owner must be allowed to have something where the table lies for now, which is a schema of ours.
_NEED_ROOM = """
SELECT DISTINCT quote_ident(n.nspname), quote_ident(pg_catalog.pg_get_userbyid(o.owner))
FROM unnest(%s::bigint[], %s::bigint[]) AS given(old, new) JOIN (
  SELECT oid, relowner AS owner FROM pg_catalog.pg_class
  UNION ALL SELECT stxrelid, stxowner FROM pg_catalog.pg_statistic_ext
) AS o ON o.oid = given.old::oid
JOIN pg_catalog.pg_class c ON c.oid = given.new::oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE NOT pg_catalog.has_schema_privilege(o.owner, n.oid, 'CREATE')
"""


@dataclass(frozen=True, slots=True)
class Succession:
    """A relation of production, as it is called, and the judged table that takes its place."""

    relation: Relation
    former: Found
    built: Found


def prepare(
    connection: Connection,
    successions: Sequence[Succession],
    has: Mapping[int, tuple[Piece, ...]],
    leaving: Mapping[int, Relation],
) -> None:
    """Give all judged tables what belongs to their predecessors; `has` is what those have under names.

    `leaving` leaves production without a judged table in its place. Raises Refused for what the new rows break or
    have no column for. Nobody who reads production waits for any of it.
    """
    if not successions:
        return
    successors = [Successor(one.former.oid, one.built.oid) for one in successions]
    names = {one.built.oid: one.relation for one in successions}
    _carry(connection, list(of_tables(connection, successors)), names)
    with statement("making room for production's owners"):
        given = [[one.old for one in successors], [one.new for one in successors]]
        for schema, owner in connection.execute(_NEED_ROOM, given).fetchall():
            connection.execute(f"GRANT USAGE, CREATE ON SCHEMA {schema} TO {owner}".encode())
    _make_pieces(connection, successions, has, leaving)
    _carry(connection, list(of_all(connection, successors)), names)


def _carry(connection: Connection, carried: Collection[Carried], names: Mapping[int, Relation]) -> None:
    for one in carried:
        with refusing(one.what, names[one.new]):
            connection.execute(one.statement.encode())


def _make_pieces(
    connection: Connection,
    successions: Sequence[Succession],
    has: Mapping[int, tuple[Piece, ...]],
    leaving: Mapping[int, Relation],
) -> None:
    """Make constraints and indexes; foreign keys come last, since they need those of other tables."""
    places = {one.former.oid: one.built for one in successions}
    present = pieces(connection, [one.built.oid for one in successions])
    columns = Catalog(connection).columns_of([one.built for one in successions])
    todo: list[tuple[Piece, Piece | None, Succession]] = []
    for one in successions:
        named = {"", *(column.name for column in columns.get(one.built.oid, ()))}
        wanted = [
            _pointed(piece, places, leaving, one.relation)
            for piece in has.get(one.former.oid, ())
            if piece.column in named
        ]
        todo += [(piece, own, one) for piece, own in paired(wanted, present[one.built.oid])]
    for piece, own, one in sorted(todo, key=lambda item: item[0].order):
        _refuse_another(piece, own, one.relation)
        with refusing(_called(piece), one.relation):
            for made in made_again(piece, own, one.built.physical):
                if piece.refers_to:
                    briefly(connection, made, [one.built.oid, piece.refers_to])
                else:
                    connection.execute(made.encode())


def _refuse_another(piece: Piece, own: Piece | None, relation: Relation) -> None:
    """Raise Refused where the judged table has something else under this name: either may be the one that is meant."""
    if own is None or own.is_same(piece):
        return
    raise Refused(
        f"Production's {relation} and the judged table have {_called(piece)} in common by name only: "
        f"{piece.body.strip()} in production, {own.body.strip()} in the judged table.",
        hint=f"{NOTHING_CHANGED} Drop it in production first if the judged table's is to take its place, "
        "or give the judged table's another name.",
    )


def _pointed(piece: Piece, places: Mapping[int, Found], leaving: Mapping[int, Relation], relation: Relation) -> Piece:
    """Let a foreign key to a table that is replaced, too, name the one that takes its place."""
    if piece.refers_to in leaving:
        raise Refused(
            f"{_called(piece)} of {relation} needs the table {leaving[piece.refers_to]}, which is no table any more.",
            hint=f"{NOTHING_CHANGED} Drop the constraint in production first if it is no longer wanted.",
        )
    if piece.refers_to not in places:
        return piece
    there = places[piece.refers_to]
    name = sql.table(there.physical)
    body = piece.body.replace(f" REFERENCES {piece.names}(", f" REFERENCES {name}(", 1)
    return replace(piece, body=body, names=name, refers_to=there.oid)


def _called(piece: Piece) -> str:
    kind = {"constraint": "the constraint", "index": "the index", "statistics": "the statistics"}[piece.kind]
    return f"{kind} {piece.name}"
