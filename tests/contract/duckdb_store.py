"""A DuckDB warehouse to hold the contract against, and pairs of different values of each of its types."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from datacanary.protocols.warehouse import Warehouse
from datacanary.warehouse.connect import connect


@dataclass(frozen=True, slots=True)
class DuckDBStore:
    """One file in a folder of its own."""

    folder: Path
    file_name: str = "warehouse.duckdb"
    kind: str = "duckdb"
    main: str = "main"
    text: str = "varchar"

    @property
    def catalog(self) -> str:
        """What DuckDB calls the file."""
        return connect(f"duckdb:///{self.file_name}", self.folder).catalog

    def open(self) -> Warehouse:
        """Return the warehouse; its file is made if need be."""
        duckdb.connect(str(self.folder / self.file_name)).close()
        return connect(f"duckdb:///{self.file_name}", self.folder)

    def execute(self, *statements: str) -> list[tuple[Any, ...]]:
        """Do something in production, as somebody else; return what the last statement gives."""
        with duckdb.connect(str(self.folder / self.file_name)) as connection:
            found: list[tuple[Any, ...]] = []
            for statement in statements:
                found = connection.execute(statement).fetchall()
            return found

    def spelt(self, name: str) -> str:
        """Return a name as DuckDB keeps it."""
        return name

    def knows(self, value: str) -> bool:
        """Tell so of all: the version is always the same."""
        return value in DUCKDB_VALUES

    def numbers(self, count: int) -> str:
        """Write a call of `range`."""
        return f"range({count})"

    def indexes(self) -> int:
        """Count the indexes."""
        return int(self.execute("select count(*) from duckdb_indexes()")[0][0])


UNION = "union(number integer, word varchar)"
LARGEST, LARGEST_UNSIGNED = 2**127 - 1, 2**128 - 1

DUCKDB_VALUES = {
    "boolean": ("true", "false"),
    "tinyint": ("(-128)::tinyint", "127::tinyint"),
    "ubigint": ("18446744073709551615::ubigint", "18446744073709551614::ubigint"),
    "hugeint": (f"{LARGEST}::hugeint", f"{LARGEST - 1}::hugeint"),
    "hugeint below": (f"(-{LARGEST})::hugeint", f"{LARGEST}::hugeint"),
    "uhugeint": (f"{LARGEST_UNSIGNED}::uhugeint", f"{LARGEST_UNSIGNED - 1}::uhugeint"),
    "bignum": (f"{10**60}::bignum", f"{10**60 + 1}::bignum"),
    "decimal": ("1234567890123456789012345678.0000000001::decimal(38,10)", "0.0000000001::decimal(38,10)"),
    "decimal(38,0)": (f"{10**38 - 1}::decimal(38,0)", f"{10**38 - 2}::decimal(38,0)"),
    "float": ("0.1::float", "0.10000001::float"),
    "double": ("0.1::double", "0.10000000001::double"),
    "NaN": ("'nan'::double", "1::double"),
    "NaN or NULL": ("'nan'::float", "null::float"),
    "infinite": ("'inf'::double", "'-inf'::double"),
    "text": ("''", "null::varchar"),
    "text with a zero": ("chr(0) || 'a'", "chr(0) || 'b'"),
    "text that looks like NULL": ("'NULL'", "null::varchar"),
    "blob": (r"'\x00\xFF'::blob", r"'\x00\xFE'::blob"),
    "bit": ("'0101'::bit", "'00101'::bit"),
    "uuid": ("'00000000-0000-0000-0000-000000000001'::uuid", "'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid"),
    "json": ("""'{"a": [1, null]}'::json""", """'{"a": [1]}'::json"""),
    "enum": ("'x'::enum('x', 'Y')", "'Y'::enum('x', 'Y')"),
    "enum in another order": ("'x'::enum('x', 'y')", "'y'::enum('y', 'x')"),
    "date": ("date '0044-03-15 (BC)'", "date '0044-03-14 (BC)'"),
    "infinite date": ("'infinity'::date", "'-infinity'::date"),
    "time": ("time '23:59:59.999999'", "time '24:00:00'"),
    "midnight": ("time '00:00:00'", "time '24:00:00'"),
    "time_ns": ("'23:59:59.999999999'::time_ns", "'24:00:00'::time_ns"),
    "timetz": ("'10:00:00+02'::timetz", "'10:00:00+03'::timetz"),
    "timestamp": ("timestamp '9999-12-31 23:59:59.999999'", "timestamp '10000-01-01'"),
    "infinite timestamp": ("'infinity'::timestamp", "'-infinity'::timestamp"),
    "timestamp_s": ("'290000-01-01 00:00:01'::timestamp_s", "'290000-01-01 00:00:02'::timestamp_s"),
    "infinite timestamp_s": ("'infinity'::timestamp_s", "'-infinity'::timestamp_s"),
    "endless or NULL": ("'infinity'::timestamp_s", "null::timestamp_s"),
    "timestamp_ms": ("'2026-01-01 00:00:00.001'::timestamp_ms", "'infinity'::timestamp_ms"),
    "timestamp_ns": ("'2026-01-01 00:00:00.000000001'::timestamp_ns", "'2026-01-01'::timestamp_ns"),
    "infinite timestamp_ns": ("'infinity'::timestamp_ns", "'-infinity'::timestamp_ns"),
    "timestamptz": ("'2026-01-01 10:00:00+01'::timestamptz", "'2026-01-01 10:00:00+02'::timestamptz"),
    "infinite timestamptz": ("'infinity'::timestamptz", "'-infinity'::timestamptz"),
    "timestamptz_ns": ("'2026-01-01 00:00:00.000000001+00'::timestamptz_ns", "'infinity'::timestamptz_ns"),
    "interval": ("interval 1 month", "interval 30 days"),
    "list": ("[1, null]", "[1]"),
    "empty list": ("[]::int[]", "null::int[]"),
    "list of NULL": ("[null]::int[]", "[]::int[]"),
    "list of hugeint": (f"[{LARGEST}::hugeint]", f"[{LARGEST - 1}::hugeint]"),
    "list of uhugeint": (f"[{LARGEST_UNSIGNED}::uhugeint]", f"[{LARGEST_UNSIGNED - 1}::uhugeint]"),
    "list of intervals": ("[interval 1 month]", "[interval 30 days]"),
    "list of enums": ("['x'::enum('x', 'y')]", "['y'::enum('x', 'y')]"),
    "list of times with time zone": ("['10:00:00+02'::timetz]", "['10:00:00+03'::timetz]"),
    "list of times": ("['00:00:00'::time]", "['24:00:00'::time]"),
    "list of infinite times": ("['infinity'::timestamp]", "['-infinity'::timestamp]"),
    "list of NaN": ("['nan'::double]", "[null::double]"),
    "array": ("[1, 2]::int[2]", "[1, 3]::int[2]"),
    "array or NULL": ("[null, null]::int[2]", "null::int[2]"),
    "array of intervals": ("[interval 1 day]::interval[1]", "[interval 2 days]::interval[1]"),
    "array of arrays": ("[[1], [2]]::int[1][2]", "[[1], [3]]::int[1][2]"),
    "struct": ("{'a': 1, 'b': 'x'}", "{'a': 1, 'b': null}"),
    "struct or NULL": ("{'a': null::int}", "null::struct(a int)"),
    "struct with hugeint": (f"{{'a': {LARGEST}::hugeint}}", "{'a': 1::hugeint}"),
    "struct with text that looks like another": (
        "{'i': interval 1 day, 'a': ['x, y']}",
        "{'i': interval 1 day, 'a': ['x', 'y']}",
    ),
    "struct with NULL that looks like text": (
        "{'i': interval 1 day, 'a': null::varchar}",
        "{'i': interval 1 day, 'a': 'NULL'}",
    ),
    "struct with fields called like types": (
        "{'bit': 1, 'interval': interval 1 day, 'enum(': 1, 'say \"a, b\"': 1}",
        "{'bit': 1, 'interval': interval 1 day, 'enum(': 1, 'say \"a, b\"': 2}",
    ),
    "tuple": ("row(1, 'a')", "row(1, 'b')"),
    "tuple with an interval": ("row(1, interval 1 day)", "row(1, interval 2 days)"),
    "map": ("map {'a': 1}", "map {'a': 2}"),
    "empty map": ("map {}::map(int, int)", "null::map(int, int)"),
    "map with hugeint": (f"map {{{LARGEST}::hugeint: 1}}", "map {1::hugeint: 1}"),
    "map with enum": ("map {'x'::enum('x', 'y'): 1}", "map {'y'::enum('x', 'y'): 1}"),
    "map of maps": ("map {'k': map {'a': 1}}", "map {'k': map {'a': 2}}"),
    "list of maps": ("[map {'a': 1}]", "[map {'a': 2}]"),
    "struct with a map": ("{'m': map {'a': interval 1 day}}", "{'m': map {'a': interval 2 days}}"),
    "deep": (
        "{'a': [{'b': map {'k': [{'c': 1, 'i': interval 1 day}]}}]}",
        "{'a': [{'b': map {'k': [{'c': 2, 'i': interval 1 day}]}}]}",
    ),
    "union": (f"union_value(number := 1)::{UNION}", f"union_value(word := '1')::{UNION}"),
    "union of nothing": (f"union_value(number := null::int)::{UNION}", f"union_value(word := null::varchar)::{UNION}"),
    "list of unions": (f"[union_value(number := 1)::{UNION}]", f"[union_value(word := '1')::{UNION}]"),
    "variant": ("1::variant", "'1'::variant"),
    "variant of a date": ("date '2026-01-01'::variant", "'2026-01-01'::variant"),
    "variant or NULL": ("'x'::variant", "null::variant"),
    "struct with a variant": ("{'a': 1::variant}", "{'a': '1'::variant}"),
    "geometry": ("'POINT(1 2)'::geometry", "'POINT(1 3)'::geometry"),
}
"""Per kind of value two expressions that mean different things."""

DUCKDB_EQUAL = {
    "zeros": ("0.0::double", "-0.0::double"),
    "zeros within": ("[{'a': 0.0::double, 'i': interval 1 day}]", "[{'a': -0.0::double, 'i': interval 1 day}]"),
    "instants": ("'2026-01-01 10:00:00+01'::timestamptz", "'2026-01-01 09:00:00+00'::timestamptz"),
    "NaNs": ("'nan'::double", "'-nan'::double"),
}
"""Per kind of value two expressions that mean the same."""
