"""What a query reads: every name in FROM, told apart from the CTEs and temporary tables that may shadow it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlglot import exp

from datacanary.errors import ProjectError
from datacanary.model.project import Span
from datacanary.project.functions import Path, is_path, table_function
from datacanary.project.lexing import place_in
from datacanary.project.naming import fold, quoted
from datacanary.project.scopes import NOTHING, Temporary, is_own

_SYSTEM = frozenset({"information_schema", "pg_catalog"})
_LONGEST_NAME = 3


@dataclass(frozen=True, slots=True)
class Name:
    """A name in FROM: its folded parts (catalog, schema, table: as many as are written) and where they stand.

    `alias` is the name as it is written, for when it is replaced by another; empty where the text has an alias.
    """

    parts: tuple[str, ...]
    span: Span
    alias: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Prefixed:
    """A column with dots before it: its folded parts, and the names in FROM that they could begin with."""

    parts: tuple[str, ...]
    spans: tuple[Span, ...]
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Reads:
    """All that one statement reads; `unpinned` are functions and catalogs whose rows nobody can hold still."""

    names: tuple[Name, ...]
    paths: tuple[Path, ...]
    columns: tuple[Prefixed, ...]
    unpinned: tuple[str, ...]


def reads_of(tree: exp.Expr, text: str, path: str, dialect: str, temporary: Temporary = NOTHING) -> Reads:
    """Find what a statement reads; `temporary` was made before it.

    Raises ProjectError for a name or a file that cannot be known before the query runs.
    """
    names: list[tuple[exp.Table, Name]] = []
    paths: list[Path] = []
    unpinned: list[str] = []
    aliases: list[exp.TableAlias] = []
    columns: list[exp.Column] = []
    for node in tree.find_all(exp.Table, exp.Lateral, exp.TableAlias, exp.Column):
        if isinstance(node, exp.Column):
            columns.append(node)
            continue
        if isinstance(node, exp.TableAlias):
            aliases.append(node)
            continue
        function = _function(node)
        if function is not None:
            found, unheld = table_function(function, text, path, temporary)
            paths += found
            unpinned += unheld
        elif not isinstance(node, exp.Table) or _is_created(node):
            continue
        elif is_path(node, text):
            paths.append(Path.of(node.this, text, path))
        elif fold(node.db) in _SYSTEM:
            unpinned.append(f"{fold(node.db)}.{fold(node.name)}")
        elif not is_own(node, temporary):
            names.append((node, _name(node, text, path, dialect)))
    prefixed = tuple(_prefixed(columns, aliases, names))
    return Reads(tuple(name for _, name in names), tuple(paths), prefixed, tuple(unpinned))


def _function(node: exp.Expr) -> exp.Expr | None:
    plain = isinstance(node.this, exp.Identifier | exp.Dot | exp.Subquery)
    return None if plain or not isinstance(node.this, exp.Expr) else node.this


def _is_created(table: exp.Table) -> bool:
    """Tell whether CREATE TEMP names the table, rather than reads it."""
    parent = table.parent
    if isinstance(parent, exp.UserDefinedFunction | exp.Schema):
        return True
    return isinstance(parent, exp.Create) and parent.this is table


def _name(table: exp.Table, text: str, path: str, dialect: str) -> Name:
    first = next(node for node in _leftmost(table) if "start" in node.meta)
    where = place_in(text, path, first.meta["start"])
    written = [table.args.get("catalog"), table.args.get("db"), table.this]
    identifiers = [part for part in written if isinstance(part, exp.Identifier)]
    if len(identifiers) != sum(part is not None for part in written) or not all(part.name for part in identifiers):
        raise ProjectError(
            "A name in FROM has more parts than database, schema and table.",
            where=where,
            hint="Put a name that has dots in it into quotes.",
        )
    last = identifiers[-1]
    # PIVOT takes its alias behind the whole clause.
    pivoted = table.args.get("pivots") or isinstance(table.parent, exp.Pivot)
    alias = "" if table.alias or pivoted else quoted(last.name, dialect)
    span = Span(first.meta["start"], last.meta["end"] + 1)
    return Name(tuple(fold(part.name) for part in identifiers), span, alias, where.line or 1, where.column or 1)


def _leftmost(table: exp.Table) -> Iterator[exp.Expr]:
    named = [part for part in (table.args.get("catalog"), table.args.get("db"), table.this) if part]
    for part in named:
        yield from part.find_all(exp.Identifier)


def _prefixed(
    columns: Iterable[exp.Column], aliases: Iterable[exp.TableAlias], names: Sequence[tuple[exp.Table, Name]]
) -> Iterator[Prefixed]:
    called = frozenset(name.parts[-1] for _, name in names if name.alias)
    # The schema of a table stands before its name, so a name must follow the first dot. Few columns get further.
    dotted = [(column, parts) for column in columns if called and (parts := _parts(column, called))]
    if not dotted:
        return
    tables: dict[int, list[Name]] = {}
    for table, name in names:
        tables.setdefault(id(table.find_ancestor(exp.Select)), []).append(name)
    aliased = {(fold(alias.name), id(alias.find_ancestor(exp.Select))) for alias in aliases}
    for column, parts in dotted:
        folded = tuple(fold(part.name) for part in parts)
        candidates: list[Name] = []
        for select in _selects_around(column):
            near = [name for name in tables.get(select, ()) if name.alias and name.parts[-1] in folded[1:_LONGEST_NAME]]
            # DuckDB takes `s.orders` for the column of what is called s here; `s.orders.id` rather for a table's.
            if (folded[0], select) in aliased and (len(parts) == 2 or not near):  # noqa: PLR2004 -- a pair
                break
            candidates += near
        if candidates:
            spans = tuple(Span(part.meta["start"], part.meta["end"] + 1) for part in parts)
            yield Prefixed(folded, spans, tuple(candidates))


def _parts(column: exp.Column, called: frozenset[str]) -> list[exp.Identifier]:
    """Return the parts of a column whose prefix can end with one of these names, else none."""
    if not column.args.get("table"):
        return []
    parts = [part for part in column.parts if isinstance(part, exp.Identifier)]
    if not all("start" in part.meta for part in parts):
        return []
    return parts if any(fold(part.name) in called for part in parts[1:_LONGEST_NAME]) else []


def _selects_around(node: exp.Expr) -> Iterator[int]:
    select = node.find_ancestor(exp.Select)
    while select is not None:
        yield id(select)
        select = select.find_ancestor(exp.Select)
    yield id(None)
