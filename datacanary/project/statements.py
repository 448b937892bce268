"""The text of one `.sql` file, split into statements that prepare and the one query."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from datacanary.errors import ProjectError
from datacanary.model.project import Materialized, Span
from datacanary.project.lexing import parse_problem, place_in, refuse_template, tokens_of
from datacanary.project.settings import refuse_unsafe

# sqlglot logs a warning for statements that it does not know; we refuse those ourselves, with file and line.
logging.getLogger("sqlglot").setLevel(logging.ERROR)

WHAT_IS_ALLOWED = (
    "A model is one query (SELECT, or CREATE TABLE or VIEW … AS SELECT); "
    "only SET and CREATE TEMP statements may stand before it."
)
_TEMPORARY = frozenset({"TABLE", "VIEW", "MACRO", "FUNCTION", "SEQUENCE"})
_MODIFIERS = frozenset({"CREATE", "OR", "REPLACE", "TEMP", "TEMPORARY", "DROP", "ALTER", "INSERT", "DELETE"})


@dataclass(frozen=True, slots=True)
class Statement:
    """One parsed statement and the characters it takes."""

    tree: exp.Expr
    tokens: tuple[Token, ...]

    @property
    def span(self) -> Span:
        """From the first token to the last, without comments around."""
        return Span(self.tokens[0].start, self.tokens[-1].end + 1)

    @property
    def words(self) -> str:
        """What kind of statement it is, in its own first words."""
        return _first_words(self.tokens)


@dataclass(frozen=True, slots=True)
class Script:
    """A file's statements; `query` is the tree of the query alone and `created` what CREATE named, if it did."""

    preamble: tuple[Statement, ...]
    query: exp.Expr
    query_span: Span
    materialized: Materialized | None
    created: exp.Table | None
    tokens: tuple[Token, ...]


def read_script(text: str, path: str, dialect: str) -> Script:
    """Split and parse a model's text.

    Raises ProjectError, with file, line and column, for text that does not parse or is not one query.

    >>> script = read_script("SET threads = 2; SELECT 1 AS one;", "models/a.sql", "duckdb")
    >>> len(script.preamble), script.query_span
    (1, Span(start=17, end=32))
    """
    tokens = tokens_of(text, path, dialect)
    refuse_template(tokens, text, path)
    statements = [_parse(chunk, text, path, dialect) for chunk in _chunks(tokens)]
    if not statements:
        raise ProjectError("The file has no query.", where=place_in(text, path, 0), hint=WHAT_IS_ALLOWED)
    for index, statement in enumerate(statements[:-1]):
        if not _prepares(statement.tree):
            raise _misplaced(statement, statements[index + 1], text, path)
    for statement in statements:
        _refuse_writing(statement, text, path)
        if isinstance(statement.tree, exp.Set):
            refuse_unsafe(statement.tree, place_in(text, path, statement.span.start))
    return _script(statements, text, path, dialect, tuple(tokens))


def _chunks(tokens: Sequence[Token]) -> list[tuple[Token, ...]]:
    chunks: list[list[Token]] = [[]]
    for token in tokens:
        if token.token_type is TokenType.SEMICOLON:
            chunks.append([])
        else:
            chunks[-1].append(token)
    return [tuple(chunk) for chunk in chunks if chunk]


def _parse(tokens: tuple[Token, ...], text: str, path: str, dialect: str) -> Statement:
    try:
        tree = _tree(tokens, text, dialect)
    # sqlglot stumbles over some texts that are no SQL instead of refusing them.
    except (SqlglotError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise parse_problem(error, tokens, text, path) from error
    except RecursionError as error:
        where = place_in(text, path, tokens[0].start)
        hint = "Split it, for instance into WITH clauses."
        raise ProjectError("The statement is nested too deeply.", where=where, hint=hint) from error
    if tree is None or isinstance(tree, exp.Command):
        raise ProjectError(
            f"{_first_words(tokens)} cannot stand here.",
            where=place_in(text, path, tokens[0].start),
            hint=WHAT_IS_ALLOWED,
        )
    return Statement(tree, tokens)


def _tree(tokens: tuple[Token, ...], text: str, dialect: str) -> exp.Expr | None:
    parser = Dialect.get_or_raise(dialect).parser()
    tree = parser.parse(list(tokens), text)[0]
    after = _after_as(tokens)
    if isinstance(tree, exp.Command) and tokens[0].token_type is TokenType.CREATE and after:
        # sqlglot cannot read CREATE … AS PIVOT in one go, but it can read both halves.
        stand_in = Dialect.get_or_raise(dialect).tokenize("SELECT 1")
        tree = parser.parse([*tokens[:after], *stand_in], text)[0]
        if isinstance(tree, exp.Create):
            tree.set("expression", parser.parse(list(tokens[after:]), text)[0])
    return tree


def _misplaced(statement: Statement, following: Statement, text: str, path: str) -> ProjectError:
    if not _makes_rows(statement.tree):
        problem, place = f"{statement.words} cannot stand here.", statement
    elif _makes_rows(following.tree):
        problem, place = "A second query begins here; a model is one query.", following
    else:
        problem, place = f"{following.words} cannot stand behind the query.", following
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


def _script(statements: list[Statement], text: str, path: str, dialect: str, tokens: tuple[Token, ...]) -> Script:
    last, preamble = statements[-1], tuple(statements[:-1])
    where = place_in(text, path, last.span.start)
    if _is_query(last.tree):
        return Script(preamble, last.tree, last.span, None, None, tokens)
    after = _after_as(last.tokens)
    if not isinstance(last.tree, exp.Create) or not _makes_rows(last.tree) or not after:
        raise ProjectError(f"The file ends with {last.words}, not with a query.", where=where, hint=WHAT_IS_ALLOWED)
    kind, created = last.tree.kind, last.tree.this
    if kind not in {"TABLE", "VIEW"} or not isinstance(created, exp.Table) or last.tree.args.get("properties"):
        raise ProjectError(
            "CREATE must name a table or view and nothing more: columns, types and options come from the query.",
            where=where,
            hint="Write CREATE TABLE name AS SELECT …, or only the SELECT.",
        )
    query = _parse(last.tokens[after:], text, path, dialect)
    return Script(preamble, query.tree, query.span, "view" if kind == "VIEW" else "table", created, tokens)


def _after_as(tokens: Sequence[Token]) -> int:
    """Return the index of the token behind the AS of `CREATE … AS`, 0 if there is none."""
    depth = 0
    for index, token in enumerate(tokens[:-1]):
        depth += (token.token_type is TokenType.L_PAREN) - (token.token_type is TokenType.R_PAREN)
        if token.token_type is TokenType.ALIAS and depth == 0:
            return index + 1
    return 0
