"""What is mutated: queries, with the tables that they read."""

from __future__ import annotations

import ast
import gzip
import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import sqlglot
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import TokenType

from proof.draft import DIALECT, Columns, Schema

DENSE = Path(__file__).with_name("corpus")
PACKAGE = "sqlglot==30.30.0"
"""Its source distribution brings TPC-H and TPC-DS, with their tables, as tests."""
TPC = {"tpc-h": "TPCH_SCHEMA", "tpc-ds": "TPCDS_SCHEMA"}


@dataclass(frozen=True, slots=True)
class Query:
    """A query by its name."""

    name: str
    sql: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """Queries over the same tables; `unique` says that the first column of a table tells its rows apart."""

    name: str
    schema: Schema
    queries: tuple[Query, ...]
    unique: bool = False


def dense() -> Corpus:
    """Return our own corpus: every construct of DuckDB that we could think of."""
    queries = [query for path in sorted(DENSE.glob("*.sql")) if path.stem != "schema" for query in blocks(path)]
    return Corpus("dense", schema_of((DENSE / "schema.sql").read_text("utf-8")), tuple(queries))


def blocks(path: Path) -> Iterator[Query]:
    """Return the queries of a file, each below a line `-- name: ...`."""
    for block in path.read_text("utf-8").split("-- name:")[1:]:
        name, _, sql = block.partition("\n")
        yield Query(f"{path.stem}/{name.strip()}", sql.strip().rstrip(";"))


def schema_of(ddl: str) -> dict[str, Columns]:
    """Read the tables of CREATE TABLE statements, one column a line."""
    found: dict[str, Columns] = {}
    for statement in filter(str.strip, ddl.split(";")):
        head, _, body = statement.partition("(")
        lines = body.rstrip().removesuffix(")").splitlines()
        columns = [line.strip().rstrip(",").split(maxsplit=1) for line in lines if line.strip()]
        found[head.split()[-1]] = tuple((name.strip('"'), kind) for name, kind in columns)
    return found


def folder(path: Path) -> Corpus:
    """Return the queries of a folder, `**/*.sql`, over the tables of its schema.sql or schema.json.

    schema.json maps tables, `table` or `schema.table`, to columns with their types.
    """
    listed = path / "schema.json"
    schema: Mapping[str, Columns] = (
        {table: tuple(columns.items()) for table, columns in json.loads(listed.read_text("utf-8")).items()}
        if listed.exists()
        else schema_of((path / "schema.sql").read_text("utf-8"))
    )
    files = [file for file in sorted(path.rglob("*.sql")) if file.name != "schema.sql"]
    queries = [
        Query(str(file.relative_to(path).with_suffix("")), file.read_text("utf-8").strip().rstrip(";"))
        for file in files
    ]
    return Corpus(path.name, schema, tuple(queries))


def tpc(name: str, cache: Path) -> Corpus:
    """Return TPC-H or TPC-DS, as the source distribution of sqlglot has them; pip brings it once."""
    source = _unpacked(cache)
    schema = _literal(source / "tests" / "helpers.py", TPC[name])
    tables = {
        table: tuple((column, _type(column, kind)) for column, kind in columns.items())
        for table, columns in schema.items()
    }
    place = source / "tests" / "fixtures" / "optimizer" / name
    file = next(iter(sorted(place.glob("*.sql*"))))
    text = gzip.decompress(file.read_bytes()).decode() if file.suffix == ".gz" else file.read_text("utf-8")
    plain = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#"))
    # Every query is followed by what sqlglot's optimizer makes of it.
    originals = list(statements(plain))[::2]
    queries = [Query(f"{number:02}", sql) for number, sql in enumerate(originals, start=1) if sql]
    return Corpus(name, tables, tuple(queries), unique=True)


def statements(text: str) -> Iterator[str]:
    """Split a text at its semicolons, and write each statement in DuckDB's words."""
    start = 0
    for token in sqlglot.tokenize(text):
        if token.token_type is TokenType.SEMICOLON:
            statement = text[start : token.start]
            start = token.end + 1
            try:
                yield sqlglot.transpile(statement, write=DIALECT, comments=False)[0]
            except SqlglotError:
                yield ""


def _unpacked(cache: Path) -> Path:
    place = cache / PACKAGE.replace("==", "-")
    if not place.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as fresh:
            pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
            subprocess.run([*pip, "--dest", fresh, PACKAGE], check=True)
            (archive,) = Path(fresh).glob("*.tar.gz")
            with tarfile.open(archive) as packed:
                packed.extractall(cache, filter="data")
    return place


def _literal(file: Path, name: str) -> dict[str, dict[str, str]]:
    """Read a constant from a Python file without running it."""
    for node in ast.parse(file.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and any(isinstance(one, ast.Name) and one.id == name for one in node.targets):
            found: dict[str, dict[str, str]] = ast.literal_eval(node.value)
            return found
    raise LookupError(f"{file}: no {name}")


def _type(column: str, kind: str) -> str:
    if column.endswith("date"):  # there they are texts, but the queries reckon with days
        return "DATE"
    words = {"string": "VARCHAR", "int": "INTEGER", "uint64": "BIGINT", "float": "DOUBLE", "float64": "DOUBLE"}
    folded = kind.lower()
    if folded.startswith(("decimal", "numeric")):
        return "DECIMAL(15, 2)"
    return words.get(folded, folded.upper())
