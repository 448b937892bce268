"""What lies outside of schemas and would go, or lose something, with them."""

from __future__ import annotations

from collections.abc import Sequence

from datacanary.warehouse.postgres.errors import statement
from datacanary.warehouse.postgres.session import Connection

# `inside` are the schemas, what is in them, and what is a part of that: indexes, constraints, triggers, types of rows.
# A part that has a schema of its own elsewhere, such as a partition, is not; nor is a place in a publication.
_REACHED = """
WITH RECURSIVE inside(classid, objid) AS (
  SELECT 'pg_namespace'::regclass::oid, oid FROM pg_catalog.pg_namespace WHERE nspname = ANY(%(schemas)s)
  UNION SELECT d.classid, d.objid FROM inside i
  JOIN pg_catalog.pg_depend d ON d.refclassid = i.classid AND d.refobjid = i.objid
  WHERE (d.deptype <> 'n' OR i.classid = 'pg_namespace'::regclass)
    AND d.classid <> 'pg_publication_rel'::regclass
    AND d.classid IS DISTINCT FROM pg_catalog.to_regclass('pg_catalog.pg_publication_namespace')::oid
    AND NOT EXISTS (
      SELECT 1 FROM pg_catalog.pg_depend h JOIN pg_catalog.pg_namespace n ON n.oid = h.refobjid
      WHERE h.classid = d.classid AND h.objid = d.objid AND h.refclassid = 'pg_namespace'::regclass
        AND n.nspname <> ALL(%(schemas)s))
), reached AS (
  SELECT d.classid, d.objid, d.objsubid FROM inside i
  JOIN pg_catalog.pg_depend d ON d.refclassid = i.classid AND d.refobjid = i.objid
  UNION SELECT d.refclassid, d.refobjid, 0 FROM inside i
  JOIN pg_catalog.pg_depend d ON d.classid = i.classid AND d.objid = i.objid AND d.deptype = 'e'
  UNION SELECT 'pg_class'::regclass, h.inhparent, 0 FROM inside i
  JOIN pg_catalog.pg_inherits h ON i.classid = 'pg_class'::regclass AND h.inhrelid = i.objid
)
SELECT DISTINCT CASE WHEN r.rulename = '_RETURN' THEN r.ev_class::regclass::text
  ELSE pg_catalog.pg_describe_object(reached.classid, reached.objid, reached.objsubid) END
FROM reached LEFT JOIN pg_catalog.pg_rewrite r ON reached.classid = 'pg_rewrite'::regclass AND r.oid = reached.objid
WHERE NOT EXISTS (SELECT 1 FROM inside i WHERE i.classid = reached.classid AND i.objid = reached.objid)
ORDER BY 1 LIMIT 5
"""


def reached(connection: Connection, schemas: Sequence[str]) -> tuple[str, ...]:
    """Name some of what would go with these schemas, or lose a column, a default or its rows, and lies elsewhere."""
    with statement("looking at what depends on the schemas"):
        found = connection.execute(_REACHED.encode(), {"schemas": list(schemas)}).fetchall() if schemas else []
    return tuple(str(name) for (name,) in found)
