"""What tells a relation that was kept from another one that took its name since, or was emptied or rewritten."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from datacanary.warehouse.postgres.errors import statement
from datacanary.warehouse.postgres.session import Connection

# A view has no file.
_MARKS = """
SELECT c.oid::bigint, c.oid || CASE WHEN c.relkind = 'r' THEN '.' || pg_catalog.pg_relation_filenode(c.oid) ELSE '' END
FROM pg_catalog.pg_class c WHERE c.oid = ANY(%s::bigint[]::oid[])
"""


def marks(connection: Connection, relations: Collection[int]) -> Mapping[int, str]:
    """Return the marks of those relations that are there, by their numbers."""
    with statement("looking at production's tables"):
        rows = connection.execute(_MARKS, [list(relations)]).fetchall()
    return {int(oid): str(mark) for oid, mark in rows}
