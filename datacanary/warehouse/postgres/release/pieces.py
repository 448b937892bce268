"""Constraints, indexes and extended statistics: what a table has under a name of its own, made again on another one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from datacanary.model.basic import Physical
from datacanary.warehouse.postgres import sql
from datacanary.warehouse.postgres.errors import statement
from datacanary.warehouse.postgres.release.belongings import settings
from datacanary.warehouse.postgres.session import Connection


@dataclass(frozen=True, slots=True)
class Piece:
    """A constraint, an index that is not a constraint's, or an object of extended statistics.

    `body` is its definition without its own name and its table's. `names` is the table that a foreign key names, as
    SQL writes it, and `refers_to` its number; `column` is that of a NOT NULL. `settings` and `tablespace` are an
    index's beside its definition, also of that which a constraint made. `schema` is that of statistics only: indexes
    and constraints lie where their table does.
    """

    table: int
    kind: Literal["constraint", "index", "statistics"]
    name: str
    body: str
    refers_to: int = 0
    names: str = ""
    column: str = ""
    comment: str = ""
    settings: str = ""
    tablespace: str = ""
    clustered: bool = False
    schema: str = ""

    @property
    def order(self) -> int:
        """A foreign key needs what it refers to, and that may be an index."""
        return 2 if self.refers_to else 1 if self.kind == "constraint" else 0


_CONSTRAINTS = f"""
SELECT c.conrelid::bigint, 'constraint', c.conname, pg_catalog.pg_get_constraintdef(c.oid), c.confrelid::bigint,
  CASE WHEN c.contype = 'f' THEN c.confrelid::regclass::text ELSE '' END,
  CASE WHEN c.contype = 'n' THEN a.attname ELSE '' END,
  coalesce(pg_catalog.obj_description(c.oid, 'pg_constraint'), ''),
  {settings("i.reloptions")}, coalesce(s.spcname, ''), coalesce(x.indisclustered, false), ''
FROM pg_catalog.pg_constraint c
LEFT JOIN pg_catalog.pg_attribute a ON c.contype = 'n' AND a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
LEFT JOIN pg_catalog.pg_class i ON i.oid = c.conindid AND c.contype IN ('p', 'u', 'x')
LEFT JOIN pg_catalog.pg_index x ON x.indexrelid = i.oid LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = i.reltablespace
WHERE c.conrelid = ANY(%(tables)s::bigint[]::oid[]) AND c.contype IN ('p', 'u', 'c', 'x', 'f', 'n')
"""  # noqa: S608 -- our own words
# An index that is not valid was given up half made.
_INDEXES = """
SELECT x.indrelid::bigint, 'index', i.relname,
  u.nique || substr(pg_catalog.pg_get_indexdef(i.oid), length(format('CREATE %%sINDEX %%I ON %%s', u.nique, i.relname,
    x.indrelid::regclass::text)) + 1),
  0, '', '', coalesce(pg_catalog.obj_description(i.oid, 'pg_class'), ''), '', coalesce(s.spcname, ''),
  x.indisclustered, ''
FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = i.reltablespace
CROSS JOIN LATERAL (SELECT CASE WHEN x.indisunique THEN 'UNIQUE ' ELSE '' END AS nique) AS u
WHERE x.indrelid = ANY(%(tables)s::bigint[]::oid[]) AND x.indisvalid
AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_constraint c WHERE c.conindid = i.oid AND c.contype IN ('p', 'u', 'x'))
"""
_STATISTICS = """
SELECT s.stxrelid::bigint, 'statistics', s.stxname, substr(definition, length(start) + 1,
    length(definition) - length(start) - length(format(' FROM %%s', s.stxrelid::regclass::text))),
  0, '', '', coalesce(pg_catalog.obj_description(s.oid, 'pg_statistic_ext'), ''), '', '', false, n.nspname
FROM pg_catalog.pg_statistic_ext s JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace,
pg_catalog.pg_get_statisticsobjdef(s.oid) AS definition,
format('CREATE STATISTICS %%I.%%I', n.nspname, s.stxname) AS start
WHERE s.stxrelid = ANY(%(tables)s::bigint[]::oid[])
"""


def pieces(connection: Connection, tables: Sequence[int]) -> Mapping[int, tuple[Piece, ...]]:
    """Return what each of these tables has."""
    found: dict[int, list[Piece]] = {table: [] for table in tables}
    with statement("reading constraints and indexes"):
        for query in (_INDEXES, _CONSTRAINTS, _STATISTICS):
            for row in connection.execute(query.encode(), {"tables": list(tables)}).fetchall():
                piece = Piece(*row)
                found[piece.table].append(piece)
    return {table: tuple(sorted(some, key=lambda one: (one.order, one.name))) for table, some in found.items()}


def statistics(has: Sequence[Piece]) -> tuple[tuple[str, str], ...]:
    """Return the schemas and names of a table's statistics, which do not go along when it goes elsewhere."""
    return tuple((one.schema, one.name) for one in has if one.kind == "statistics")


def parted(has: Sequence[Piece], leaving: Collection[int]) -> Iterator[Piece]:
    """Return the foreign keys to what stays while these leave: they would keep others from deleting there."""
    return (one for one in has if one.refers_to and one.refers_to not in leaving)


def cut(table: Physical, has: Sequence[Piece], leaving: Collection[int]) -> Iterator[str]:
    """Write what drops those foreign keys."""
    return (
        f"ALTER TABLE {sql.table(table)} DROP CONSTRAINT {sql.identifier(one.name)}" for one in parted(has, leaving)
    )


def made_again(piece: Piece, present: Sequence[Piece], table: Physical, columns: frozenset[str]) -> Iterator[str]:
    """Write what makes a piece on another table; `present` is what that one has already, `columns` are its columns.

    What it has under another name is renamed. What it has under this name is its own, and stays.
    """
    alike = [one for one in present if one.kind == piece.kind]
    if piece.column and piece.column not in columns:
        return
    if any(one.name == piece.name for one in alike):
        return
    same = next((one for one in alike if one.body == piece.body), None)
    yield _renamed(same, piece, table) if same is not None else _made(piece, table)
    own = sql.table(table)
    name, place = sql.identifier(piece.name), f"{sql.identifier(table.schema)}.{sql.identifier(piece.name)}"
    if piece.settings:
        yield f"ALTER INDEX {place} SET ({piece.settings})"
    if piece.tablespace:
        yield f"ALTER INDEX {place} SET TABLESPACE {sql.identifier(piece.tablespace)}"
    if piece.clustered:
        yield f"ALTER TABLE {own} CLUSTER ON {name}"
    if piece.comment:
        on = f"CONSTRAINT {name} ON {own}" if piece.kind == "constraint" else f"{piece.kind.upper()} {place}"
        yield f"COMMENT ON {on} IS {sql.text(piece.comment)}"


def _renamed(same: Piece, piece: Piece, table: Physical) -> str:
    was, name, schema = sql.identifier(same.name), sql.identifier(piece.name), sql.identifier(table.schema)
    if piece.kind == "constraint":
        return f"ALTER TABLE {sql.table(table)} RENAME CONSTRAINT {was} TO {name}"
    place = sql.identifier(same.schema) if piece.kind == "statistics" else schema
    return f"ALTER {piece.kind.upper()} {place}.{was} RENAME TO {name}"


def _made(piece: Piece, table: Physical) -> str:
    own, name = sql.table(table), sql.identifier(piece.name)
    if piece.kind == "constraint":
        return f"ALTER TABLE {own} ADD CONSTRAINT {name} {piece.body}"
    if piece.kind == "index":
        unique = "UNIQUE " if piece.body.startswith("UNIQUE ") else ""
        return f"CREATE {unique}INDEX {name} ON {own}{piece.body[len(unique) :]}"
    return f"CREATE STATISTICS {sql.identifier(table.schema)}.{name}{piece.body} FROM {own}"
