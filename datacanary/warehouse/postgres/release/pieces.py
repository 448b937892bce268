"""Constraints, indexes and extended statistics: what a table has under a name of its own, made again on another one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
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
    index's beside its definition, also of that which a constraint made, whose own comment is `index_comment`.
    `targets` is how much is to be sampled, as ALTER takes it. `schema` and `owner` are those of statistics only:
    indexes and constraints lie where their table does, and are its owner's.
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
    index_comment: str = ""
    targets: str = ""
    schema: str = ""
    owner: str = ""

    @property
    def order(self) -> int:
        """A foreign key needs what it refers to, and that may be an index; a primary key makes NOT NULL if need be."""
        return 0 if self.column else 3 if self.refers_to else 2 if self.kind == "constraint" else 1

    def is_same(self, other: Piece) -> bool:
        """Tell whether both say the same, whatever they are called; a column is NOT NULL once."""
        if self.column or other.column:
            return self.column == other.column
        return self._says == other._says

    @property
    def _says(self) -> tuple[str, int, str]:
        """A table's name can be written in several ways."""
        return self.kind, self.refers_to, self.body.replace(f" REFERENCES {self.names}(", " REFERENCES (", 1)


# Of those columns of an index that are expressions; others have their table's.
_TARGETS = """
coalesce((SELECT string_agg(format('ALTER COLUMN %%s SET STATISTICS %%s', t.attnum, t.attstattarget), ', '
    ORDER BY t.attnum) FROM pg_catalog.pg_attribute t
  WHERE t.attrelid = i.oid AND t.attstattarget >= 0 AND x.indkey[t.attnum - 1] = 0), '')
"""
_CONSTRAINTS = f"""
SELECT c.conrelid::bigint, 'constraint', c.conname, pg_catalog.pg_get_constraintdef(c.oid), c.confrelid::bigint,
  CASE WHEN c.contype = 'f' THEN c.confrelid::regclass::text ELSE '' END,
  CASE WHEN c.contype = 'n' THEN a.attname ELSE '' END,
  coalesce(pg_catalog.obj_description(c.oid, 'pg_constraint'), ''),
  {settings("i.reloptions")}, coalesce(s.spcname, ''), coalesce(x.indisclustered, false),
  coalesce(pg_catalog.obj_description(i.oid, 'pg_class'), ''), {_TARGETS}, '', ''
FROM pg_catalog.pg_constraint c
LEFT JOIN pg_catalog.pg_attribute a ON c.contype = 'n' AND a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
LEFT JOIN pg_catalog.pg_class i ON i.oid = c.conindid AND c.contype IN ('p', 'u', 'x')
LEFT JOIN pg_catalog.pg_index x ON x.indexrelid = i.oid LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = i.reltablespace
WHERE c.conrelid = ANY(%(tables)s::bigint[]::oid[]) AND c.contype IN ('p', 'u', 'c', 'x', 'f', 'n')
"""  # noqa: S608 -- our own words
# An index that is not valid was given up half made.
_INDEXES = f"""
SELECT x.indrelid::bigint, 'index', i.relname,
  u.nique || substr(pg_catalog.pg_get_indexdef(i.oid), length(format('CREATE %%sINDEX %%I ON %%s', u.nique, i.relname,
    x.indrelid::regclass::text)) + 1),
  0, '', '', coalesce(pg_catalog.obj_description(i.oid, 'pg_class'), ''), '', coalesce(s.spcname, ''),
  x.indisclustered, '', {_TARGETS}, '', ''
FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = i.reltablespace
CROSS JOIN LATERAL (SELECT CASE WHEN x.indisunique THEN 'UNIQUE ' ELSE '' END AS nique) AS u
WHERE x.indrelid = ANY(%(tables)s::bigint[]::oid[]) AND x.indisvalid
AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_constraint c WHERE c.conindid = i.oid AND c.contype IN ('p', 'u', 'x'))
"""  # noqa: S608 -- our own words
_STATISTICS = """
SELECT s.stxrelid::bigint, 'statistics', s.stxname, substr(definition, length(start) + 1,
    length(definition) - length(start) - length(format(' FROM %%s', s.stxrelid::regclass::text))),
  0, '', '', coalesce(pg_catalog.obj_description(s.oid, 'pg_statistic_ext'), ''), '', '', false, '',
  CASE WHEN s.stxstattarget >= 0 THEN 'SET STATISTICS ' || s.stxstattarget ELSE '' END, n.nspname,
  quote_ident(pg_catalog.pg_get_userbyid(s.stxowner))
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


def statistics(
    has: Sequence[Piece], schema: str, elsewhere: Mapping[str, str] = MappingProxyType({})
) -> tuple[tuple[str, str, str], ...]:
    """Return the schema, name and goal of each of a table's statistics, which do not go along when it goes elsewhere.

    The goal is this schema, but for those that `elsewhere` has another one for, by their names.
    """
    return tuple((one.schema, one.name, elsewhere.get(one.name, schema)) for one in has if one.kind == "statistics")


def apart(has: Sequence[Piece], schema: str) -> Mapping[str, str]:
    """Return the schemas, by name, of those statistics that do not lie in this one, where their table does."""
    return {one.name: one.schema for one in has if one.kind == "statistics" and one.schema != schema}


def parted(has: Sequence[Piece], leaving: Collection[int]) -> Iterator[Piece]:
    """Return the foreign keys to what stays while these leave: they would keep others from deleting there."""
    return (one for one in has if one.refers_to and one.refers_to not in leaving)


def cut(table: Physical, has: Sequence[Piece], leaving: Collection[int]) -> Iterator[str]:
    """Write what drops those foreign keys."""
    return (
        f"ALTER TABLE {sql.table(table)} DROP CONSTRAINT {sql.identifier(one.name)}" for one in parted(has, leaving)
    )


def brought_back(table: Physical, has: Sequence[Piece], leaving: Collection[int]) -> Iterator[str]:
    """Write what makes those foreign keys again."""
    for one in parted(has, leaving):
        yield _made(one, table)
        if one.comment:
            yield _comment(one, table)


def paired(wanted: Sequence[Piece], present: Sequence[Piece]) -> Iterator[tuple[Piece, Piece | None]]:
    """Return each wanted piece with the one that is there for it: of its name, else one that says the same."""
    named = {(one.kind, one.name): one for one in present}
    own = [named.get((piece.kind, piece.name)) for piece in wanted]
    free = [one for one in present if one not in own]
    for piece, one in zip(wanted, own, strict=True):
        same = one or next((other for other in free if other.is_same(piece)), None)
        free = [other for other in free if other is not same]
        yield piece, same


def made_again(piece: Piece, own: Piece | None, table: Physical) -> Iterator[str]:
    """Write what makes a piece on another table, where `own` says the same if there is one; what that has stays."""
    if own is None:
        yield _made(piece, table)
    elif own.name != piece.name:
        yield _renamed(own, piece, table)
    there = own or Piece(piece.table, piece.kind, piece.name, piece.body)
    name = sql.identifier(piece.name)
    place = _place(piece, table)
    if piece.settings and not there.settings:
        yield f"ALTER INDEX {place} SET ({piece.settings})"
    if piece.tablespace and not there.tablespace:
        yield f"ALTER INDEX {place} SET TABLESPACE {sql.identifier(piece.tablespace)}"
    if piece.targets and not there.targets:
        yield f"ALTER {'STATISTICS' if piece.kind == 'statistics' else 'INDEX'} {place} {piece.targets}"
    if piece.clustered:
        yield f"ALTER TABLE {sql.table(table)} CLUSTER ON {name}"
    if piece.comment and not there.comment:
        yield _comment(piece, table)
    if piece.index_comment and not there.index_comment:
        yield f"COMMENT ON INDEX {place} IS {sql.text(piece.index_comment)}"
    if piece.owner != there.owner:
        yield f"ALTER STATISTICS {place} OWNER TO {piece.owner}"


def _place(piece: Piece, table: Physical) -> str:
    return sql.table(Physical("", table.schema, piece.name))


def _comment(piece: Piece, table: Physical) -> str:
    on_table = f"CONSTRAINT {sql.identifier(piece.name)} ON {sql.table(table)}"
    on = on_table if piece.kind == "constraint" else f"{piece.kind.upper()} {_place(piece, table)}"
    return f"COMMENT ON {on} IS {sql.text(piece.comment)}"


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
