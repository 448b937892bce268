"""Tables whose rows lie in another database."""

from __future__ import annotations

from collections.abc import Sequence

from datacanary.model.basic import Physical
from datacanary.warehouse.postgres.catalog import Catalog
from datacanary.warehouse.postgres.errors import statement

# Whatever views read, and partitions have, however deep.
_BELOW = """
WITH RECURSIVE read (oid) AS (
  SELECT unnest(%s::bigint[])::oid
  UNION
  SELECT below.oid FROM read CROSS JOIN LATERAL (
    SELECT d.refobjid FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_depend d
      ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = r.oid
      AND d.refclassid = 'pg_catalog.pg_class'::regclass
    WHERE r.ev_class = read.oid
    UNION ALL
    SELECT i.inhrelid FROM pg_catalog.pg_inherits i WHERE i.inhparent = read.oid
  ) AS below (oid)
)
SELECT pg_catalog.format('%%s.%%s', n.nspname, c.relname) FROM read JOIN pg_catalog.pg_class c USING (oid)
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'f' ORDER BY 1
"""


def foreign_below(catalog: Catalog, relations: Sequence[Physical]) -> tuple[str, ...]:
    """Return the foreign tables that these relations are, or read."""
    found = [catalog.find(one.schema, one.name) for one in relations]
    with statement("looking for foreign tables"):
        rows = catalog.connection.execute(_BELOW, [[one.oid for one in found if one is not None]]).fetchall()
    return tuple(str(name) for (name,) in rows)
