"""Functions and files in FROM: what they read, and whether it can be held still."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from datacanary.errors import ProjectError, Where
from datacanary.model.project import Span
from datacanary.project.lexing import place_in
from datacanary.project.naming import fold
from datacanary.project.scopes import Temporary

DATA_FILE = re.compile(r".*\.(parquet|parq|pq|((csv|tsv|json|ndjson|jsonl)(\.gz|\.zst)?))", re.IGNORECASE | re.DOTALL)
_URL = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
FILE_READERS = frozenset(
    {"read_csv", "read_csv_auto", "read_parquet", "parquet_scan", "read_json", "read_json_auto", "read_ndjson"}
    | {"read_ndjson_auto", "read_ndjson_objects", "read_json_objects", "read_json_objects_auto"}
    | {"read_text", "read_blob"}
)
PURE = frozenset(
    {"range", "generate_series", "generateseries", "unnest", "explode", "posexplode", "values", "repeat_row", "repeat"}
    | {"json_each", "json_tree", "flatten", "generate_subscripts"}
)
BY_A_COMPUTED_NAME = frozenset({"query", "query_table"})


@dataclass(frozen=True, slots=True)
class Path:
    """A data file in FROM, or the file argument of a function that reads one; the span covers its quotes."""

    text: str
    span: Span
    line: int

    @classmethod
    def of(cls, node: exp.Expr, text: str, path: str) -> Path:
        """Take a literal or quoted name in FROM; ProjectError for a URL."""
        start, end = node.meta["start"], node.meta["end"]
        where = place_in(text, path, start)
        if _URL.match(node.name):
            raise ProjectError(
                "The query reads a file behind a URL; that is not supported yet.",
                where=where,
                hint="Bring the data into the warehouse, or keep the file beside the project.",
            )
        return cls(node.name, Span(start, end + 1), where.line or 1)


def is_path(table: exp.Table, text: str) -> bool:
    """Tell whether a name in FROM is a file: one in single quotes, or one that ends as data files do."""
    start = table.this.meta.get("start")
    if table.db or start is None:
        return False
    return text[start] == "'" or (table.this.quoted and DATA_FILE.fullmatch(table.name) is not None)


def table_function(
    function: exp.Expr, text: str, path: str, temporary: Temporary
) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """Return the files that a function in FROM reads, and the function's name if its rows cannot be held still."""
    name = _name(function)
    if name in PURE or name in temporary.macros:
        return (), ()
    if name in BY_A_COMPUTED_NAME:
        raise ProjectError(
            f"{name}() reads tables that are named while the query runs; datacanary must know them beforehand.",
            where=_place(function, text, path),
            hint="Name the tables in FROM.",
        )
    if isinstance(function, exp.ReadCSV | exp.ReadParquet) or name in FILE_READERS:
        return tuple(_file_arguments(function, text, path)), ()
    return (), (f"{name}()",)


def _name(function: exp.Expr) -> str:
    if isinstance(function, exp.Anonymous):
        return fold(function.name)
    return fold(function.sql_name()) if isinstance(function, exp.Func) else function.key


def _file_arguments(function: exp.Expr, text: str, path: str) -> Iterator[Path]:
    # ReadCSV keeps its file under `this`; the others have it as the first of their arguments.
    first = function.this if isinstance(function.this, exp.Expr) else next(iter(function.expressions), None)
    files = first.expressions if isinstance(first, exp.Array) else [first]
    for file in files:
        if not (isinstance(file, exp.Literal) and file.is_string and "start" in file.meta):
            raise ProjectError(
                "The file that this function reads is computed; datacanary must know it beforehand.",
                where=_place(function, text, path),
                hint="Write its path as plain text, or name it under `sources:`.",
            )
        yield Path.of(file, text, path)


def _place(function: exp.Expr, text: str, path: str) -> Where:
    start = next((node.meta["start"] for node in function.walk() if "start" in node.meta), None)
    return Where(path) if start is None else place_in(text, path, start)
