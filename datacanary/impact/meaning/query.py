"""Reads a query from the inside out, so that what it means is known through all its parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlglot import exp

from datacanary.impact.functions.kinds import FunctionKind, kind_of
from datacanary.impact.meaning.conditions import Rule
from datacanary.impact.meaning.json_paths import path_words
from datacanary.impact.meaning.level import Level
from datacanary.impact.meaning.names import names_of
from datacanary.impact.meaning.opaque import opaque_table, refers_to, structure_of
from datacanary.impact.meaning.operations import operation_table, values_table
from datacanary.impact.meaning.order import Order, order_of
from datacanary.impact.meaning.reading import Around, Piece, UnsupportedError
from datacanary.impact.meaning.selection import select_table
from datacanary.impact.meaning.sources import renamed_columns
from datacanary.impact.meaning.table import NAMELESS, Table, told_apart
from datacanary.impact.meaning.terms import RULES
from datacanary.impact.meaning.value import ANY_COLUMN, Value, combine, digest
from datacanary.impact.meaning.values import value_of
from datacanary.impact.nondeterminism.wording import Wording
from datacanary.model.impact import ClauseKind
from datacanary.sql.trees import statements_of, tokens_of

_OF_A_CTE = frozenset({"this", "alias", "materialized"})
_NO_BLANKS = str.maketrans("", "", " ()")
# What a query in FROM, or a table that is made from one, does with a name that comes twice.
_TELLS_NAMES_APART = frozenset({"duckdb"})

Lookup = Callable[[exp.Table], Table | None]
"""What a table means that a query reads, None if nobody knows it."""


class Doubt(NamedTuple):
    """Why it cannot be known what a query means, and the line of the text that makes it so; 0 for all of it."""

    why: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """What a query means, and why that is in doubt, if it is; `pieces` are its clauses, None where nobody kept them."""

    table: Table
    pieces: tuple[Piece, ...] | None = ()
    doubts: tuple[Doubt, ...] = ()


def _no_files(function: exp.Expr) -> None:
    del function


def _no_line(node: exp.Expr) -> int:
    del node
    return 0


@dataclass
class Reader:
    """Reads the statements of one text; `salt` tells apart what is never equal in two versions."""

    dialect: str
    lookup: Lookup
    salt: str
    files: Callable[[exp.Expr], Table | None] = _no_files
    line_of: Callable[[exp.Expr], int] = _no_line
    text: str = ""
    macros: dict[str, Value] = field(default_factory=dict)
    pieces: list[Piece] = field(default_factory=list)
    doubts: list[tuple[str, exp.Expr]] = field(default_factory=list)
    # A tree that is made on the way must live as long as the reader: nodes are told apart by their places.
    _counted: int = 0
    _wording: Wording | None = None

    def __post_init__(self) -> None:
        """Know how names are folded, and what has a rule of its own."""
        self.names = names_of(self.dialect)
        self.rules: Mapping[type[exp.Expr], Rule] = RULES

    def query(self, node: exp.Expr, around: Around) -> Table:
        """Return what a query means."""
        noted = len(self.pieces)
        try:
            around = self._with_ctes(node, around)
            table = self._followed(node, around)
        except UnsupportedError:
            del self.pieces[noted:]
            table = opaque_table(node, self, around)
        return told_apart(table) if self.dialect in _TELLS_NAMES_APART else table

    def _followed(self, node: exp.Expr, around: Around) -> Table:
        match node:
            case exp.Select():
                return select_table(node, self, around)
            case exp.SetOperation():
                return operation_table(node, self, around)
            case exp.Values():
                return values_table(node, self, around)
            case exp.Subquery() if not _has_more(node):
                return self.query(node.this, around)
            case exp.Table():
                return self.table(node, around)
            case _:
                raise UnsupportedError

    def _with_ctes(self, node: exp.Expr, around: Around) -> Around:
        clause = node.args.get("with_")
        if not isinstance(clause, exp.With):
            return around
        for cte in clause.expressions:
            name = self.names.written(cte.args["alias"].this)
            if any(value for key, value in cte.args.items() if key not in _OF_A_CTE):
                raise UnsupportedError
            if clause.args.get("recursive") and refers_to(cte.this, name, self.names):
                table = opaque_table(cte, self, around, own=name)
            else:
                table = self.query(cte.this, around)
            around = around.knowing(name, renamed_columns(table, cte.args["alias"], self.names))
        return around

    def table(self, node: exp.Table, around: Around) -> Table:
        """Return what a table, or CTE, means that is read by its name."""
        name = self.names.written(node.this)
        if not node.args.get("db") and name in around.named:
            return around.named[name]
        found = self.lookup(node)
        if found is not None:
            return found
        shown = node.sql(self.dialect, comments=False)
        doubt = self.doubt(f"{shown} is no table that is known", node)
        return Table(doubt, rest=doubt)

    def table_function(self, function: exp.Expr, level: Level) -> Table | None:
        """Return what a function in FROM means that reads files, or that nobody knows; None for an ordinary one."""
        read = self.files(function)
        if read is not None:
            options = [structure_of(one, self, level) for one in function.iter_expressions()]
            rows = combine("read", [read.rows, *options])
            return Table(rows, rest=rows._replace(reads=frozenset((name, ANY_COLUMN) for name, _ in read.rows.reads)))
        macro = self.macro(function)
        if macro is not None:
            rows = combine("macro", [macro, *(value_of(one, level) for one in function.expressions)])
            return Table(rows, rest=rows, order=Order(rows.fingerprint))
        return None

    def function(self, node: exp.Expr) -> FunctionKind:
        """Say what kind of function a node is."""
        return kind_of(node, self.dialect, self.text)

    def words(self, node: exp.Expr) -> str:
        """Return a name for a column without one: its words, without blanks, brackets and the case of letters."""
        if self._wording is None:
            self._wording = Wording(self.text, "", tokens_of(self.text, self.dialect))
        return NAMELESS + self._wording.item(node)[0].lower().translate(_NO_BLANKS)

    def path_words(self, node: exp.Expr) -> str:
        """Return the path behind `->`, or in a function that reads JSON, as it is written."""
        return path_words(node, self.text, tokens_of(self.text, self.dialect))

    def macro(self, node: exp.Expr) -> Value | None:
        """Return what a macro means that the text itself makes, None if the node calls no such one."""
        if not self.macros or not isinstance(node, exp.Func):
            return None
        name = str(node.this) if isinstance(node, exp.Anonymous) else node.sql_name()
        return self.macros.get(self.names.stored(name))

    def structure(self, node: exp.Expr, level: Level) -> Value:
        """Return a clause as it is written, with all that queries in it read."""
        return structure_of(node, self, level)

    def never(self, what: str) -> Value:
        """Return the meaning of something that is equal to nothing else."""
        self._counted += 1
        return Value(digest("never", what, self.salt, self._counted), settled=False)

    def doubt(self, why: str, node: exp.Expr) -> Value:
        """Remember that something cannot be known; the value is equal to nothing else."""
        self.doubts.append((why, node))
        return self.never(why)

    def note(self, kind: ClauseKind, value: Value, node: exp.Expr) -> None:
        """Remember a clause."""
        self.pieces.append(Piece(kind, value, node))

    def result(self, table: Table) -> Result:
        """Return what was read; a doubt anywhere is one about everything."""
        if self.doubts:
            table = doubted(table, self.never("doubt"))
        lines = (Doubt(why, self.line_of(node)) for why, node in self.doubts)
        return Result(table, tuple(self.pieces), tuple(dict.fromkeys(lines)))


def _has_more(node: exp.Subquery) -> bool:
    told = {"this", "alias", "with_"}
    return any(value for name, value in node.args.items() if name not in told)


def doubted(table: Table, doubt: Value) -> Table:
    """Return a table that is equal to nothing else, since it is not known what it means."""
    rows = combine("doubted", [table.rows, doubt])
    return Table(rows, table.columns, table.rest, order=Order(rows.fingerprint))


def under(table: Table, prepared: Sequence[Value]) -> Table:
    """Return a table that means what it does only after statements before it."""
    if not prepared:
        return table

    def after(value: Value) -> Value:
        return combine("after", [*prepared, value])

    columns = tuple(column._replace(value=after(column.value)) for column in table.columns)
    rest = after(table.rest) if table.rest else None
    return Table(after(table.rows), columns, rest, order=order_of("after", table.order))


def read_sql(sql: str, tables: Mapping[str, Table], dialect: str = "duckdb", *, salt: str) -> Result:
    """Return what a query means; `tables` are those that it can read, by folded name, with or without a schema.

    `salt` is any text that another version has otherwise. Raises sqlglot's errors for a text that does not parse.

    >>> from datacanary.impact.meaning.table import source_table
    >>> orders = {"orders": source_table("orders", [("id", "integer"), ("status", "varchar")])}
    >>> one = read_sql("SELECT id FROM orders WHERE id > 1 AND status = 'new'", orders, salt="one")
    >>> text = "WITH o AS (FROM orders) SELECT o.id FROM o WHERE 'new' = status AND (1 < id)"
    >>> other = read_sql(text, orders, salt="two")
    >>> one.table.identity == other.table.identity
    True
    """
    names = names_of(dialect)

    def lookup(node: exp.Table) -> Table | None:
        parts = [names.written(node.args.get(part)) for part in ("db", "this")]
        return tables.get(".".join(part for part in parts if part))

    reader = Reader(dialect, lookup, salt, text=sql)
    tree = statements_of(sql, dialect)[-1].tree
    return reader.result(reader.query(tree, Around()))
