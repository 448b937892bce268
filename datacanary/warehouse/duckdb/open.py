"""Opening DuckDB's files: what they are called then, and what can be wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from datacanary.errors import WarehouseError, Where
from datacanary.warehouse.duckdb import sql
from datacanary.warehouse.duckdb.errors import first_lines

_LOCKED = re.compile(r"Conflicting lock is held in (?P<program>.*?) ?\(PID (?P<pid>\d+)\)")
_RESERVED = frozenset({"main", "system", "temp"})


class LockedError(WarehouseError):
    """Another process has the file open."""


def catalog_of(file: Path) -> str:
    """Return what DuckDB itself calls the database of a file: so do the queries that name it.

    >>> [catalog_of(Path(name)) for name in ("shop.duckdb", "shop.v2.duckdb", ".shop", "temp.db")]
    ['shop', 'shop', 'shop', 'temp_db']
    """
    name = file.name.lstrip(".").partition(".")[0]
    return f"{name}_db" if name.lower() in _RESERVED else name


@contextmanager
def beside() -> Iterator[duckdb.DuckDBPyConnection]:
    """Lend a connection with no file of its own, to attach files to; its own database has a name that no file has."""
    connection = duckdb.connect(":memory:")
    try:
        connection.execute("SET enable_progress_bar = false; SET python_enable_replacements = false")
        own = sql.identifier("datacanary:own")
        connection.execute(f"ATTACH ':memory:' AS {own}; USE {own}; DETACH memory")
        yield connection
    finally:
        connection.close()


def attach(connection: duckdb.DuckDBPyConnection, file: Path, *, writable: bool = False) -> str:
    """Attach a database file and return its name.

    Raises LockedError if another process has it, WarehouseError if it is missing, damaged or of another version.
    """
    where, name = Where(str(file)), catalog_of(file)
    # Without its type DuckDB would look at the file, and download an extension for another database's.
    access = "READ_WRITE" if writable else "READ_ONLY"
    if not file.exists():
        raise WarehouseError(
            "The DuckDB file does not exist.", where=where, hint="Check `warehouse:` in the config, or create the file."
        )
    try:
        connection.execute(f"ATTACH {sql.text(str(file))} AS {sql.identifier(name)} (TYPE duckdb, {access})")
    except duckdb.Error as error:
        raise _problem(str(error), where) from error
    return name


def _problem(message: str, where: Where) -> WarehouseError:
    locked = _LOCKED.search(message)
    if locked or "Could not set lock" in message:
        holder = f" by {Path(locked['program']).name} (process {locked['pid']})" if locked else ""
        return LockedError(
            f"The DuckDB file is in use{holder}.",
            where=where,
            hint="Close it there and try again; DuckDB lets one process write, or many read.",
        )
    if "storage version" in message:
        return _other_version(message, where)
    if any(sign in message for sign in ("not a valid DuckDB", "orrupt", "not read enough bytes", "Is a directory")):
        return WarehouseError(
            "This is not a DuckDB database, or it is damaged.",
            where=where,
            hint="Check `warehouse:` in the config; restore the file from a backup if it is the right one.",
        )
    if "ermission denied" in message or "Read-only file system" in message:
        return WarehouseError("The DuckDB file may not be opened.", where=where, hint="Check its permissions.")
    return WarehouseError(first_lines(message), where=where)


def _other_version(message: str, where: Where) -> WarehouseError:
    if "newer version of DuckDB" in message:
        return WarehouseError(
            f"The DuckDB file was written by a newer DuckDB than the installed {duckdb.__version__}.",
            where=where,
            hint="Upgrade it: pip install --upgrade duckdb.",
        )
    return WarehouseError(
        f"The DuckDB file was written by an old DuckDB, which {duckdb.__version__} does not read.",
        where=where,
        hint="Export it with that version and import it with this one: EXPORT DATABASE, IMPORT DATABASE.",
    )
