"""A run's own schemas in a PostgreSQL database, beside production's, which is only read."""

from __future__ import annotations

import difflib
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pyarrow as pa

from datacanary.errors import StatementError, WarehouseError
from datacanary.model.basic import Column, Fingerprint, Pair, Physical, Relation
from datacanary.model.location import Login
from datacanary.model.plan import Place
from datacanary.model.prints import PrintRequest
from datacanary.model.project import Materialized, SourceData
from datacanary.model.release import Observed, PromotionRecord
from datacanary.protocols.tables import Prints, Query
from datacanary.warehouse.postgres import sql
from datacanary.warehouse.postgres.catalog import Catalog, Found
from datacanary.warehouse.postgres.errors import statement
from datacanary.warehouse.postgres.names import as_kept, connection_name, fitting, is_own, run_prefix, run_schema
from datacanary.warehouse.postgres.prune.narrowing import Pruning
from datacanary.warehouse.postgres.reading import Reading, Spreads, spread_of
from datacanary.warehouse.postgres.release.ledger import read_promotions
from datacanary.warehouse.postgres.session import conninfo, conninfo_to_build
from datacanary.warehouse.postgres.state.registry import make_schema
from datacanary.warehouse.postgres.workspace.building import Building
from datacanary.warehouse.postgres.workspace.conditions import conditions
from datacanary.warehouse.postgres.workspace.files import bring_in, not_seen
from datacanary.warehouse.postgres.workspace.foreign import foreign_below
from datacanary.warehouse.postgres.workspace.moment import Moment
from datacanary.warehouse.postgres.workspace.query import understood, within
from datacanary.warehouse.postgres.workspace.rooms import Rooms

_SOURCES = "source"
_PLACES: tuple[Place, ...] = ("base", "head", "own", "shared", "noise", "shuffled")
_SEED = 20_261_121
"""Any number: the order is the same each time, and has nothing to do with that of any key."""
_OTHERWISE = {"enable_hashagg": "off", "enable_hashjoin": "off", "max_parallel_workers_per_gather": "0"}
"""Settings under which the same query takes another way."""


class PostgresWorkspace:
    """Builds go into `dc_<run>_<place>_<schema>`; what is asked of production is asked at the moment that they see.

    What was built can be read once the builds' transaction is over: whoever asks for it ends that.
    """

    def __init__(self, login: Login, run_id: str, production: str) -> None:
        self._login, self._run, self._production = login, run_id, production
        self._named = connection_name(run_id)
        self._own = run_prefix(run_id)
        self._path = f"{sql.identifier(production)}, public"
        self._memory: dict[str, str] = {}
        self._moment = Moment(login, self._named, {})
        build = conninfo_to_build(login, self._named, {"search_path": self._path})
        self._building = Building(build, self._own, self._moment.exported)
        self._rooms = Rooms(login, run_id, self._named)
        self._reading = Reading(self._moment.exported)
        self._made: dict[Physical, tuple[Place, Relation]] = {}
        self._kept: frozenset[Physical] = frozenset()
        self._seen: dict[Physical, Fingerprint | None] = {}
        self._moved: set[Physical] = set()
        self._turn = threading.RLock()

    def physical(self, place: Place, relation: Relation) -> Physical:
        """Return where a build or source of a place lies."""
        found = Physical("", run_schema(self._run, place, relation.schema or _SOURCES), relation.name)
        self._made[found] = (place, relation)
        return found

    def production(self, relation: Relation) -> Physical:
        """Return where a relation lies in production."""
        return Physical("", relation.schema, relation.name)

    def locate(self, relation: Relation) -> Relation | None:
        """Find a relation of the warehouse; without a schema: in production's, then in `public`."""
        with self._moment.asked() as catalog:
            found = catalog.locate(relation, self._production)
        return Relation(found.schema, found.name) if found is not None else None

    def nearest(self, relation: Relation) -> str:
        """Return the name most like one that is not there, or an empty text."""
        with self._moment.asked() as catalog:
            known = [one for one in catalog.all() if not is_own(one.schema)]
        close = difflib.get_close_matches(relation.name, [one.name for one in known], n=1)
        return next((f"{one.schema}.{one.name}" for one in known if close and one.name == close[0]), "")

    def load(self, place: Place, source: SourceData, files: Sequence[Path]) -> None:
        """Bring the rows of a source's files into the run's place."""
        if source.relation is None:
            return
        target = self.physical(place, source.relation)
        self._make_room(target.schema)
        with self._building.step(f"loading {source.pattern}") as connection:
            bring_in(connection, source, files, target)

    def create(self, target: Physical, materialized: Materialized, preamble: Sequence[str], query: str) -> None:
        """Run the preamble and make the target from the query; a failed one leaves nothing."""
        self._refuse_elsewhere(target)
        self._make_room(target.schema)
        kind = "VIEW" if materialized == "view" else "TABLE"
        made = f"CREATE {kind} {sql.table(target)} AS\n{query}"
        self._building.run(f"building {target.schema}.{target.name}", preamble, made)

    @contextmanager
    def perturbed(self) -> Iterator[None]:
        """While the block runs, have the server take other ways, and the places `noise` and `shuffled`."""
        self._building.change(_OTHERWISE)
        try:
            yield
        finally:
            self._building.change(self._memory)
        self._reading.open.stop()
        self._moment.forget()
        self._rooms.drop(lambda name: name.startswith((f"{self._own}noise_", f"{self._own}shuffled_")))

    def shuffle(self, source: Physical | str, target: Physical) -> None:
        """Copy a relation into a table in the order of the hashes of its rows' texts."""
        self._refuse_elsewhere(target)
        if isinstance(source, str):
            raise not_seen()
        self._make_room(target.schema)
        row = sql.identifier("datacanary:row")
        copy = Physical("", target.schema, fitting(f"datacanary:{target.name}"))
        order = f"pg_catalog.hashtextextended(ROW({row}.*)::text, {_SEED})"
        query = f"SELECT * FROM {sql.table(source)} AS {row} ORDER BY {order}"  # noqa: S608 -- quoted
        with self._building.step(f"copying {source.name} in another order") as connection:
            connection.execute(f"CREATE TABLE {sql.table(copy)} AS {query}".encode())
            connection.execute(f"DROP TABLE IF EXISTS {sql.table(target)}".encode())
            connection.execute(f"ALTER TABLE {sql.table(copy)} RENAME TO {sql.identifier(target.name)}".encode())

    def columns(self, relation: Physical) -> tuple[Column, ...] | None:
        """Return the columns of a relation, None if it does not exist."""
        with self._asked(relation) as catalog:
            found = catalog.find(relation.schema, relation.name)
            return catalog.columns(found) if found is not None else None

    def rows(self, relation: Physical) -> int:
        """Count a relation's rows."""
        with self._asked(relation) as catalog:
            return catalog.rows(catalog.there(relation))

    def in_order(self, relation: Physical) -> bool:
        """Tell whether a relation is a table, and large: a small one, and a view, are rather read once."""
        with self._asked(relation) as catalog:
            found = catalog.there(relation)
            return catalog.in_order(found) and catalog.is_large(found)

    def prints(self, sides: Pair[Physical], request: PrintRequest) -> Prints | None:
        """Compare the checksums of two tables; None for anything but tables, and for a server that is too old."""
        source = self._to_read("")
        with self._asked(sides.base), self._asked(sides.head) as catalog:
            tables = sides.map(catalog.there)
            spreads = sides.map(
                lambda side: self._reading.spread(catalog, self._alike(catalog, side, catalog.there(side)))
            )
            return Pruning(catalog, self._reading, source).prints(tables, request, spreads)

    def identifies(self, sides: Pair[Physical], columns: Sequence[str]) -> bool | None:
        """Prove that columns are a key of two tables; None for anything but tables."""
        source = self._to_read("")
        with self._asked(sides.base), self._asked(sides.head) as catalog:
            tables = sides.map(catalog.there)
            return Pruning(catalog, self._reading, source).identifies(tables, columns)

    @contextmanager
    def reading(
        self, relation: Physical | Query, columns: Sequence[Column] | None = None
    ) -> Iterator[pa.RecordBatchReader]:
        """Stream a relation or query, or these columns of it, as Arrow; types that Arrow would lose come as text."""
        if isinstance(relation, Query):
            rows, spread, chosen = self._of_query(relation)
            path = self._path
        else:
            with self._asked(relation) as catalog:
                found = catalog.there(relation)
                rows, path = sql.table(found.physical), ""
                chosen = catalog.columns(found)
                spread = self._reading.spread(catalog, self._alike(catalog, relation, found))
        wanted = chosen if columns is None else columns
        with self._reading.stream(self._to_read(path), rows, wanted, spread, f"reading {_shown(relation)}") as reader:
            yield reader

    def _to_read(self, search_path: str) -> str:
        return conninfo(self._login, self._named, more={**self._memory, "search_path": search_path})

    def conditions(self) -> str:
        """Describe the server, its settings, and the functions and types of the user's own."""
        with self._building.step("reading the settings") as connection:
            return conditions(connection)

    def told_by_fingerprint(self, relation: Physical) -> bool:
        """Tell whether a relation is a table without collations that call different texts equal."""
        with self._asked(relation) as catalog:
            found = catalog.there(relation)
            columns = catalog.columns_of([found], collated=True).get(found.oid, ())
        return found.kind in {"r", "p"} and not any(" collate " in column.type for column in columns)

    def open_run(self, folder: Path, run_id: str) -> bool:
        """Lend nothing: of an earlier run only what its promotion needs is kept."""
        del folder, run_id
        return False

    def promotions(self) -> tuple[PromotionRecord, ...]:
        """Read the state of record, oldest first."""
        with self._moment.asked() as catalog:
            return read_promotions(catalog.connection)

    def query(self, text: str) -> Query:
        """Understand a query; its names are looked up in production, then in `public`."""
        with self._moment.asked() as catalog:
            return understood(catalog.connection, text, self._path)

    def fingerprint(self, relation: Physical) -> Fingerprint | None:
        """Return the identity of a relation's rows, None if it does not exist."""
        with self._asked(relation) as catalog:
            found = catalog.find(relation.schema, relation.name)
            told = catalog.fingerprint(found) if found is not None else None
        self._seen.setdefault(relation, told)
        return told

    def identity(self, relation: Physical) -> Fingerprint | None:
        """Return the identity of a relation that is to be swapped: a table's rows, a view's query."""
        with self._asked(relation) as catalog:
            found = catalog.find(relation.schema, relation.name)
            return catalog.identity(found) if found is not None else None

    def unpinned(self, observed: Sequence[Observed]) -> tuple[str, ...]:
        """Say what moved when the builds needed a second transaction, and which tables no transaction holds still."""
        places = {one.relation: self.production(one.relation) for one in observed}
        with self._moment.asked() as catalog:
            foreign = foreign_below(catalog, list(places.values()))
        moved = [str(relation) for relation, place in places.items() if place in self._moved]
        told = [f"{', '.join(moved)} changed while the run read it"] if moved else []
        return (*told, *(f"{name} is a foreign table, which no transaction holds still" for name in foreign))

    def keep(self, built: Sequence[Physical]) -> None:
        """Leave these tables in their schemas when the workspace is closed."""
        self._kept = frozenset(Physical("", one.schema, as_kept(one.name)) for one in built)

    def limit_memory(self, size: int) -> None:
        """Let each sort and hash of the server's have a part of so many bytes."""
        self._memory = {"work_mem": f"{max(size >> 12, 64)}kB"}
        self._moment.change(self._memory)
        self._building.change(self._memory)

    def interrupt(self) -> None:
        """Stop every statement that runs."""
        self._building.interrupt()
        self._moment.interrupt()

    def close(self, *, keep: bool) -> None:
        """End all connections, and drop the run's schemas, but for what is to be kept."""
        self._reading.open.stop()
        if keep and self._kept:
            self._building.commit()
        self._building.close()
        self._moment.close()
        self._rooms.close(self._kept if keep else frozenset())

    def _make_room(self, schema: str) -> None:
        """Have a schema to build in.

        It is made by the builds' own transaction: what others make is not always seen there at once.
        """
        with self._turn:
            self._note_moved()
            if self._rooms.register(schema):
                with self._building.step(f"making {schema}") as connection:
                    make_schema(connection, schema, self._run)

    @contextmanager
    def _asked(self, relation: Physical) -> Iterator[Catalog]:
        """Ask about a relation: about what the builds made, only when their transaction is over."""
        if relation.schema.startswith(self._own) and self._building.is_open:
            self._building.commit()
            self._moment.forget()
        with self._moment.asked() as catalog:
            yield catalog

    def _note_moved(self) -> None:
        """Find what changed between the first builds' transaction and the one that now begins."""
        if self._building.is_open or not self._building.begun:
            return
        self._moment.forget()
        for relation, before in list(self._seen.items()):
            if not relation.schema.startswith(self._own) and self.fingerprint(relation) != before:
                self._moved.add(relation)

    def _alike(self, catalog: Catalog, relation: Physical, found: Found) -> Iterator[Found]:
        """Return the relation in all places of the run."""
        yield found
        if relation in self._made:
            _, named = self._made[relation]
            for place in _PLACES:
                twin = self.physical(place, named)
                other = catalog.find(twin.schema, twin.name) if twin != relation else None
                if other is not None:
                    yield other

    def _of_query(self, query: Query) -> tuple[str, Spreads, tuple[Column, ...]]:
        rows = f"({within(query.text)}) AS query"
        with self._moment.asked() as catalog, statement("reading the query"):
            catalog.connection.execute(f"SET LOCAL search_path = {self._path}".encode())
            return rows, spread_of(catalog, rows, query.columns, "reading the query"), query.columns

    def _refuse_elsewhere(self, target: Physical) -> None:
        if not target.schema.startswith(self._own):
            raise StatementError(f"{target.schema}.{target.name} is not in the run's own schemas.")


def _shown(relation: Physical | Query) -> str:
    return "the query" if isinstance(relation, Query) else f"{relation.schema}.{relation.name}"


@contextmanager
def open_workspace(login: Login, run_id: str, production: str) -> Iterator[PostgresWorkspace]:
    """Open the place of a run; nothing is connected or made before it is needed.

    Afterwards only what is to be kept is still there, and nothing if the block fails.
    """
    workspace = PostgresWorkspace(login, run_id, production)
    try:
        yield workspace
    except BaseException:
        # What cannot be dropped now is in the register; why the block failed must not be hidden by that.
        with suppress(WarehouseError):
            workspace.close(keep=False)
        raise
    workspace.close(keep=True)
