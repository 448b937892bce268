"""A PostgreSQL warehouse to hold the contract against, and pairs of different values of each of its types."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from postgres_database import Database

from datacanary.protocols.warehouse import Warehouse
from datacanary.warehouse.connect import connect

OWN_TYPES = (
    "create type public.mood as enum ('good', 'bad')",
    "create type public.pair as (a int, b int)",
    "create domain public.amount as numeric",
)
"""What some of the values below are of."""


@dataclass(frozen=True)
class PostgresStore:
    """A database of a server."""

    folder: Path
    database: Database
    kind: str = "postgres"
    main: str = "public"
    text: str = "text"

    @property
    def catalog(self) -> str:
        """The database's name."""
        return self.database.parameters["dbname"]

    def open(self) -> Warehouse:
        """Return the warehouse."""
        return connect(self.url, self.folder)

    @property
    def url(self) -> str:
        """Write where the database is as a config does."""
        options = "&".join(f"{name}={quote(value, safe='')}" for name, value in self.database.parameters.items())
        return f"postgresql://?{options}"

    def execute(self, *statements: str) -> list[tuple[Any, ...]]:
        """Do something in production, as somebody else; return what the last statement gives."""
        return self.database.execute(*statements)

    def spelt(self, name: str) -> str:
        """Return a name as PostgreSQL keeps it: 63 bytes of it."""
        return name.encode()[:63].decode(errors="ignore")

    def knows(self, value: str) -> bool:
        """Tell whether the server is new enough."""
        return self.database.version >= _SINCE.get(value, 0)

    def numbers(self, count: int) -> str:
        """Write a call of `generate_series`."""
        return f"generate_series(0::bigint, {count - 1}) as numbers (range)"

    def indexes(self) -> int:
        """Count the indexes of production but for those of primary keys."""
        found = self.execute(
            "select count(*) from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n "
            "on n.oid = c.relnamespace where n.nspname !~ '^(pg_|dc_)' and n.nspname <> 'datacanary' "
            "and not i.indisprimary"
        )
        return int(found[0][0])


# Of each type two values that differ, odd ones and NULL among them.
POSTGRES_VALUES = {
    "boolean": ("true", "false"),
    "smallint": ("'-32768'::smallint", "32767::smallint"),
    "integer": ("1", "2"),
    "bigint": ("9223372036854775807", "9223372036854775806"),
    "real": ("1.1::real", "'NaN'::real"),
    "double": ("0.1::float8", "0.30000000000000004::float8"),
    "double infinite": ("'Infinity'::float8", "'-Infinity'::float8"),
    "numeric": ("1.10::numeric(12,2)", "1.11::numeric(12,2)"),
    "numeric of 38 digits": (f"{'9' * 36}.99::numeric(38,2)", f"{'9' * 36}.98::numeric(38,2)"),
    "numeric beyond 38 digits": (f"{'9' * 48}.99::numeric(50,2)", f"{'9' * 48}.98::numeric(50,2)"),
    "numeric NaN": ("'NaN'::numeric(12,2)", "0::numeric(12,2)"),
    "numeric of negative scale": ("12300::numeric(5,-2)", "12400::numeric(5,-2)"),
    "numeric of great scale": ("0.00012::numeric(3,5)", "0.00013::numeric(3,5)"),
    "any numeric": ("1.23456789012345678901234567890", "1.23456789012345678901234567891"),
    "any numeric, huge": (f"{'9' * 100}::numeric", f"{'9' * 99}8::numeric"),
    "any numeric, infinite": ("'Infinity'::numeric", "'-Infinity'::numeric"),
    "text": ("'a'", "'a '"),
    "text, empty": ("''::text", "null::text"),
    "text of any script": ("E'\\u00e9'", "E'e\\u0301'"),
    "varchar": ("'a'::varchar(3)", "'A'::varchar(3)"),
    "char": ("'a'::char(3)", "'b'::char(3)"),
    "bytea": ("'\\x00ff'::bytea", "'\\x00fe'::bytea"),
    "date": ("'2026-01-01'::date", "'2026-01-02'::date"),
    "date, infinite": ("'infinity'::date", "'-infinity'::date"),
    "date before Christ": ("'0044-03-15 BC'::date", "'0044-03-15'::date"),
    "timestamp": ("'2026-01-01 00:00:00.000001'::timestamp", "'2026-01-01'::timestamp"),
    "timestamp, infinite": ("'infinity'::timestamp", "'2026-01-01'::timestamp"),
    "timestamp, far": ("'294276-12-31 23:59:59'::timestamp", "'294276-12-31 23:59:58'::timestamp"),
    "timestamp of no fraction": ("'2026-01-01 00:00:01'::timestamp(0)", "'2026-01-01'::timestamp(0)"),
    "timestamptz": ("'2026-01-01 00:00+02'::timestamptz", "'2026-01-01 00:00+01'::timestamptz"),
    "time": ("'12:00'::time", "'12:00:00.000001'::time"),
    "time, the last": ("'24:00'::time", "'00:00'::time"),
    "timetz": ("'12:00+02'::timetz", "'12:00+01'::timetz"),
    "interval": ("'14 months'::interval", "'428 days'::interval"),
    "uuid": ("'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12'::uuid"),
    "json": ('\'{"a": 1, "a": 2}\'::json', "'{\"a\": 2}'::json"),
    "jsonb": ("'{\"a\": 1}'::jsonb", "'{\"a\": 2}'::jsonb"),
    "enum": ("'good'::public.mood", "'bad'::public.mood"),
    "range": ("'[1,3)'::int4range", "'[1,4)'::int4range"),
    "inet": ("'10.0.0.1/8'::inet", "'10.0.0.1/16'::inet"),
    "array": ("array[1,null]", "array[null,1]"),
    "array of two dimensions": ("array[[1,2],[3,4]]", "array[1,2,3,4]"),
    "array of texts": ("array['a,b']", "array['a','b']"),
    "money": ("'1.00'::money", "'1.01'::money"),
    "bit": ("b'101'", "b'100'"),
    "point": ("'(1,2)'::point", "'(2,1)'::point"),
    "composite": ("row(1, null)::public.pair", "row(null, 1)::public.pair"),
    "domain": ("1.5::public.amount", "1.6::public.amount"),
    "null": ("null::integer", "0"),
}
"""Per kind of value two expressions that mean different things."""

_SINCE = {"any numeric, infinite": 14, "numeric of negative scale": 15, "numeric of great scale": 15}

POSTGRES_EQUAL = {
    "char": ("'a'::char(3)", "'a'::char(5)"),
    "any numeric": ("1.0", "1.00"),
    "any numeric, huge": (f"{'9' * 60}.0", f"{'9' * 60}.00"),
    "numeric": ("1.5::numeric(12,2)", "1.5::numeric(14,4)"),
    "timestamptz": ("'2026-01-01 02:00+02'::timestamptz", "'2026-01-01 01:00+01'::timestamptz"),
    "jsonb": ('\'{"a": 1, "b": 2}\'::jsonb', '\'{"b": 2, "a":   1}\'::jsonb'),
    "numeric and integer": ("2::numeric", "2"),
}
"""Per kind of value two expressions that mean the same."""
