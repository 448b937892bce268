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
# By default; as if the owner had made it there.
_BY_DEFAULT = """
SELECT format('GRANT %%s ON %%s TO %%s%%s', a.privilege_type, c.oid::regclass::text,
  CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END,
  CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
FROM pg_catalog.pg_class c, pg_catalog.pg_default_acl d JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace,
  pg_catalog.aclexplode(d.defaclacl) a
WHERE c.oid = %(oid)s AND n.nspname = %(schema)s AND d.defaclrole = %(owner)s AND d.defaclobjtype = 'r'
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
            defaults = connection.execute(_BY_DEFAULT, given).fetchall()
            room = connection.execute(_MAKE_ROOM, {**given, "schema": found.schema}).fetchall()
        yield from (Carried(found.oid, "the schema of the run", str(made)) for (made,) in room)
        yield Carried(found.oid, "the owner", f"ALTER TABLE {sql.table(found.physical)} OWNER TO {row[1]}")
        yield from (Carried(found.oid, "the privileges", str(made)) for (made,) in defaults)
