"""What both versions' builds made in one PostgreSQL database, for reading."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pyarrow as pa

from datacanary.errors import StatementError
from datacanary.model.basic import Column, Pair, Physical
from datacanary.model.fence import Fence
from datacanary.protocols import Query
from datacanary.warehouse import postgres_sql as sql
from datacanary.warehouse.postgres_catalog import Catalog, Found
from datacanary.warehouse.postgres_errors import statement
from datacanary.warehouse.postgres_stream import Stream
from datacanary.warehouse.postgres_types import Spread, arrow_type, selected, spread_query, spreads
from datacanary.warehouse.readings import Readings


class BothPlaces:
    """The tables of both versions; the first part of a name says whose, the second is the version's own schema.

    Everything is asked on one connection, and every reading has one of its own.
    """

    def __init__(self, catalog: Catalog, fences: Pair[Fence], conninfo: str) -> None:
        self._catalog, self._fences, self._conninfo = catalog, fences, conninfo
        self._spreads: dict[int, dict[str, Spread]] = {}
        self.readings = Readings()
        self._asking = threading.RLock()

    def columns(self, relation: Physical) -> tuple[Column, ...] | None:
        """Return the columns of a relation, None if it does not exist."""
        with self._asking:
            found = self._catalog.find(relation.schema, relation.name)
            return self._catalog.columns(found) if found is not None else None

    def rows(self, relation: Physical) -> int:
        """Count a relation's rows."""
        with self._asking:
            return self._catalog.rows(self._found(relation))

    def in_order(self, relation: Physical) -> bool:
        """Tell whether a relation is a table."""
        with self._asking:
            return self._catalog.in_order(self._found(relation))

    def view(self, relation: Physical) -> str:
        """Return the query of a view with production's names, an empty text for a table."""
        with self._asking:
            query = self._catalog.view(self._found(relation))
        for fence in self._fences:
            query = fence.logical(query)
        return query

    @contextmanager
    def reading(
        self, relation: Physical | Query, columns: Sequence[Column] | None = None
    ) -> Iterator[pa.RecordBatchReader]:
        """Stream a relation, or these columns of it, as Arrow."""
        if isinstance(relation, Query):
            raise TypeError(relation)
        with self._asking:
            found = self._found(relation)
            chosen = self._catalog.columns(found) if columns is None else columns
            known = self._spread_of_both(relation, found)
        parts = [selected(one, known.get(one.name, Spread())) for one in chosen]
        wanted = {one.name: arrow_type(one, known.get(one.name, Spread())) for one in chosen}
        types = {name: kind for name, kind in wanted.items() if kind is not None}
        query = f"SELECT {', '.join(parts)} FROM {sql.table(found.physical)}"  # noqa: S608 -- quoted
        with self.readings.of(Stream(self._conninfo, query, types, f"reading {relation}")) as stream:
            yield pa.RecordBatchReader.from_batches(stream.schema, stream)

    def _found(self, relation: Physical) -> Found:
        found = self._catalog.find(relation.schema, relation.name)
        if found is None:
            raise StatementError(f"{relation.schema}.{relation.name} does not exist.")
        return found

    def _spread_of_both(self, relation: Physical, found: Found) -> dict[str, Spread]:
        """Return what columns hold on either side: a column is to travel alike on both."""
        own = self._fences.base if relation.catalog == "base" else self._fences.head
        other = self._fences.head if relation.catalog == "base" else self._fences.base
        twin = self._catalog.find(relation.schema.replace(own.schema, other.schema, 1), relation.name)
        here, there = self._spread(found), self._spread(twin) if twin is not None else {}
        return {name: spread.joined(there.get(name, Spread())) for name, spread in here.items()}

    def _spread(self, found: Found) -> dict[str, Spread]:
        if found.oid not in self._spreads:
            columns = self._catalog.columns(found)
            query = spread_query(sql.table(found.physical), columns)
            with statement(f"reading {found.schema}.{found.name}"):
                row = self._catalog.connection.execute(query.encode()).fetchone() if query else None
            self._spreads[found.oid] = spreads(columns, row) if row is not None else {}
        return self._spreads[found.oid]
