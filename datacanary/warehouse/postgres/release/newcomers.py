"""What a relation that production did not have gets there: the owner of its neighbours, and the schema's privileges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from datacanary.warehouse.postgres import sql
from datacanary.warehouse.postgres.catalog import Found
from datacanary.warehouse.postgres.errors import statement
from datacanary.warehouse.postgres.release.belongings import Carried
from datacanary.warehouse.postgres.session import Connection

# The owner of most relations of the schema whose rights the role has; else the role itself. Never that of the builds,
# who must not be able to write production.
_OWNER = """
SELECT owner.oid, quote_ident(owner.rolname) FROM (
  SELECT c.relowner AS oid, count(*) AS many FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = %s AND c.relkind IN ('r', 'v', 'm', 'p') AND c.oid <> ALL(%s::bigint[]::oid[])
    AND pg_catalog.pg_has_role(c.relowner, 'USAGE') AND pg_catalog.has_schema_privilege(c.relowner, n.oid, 'CREATE')
  GROUP BY 1 UNION ALL SELECT oid, 0 FROM pg_catalog.pg_roles WHERE rolname = current_user
) AS candidates JOIN pg_catalog.pg_roles owner USING (oid) ORDER BY many DESC, 2 LIMIT 1
"""
# What others may do with it by now: what the builder's own defaults gave, or its build.
_REVOKED = """
SELECT DISTINCT format('REVOKE ALL ON %%s FROM %%s CASCADE', c.oid::regclass::text,
  CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END)
FROM pg_catalog.pg_class c CROSS JOIN LATERAL (
  SELECT grantee FROM pg_catalog.aclexplode(c.relacl)
  UNION SELECT e.grantee FROM pg_catalog.pg_attribute t, pg_catalog.aclexplode(t.attacl) e WHERE t.attrelid = c.oid
) AS a WHERE c.oid = %(oid)s ORDER BY 1
"""
# As if the owner had made it there: the owner's defaults for all schemas stand in for PostgreSQL's own, those for this
# schema come on top.
_BY_DEFAULT = """
WITH defaults AS (
  SELECT d.defaclnamespace, d.defaclacl FROM pg_catalog.pg_default_acl d
  LEFT JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace
  WHERE d.defaclrole = %(owner)s AND d.defaclobjtype = 'r' AND (d.defaclnamespace = 0 OR n.nspname = %(schema)s)
), given AS (
  SELECT a.grantee, a.privilege_type, a.is_grantable FROM pg_catalog.aclexplode(coalesce(
    (SELECT defaclacl FROM defaults WHERE defaclnamespace = 0), pg_catalog.acldefault('r', %(owner)s::bigint::oid))) a
  UNION SELECT a.grantee, a.privilege_type, a.is_grantable FROM defaults, pg_catalog.aclexplode(defaclacl) a
  WHERE defaclnamespace <> 0
), made AS (
  SELECT c.oid::regclass::text AS name FROM pg_catalog.pg_class c
  WHERE c.oid = %(oid)s AND (c.relacl IS NOT NULL OR EXISTS (SELECT 1 FROM defaults))
)
SELECT 0, format('REVOKE ALL ON %%s FROM %%I', name, pg_catalog.pg_get_userbyid(%(owner)s::bigint::oid)) FROM made
UNION ALL SELECT 1, format('GRANT %%s ON %%s TO %%s%%s', privilege_type, name,
  CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_catalog.pg_get_userbyid(grantee)) END,
  CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
FROM made, given ORDER BY 1, 2
"""
_MAKE_ROOM = """
SELECT format('GRANT USAGE, CREATE ON SCHEMA %%I TO %%I', n.nspname, pg_catalog.pg_get_userbyid(%(owner)s::bigint::oid))
FROM pg_catalog.pg_namespace n WHERE n.nspname = %(schema)s
AND NOT pg_catalog.has_schema_privilege(%(owner)s::bigint::oid, n.oid, 'CREATE')
"""


def given_to_newcomers(connection: Connection, newcomers: Sequence[tuple[Found, str]]) -> Iterator[Carried]:
    """Return what gives relations their owners and privileges; each comes with the schema where it goes."""
    own = [found.oid for found, _ in newcomers]
    for found, schema in newcomers:
        with statement("looking at who owns production's tables"):
            row = connection.execute(_OWNER, [schema, own]).fetchone()
            if row is None:
                continue
            given = {"oid": found.oid, "schema": schema, "owner": int(row[0])}
            revoked = connection.execute(_REVOKED, given).fetchall()
            defaults = connection.execute(_BY_DEFAULT, given).fetchall()
            room = connection.execute(_MAKE_ROOM, {**given, "schema": found.schema}).fetchall()
        yield from (Carried(found.oid, "the schema of the run", str(made)) for (made,) in room)
        yield from (Carried(found.oid, "the privileges", str(made)) for (made,) in revoked)
        yield Carried(found.oid, "the owner", f"ALTER TABLE {sql.table(found.physical)} OWNER TO {row[1]}")
        yield from (Carried(found.oid, "the privileges", str(made)) for _, made in defaults)
