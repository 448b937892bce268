"""Which rows of two tables may differ, found in the database: checksums over buckets of keys."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace

import pyarrow as pa

from datacanary.model.basic import Column, Pair, Side
from datacanary.model.prints import FoundPrints, Nulls, PrintRequest
from datacanary.protocols.tables import Prints
from datacanary.warehouse.postgres import sql
from datacanary.warehouse.postgres.catalog import Catalog, Found
from datacanary.warehouse.postgres.errors import statement
from datacanary.warehouse.postgres.prune.asking import Row, together, without_sorting
from datacanary.warehouse.postgres.prune.hash import Hashed, Salt
from datacanary.warehouse.postgres.prune.uniqueness import growing, is_unique
from datacanary.warehouse.postgres.reading import Reading, Spreads
from datacanary.warehouse.postgres.session import Connection, connect_to

_SIDES: tuple[Side, ...] = ("base", "head")
_OLDEST = 140_000  # that hashes rows
_SENDS = 180_000  # hashes bytes
_SAMPLED = 10_000  # rows, or up to twice as many, that show whether a key pairs any
_UNIQUE = """
SELECT array_agg(a.attname::text) FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey::int2[])
WHERE i.indrelid = %s::bigint::oid AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL
AND i.indexprs IS NULL AND a.attnum = ANY((i.indkey::int2[])[0:i.indnkeyatts - 1]) GROUP BY i.indexrelid
"""


@dataclass(frozen=True, slots=True)
class Compared:
    """Two tables and how their rows are hashed: `pairing` by the columns that pair them, `row` by all."""

    tables: Pair[Found]
    pairing: tuple[Hashed, ...]
    row: tuple[Hashed, ...]
    salt: Salt
    request: PrintRequest

    @classmethod
    def of(
        cls,
        tables: Pair[Found],
        columns: Pair[Sequence[Column]],
        request: PrintRequest,
        version: int,
        odd: Collection[str],
    ) -> Compared | None:
        """Choose forms for the columns, of which some hold `odd` values; None if a column has none.

        `version` is the server's, as libpq has it.
        """
        kinds = columns.map(lambda side: {column.name: column.type for column in side})
        hashed = {
            name: Hashed.of(name, Pair(kinds.base[name], kinds.head[name]), odd=name in odd)
            for name in request.compared
        }
        known = {name: one for name, one in hashed.items() if one is not None}
        if len(known) < len(hashed):
            return None
        pairing = tuple(known[name] for name in request.pairing)
        rest = tuple(one for name, one in known.items() if name not in request.pairing)
        return cls(tables, pairing, (*pairing, *rest), Salt.new(sends=version >= _SENDS), request)

    @property
    def bucket(self) -> str:
        """The bucket of a row."""
        return self.salt.bucket(self.pairing, self.request.buckets, self.request.neighbours)

    def checksums(self) -> Pair[str]:
        """Ask for the buckets of each side that are not empty, with the sums of the hashes: a sum sees duplicates."""
        asked = f"SELECT {self.bucket}, count(*), sum({self.salt.of(self.row)})::text"
        return self.tables.map(lambda found: f"{asked} FROM {sql.table(found.physical)} GROUP BY 1")

    @property
    def counted(self) -> Pair[tuple[str, ...]]:
        """The columns whose NULLs are counted: those that are compared have as many on head, but for what travels."""
        return Pair((*self.request.compared, *self.request.others.base), self.request.others.head)

    def nulls(self) -> Pair[str]:
        """Ask for NULLs, those in the key first; in a scan of its own, since to count in each bucket costs more."""
        null = " OR ".join(f"{sql.identifier(name)} IS NULL" for name in self.request.key) or "false"
        counts = self.counted.map(lambda names: "".join(f", count(*) - count({sql.identifier(one)})" for one in names))
        return Pair(
            f"SELECT count(*) FILTER (WHERE {null}){counts.base} FROM {sql.table(self.tables.base.physical)}",  # noqa: S608 -- quoted
            f"SELECT 0{counts.head}" + (f" FROM {sql.table(self.tables.head.physical)}" if counts.head else ""),  # noqa: S608 -- quoted
        )

    def repeated(self, differing: Sequence[int]) -> str:
        """Count the key values that occur more than once in the other buckets."""
        keys = ", ".join(one.compared for one in self.pairing)
        return (
            "SELECT count(*) FROM (SELECT 1 "  # noqa: S608 -- quoted
            f"FROM {sql.table(self.tables.base.physical)} WHERE NOT {self.within(differing)} "
            f"GROUP BY {keys} HAVING count(*) > 1) AS found"
        )

    def twice(self, side: Side) -> str:
        """Ask for a key value that occurs more than once."""
        keys = ", ".join(one.compared for one in self.pairing)
        table = sql.table(self.tables.of(side).physical)
        return f"SELECT 1 FROM {table} GROUP BY {keys} HAVING count(*) > 1 LIMIT 1"  # noqa: S608 -- quoted

    def missing(self, side: Side) -> str:
        """Ask for the number of rows, and for a NULL in the key."""
        null = " OR ".join(f"{one.name} IS NULL" for one in self.pairing)
        return f"SELECT count(*), bool_or({null}) FROM {sql.table(self.tables.of(side).physical)}"  # noqa: S608 -- quoted

    def partners(self) -> str:
        """Count the keys of a bucket on each side, and those that both sides have."""
        keys = ", ".join(f"{one.compared} AS k{place}" for place, one in enumerate(self.pairing))
        sides = [
            f"(SELECT {keys}, true AS there FROM {sql.table(found.physical)} WHERE {self.within((0,))}) AS {name}"  # noqa: S608 -- quoted
            for name, found in zip(_SIDES, self.tables, strict=True)
        ]
        equal = " AND ".join(f"base.k{place} = head.k{place}" for place, _ in enumerate(self.pairing))
        return (
            "SELECT count(base.there), count(head.there), "  # noqa: S608 -- quoted
            "count(*) FILTER (WHERE base.there AND head.there) "
            f"FROM {sides[0]} FULL JOIN {sides[1]} ON {equal}"
        )

    def within(self, buckets: Sequence[int]) -> str:
        """Ask whether a row is in one of these buckets."""
        return f"{self.bucket} = ANY('{{{','.join(map(str, buckets))}}}'::bigint[])"


class Pruning:
    """Finds checksums on connections of its own: one for each side, both at the same time."""

    def __init__(self, catalog: Catalog, reading: Reading, conninfo: str) -> None:
        self._catalog, self._reading, self._conninfo = catalog, reading, conninfo

    def prints(self, tables: Pair[Found], request: PrintRequest, spreads: Pair[Spreads]) -> Prints | None:
        """Compare the checksums of two tables; None for anything but tables, and for a server that is too old.

        `spreads` say how the rows travel. Raises what `statement` raises.
        """
        odd = [name for side in spreads for name, spread in side.items() if spread.odd]
        compared = self._compared(tables, request, odd)
        if compared is None:
            return None
        found = self._found(compared)
        differing = compared.within(found.differing)

        def reading(side: Side, columns: Sequence[Column]) -> AbstractContextManager[pa.RecordBatchReader]:
            table, spread = tables.of(side), spreads.of(side)
            rows = f"{sql.table(table.physical)} WHERE {differing}"
            return self._reading.stream(self._conninfo, rows, columns, spread, f"reading {table.schema}.{table.name}")

        def ends(columns: Sequence[Column]) -> AbstractContextManager[pa.RecordBatchReader]:
            table = tables.base
            rows = f"(SELECT {', '.join(map(_ends, columns))} FROM {sql.table(table.physical)}) AS ends"  # noqa: S608 -- quoted
            what = f"reading {table.schema}.{table.name}"
            return self._reading.stream(self._conninfo, rows, columns, spreads.base, what)

        return Prints(found, reading, ends)

    def identifies(self, tables: Pair[Found], columns: Sequence[str]) -> bool | None:
        """Prove that columns are a key of two tables; None for anything but tables. Raises what `statement` raises."""
        with ExitStack() as opened, statement("looking for a key"):
            connections = Pair(opened.enter_context(self._connected()), opened.enter_context(self._connected()))
            request = PrintRequest(tuple(columns), tuple(columns), Pair((), ()), buckets=1)
            compared = self._compared(tables, request, odd=columns)
            if compared is None:
                return None
            found = together(connections, Pair(compared.missing("base"), compared.missing("head")))
            if any(rows[0][1] for rows in found):
                return False
            disorder = together(connections, tables.map(lambda one: growing(sql.table(one.physical), compared.pairing)))
            doubtful = Pair(*(compared.twice(side) if disorder.of(side) else "" for side in _SIDES))
            if any(together(connections, doubtful)):
                return False
            rows = min(int(rows[0][0]) for rows in found)
            few = replace(compared, request=replace(compared.request, buckets=1 << (rows // _SAMPLED).bit_length()))
            base, head, both = together(connections, Pair(few.partners(), "")).base[0]
        return not (base and head) or 2 * int(both) >= min(int(base), int(head))

    def _compared(self, tables: Pair[Found], request: PrintRequest, odd: Collection[str]) -> Compared | None:
        if self._catalog.connection.info.server_version < _OLDEST or not all(map(self._catalog.in_order, tables)):
            return None
        version = self._catalog.connection.info.server_version
        return Compared.of(tables, tables.map(self._catalog.columns), request, version, odd)

    def _found(self, compared: Compared) -> FoundPrints:
        with ExitStack() as opened, statement("comparing checksums"):
            connections = Pair(opened.enter_context(self._connected()), opened.enter_context(self._connected()))
            with without_sorting(connections):
                answers = Pair(*map(_buckets, together(connections, compared.checksums())))
            differing = _to_read(answers, compared.request.drawn)
            repeated, nulls = self._repeated_and_nulls(connections, compared, differing)
        rows = answers.map(lambda side: sum(int(row[1]) for row in side.values()))
        apart = sum(int(answers.base[bucket][1]) for bucket in differing if bucket in answers.base)
        return FoundPrints(rows, rows.base - apart, repeated, differing, nulls, compared.request.neighbours)

    def _repeated_and_nulls(
        self, connections: Pair[Connection], compared: Compared, differing: Sequence[int]
    ) -> tuple[int, Pair[Nulls]]:
        """Count key values that occur more than once in buckets that are alike, and NULLs.

        One side tells of the others, as they are alike. An index, or an order, proves that none is repeated.
        """
        rows = together(connections, compared.nulls())
        nulls = Pair(_nulls(rows.base[0], compared.counted.base), _nulls(rows.head[0], compared.counted.head))
        if not compared.request.key:
            return 0, nulls
        base = compared.tables.base
        unique = not nulls.base.in_key and (
            self._has_index(compared) or is_unique(connections, base.oid, sql.table(base.physical), compared.pairing)
        )
        repeated = 0 if unique else together(connections, Pair(compared.repeated(differing), "")).base[0][0]
        return int(repeated), nulls

    def _has_index(self, compared: Compared) -> bool:
        """Tell whether an index keeps keys without NULL from being repeated."""
        found = self._catalog.connection.execute(_UNIQUE.encode(), [compared.tables.base.oid]).fetchall()
        return any(set(names) <= set(compared.request.key) for (names,) in found)

    def _connected(self) -> Connection:
        connection = connect_to(self._conninfo, autocommit=True)
        moment = self._reading.moment()
        if moment:
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            connection.execute(f"SET TRANSACTION SNAPSHOT {sql.text(moment)}".encode())
        return connection


def _ends(column: Column) -> str:
    """Write the least and the greatest finite cell of a column as two rows."""
    name = sql.identifier(column.name)
    finite = {
        "real": f"{name} NOT IN ('NaN', 'Infinity', '-Infinity')",
        "double precision": f"{name} NOT IN ('NaN', 'Infinity', '-Infinity')",
    }.get(column.type, f"isfinite({name})" if re.match("date|timestamp", column.type) else "true")
    return f"unnest(ARRAY[min({name}) FILTER (WHERE {finite}), max({name}) FILTER (WHERE {finite})]) AS {name}"


def _buckets(rows: Sequence[Row]) -> dict[int, Row]:
    return {int(row[0]): row for row in rows}


def _differs(answers: Pair[dict[int, Row]], bucket: int) -> bool:
    """Tell whether the rows of a bucket are not the same: their number and their sum."""
    return answers.base.get(bucket) != answers.head.get(bucket)


def _to_read(answers: Pair[dict[int, Row]], drawn: int) -> tuple[int, ...]:
    """Return the buckets that differ; if there are any, with others that have so many rows of base."""
    differing = [one for one in {**answers.base, **answers.head} if _differs(answers, one)]
    found = set(differing)
    for bucket in sorted(answers.base) if differing else ():
        if drawn <= 0:
            break
        if bucket not in found:
            # By their numbers, which say nothing of their rows.
            differing.append(bucket)
            drawn -= int(answers.base[bucket][1])
    return tuple(sorted(differing))


def _nulls(row: Row, counted: Sequence[str]) -> Nulls:
    return Nulls(int(row[0]), dict(zip(counted, map(int, row[1:]), strict=True)))
