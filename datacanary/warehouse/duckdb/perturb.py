"""Other conditions for the same queries: rows in another order, another number of threads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from datacanary.model.basic import Physical
from datacanary.warehouse.duckdb import sql
from datacanary.warehouse.duckdb.errors import statement
from datacanary.warehouse.duckdb.session import Session
from datacanary.warehouse.interruptible import interruptible

_SEED = 20_261_121
"""Any number: the order is the same each time, and has nothing to do with that of any key."""


@contextmanager
def perturbed(session: Session, file: Path) -> Iterator[None]:
    """Work with one thread more, and have a database of its own at `file`, which is removed after the block.

    If the block fails, the file stays to its folder's owner: something may still read it.
    """
    catalog = sql.identifier(file.stem)
    with session.cursor() as cursor, statement("the database of the noise check"):
        (threads,) = cursor.execute("SELECT CAST(current_setting('threads') AS INTEGER)").fetchone() or (1,)
        cursor.execute(f"ATTACH {sql.text(str(file))} AS {catalog} (TYPE duckdb)")
        file.chmod(0o600)
    try:
        _set_threads(session, threads + 1)
        yield
    finally:
        _set_threads(session, threads)
    session.readings.stop()
    with session.cursor() as cursor, statement("the database of the noise check"):
        cursor.execute(f"DETACH {catalog}")
    for left in file.parent.glob(f"{file.name}*"):
        left.unlink()


def _set_threads(session: Session, threads: int) -> None:
    with session.cursor() as cursor:
        cursor.execute(f"SET threads = {threads}")


def shuffle(session: Session, source: Physical | str, target: Physical) -> None:
    """Copy rows into a table in the order of their hashes; `source` may be the path of a data file, or the target."""
    row = sql.identifier("datacanary:row")
    rows = sql.text(source) if isinstance(source, str) else sql.table(source)
    copy = f"CREATE OR REPLACE TABLE {sql.table(target)} AS SELECT * FROM {rows} AS {row} ORDER BY hash({row}, {_SEED})"  # noqa: S608 -- quoted
    with session.cursor() as cursor, statement(f"copying {target.name} in another order"):
        session.ensure_schema(cursor, sql.schema(target.catalog, target.schema))
        interruptible(cursor, lambda: cursor.execute(copy))
