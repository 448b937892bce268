"""What both versions' builds made in one PostgreSQL database, for reading."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pyarrow as pa

from datacanary.model.basic import Column, Fingerprint, Pair, Physical
from datacanary.model.fence import Fence
from datacanary.model.prints import PrintRequest
from datacanary.protocols.tables import Prints, Query
from datacanary.warehouse.postgres import sql
from datacanary.warehouse.postgres.catalog import Catalog, Found
from datacanary.warehouse.postgres.prune.narrowing import Pruning
from datacanary.warehouse.postgres.reading import Reading


class BothPlaces:
    """The tables of both versions; the first part of a name says whose, the second is the version's own schema.

    Everything is asked on one connection, and every reading has one of its own.
    """

    def __init__(self, catalog: Catalog, fences: Pair[Fence], conninfo: str) -> None:
        self._catalog, self._fences, self._conninfo = catalog, fences, conninfo
        self._reading = Reading()
        self._pruning = Pruning(catalog, self._reading, conninfo)
        self.readings = self._reading.open
        self._asking = threading.RLock()

    def columns(self, relation: Physical) -> tuple[Column, ...] | None:
        """Return the columns of a relation, None if it does not exist."""
        with self._asking:
            found = self._catalog.find(relation.schema, relation.name)
            return self._catalog.columns(found) if found is not None else None

    def rows(self, relation: Physical) -> int:
        """Count a relation's rows."""
        with self._asking:
            return self._reading.rows(self._catalog, self._catalog.there(relation))

    def in_order(self, relation: Physical) -> bool:
        """Tell whether a relation is a table, and large: a small one is rather read once."""
        with self._asking:
            found = self._catalog.there(relation)
            return self._catalog.in_order(found) and self._catalog.is_large(found)

    def view(self, relation: Physical) -> str:
        """Return the query of a view with production's names, an empty text for a table."""
        with self._asking:
            query = self._catalog.view(self._catalog.there(relation))
        for fence in self._fences:
            query = fence.logical(query)
        return query

    def fingerprint(self, relation: Physical) -> Fingerprint | None:
        """Return the identity of a relation's rows, None if it does not exist."""
        with self._asking:
            found = self._catalog.find(relation.schema, relation.name)
            return self._catalog.fingerprint(found) if found is not None else None

    @contextmanager
    def reading(
        self, relation: Physical | Query, columns: Sequence[Column] | None = None
    ) -> Iterator[pa.RecordBatchReader]:
        """Stream a relation, or these columns of it, as Arrow."""
        if isinstance(relation, Query):
            raise TypeError(relation)
        with self._asking:
            found = self._catalog.there(relation)
            chosen = self._catalog.columns(found) if columns is None else columns
            spread = self._reading.spread(self._catalog, self._both(relation, found))
        rows = sql.table(found.physical)
        with self._reading.stream(self._conninfo, rows, chosen, spread, f"reading {relation}") as reader:
            yield reader

    def prints(self, sides: Pair[Physical], request: PrintRequest) -> Prints | None:
        """Compare the checksums of two tables; None for anything but tables, and for a server that is too old."""
        with self._asking:
            found = sides.map(self._catalog.there)
            spreads = Pair(
                self._reading.spread(self._catalog, self._both(sides.base, found.base)),
                self._reading.spread(self._catalog, self._both(sides.head, found.head)),
            )
            return self._pruning.prints(found, request, spreads)

    def identifies(self, sides: Pair[Physical], columns: Sequence[str]) -> bool | None:
        """Prove that columns are a key of two tables; None for anything but tables."""
        with self._asking:
            return self._pruning.identifies(sides.map(self._catalog.there), columns)

    def _both(self, relation: Physical, found: Found) -> Iterator[Found]:
        """Return the relation on either side."""
        own = self._fences.base if relation.catalog == "base" else self._fences.head
        other = self._fences.head if relation.catalog == "base" else self._fences.base
        twin = self._catalog.find(relation.schema.replace(own.schema, other.schema, 1), relation.name)
        yield found
        if twin is not None:
            yield twin
