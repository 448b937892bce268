"""The views of a PostgreSQL database that read what a promotion moves: they follow the table, not its name."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from datacanary.model.basic import Physical, Relation
from datacanary.warehouse.postgres import sql
from datacanary.warehouse.postgres.errors import statement
from datacanary.warehouse.postgres.names import is_kept, is_own
from datacanary.warehouse.postgres.release.belongings import settings
from datacanary.warehouse.postgres.session import Connection

# `given` is the list of what is read; a view that reads a view reads what that one reads.
_READERS = """
WITH RECURSIVE reads AS (
  SELECT DISTINCT r.ev_class AS reader, d.refobjid AS read FROM pg_catalog.pg_depend d
  JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid AND d.classid = 'pg_rewrite'::regclass
  WHERE d.refclassid = 'pg_class'::regclass AND r.ev_class <> d.refobjid AND r.rulename = '_RETURN'
), found AS (
  SELECT reader, read AS origin FROM reads WHERE read = ANY(%s::bigint[]::oid[])
  UNION SELECT reads.reader, found.origin FROM found JOIN reads ON reads.read = found.reader
)
SELECT found.origin::bigint, n.nspname, c.relname FROM found JOIN pg_catalog.pg_class c ON c.oid = found.reader
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace ORDER BY 1, 2, 3
"""
_VIEWS = f"""
SELECT c.oid::bigint, n.nspname, c.relname, pg_catalog.pg_get_viewdef(c.oid),
  quote_ident(pg_catalog.pg_get_userbyid(c.relowner)),
  {settings("c.reloptions")}
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'v' AND (c.oid = ANY(%(these)s::bigint[]::oid[])
  OR c.oid <> ALL(%(moved)s::bigint[]::oid[]) AND c.oid IN (
  SELECT r.ev_class FROM pg_catalog.pg_depend d
  JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid AND d.classid = 'pg_rewrite'::regclass
  WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = ANY(%(moved)s::bigint[]::oid[])
    AND r.rulename = '_RETURN'))
ORDER BY n.nspname, c.relname
"""  # noqa: S608 -- our own words
# Whatever anybody may have done to them, and to what depends on them, without a lock on the tables.
_SIGNATURE = """
SELECT md5(string_agg(told, ';' ORDER BY told COLLATE "C")) FROM (
  SELECT concat_ws(',', c.oid, c.relname, c.relnamespace, c.relowner, c.relkind, c.relacl, c.reloptions) AS told
  FROM pg_catalog.pg_class c WHERE c.oid = ANY(%(moved)s::bigint[]::oid[])
  UNION ALL SELECT concat_ws(',', attrelid, attnum, attname, attacl) FROM pg_catalog.pg_attribute
  WHERE attrelid = ANY(%(moved)s::bigint[]::oid[]) AND attnum > 0
  UNION ALL SELECT concat_ws(',', d.classid, d.objid, d.objsubid, d.refobjid, d.refobjsubid, md5(r.ev_action::text))
  FROM pg_catalog.pg_depend d
  LEFT JOIN pg_catalog.pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
  WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = ANY(%(moved)s::bigint[]::oid[])
  UNION ALL SELECT concat_ws(',', classid, objid) FROM pg_catalog.pg_depend
  WHERE refclassid = 'pg_type'::regclass AND refobjid = ANY(ARRAY(
    SELECT unnest(ARRAY[c.reltype, t.typarray]) FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_type t ON t.oid = c.reltype WHERE c.oid = ANY(%(moved)s::bigint[]::oid[])))
  UNION ALL SELECT md5(ev_action::text) FROM pg_catalog.pg_rewrite WHERE ev_class = ANY(%(moved)s::bigint[]::oid[])
) AS all_of_it
"""


@dataclass(frozen=True, slots=True)
class View:
    """A view with its query, in which every name is in full, its owner and its settings as SQL writes them."""

    oid: int
    physical: Physical
    query: str
    owner: str
    settings: str

    @property
    def relation(self) -> Relation:
        """Its name."""
        return Relation(self.physical.schema, self.physical.name)

    @property
    def again(self) -> str:
        """The statement that makes it read what has the names of its query by then; all else of it stays."""
        settings = f" WITH ({self.settings})" if self.settings else ""
        return f"CREATE OR REPLACE VIEW {sql.table(self.physical)}{settings} AS\n{self.query}"


def views(connection: Connection, these: Collection[int], readers_of: Collection[int]) -> tuple[View, ...]:
    """Return these views, and those that read the others and are not among them.

    A view of a run is left out, since it is to go on reading what it was made with; not one that was replaced and may
    come back.
    """
    given = {"these": list(these), "moved": list(readers_of)}
    with statement("looking for views that read production's tables"):
        rows = connection.execute(_VIEWS.encode(), given).fetchall()
    return tuple(
        View(int(oid), Physical("", schema, name), str(query).strip().rstrip(";"), owner, settings)
        for oid, schema, name, query, owner, settings in rows
        if oid in these or not is_own(schema) or is_kept(schema)
    )


def readers(connection: Connection, relations: Collection[int]) -> Mapping[int, tuple[Relation, ...]]:
    """Return the views that read relations, at first or second hand, by the relations' numbers; not those of runs."""
    found: dict[int, list[Relation]] = {oid: [] for oid in relations}
    with statement("looking for views that read production's tables"):
        rows: Sequence[tuple[int, str, str]] = connection.execute(_READERS.encode(), [list(relations)]).fetchall()
    for oid, schema, name in rows:
        if not is_own(schema):
            found[oid].append(Relation(schema, name))
    return {oid: tuple(some) for oid, some in found.items()}


def signature(connection: Connection, moved: Collection[int]) -> str:
    """Return a text that is another one once anybody changed these relations' definitions, or what depends on them."""
    with statement("looking at production's tables"):
        row = connection.execute(_SIGNATURE.encode(), {"moved": list(moved)}).fetchone()
    return str(row[0]) if row is not None else ""
