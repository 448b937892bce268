"""The text of one `.sql` file, split into statements that prepare and the one query."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ParseError, TokenError
from sqlglot.tokenizer_core import Token, TokenType

from datacanary.errors import ProjectError, Where
from datacanary.model.project import Materialized, Span

# sqlglot logs a warning for statements that it does not know; we refuse those ourselves, with file and line.
logging.getLogger("sqlglot").setLevel(logging.ERROR)

_WHAT_IS_ALLOWED = (
    "A model is one query (SELECT, or CREATE TABLE or VIEW … AS SELECT); "
    "only SET and CREATE TEMP statements may stand before it."
)


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
    def line(self) -> int:
        """The line of the first token."""
        return self.tokens[0].line


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
    tokens = _tokens(text, path, dialect)
    statements = [_parse(chunk, text, path, dialect) for chunk in _chunks(tokens)]
    if not statements:
        raise ProjectError("The file has no query.", where=Where(path), hint=_WHAT_IS_ALLOWED)
    for statement in statements[:-1]:
        if not _prepares(statement.tree):
            raise ProjectError(
                f"A {_kind(statement)} statement cannot stand here.",
                where=Where(path, statement.line),
                hint=_WHAT_IS_ALLOWED,
            )
    return _script(statements, path, tuple(tokens))


def _tokens(text: str, path: str, dialect: str) -> list[Token]:
    try:
        return Dialect.get_or_raise(dialect).tokenize(text)
    except TokenError as error:
        line, column, opened = _unclosed(text)
        raise ProjectError(
            f"The text does not parse: {opened}.",
            where=Where(path, line, column),
            hint=_jinja_hint(text),
        ) from error


def _unclosed(text: str) -> tuple[int, int, str]:
    """Find the quote or comment that is never closed; sqlglot's tokenizer does not say where it begins."""
    position, closers = 0, {"'": "'", '"': '"', "/*": "*/", "--": "\n", "$$": "$$"}
    while position < len(text):
        opener = next((o for o in closers if text.startswith(o, position)), None)
        if opener is None:
            position += 1
            continue
        end = text.find(closers[opener], position + len(opener))
        if end < 0 and opener != "--":
            before = text[:position]
            return before.count("\n") + 1, position - before.rfind("\n"), f"{opener} is opened and never closed"
        position = len(text) if end < 0 else end + len(closers[opener])
    return 1, 1, "it cannot be split into words"


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
        trees = Dialect.get_or_raise(dialect).parser().parse(list(tokens), text)
    except ParseError as error:
        raise _parse_problem(error, tokens, text, path) from error
    tree = trees[0]
    if tree is None or isinstance(tree, exp.Command):
        keyword = tokens[0].text.upper()
        raise ProjectError(
            f"A {keyword} statement cannot stand here.", where=Where(path, tokens[0].line), hint=_WHAT_IS_ALLOWED
        )
    return Statement(tree, tokens)


def _parse_problem(error: ParseError, tokens: tuple[Token, ...], text: str, path: str) -> ProjectError:
    details = error.errors[0] if error.errors else {}
    line = details.get("line") or tokens[0].line
    column = details.get("col")
    quoted = text.splitlines()[line - 1].strip() if line <= len(text.splitlines()) else ""
    near = f" near {details['highlight']!r}" if details.get("highlight") else ""
    # sqlglot's column is that of the token's last character.
    start = column - len(details.get("highlight") or " ") + 1 if column else None
    return ProjectError(
        f"The text does not parse{near}: {quoted}", where=Where(path, line, start), hint=_jinja_hint(text)
    )


def _jinja_hint(text: str) -> str:
    if "{{" in text or "{%" in text:
        return "It looks like a template; a plain-SQL project has plain SQL only."
    return ""


def _prepares(tree: exp.Expr) -> bool:
    if isinstance(tree, exp.Set):
        return True
    return isinstance(tree, exp.Create) and tree.find(exp.TemporaryProperty) is not None


def _kind(statement: Statement) -> str:
    words = [token.text.upper() for token in statement.tokens[:2]]
    return " ".join(words) if words[0] in {"CREATE", "DROP", "ALTER", "INSERT"} else words[0]


def _is_query(tree: exp.Expr) -> bool:
    return isinstance(tree, exp.Query | exp.Values) or (isinstance(tree, exp.Pivot) and tree.parent is None)


def _script(statements: list[Statement], path: str, tokens: tuple[Token, ...]) -> Script:
    last, preamble = statements[-1], tuple(statements[:-1])
    where = Where(path, last.line)
    if _is_query(last.tree):
        return Script(preamble, last.tree, last.span, None, None, tokens)
    if not isinstance(last.tree, exp.Create) or _prepares(last.tree) or not _is_query(last.tree.expression):
        raise ProjectError(f"The file ends with {_kind(last)}, not with a query.", where=where, hint=_WHAT_IS_ALLOWED)
    kind, created = last.tree.kind, last.tree.this
    if kind not in {"TABLE", "VIEW"} or not isinstance(created, exp.Table):
        raise ProjectError(
            "CREATE must name a table or view and nothing more: columns, types and options come from the query.",
            where=where,
            hint="Write CREATE TABLE name AS SELECT …, or only the SELECT.",
        )
    span = Span(last.tokens[_after_as(last)].start, last.span.end)
    return Script(preamble, last.tree.expression, span, "view" if kind == "VIEW" else "table", created, tokens)


def _after_as(statement: Statement) -> int:
    depth = 0
    for index, token in enumerate(statement.tokens):
        depth += (token.token_type is TokenType.L_PAREN) - (token.token_type is TokenType.R_PAREN)
        if token.token_type is TokenType.ALIAS and depth == 0:
            return index + 1
    message = "CREATE … AS without AS"
    raise AssertionError(message)
