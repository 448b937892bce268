"""What a query reads: every name in FROM, told apart from the CTEs and temporary tables that may shadow it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from datacanary.errors import ProjectError, Where
from datacanary.model.project import Qualifier, Span
from datacanary.project.naming import fold

_DATA_FILE_ENDINGS = (".parquet", ".csv", ".csv.gz", ".tsv", ".json", ".ndjson", ".jsonl")
_FILE_READERS = frozenset(
    {"read_csv", "read_csv_auto", "read_parquet", "parquet_scan", "read_json", "read_json_auto", "read_ndjson"}
    | {"read_ndjson_auto", "read_ndjson_objects", "read_json_objects", "read_text", "read_blob"}
)
_PURE_FUNCTIONS = frozenset(
    {"range", "generate_series", "generateseries", "unnest", "explode", "posexplode", "values", "repeat_row"}
    | {"json_each", "json_tree", "flatten"}
)


@dataclass(frozen=True, slots=True)
class Name:
    """A name in FROM: its folded parts (catalog, schema, table: as many as are written) and where they stand."""

    parts: tuple[str, ...]
    span: Span
    alias: str
    line: int


@dataclass(frozen=True, slots=True)
class Path:
    """A data file in FROM, or the file argument of a function that reads one; the span covers its quotes."""

    text: str
    span: Span
    line: int


@dataclass(frozen=True, slots=True)
class Reads:
    """All that one statement reads; `unpinned` names functions in FROM whose rows nobody can hold still."""

    names: tuple[Name, ...]
    paths: tuple[Path, ...]
    qualifiers: tuple[Qualifier, ...]
    unpinned: tuple[str, ...]


def reads_of(tree: exp.Expr, text: str, path: str, dialect: str, temporary: frozenset[str]) -> Reads:
    """Find what a statement reads; `temporary` are the folded names of temporary tables made before it.

    Raises ProjectError for a name without a position in the text and for a file path that is computed.
    """
    names: list[Name] = []
    paths: list[Path] = []
    unpinned: list[str] = []
    for table in tree.find_all(exp.Table):
        if _is_created(table):
            continue
        if not isinstance(table.this, exp.Identifier):
            found = tuple(_file_arguments(table.this, path))
            paths.extend(found)
            if not found and _function_name(table.this) not in _PURE_FUNCTIONS:
                unpinned.append(_function_name(table.this))
        elif _is_path(table, text):
            paths.append(Path(table.name, _span(table.this, path), _line(table.this)))
        elif not _is_local(table, temporary):
            names.append(_name(table, path, dialect))
    return Reads(tuple(names), tuple(paths), tuple(_qualifiers(tree, names, path)), tuple(unpinned))


def _is_created(table: exp.Table) -> bool:
    """Tell whether CREATE TEMP names the table, rather than reads it."""
    parent = table.parent
    if isinstance(parent, exp.UserDefinedFunction | exp.Schema):
        parent = parent.parent
    return isinstance(parent, exp.Create) and not isinstance(table.parent, exp.Query)


def _is_path(table: exp.Table, text: str) -> bool:
    if table.args.get("db"):
        return False
    start = table.this.meta.get("start")
    quoted_as_text = start is not None and text[start] == "'"
    return quoted_as_text or (table.this.quoted and table.name.lower().endswith(_DATA_FILE_ENDINGS))


def _is_local(table: exp.Table, temporary: frozenset[str]) -> bool:
    if table.args.get("db"):
        return False
    name = fold(table.name)
    return name in temporary or name in visible_ctes(table)


def visible_ctes(node: exp.Expr) -> frozenset[str]:
    """Return the folded names of the CTEs that a name at `node` can mean.

    A CTE sees those before it, and itself if it is recursive; the query behind WITH sees all. So in
    `WITH orders AS (SELECT * FROM orders) SELECT * FROM orders` the inner name is the table.
    """
    names: set[str] = set()
    child: exp.Expr = node
    parent = node.parent
    while parent is not None:
        if isinstance(parent, exp.With):
            before = parent.expressions[: child.index]
            names.update(fold(cte.alias) for cte in before)
            if parent.args.get("recursive"):
                names.add(fold(child.alias))
        else:
            clause = parent.args.get("with_")
            if isinstance(clause, exp.With) and clause is not child:
                names.update(fold(cte.alias) for cte in clause.expressions)
        child, parent = parent, parent.parent
    return frozenset(names)


def _name(table: exp.Table, path: str, dialect: str) -> Name:
    identifiers = [part for part in (table.args.get("catalog"), table.args.get("db"), table.this) if part]
    if not all(isinstance(part, exp.Identifier) and part.name for part in identifiers):
        raise ProjectError(f"Cannot read the name {table.sql(dialect)!r}.", where=Where(path))
    first, last = identifiers[0], identifiers[-1]
    # PIVOT takes its alias behind the whole clause.
    pivoted = table.args.get("pivots") or isinstance(table.parent, exp.Pivot)
    alias = "" if table.alias or pivoted else exp.to_identifier(last.name, quoted=True).sql(dialect)
    span = Span(_span(first, path).start, _span(last, path).end)
    return Name(tuple(fold(part.name) for part in identifiers), span, alias, _line(last))


def _span(node: exp.Expr, path: str) -> Span:
    start, end = node.meta.get("start"), node.meta.get("end")
    if start is None or end is None:
        raise ProjectError(f"Cannot find the place of {node.name!r} in the text.", where=Where(path))
    return Span(start, end + 1)


def _line(node: exp.Expr) -> int:
    return int(node.meta.get("line", 1))


def _function_name(function: exp.Expr) -> str:
    if isinstance(function, exp.Anonymous):
        return fold(function.name)
    return fold(function.sql_name()) if isinstance(function, exp.Func) else function.key


def _file_arguments(function: exp.Expr, path: str) -> Iterator[Path]:
    reader = isinstance(function, exp.ReadCSV | exp.ReadParquet) or _function_name(function) in _FILE_READERS
    if not reader:
        return
    # ReadCSV keeps its file under `this`; the others have it as the first of their arguments.
    first = function.this if isinstance(function.this, exp.Expr) else next(iter(function.expressions), None)
    files = first.expressions if isinstance(first, exp.Array) else [first]
    for file in files:
        if not (isinstance(file, exp.Literal) and file.is_string):
            line = next((n.meta["line"] for n in function.walk() if "line" in n.meta), None)
            raise ProjectError(
                "The file that this function reads is computed; datacanary must know it beforehand.",
                where=Where(path, line),
                hint="Write its path as plain text, or name it under `sources:`.",
            )
        yield Path(file.name, _span(file, path), _line(file))


def _qualifiers(tree: exp.Expr, names: list[Name], path: str) -> Iterator[Qualifier]:
    """Find `schema.table` in front of columns: behind a spliced name only the alias is valid."""
    unaliased = {name.parts: name.alias for name in names if name.alias and len(name.parts) > 1}
    if not unaliased:
        return
    for column in tree.find_all(exp.Column):
        parts = [part for part in column.parts if isinstance(part, exp.Identifier)]
        folded = tuple(fold(part.name) for part in parts)
        # Longest first: with four parts the last may be a struct's field.
        for length in (3, 2):
            alias = unaliased.get(folded[:length])
            if alias and len(column.parts) > length:
                span = Span(_span(parts[0], path).start, _span(parts[length - 1], path).end)
                yield Qualifier(span, alias)
                break
