"""The register of the schemas that runs make: written down before they are made, and marked as ours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import psycopg

from datacanary.errors import WarehouseError
from datacanary.model.release import Registered
from datacanary.warehouse.postgres import sql
from datacanary.warehouse.postgres.errors import statement
from datacanary.warehouse.postgres.names import connection_name, is_kept, is_own, run_prefix
from datacanary.warehouse.postgres.session import Connection
from datacanary.warehouse.postgres.state.reached import reached
from datacanary.warehouse.postgres.state.tables import ensure_table, is_there, of_state, quoted_names
from datacanary.warehouse.postgres.state.trust import avoid_foreign_state

BUILDS_ARE_KEPT = "3 days"
"""As long as a run's tables are kept on this machine."""

_SECONDS_FOR_LOCKS = 60
_MADE = """
CREATE TABLE datacanary.registry (name text PRIMARY KEY, run_id text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('build', 'replaced')), registered_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL)
"""
_REGISTER = """
INSERT INTO datacanary.registry SELECT one, %s, %s, now(), now() + %s::interval FROM unnest(%s::text[]) AS one
ON CONFLICT (name) DO UPDATE SET run_id = excluded.run_id, kind = excluded.kind,
  expires_at = greatest(datacanary.registry.expires_at, excluded.expires_at)
"""
_REGISTERED = """
SELECT name, run_id, to_char(registered_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  to_char(expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
FROM datacanary.registry ORDER BY registered_at, name
"""
# The schemas of one family: dbt makes some beside the one that is registered, with names that begin so. They have no
# mark, so they must be there beside a marked one, and be the same owner's: who writes the register owns nothing by it.
_FAMILY = """
SELECT n.nspname, pg_catalog.obj_description(n.oid, 'pg_namespace') FROM pg_catalog.pg_namespace n
JOIN pg_catalog.pg_namespace first ON first.nspname = %s AND first.nspowner = n.nspowner
WHERE n.oid = first.oid OR starts_with(n.nspname, first.nspname || '_')
  AND NOT EXISTS (SELECT 1 FROM datacanary.registry r WHERE r.name = n.nspname)
ORDER BY n.nspname
"""


def mark_of(run_id: str) -> str:
    """Return the comment that a schema of a run has."""
    return f"datacanary run {run_id}"


def ensure_registry(connection: Connection) -> None:
    """Make the register unless it is there; raises WarehouseError if the role may not."""
    ensure_table(connection, "registry", _MADE)


def register(
    connection: Connection, names: Iterable[str], run_id: str, kind: Literal["build", "replaced"], kept: str
) -> None:
    """Write down which schemas will be made, and how long they are kept, as `7 days`; commit it at once.

    Raises WarehouseError if the role may not write there.
    """
    avoid_foreign_state(connection)
    ensure_registry(connection)
    try:
        connection.execute(_REGISTER, [run_id, kind, kept, list(names)])
    except psycopg.errors.InsufficientPrivilege:
        raise _may_not_write(connection) from None


def make_schema(connection: Connection, name: str, run_id: str) -> None:
    """Make one that is registered, with our mark on it, unless it is there; raises WarehouseError if the role may not.

    Both happen in one transaction, so that none is ever without the mark.
    """
    with statement(f"making the schema {name}"):
        try:
            with connection.transaction():
                if connection.execute("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = %s", [name]).fetchone():
                    return
                connection.execute(f"CREATE SCHEMA {sql.identifier(name)}".encode())
                mark = sql.text(mark_of(run_id))
                connection.execute(f"COMMENT ON SCHEMA {sql.identifier(name)} IS {mark}".encode())
        except psycopg.errors.InsufficientPrivilege:
            raise may_not_create(connection) from None


def may_not_create(connection: Connection) -> WarehouseError:
    """Say that runs cannot have schemas, and what an administrator can do about it."""
    role, database = quoted_names(connection)
    return WarehouseError(
        "No schema may be made in the warehouse, and each run needs its own.",
        hint=f"An administrator may allow it: GRANT CREATE ON DATABASE {database} TO {role};",
    )


def _may_not_write(connection: Connection) -> WarehouseError:
    role, _ = quoted_names(connection)
    return WarehouseError(
        "What runs make cannot be written down in datacanary.registry.",
        hint=f"An administrator may allow it: GRANT USAGE ON SCHEMA datacanary TO {role}; "
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON datacanary.registry TO {role};",
    )


def registered(connection: Connection) -> tuple[Registered, ...]:
    """List what is registered, oldest first; nothing where nothing ever was.

    Of which kind it is, its name says: a role that only checks may write anything else there.
    """
    with of_state("registry"):
        rows = connection.execute(_REGISTERED.encode()).fetchall() if is_there(connection, "registry") else []
    return tuple(
        Registered(name, run_id, "replaced" if is_kept(name) else "build", *times) for name, run_id, *times in rows
    )


def drop_registered(connection: Connection, entries: Sequence[Registered]) -> None:
    """Drop what is registered and marked, and take it from the register.

    Raises WarehouseError for a schema without our mark, and for one that something elsewhere depends on: neither is
    touched, but all others are dropped before.
    """
    avoid_foreign_state(connection)
    left = list(entries)
    while left:
        found = [(entry, problem) for entry in left if (problem := _drop(connection, entry)) is not None]
        if len(found) == len(left):
            raise found[0][1]
        # What was dropped may have depended on them.
        left = [entry for entry, _ in found]


def _drop(connection: Connection, entry: Registered) -> WarehouseError | None:
    if not is_own(entry.name) or not entry.name.startswith(run_prefix(entry.run_id)):
        return _not_named(entry)
    with statement(f"dropping {entry.name}"):
        # Somebody else may look at them; whoever cleans up later finds them in the register.
        connection.execute(f"SET lock_timeout = '{_SECONDS_FOR_LOCKS} s'".encode())
        with connection.transaction():
            found = connection.execute(_FAMILY, [entry.name]).fetchall()
            if any(name == entry.name and comment != mark_of(entry.run_id) for name, comment in found):
                return _not_marked(entry)
            # What a promotion replaced is in no family: its place is registered by itself.
            names = [str(name) for name, _ in found if name == entry.name or not (is_kept(entry.name) or is_kept(name))]
            elsewhere = reached(connection, names)
            if elsewhere:
                return _depended_on(entry, elsewhere)
            if names:
                listed = ", ".join(sql.identifier(name) for name in names)
                connection.execute(f"DROP SCHEMA {listed} CASCADE".encode())
            connection.execute("DELETE FROM datacanary.registry WHERE name = %s", [entry.name])
    return None


def _not_named(entry: Registered) -> WarehouseError:
    written = f"DELETE FROM datacanary.registry WHERE name = {sql.text(entry.name)};"  # noqa: S608 -- quoted
    return WarehouseError(
        f"{entry.name} is registered for a run whose schemas have other names, and was not dropped.",
        hint=f"No run writes that; take it from the register: {written}",
    )


def _not_marked(entry: Registered) -> WarehouseError:
    mark = f"COMMENT ON SCHEMA {sql.identifier(entry.name)} IS {sql.text(mark_of(entry.run_id))};"
    return WarehouseError(
        f"The schema {entry.name} has not the mark of the run that registered it, and was not dropped.",
        hint=f"If it is that run's: {mark}",
    )


def _depended_on(entry: Registered, elsewhere: Sequence[str]) -> WarehouseError:
    return WarehouseError(
        f"{', '.join(elsewhere)} would go with the schema {entry.name}, which was not dropped.",
        hint="Drop or change them first: the tables of a run do not stay.",
    )


def end_others(connection: Connection, run_id: str) -> None:
    """End what else works for a run, by the name that its connections have."""
    with statement("ending what the run left behind"):
        connection.execute(
            "SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity "
            "WHERE application_name = %s AND pid <> pg_catalog.pg_backend_pid() AND usename = session_user",
            [connection_name(run_id)],
        )
