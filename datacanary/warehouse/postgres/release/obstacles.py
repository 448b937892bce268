"""What belongs to a PostgreSQL relation, or depends on it, and cannot be carried over to another one.

What is known is handled elsewhere; everything else that the catalogue tells of is an obstacle.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from datacanary.errors import Refused
from datacanary.warehouse.postgres.errors import statement
from datacanary.warehouse.postgres.names import is_own
from datacanary.warehouse.postgres.session import Connection

# All that depends on a relation or on the type of its rows. Known: its own indexes, constraints, defaults, statistics
# and types, what these are made of, views, and whatever else is moved along with it.
_DEPENDENTS = """
WITH moved AS (
  SELECT c.oid, c.reltype, t.typarray, c.reltoastrelid FROM pg_catalog.pg_class c
  LEFT JOIN pg_catalog.pg_type t ON t.oid = c.reltype WHERE c.oid = ANY(%(moved)s::bigint[]::oid[])
)
SELECT DISTINCT m.oid::bigint, coalesce((
  SELECT 'the materialized view ' || c.oid::regclass FROM pg_catalog.pg_rewrite r
  JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
  WHERE d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid AND c.relkind = 'm'
), pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid))
FROM (
  SELECT oid, reltype, typarray, reltoastrelid, 'pg_class'::regclass AS kind, oid AS number FROM moved
  UNION ALL SELECT oid, reltype, typarray, reltoastrelid, 'pg_type'::regclass, reltype FROM moved WHERE reltype <> 0
  UNION ALL SELECT oid, reltype, typarray, reltoastrelid, 'pg_type'::regclass, typarray FROM moved WHERE typarray <> 0
) AS m JOIN pg_catalog.pg_depend d ON d.refclassid = m.kind AND d.refobjid = m.number
WHERE NOT CASE d.classid
  WHEN 'pg_class'::regclass THEN d.objid = m.oid OR d.objid = m.reltoastrelid
    OR EXISTS (SELECT 1 FROM pg_catalog.pg_index i WHERE i.indexrelid = d.objid AND i.indrelid = m.oid)
  WHEN 'pg_type'::regclass THEN d.objid IN (m.reltype, m.typarray)
  WHEN 'pg_attrdef'::regclass THEN EXISTS (
    SELECT 1 FROM pg_catalog.pg_attrdef a WHERE a.oid = d.objid AND a.adrelid = m.oid)
  WHEN 'pg_constraint'::regclass THEN EXISTS (
    SELECT 1 FROM pg_catalog.pg_constraint c WHERE c.oid = d.objid AND c.conrelid = ANY(%(moved)s::bigint[]::oid[]))
  WHEN 'pg_statistic_ext'::regclass THEN EXISTS (
    SELECT 1 FROM pg_catalog.pg_statistic_ext s WHERE s.oid = d.objid AND s.stxrelid = m.oid)
  WHEN 'pg_trigger'::regclass THEN EXISTS (
    SELECT 1 FROM pg_catalog.pg_trigger t WHERE t.oid = d.objid AND t.tgisinternal)
  WHEN 'pg_rewrite'::regclass THEN EXISTS (
    SELECT 1 FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
    WHERE r.oid = d.objid AND r.rulename = '_RETURN' AND c.relkind = 'v')
  -- Told with those that take in whole schemas, or all tables.
  WHEN 'pg_publication_rel'::regclass THEN true
  ELSE false END
ORDER BY 1, 2
"""
_OWN = """
WITH moved AS (SELECT c.*, n.nspname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.oid = ANY(%(moved)s::bigint[]::oid[]))
SELECT moved.oid::bigint, CASE relkind WHEN 'p' THEN 'its partitions' WHEN 'm' THEN 'that it is a materialized view'
  WHEN 'f' THEN 'that it is a foreign table' ELSE 'that it is neither table nor view' END
FROM moved WHERE relkind NOT IN ('r', 'v')
UNION ALL SELECT moved.oid::bigint, 'that it is not logged' FROM moved WHERE relpersistence <> 'p'
UNION ALL SELECT moved.oid::bigint, 'row-level security' FROM moved WHERE relrowsecurity OR relforcerowsecurity
UNION ALL SELECT moved.oid::bigint, 'its replica identity' FROM moved WHERE relreplident <> 'd' AND relkind = 'r'
UNION ALL SELECT moved.oid::bigint, 'that it is of a type' FROM moved WHERE reloftype <> 0
UNION ALL SELECT moved.oid::bigint, 'its access method ' || amname FROM moved
  JOIN pg_catalog.pg_am a ON a.oid = moved.relam
  WHERE amname <> 'heap' AND relkind = 'r'
UNION ALL SELECT moved.oid::bigint, 'inheritance from ' || inhparent::regclass FROM moved
  JOIN pg_catalog.pg_inherits ON inhrelid = moved.oid
UNION ALL SELECT attrelid::bigint, CASE WHEN attidentity <> '' THEN 'the identity column '
  ELSE 'the generated column ' END || quote_ident(attname) FROM moved
  JOIN pg_catalog.pg_attribute ON attrelid = moved.oid
  WHERE attnum > 0 AND NOT attisdropped AND (attidentity <> '' OR attgenerated <> '')
UNION ALL SELECT moved.oid::bigint, 'a security label' FROM moved JOIN pg_catalog.pg_seclabel ON objoid = moved.oid
  AND classoid = 'pg_class'::regclass
UNION ALL SELECT moved.oid::bigint, 'the publication ' || quote_ident(p.pubname) FROM moved
  JOIN pg_catalog.pg_publication_tables p ON p.schemaname = moved.nspname AND p.tablename = moved.relname
UNION ALL SELECT moved.oid::bigint, pg_catalog.pg_describe_object('pg_subscription'::regclass, srsubid, 0)
  || ', which writes into it (let the publication leave it out, then ALTER SUBSCRIPTION … REFRESH PUBLICATION)'
  FROM moved JOIN pg_catalog.pg_subscription_rel ON srrelid = moved.oid
UNION ALL SELECT moved.oid::bigint, 'the extension ' || quote_ident(e.extname) FROM moved
  JOIN pg_catalog.pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = moved.oid AND d.deptype = 'e'
  JOIN pg_catalog.pg_extension e ON d.refclassid = 'pg_extension'::regclass AND e.oid = d.refobjid
ORDER BY 1, 2
"""
# What is published with all of a schema, which a server before version 15 cannot do.
_PUBLISHED = """
SELECT n.nspname, 'the publication ' || quote_ident(p.pubname) FROM pg_catalog.pg_publication_namespace o
JOIN pg_catalog.pg_publication p ON p.oid = o.pnpubid JOIN pg_catalog.pg_namespace n ON n.oid = o.pnnspid
WHERE n.nspname = ANY(%s) ORDER BY 1, 2
"""
_KNOWS_PUBLISHED_SCHEMAS = 150_000
# What a judged table needs to be what it is, and which lies in a schema that is dropped one day.
_LEANINGS = """
SELECT DISTINCT r.oid::bigint, pg_catalog.pg_describe_object(d.refclassid, d.refobjid, 0), i.schema
FROM pg_catalog.pg_class r LEFT JOIN pg_catalog.pg_attrdef a ON a.adrelid = r.oid
LEFT JOIN pg_catalog.pg_constraint c ON c.conrelid = r.oid LEFT JOIN pg_catalog.pg_rewrite w ON w.ev_class = r.oid
JOIN pg_catalog.pg_depend d ON d.deptype IN ('n', 'a') AND (
  (d.classid = 'pg_class'::regclass AND d.objid = r.oid) OR (d.classid = 'pg_attrdef'::regclass AND d.objid = a.oid)
  OR (d.classid = 'pg_constraint'::regclass AND d.objid = c.oid)
  OR (d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid))
CROSS JOIN LATERAL pg_catalog.pg_identify_object(d.refclassid, d.refobjid, 0) AS i
WHERE r.oid = ANY(%(built)s::bigint[]::oid[]) AND d.refclassid <> 'pg_namespace'::regclass
AND NOT (d.refclassid = 'pg_class'::regclass AND (d.refobjid = ANY(%(built)s::bigint[]::oid[]) OR EXISTS (
  SELECT 1 FROM pg_catalog.pg_index x WHERE x.indexrelid = d.refobjid
    AND x.indrelid = ANY(%(built)s::bigint[]::oid[]))))
ORDER BY 1, 2
"""
_UNOWNED = """
SELECT n.nspname || '.' || c.relname, pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(c.relowner)),
  pg_catalog.quote_ident(current_user)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid = ANY(%s::bigint[]::oid[]) AND NOT pg_catalog.pg_has_role(c.relowner, 'USAGE') ORDER BY 1
"""
_CLOSED = """
SELECT quote_ident(nspname), quote_ident(current_user) FROM pg_catalog.pg_namespace
WHERE nspname = ANY(%s) AND NOT (
  pg_catalog.has_schema_privilege(oid, 'CREATE') AND pg_catalog.has_schema_privilege(oid, 'USAGE')) ORDER BY 1
"""


def obstacles(connection: Connection, moved: Collection[int]) -> tuple[tuple[int, str], ...]:
    """Return, by the numbers of relations, what keeps them from being replaced; `moved` are all that will be."""
    given = {"moved": list(moved)}
    with statement("looking at what depends on production's tables"):
        found = [
            *connection.execute(_OWN, given).fetchall(),
            *connection.execute(_DEPENDENTS.encode(), given).fetchall(),
        ]
    return tuple((int(oid), str(what)) for oid, what in found)


def refuse_lasting(connection: Connection, built: Mapping[int, str], schemas: Mapping[int, str]) -> None:
    """Raise Refused if a rollback could not take judged tables, by their numbers and names, out of production again.

    `schemas` are those of production where some of them will be the first of their name.
    """
    found = obstacles(connection, built)
    if not found and schemas and connection.info.server_version >= _KNOWS_PUBLISHED_SCHEMAS:
        with statement("looking at production's schemas"):
            rows = connection.execute(_PUBLISHED, [list(schemas.values())]).fetchall()
        found = tuple((oid, str(what)) for name, what in rows for oid, schema in schemas.items() if schema == name)
    if found:
        first = found[0][0]
        told = ", ".join(what for oid, what in found if oid == first)
        raise Refused(
            f"The judged table of {built[first]} has, or would have, what no rollback can take back: {told}.",
            hint="Nothing was changed. Do without that, in the build or in production, then run `datacanary check` "
            "again.",
        )


def leanings(connection: Connection, built: Collection[int]) -> tuple[tuple[int, str], ...]:
    """Return, by the numbers of relations, what else of runs' schemas they cannot do without."""
    with statement("looking at what the judged tables depend on"):
        found = connection.execute(_LEANINGS.encode(), {"built": list(built)}).fetchall()
    return tuple((int(oid), str(what)) for oid, what, schema in found if schema and is_own(schema))


def refuse_unowned(connection: Connection, relations: Collection[int]) -> None:
    """Raise Refused, with what to grant, if the role does not own what it is to change."""
    with statement("looking at who owns production's tables"):
        rows = connection.execute(_UNOWNED.encode(), [list(relations)]).fetchall()
    if rows:
        owners = ", ".join(sorted({str(owner) for _, owner, _ in rows}))
        raise Refused(
            f"The role may not change {', '.join(str(name) for name, _, _ in rows[:5])}: only the owner may.",
            hint=f"Nothing was changed. An administrator may allow it: GRANT {owners} TO {rows[0][2]};",
        )


def refuse_closed(connection: Connection, schemas: Sequence[str]) -> None:
    """Raise Refused, with what to grant, if the role may make nothing in these schemas."""
    with statement("looking at production's schemas"):
        rows = connection.execute(_CLOSED.encode(), [list(schemas)]).fetchall()
    if rows:
        names = ", ".join(str(name) for name, _ in rows)
        raise Refused(
            f"The role may put nothing into the schema {names}.",
            hint="Nothing was changed. An administrator may allow it: "
            f"GRANT USAGE, CREATE ON SCHEMA {names} TO {rows[0][1]};",
        )
