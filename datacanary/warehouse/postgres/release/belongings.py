"""What a PostgreSQL relation has besides its rows, as the statements that give it to another one.

Everything is asked for many relations at once: a promotion of a hundred tables takes few questions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from datacanary.warehouse.postgres.errors import statement
from datacanary.warehouse.postgres.session import Connection


@dataclass(frozen=True, slots=True)
class Successor:
    """A relation of production by its number, and that of the one which takes its place."""

    old: int
    new: int


@dataclass(frozen=True, slots=True)
class Carried:
    """A statement that gives a successor what its predecessor has; `what` names that for people."""

    new: int
    what: str
    statement: str


def settings(column: str, before: str = "") -> str:
    """Write the SQL that writes an array of settings, as the catalogue has it, as ALTER and CREATE take them.

    Empty where there are none; `before` goes in front of each name.
    """
    written = f"format('{before}%%s=%%L', split_part(one, '=', 1), substr(one, strpos(one, '=') + 1))"
    return f"coalesce((SELECT string_agg({written}, ', ') FROM unnest({column}) one), '')"  # noqa: S608 -- our own words


# The columns that both have, and both names as SQL writes them. Some columns of the catalogue are not in every version.
_BOTH = """
WITH pair AS (
  SELECT o.oid AS old, n.oid AS new, n.oid::regclass::text AS name, o.relowner, o.reloptions,
    o.relacl, n.relacl AS acl, n.relowner AS owner, o.reltoastrelid, o.reltablespace,
    CASE WHEN n.relkind = 'v' THEN 'VIEW' ELSE 'TABLE' END AS noun,
    o.relkind = 'r' AND n.relkind = 'r' AS both_tables
  FROM unnest(%(old)s::bigint[], %(new)s::bigint[]) AS given(old, new)
  JOIN pg_catalog.pg_class o ON o.oid = given.old::oid JOIN pg_catalog.pg_class n ON n.oid = given.new::oid
), alike AS (
  SELECT pair.*, quote_ident(a.attname) AS attname, a.attnum, b.attnum AS newnum,
    a.atthasdef AND a.attgenerated = '' AS has_default, b.atthasdef AS has_own,
    a.attnotnull AND NOT b.attnotnull AS must_be_there, a.attacl, b.attacl AS ownacl, a.attoptions, a.attstorage,
    b.attstorage AS storage, to_jsonb(a) ->> 'attcompression' AS compression, a.attstattarget,
    a.atttypid = b.atttypid AS of_one_type, b.atttypid AS newtype, b.atttypmod AS newmod, a.attcollation AS ordered_by,
    a.attcollation = t.typcollation AS usual_there,
    b.attcollation = u.typcollation AND b.attcollation <> 0 AS usual_here
  FROM pair JOIN pg_catalog.pg_attribute a ON a.attrelid = old AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_catalog.pg_attribute b ON b.attrelid = new AND b.attname = a.attname AND b.attnum > 0 AND NOT b.attisdropped
  JOIN pg_catalog.pg_type t ON t.oid = a.atttypid JOIN pg_catalog.pg_type u ON u.oid = b.atttypid
)
"""
_OF_TABLES = f"""
SELECT new, 'the tablespace', format('ALTER TABLE %%s SET TABLESPACE %%I', name, spcname), 0
FROM pair JOIN pg_catalog.pg_tablespace s ON s.oid = pair.reltablespace WHERE both_tables
UNION ALL SELECT new, 'the settings', format('ALTER TABLE %%s SET (%%s)', name, {settings("pair.reloptions")}), 1
FROM pair WHERE pair.reloptions IS NOT NULL AND both_tables
UNION ALL SELECT new, 'the settings', format('ALTER TABLE %%s SET (%%s)', name, {settings("t.reloptions", "toast.")}), 1
FROM pair JOIN pg_catalog.pg_class t ON t.oid = pair.reltoastrelid WHERE t.reloptions IS NOT NULL AND both_tables
UNION ALL SELECT new, 'the column ' || attname,
  format('ALTER TABLE %%s ALTER COLUMN %%s SET STATISTICS %%s', name, attname,
  attstattarget), 2 FROM alike WHERE attstattarget >= 0 AND both_tables
UNION ALL SELECT new, 'the column ' || attname,
  format('ALTER TABLE %%s ALTER COLUMN %%s SET (%%s)', name, attname,
  {settings("attoptions")}), 2 FROM alike WHERE attoptions IS NOT NULL AND both_tables
UNION ALL SELECT new, 'the column ' || attname,
  format('ALTER TABLE %%s ALTER COLUMN %%s SET STORAGE %%s', name, attname,
  CASE attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END), 2
FROM alike WHERE attstorage <> storage AND of_one_type AND both_tables
UNION ALL SELECT new, 'the column ' || attname,
  format('ALTER TABLE %%s ALTER COLUMN %%s SET COMPRESSION %%s', name, attname,
  CASE compression WHEN 'p' THEN 'pglz' ELSE 'lz4' END), 2
FROM alike WHERE compression IN ('p', 'l') AND of_one_type AND both_tables
UNION ALL SELECT new, 'the collation of ' || attname,
  format('ALTER TABLE %%s ALTER COLUMN %%s TYPE %%s COLLATE %%I.%%I', name, attname,
  pg_catalog.format_type(newtype, newmod), n.nspname, l.collname), 1
FROM alike JOIN pg_catalog.pg_collation l ON l.oid = ordered_by
JOIN pg_catalog.pg_namespace n ON n.oid = l.collnamespace
WHERE usual_here AND NOT usual_there AND both_tables
UNION ALL SELECT new, 'NOT NULL of ' || attname,
  format('ALTER TABLE %%s ALTER COLUMN %%s SET NOT NULL', name, attname), 4
FROM alike WHERE must_be_there AND both_tables AND NOT EXISTS (
  SELECT 1 FROM pg_catalog.pg_constraint c WHERE c.conrelid = old AND c.contype = 'n' AND c.conkey[1] = attnum)
"""  # noqa: S608 -- our own words
# Those of a view are used by whoever writes through it.
_DEFAULTS = """
SELECT new, 'the default of ' || attname,
  format('ALTER %%s %%s ALTER COLUMN %%s SET DEFAULT %%s', noun, name, attname,
  pg_catalog.pg_get_expr(d.adbin, d.adrelid)), 3
FROM alike JOIN pg_catalog.pg_attrdef d ON d.adrelid = old AND d.adnum = attnum WHERE has_default AND NOT has_own
"""
_OF_ALL = """
SELECT new, 'the comment', format('COMMENT ON %%s %%s IS %%L', noun, name, d.description), 5
FROM pair JOIN pg_catalog.pg_description d ON d.objoid = old AND d.classoid = 'pg_class'::regclass AND d.objsubid = 0
WHERE pg_catalog.obj_description(new, 'pg_class') IS NULL
UNION ALL SELECT new, 'the comment', format('COMMENT ON COLUMN %%s.%%s IS %%L', name, attname, d.description), 5
FROM alike JOIN pg_catalog.pg_description d ON d.objoid = old AND d.classoid = 'pg_class'::regclass
  AND d.objsubid = attnum
WHERE pg_catalog.col_description(new, newnum) IS NULL
UNION ALL SELECT new, 'the owner', format('ALTER TABLE %%s OWNER TO %%I', name, pg_catalog.pg_get_userbyid(relowner)), 6
FROM pair WHERE relowner <> owner
"""
# What it has by default, as a copy would have it, is taken away first: nobody may read more than before.
_PRIVILEGES = """
UNION ALL SELECT DISTINCT new, 'the privileges', format('REVOKE ALL ON %%s FROM %%s', name, whom(a.grantee)), 7
FROM pair, pg_catalog.aclexplode(acl) a
UNION ALL SELECT DISTINCT new, 'the privileges', format('REVOKE ALL ON %%s FROM %%s', name, whom(a.grantee)), 7
FROM alike, pg_catalog.aclexplode(ownacl) a
UNION ALL SELECT new, 'the privileges', format('REVOKE ALL ON %%s FROM %%s', name, whom(relowner)), 7
FROM pair WHERE relacl IS NOT NULL
UNION ALL SELECT new, 'the privileges', format('GRANT %%s ON %%s TO %%s%%s',
  string_agg(a.privilege_type, ', '), name, whom(a.grantee), also(a.is_grantable)), 8
FROM pair, pg_catalog.aclexplode(coalesce(relacl, pg_catalog.acldefault('r', relowner))) a
WHERE relacl IS NOT NULL OR acl IS NOT NULL GROUP BY new, name, a.grantee, a.is_grantable
UNION ALL SELECT new, 'the privileges', format('GRANT %%s (%%s) ON %%s TO %%s%%s',
  a.privilege_type, attname, name, whom(a.grantee), also(a.is_grantable)), 8
FROM alike, pg_catalog.aclexplode(attacl) a
"""
_PRIVILEGES = re.sub(
    r"whom\(([\w.]+)\)",
    r"CASE \1 WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_catalog.pg_get_userbyid(\1)) END",
    _PRIVILEGES.replace("also(a.is_grantable)", "CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END"),
)


def of_tables(connection: Connection, successors: Sequence[Successor]) -> Iterator[Carried]:
    """Return what gives tables the settings, collations, defaults and demands of their predecessors."""
    return _asked(connection, f"{_BOTH}{_DEFAULTS}UNION ALL {_OF_TABLES}", successors)


def of_views(connection: Connection, successors: Sequence[Successor]) -> Iterator[Carried]:
    """Return what gives views the defaults, comments, owners and privileges of their predecessors."""
    return _asked(connection, f"{_BOTH}{_DEFAULTS}UNION ALL {_OF_ALL}{_PRIVILEGES}", successors)


def of_all(connection: Connection, successors: Sequence[Successor]) -> Iterator[Carried]:
    """Return what gives tables and views the comments, owners and privileges of their predecessors."""
    return _asked(connection, f"{_BOTH}{_OF_ALL}{_PRIVILEGES}", successors)


def _asked(connection: Connection, query: str, successors: Sequence[Successor]) -> Iterator[Carried]:
    if not successors:
        return
    given = {"old": [one.old for one in successors], "new": [one.new for one in successors]}
    with statement("reading what belongs to production's tables"):
        rows = connection.execute(f"{query} ORDER BY 4".encode(), given).fetchall()
    for new, what, made, _ in rows:
        yield Carried(int(new), str(what), str(made))
