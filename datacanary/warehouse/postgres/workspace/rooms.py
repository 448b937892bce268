"""The schemas that one run makes in a PostgreSQL database, and takes away again."""

from __future__ import annotations

from collections.abc import Callable, Collection

from datacanary.model.basic import Physical
from datacanary.model.location import Login
from datacanary.warehouse.postgres import sql
from datacanary.warehouse.postgres.catalog import Catalog
from datacanary.warehouse.postgres.errors import statement
from datacanary.warehouse.postgres.session import Connection, connected
from datacanary.warehouse.postgres.state.registry import (
    BUILDS_ARE_KEPT,
    drop_registered,
    end_others,
    register,
    registered,
)


class Rooms:
    """Knows the schemas that are to be gone at the end; each is in the register before it is made."""

    def __init__(self, login: Login, run_id: str, named: str) -> None:
        self._login, self._run, self._named = login, run_id, named
        self._made: set[str] = set()

    def register(self, name: str) -> bool:
        """Write down a schema that will be made, and tell whether that was new; raises WarehouseError if it may not."""
        if name in self._made:
            return False
        with connected(self._login, self._named, writable=True) as connection, statement(f"registering {name}"):
            register(connection, [name], self._run, "build", BUILDS_ARE_KEPT)
        self._made.add(name)
        return True

    def drop(self, which: Callable[[str], bool]) -> None:
        """Drop schemas by their names."""
        chosen = {name for name in self._made if which(name)}
        if chosen:
            with connected(self._login, self._named, writable=True) as connection:
                self._drop(connection, chosen)

    def close(self, kept: Collection[Physical]) -> None:
        """Drop all schemas but those that have something to keep, and in these all else."""
        if not self._made:
            return
        with connected(self._login, self._named, writable=True) as connection:
            # What an interrupt left running holds on to what is dropped now.
            end_others(connection, self._run)
            drop_others(connection, {one.schema for one in kept}, kept)
            self._drop(connection, self._made - {one.schema for one in kept})

    def _drop(self, connection: Connection, names: Collection[str]) -> None:
        drop_registered(connection, [one for one in registered(connection) if one.name in names])
        self._made -= set(names)


def drop_others(connection: Connection, schemas: Collection[str], kept: Collection[Physical]) -> None:
    """Drop what is in these schemas and not kept."""
    for one in Catalog(connection).all() if schemas else ():
        if one.schema in schemas and one.physical not in kept:
            kind = _KINDS[one.kind]
            with statement(f"dropping {one.schema}.{one.name}"):
                # It may be gone with another one that it reads.
                connection.execute(f"DROP {kind} IF EXISTS {sql.table(one.physical)} CASCADE".encode())


_KINDS = {"r": "TABLE", "p": "TABLE", "v": "VIEW", "m": "MATERIALIZED VIEW", "f": "FOREIGN TABLE"}
