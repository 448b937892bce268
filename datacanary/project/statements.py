"""The text of one `.sql` file, split into statements that prepare and the one query."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.tokenizer_core import Token

from datacanary.errors import ProjectError, Where
from datacanary.model.project import Materialized, Span
from datacanary.project.lexing import parse_problem, place_in, refuse_template, words_of
from datacanary.project.settings import refuse_unsafe
from datacanary.sql.trees import MisreadError, Statement, query_behind, statements_of

# sqlglot logs a warning for statements that it does not know; we refuse those ourselves, with file and line.
logging.getLogger("sqlglot").setLevel(logging.ERROR)

WHAT_IS_ALLOWED = (
    "A model is one query (SELECT, or CREATE TABLE or VIEW … AS SELECT); "
    "only SET and CREATE TEMP statements may stand before it."
)
_TEMPORARY = frozenset({"TABLE", "VIEW", "MACRO", "FUNCTION", "SEQUENCE"})
_MODIFIERS = frozenset({"CREATE", "OR", "REPLACE", "TEMP", "TEMPORARY", "DROP", "ALTER", "INSERT", "DELETE"})


class NotReadError(ProjectError):
    """Our parser cannot read a statement; `tokens` are its words."""

    def __init__(self, error: ProjectError, tokens: tuple[Token, ...]) -> None:
        super().__init__(error.problem, hint=error.hint, where=error.where)
        self.tokens = tokens


@dataclass(frozen=True, slots=True)
class Script:
    """A file's statements; `query` is the tree of the query alone and `created` what CREATE named, if it did."""

    preamble: tuple[Statement, ...]
    query: exp.Expr
    query_span: Span
    materialized: Materialized | None
    created: exp.Table | None


def read_script(text: str, path: str, dialect: str) -> Script:
    """Split and parse a model's text.

    Raises ProjectError, with file, line and column, for text that is not one query, and NotReadError for one that does
    not parse.

    >>> script = read_script("SET threads = 2; SELECT 1 AS one;", "models/a.sql", "duckdb")
    >>> len(script.preamble), script.query_span
    (1, Span(start=17, end=32))
    """
    tokens = words_of(text, path, dialect)
    refuse_template(tokens, text, path)
    statements = _statements(text, path, dialect)
    if not statements:
        raise ProjectError("The file has no query.", where=place_in(text, path, 0), hint=WHAT_IS_ALLOWED)
    for index, statement in enumerate(statements[:-1]):
        if not _prepares(statement.tree):
            raise _misplaced(statement, statements[index + 1], text, path)
    for statement in statements:
        _refuse_writing(statement, text, path)
        if isinstance(statement.tree, exp.Set):
            refuse_unsafe(statement.tree, place_in(text, path, statement.span.start))
    return _script(statements, text, path, dialect)


def _statements(text: str, path: str, dialect: str) -> tuple[Statement, ...]:
    try:
        found = statements_of(text, dialect)
    except MisreadError as error:
        _refuse_unknown(error.before, text, path)
        raise NotReadError(_misread(error, text, path), error.tokens) from error
    _refuse_unknown(found, text, path)
    return found


def _misread(error: MisreadError, text: str, path: str) -> ProjectError:
    cause = error.__cause__
    if isinstance(cause, RecursionError):
        where = place_in(text, path, error.tokens[0].start)
        return ProjectError(
            "The statement is nested too deeply.", where=where, hint="Split it, for instance into WITH clauses."
        )
    if not isinstance(cause, Exception):
        return _unknown(error.tokens, text, path)
    return parse_problem(cause, error.tokens, text, path)


def _refuse_unknown(statements: Iterable[Statement], text: str, path: str) -> None:
    for statement in statements:
        if isinstance(statement.tree, exp.Command):
            raise _unknown(statement.tokens, text, path)


def _unknown(tokens: Sequence[Token], text: str, path: str) -> ProjectError:
    where = place_in(text, path, tokens[0].start)
    return ProjectError(f"{_first_words(tokens)} cannot stand here.", where=where, hint=WHAT_IS_ALLOWED)


def _misplaced(statement: Statement, following: Statement, text: str, path: str) -> ProjectError:
    if not _makes_rows(statement.tree):
        problem, place = f"{_first_words(statement.tokens)} cannot stand here.", statement
    elif _makes_rows(following.tree):
        problem, place = "A second query begins here; a model is one query.", following
    else:
        problem, place = f"{_first_words(following.tokens)} cannot stand behind the query.", following
    return ProjectError(problem, where=place_in(text, path, place.span.start), hint=WHAT_IS_ALLOWED)


def _refuse_writing(statement: Statement, text: str, path: str) -> None:
    """Refuse what DuckDB allows inside a query although it writes: `WITH gone AS (DELETE … RETURNING *)`."""
    for node in statement.tree.find_all(exp.DML, exp.Into):
        if node is not statement.tree:
            named = (one.meta["start"] for one in node.find_all(exp.Identifier) if "start" in one.meta)
            start = next(named, statement.span.start)
            problem = f"The query writes: there is {node.key.upper()} inside."
            raise ProjectError(problem, where=place_in(text, path, start), hint=WHAT_IS_ALLOWED)


def _prepares(tree: exp.Expr) -> bool:
    if isinstance(tree, exp.Set):
        return True
    return isinstance(tree, exp.Create) and tree.kind in _TEMPORARY and _has_property(tree, exp.TemporaryProperty)


def _has_property(tree: exp.Create, kind: type[exp.Expr]) -> bool:
    properties = tree.args.get("properties")
    return isinstance(properties, exp.Properties) and any(isinstance(one, kind) for one in properties.expressions)


def _first_words(tokens: Sequence[Token]) -> str:
    words = [token.text.upper() for token in tokens[:6]]
    modifiers = next((index for index, word in enumerate(words) if word not in _MODIFIERS), 0)
    return " ".join(words[: modifiers + 1])


def _is_query(tree: exp.Expr) -> bool:
    return isinstance(tree, exp.Query | exp.Values | exp.Pivot)


def _makes_rows(tree: exp.Expr) -> bool:
    created = isinstance(tree, exp.Create) and not _prepares(tree) and isinstance(tree.expression, exp.Expr)
    return _is_query(tree.expression if created else tree)


def _script(statements: tuple[Statement, ...], text: str, path: str, dialect: str) -> Script:
    last, preamble = statements[-1], statements[:-1]
    where = place_in(text, path, last.span.start)
    if _is_query(last.tree):
        return Script(preamble, last.tree, last.span, None, None)
    if not isinstance(last.tree, exp.Create) or not _makes_rows(last.tree):
        raise _no_query(last, where)
    kind, created = last.tree.kind, last.tree.this
    if kind not in {"TABLE", "VIEW"} or not isinstance(created, exp.Table) or last.tree.args.get("properties"):
        raise ProjectError(
            "CREATE must name a table or view and nothing more: columns, types and options come from the query.",
            where=where,
            hint="Write CREATE TABLE name AS SELECT …, or only the SELECT.",
        )
    try:
        query = query_behind(text, last, dialect)
    except MisreadError as error:
        raise NotReadError(_misread(error, text, path), last.tokens) from error
    if query is None:
        raise _no_query(last, where)
    return Script(preamble, query.tree, query.span, "view" if kind == "VIEW" else "table", created)


def _no_query(last: Statement, where: Where) -> ProjectError:
    problem = f"The file ends with {_first_words(last.tokens)}, not with a query."
    return ProjectError(problem, where=where, hint=WHAT_IS_ALLOWED)
