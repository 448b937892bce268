"""Where the role of a connection may write in a PostgreSQL database, besides what is a run's own."""

from __future__ import annotations

from dataclasses import dataclass

from datacanary.warehouse.postgres.errors import statement
from datacanary.warehouse.postgres.names import OF_RUNS
from datacanary.warehouse.postgres.session import Connection

NOBODYS = rf"^(?:pg_|(?:information_schema|datacanary)\Z|{OF_RUNS})"
"""What the schemas are called that are the system's and ours."""

# By itself or as a role that it can become: SET ROLE needs no inheritance. Who owns something can have the rest, too.
# Of a column, TRUNCATE and CREATE are writing, too. Of ours, whoever checks writes the register only.
_WRITTEN = """
WITH who AS (
  SELECT oid FROM pg_catalog.pg_roles WHERE rolname = current_user OR (pg_catalog.pg_has_role(oid, 'MEMBER')
    AND NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user))
), written AS (
  SELECT n.nspname, n.nspname || '.' || c.relname AS what, 0 AS turn
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f')
    AND (n.nspname !~ %(nobodys)s OR n.nspname = 'datacanary' AND c.relname <> 'registry')
    AND EXISTS (SELECT 1 FROM who WHERE who.oid = c.relowner
      OR pg_catalog.has_table_privilege(who.oid, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
      OR pg_catalog.has_any_column_privilege(who.oid, c.oid, 'INSERT, UPDATE'))
  UNION ALL SELECT n.nspname, n.nspname, 1 FROM pg_catalog.pg_namespace n
  WHERE n.nspname !~ %(nobodys)s AND EXISTS (
    SELECT 1 FROM who WHERE who.oid = n.nspowner OR pg_catalog.has_schema_privilege(who.oid, n.oid, 'CREATE'))
)
SELECT DISTINCT ON (1, nspname) lower(nspname) = lower(%(production)s) AS production, what, nspname = 'datacanary'
FROM written ORDER BY 1 DESC, nspname, turn, what
"""


@dataclass(frozen=True, slots=True)
class Written:
    """A table that may be written, or a schema where tables may be made."""

    what: str
    in_production: bool


def where_written(connection: Connection, production: str) -> tuple[Written, ...]:
    """Return of each schema that is neither the system's nor ours what may be written there; production's first."""
    return tuple(Written(what, in_production) for in_production, what, own in _found(connection, production) if not own)


def writes_outside(connection: Connection) -> bool:
    """Tell whether anything may be written but what is a run's own, and the register of that."""
    return bool(_found(connection, ""))


def _found(connection: Connection, production: str) -> list[tuple[bool, str, bool]]:
    with statement("asking where the role may write"):
        rows = connection.execute(_WRITTEN.encode(), {"nobodys": NOBODYS, "production": production}).fetchall()
    return [(bool(in_production), str(what), bool(own)) for in_production, what, own in rows]
