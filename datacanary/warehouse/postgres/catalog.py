"""What there is in a PostgreSQL database, by its own catalogue."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from datacanary.errors import StatementError
from datacanary.model.basic import Column, Fingerprint, Physical, Relation
from datacanary.warehouse.postgres import sql
from datacanary.warehouse.postgres.errors import statement
from datacanary.warehouse.postgres.names import as_kept
from datacanary.warehouse.postgres.session import Connection

_DEFAULT_SCHEMA = "public"
# Tables, views, materialized views, partitioned and foreign tables.
_LISTED = """
SELECT n.nspname, c.relname, c.oid::bigint, c.relkind::text FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, c.relname
"""
_COLUMNS = """
SELECT a.attrelid::bigint, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod),
  CASE WHEN NOT l.collisdeterministic THEN l.collname END
FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation
WHERE a.attrelid = ANY(%s::bigint[]::oid[]) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum
"""
_VIEWS = frozenset({"v"})
_HELD_STILL = frozenset({"r", "m", "p"})
_MOST_TO_KEEP = 4 << 20
"""Bytes of a table that is rather read once: each reading needs a connection, which takes longer than so few rows."""


@dataclass(frozen=True, slots=True)
class Found:
    """A relation as the catalogue has it: its own spelling, its number and its kind (`relkind`)."""

    schema: str
    name: str
    oid: int
    kind: str

    @property
    def physical(self) -> Physical:
        """Where it lies; a connection knows one database only."""
        return Physical("", self.schema, self.name)


@dataclass
class Catalog:
    """Questions to the catalogue on one connection; names are found whatever their case."""

    connection: Connection
    _listed: dict[tuple[str, str], list[Found]] = field(default_factory=dict)

    def all(self) -> tuple[Found, ...]:
        """List what there is, without the system's own."""
        with statement("listing the database's tables"):
            found = self.connection.execute(_LISTED).fetchall()
        return tuple(Found(*row) for row in found)

    def find(self, schema: str, name: str) -> Found | None:
        """Find a relation; StatementError if only the case of letters tells several apart, and none is spelt so."""
        if not self._listed:
            self._list()
        schema, name = as_kept(schema), as_kept(name)
        found = self._listed.get((schema.lower(), name.lower()), [])
        exact = [one for one in found if (one.schema, one.name) == (schema, name)]
        if len(found) > 1 and not exact:
            raise StatementError(
                f"{schema}.{name} is the name of {len(found)} tables, told apart by upper case only.",
                hint="Rename all but one of them.",
            )
        return next(iter(exact or found), None)

    def there(self, relation: Physical) -> Found:
        """Find a relation that must be there; raises StatementError if it is not."""
        found = self.find(relation.schema, relation.name)
        if found is None:
            raise StatementError(f"{relation.schema}.{relation.name} does not exist.")
        return found

    def _list(self) -> None:
        for one in self.all():
            self._listed.setdefault((one.schema.lower(), one.name.lower()), []).append(one)

    def columns(self, found: Found) -> tuple[Column, ...]:
        """Return a relation's columns."""
        return self.columns_of([found]).get(found.oid, ())

    def columns_of(self, relations: Iterable[Found], *, collated: bool = False) -> dict[int, tuple[Column, ...]]:
        """Return the columns of relations by their numbers; `collated` says so of collations that call texts equal."""
        with statement("reading the columns of tables"):
            rows = self.connection.execute(_COLUMNS, [[one.oid for one in relations]]).fetchall()
        columns: dict[int, list[Column]] = {}
        for oid, name, kind, collation in rows:
            told = f"{kind} collate {collation}" if collation and collated else str(kind)
            columns.setdefault(oid, []).append(Column(name, told if '"' in told else told.lower()))
        return {oid: tuple(one) for oid, one in columns.items()}

    def view(self, found: Found) -> str:
        """Return the query of a view with every name in full, an empty text for anything else."""
        if found.kind not in _VIEWS:
            return ""
        with statement(f"reading the definition of {found.schema}.{found.name}"):
            row = self.connection.execute("SELECT pg_catalog.pg_get_viewdef(%s::bigint::oid)", [found.oid]).fetchone()
        return str(row[0]).strip().rstrip(";") if row else ""

    def in_order(self, found: Found) -> bool:
        """Tell whether its rows come in the same order each time."""
        return found.kind in _HELD_STILL

    def is_large(self, found: Found) -> bool:
        """Tell whether it is too large to be read once and kept; of a partitioned table that is not looked at."""
        with statement(f"looking at the size of {found.schema}.{found.name}"):
            row = self.connection.execute("SELECT pg_catalog.pg_table_size(%s::bigint::oid)", [found.oid]).fetchone()
        return found.kind == "p" or row is None or int(row[0] or 0) > _MOST_TO_KEEP

    def rows(self, found: Found) -> int:
        """Count rows."""
        with statement(f"counting {found.schema}.{found.name}"):
            query = f"SELECT count(*) FROM {sql.table(found.physical)}"  # noqa: S608 -- quoted
            row = self.connection.execute(query.encode()).fetchone()
        return int(row[0]) if row else 0

    def fingerprint(self, found: Found) -> Fingerprint:
        """Hash all rows, in any order: the sum of the hashes of their texts, so that duplicates count too."""
        # A record's text tells NULL from an empty text, and where a cell ends.
        hashes = "coalesce(sum(pg_catalog.hashtextextended(ROW(t.*)::text, 0)::numeric), 0)::text"
        query = f"SELECT count(*), {hashes} FROM {sql.table(found.physical)} AS t"  # noqa: S608 -- quoted
        with statement(f"fingerprinting {found.schema}.{found.name}"):
            row = self.connection.execute(query.encode()).fetchone()
        return Fingerprint(self.columns(found), int(row[0]), str(row[1])) if row else Fingerprint((), 0, "0")

    def identity(self, found: Found) -> Fingerprint:
        """Identify a relation that is to be swapped: a table by its rows, a view by its query."""
        view = self.view(found)
        return Fingerprint(self.columns(found), None, "", view) if view else self.fingerprint(found)

    def columns_by_name(self, names: Collection[Relation], production: str) -> dict[Relation, tuple[Column, ...]]:
        """Return the columns of those that are there; names without a schema as `locate` finds them."""
        found = {name: one for name in names if (one := self.locate(name, production)) is not None}
        columns = self.columns_of(found.values(), collated=True) if found else {}
        return {name: columns.get(one.oid, ()) for name, one in found.items()}

    def locate(self, name: Relation, production: str) -> Found | None:
        """Find a relation; without a schema: in production's, then in `public`."""
        schemas = (name.schema,) if name.schema else (production, _DEFAULT_SCHEMA)
        return next((one for schema in schemas if (one := self.find(schema, name.name)) is not None), None)
