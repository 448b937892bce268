"""Rows of a PostgreSQL database as Arrow, in a form that loses nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import pyarrow as pa

from datacanary.model.basic import Column
from datacanary.warehouse.postgres import sql
from datacanary.warehouse.postgres.catalog import Catalog, Found
from datacanary.warehouse.postgres.errors import statement
from datacanary.warehouse.postgres.stream import Stream
from datacanary.warehouse.postgres.types import Spread, arrow_type, odd_query, selected, spread_query, spreads
from datacanary.warehouse.readings import Readings

Spreads = Mapping[str, Spread]


class Reading:
    """What is read at this moment, each on a connection of its own; it remembers what columns hold.

    `snapshot` says whose rows are seen.
    """

    def __init__(self, snapshot: Callable[[], str] = lambda: "") -> None:
        self._snapshot = snapshot
        self._spreads: dict[int, Spreads] = {}
        self._rows: dict[int, int] = {}
        self.open = Readings()

    def moment(self) -> str:
        """Return the snapshot whose rows are seen, empty for those of now."""
        return self._snapshot()

    def spread(self, catalog: Catalog, relations: Iterable[Found]) -> Spreads:
        """Return what columns of the same name hold in any of these: they are to travel alike."""
        joined: dict[str, Spread] = {}
        for found in relations:
            for name, spread in self._spread(catalog, found).items():
                joined[name] = joined.get(name, Spread()).joined(spread)
        return joined

    def rows(self, catalog: Catalog, found: Found) -> int:
        """Count the rows of a table that nobody writes to: who looked at its columns has counted them."""
        return self._rows[found.oid] if found.oid in self._rows else catalog.rows(found)

    def _spread(self, catalog: Catalog, found: Found) -> Spreads:
        if found.oid not in self._spreads:
            where = f"reading {found.schema}.{found.name}"
            columns = catalog.columns(found)
            row = _looked_at(catalog, sql.table(found.physical), columns, where)
            self._spreads[found.oid] = spreads(columns, row)
            if row:
                self._rows[found.oid] = int(str(row[0]))
        return self._spreads[found.oid]

    @contextmanager
    def stream(
        self, conninfo: str, rows: str, columns: Sequence[Column], spread: Spreads, what: str
    ) -> Iterator[pa.RecordBatchReader]:
        """Stream these columns of a table or query, written in SQL, while the block runs."""
        parts = [selected(one, spread.get(one.name, Spread())) for one in columns]
        wanted = {one.name: arrow_type(one, spread.get(one.name, Spread())) for one in columns}
        types = {name: kind for name, kind in wanted.items() if kind is not None}
        query = f"SELECT {', '.join(parts)} FROM {rows}"  # noqa: S608 -- quoted
        with self.open.of(Stream(conninfo, query, types, what, self._snapshot())) as stream:
            yield pa.RecordBatchReader.from_batches(stream.schema, stream)


def spread_of(catalog: Catalog, rows: str, columns: Sequence[Column], what: str) -> Spreads:
    """Look at what the columns of a table or query, written in SQL, hold."""
    row = _looked_at(catalog, rows, columns, what)
    return spreads(columns, row)


def _looked_at(catalog: Catalog, rows: str, columns: Sequence[Column], what: str) -> Sequence[object]:
    with statement(what):
        few = _row(catalog, odd_query(rows, columns))
        # Odd values are rare, and to look for them at once costs less than column by column.
        return (few[0],) if few and not few[1] else _row(catalog, spread_query(rows, columns))


def _row(catalog: Catalog, query: str) -> Sequence[object]:
    return (catalog.connection.execute(query.encode()).fetchone() if query else None) or ()
