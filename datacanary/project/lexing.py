"""The words of a text and where they stand; what cannot be read is told with line and column."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlglot.errors import ParseError, TokenError
from sqlglot.tokenizer_core import Token, TokenType

from datacanary.errors import ProjectError, Where
from datacanary.sql.trees import tokens_of

_PLAIN_ONLY = "A plain-SQL project has plain SQL only; put the SQL that the template makes into the file."
_PARSER_GAP = "If the warehouse accepts it, our parser (sqlglot) has a gap: please report it."
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_QUOTED = frozenset(
    {TokenType.STRING, TokenType.IDENTIFIER, TokenType.HEREDOC_STRING, TokenType.BYTE_STRING, TokenType.UNICODE_STRING}
    | {TokenType.NATIONAL_STRING}
)
_LONGEST_QUOTE = 120


def place_in(text: str, path: str, offset: int) -> Where:
    r"""Return the line and column, both from 1, of a character.

    >>> str(place_in("SELECT 1,\n  x", "a.sql", 12))
    'a.sql:2:3'
    """
    return Where(path, text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))


def words_of(text: str, path: str, dialect: str) -> tuple[Token, ...]:
    """Split a text into words; ProjectError for a quote or comment that is never closed."""
    try:
        tokens = tokens_of(text, dialect)
    except TokenError as error:
        offset, problem = _unclosed(text)
        hint = _PLAIN_ONLY if "{{" in text or "{%" in text else ""
        raise ProjectError(
            f"The text does not parse: {problem}.", where=place_in(text, path, offset), hint=hint
        ) from error
    for token in tokens if "`" in text else ():
        # To sqlglot a backtick is a letter, to DuckDB it is a quote: what stands behind it could be anything.
        if token.token_type not in _QUOTED and "`" in token.text:
            raise ProjectError(
                "Names in backticks cannot be read.",
                where=place_in(text, path, token.start),
                hint='Use double quotes: "name".',
            )
    return tokens


def _unclosed(text: str) -> tuple[int, str]:
    """Find the quote or comment that is never closed; sqlglot's tokenizer does not say where it begins."""
    position, closers = 0, {"'": "'", '"': '"', "/*": "*/", "--": "\n", "$$": "$$"}
    while position < len(text):
        opener = next((o for o in closers if text.startswith(o, position)), None)
        if opener is None:
            position += 1
            continue
        end = text.find(closers[opener], position + len(opener))
        if end < 0 and opener != "--":
            return position, f"{opener} is opened and never closed"
        position = len(text) if end < 0 else end + len(closers[opener])
    return 0, "it cannot be split into words"


def refuse_template(tokens: Sequence[Token], text: str, path: str) -> None:
    """Raise ProjectError for Jinja: `{{ x }}` can look like a struct, and `{# x #}` like a comment."""
    start = _template(tokens, text)
    if start is not None:
        problem = f"The file is a template: it has {text[start : start + 2]}."
        raise ProjectError(problem, where=place_in(text, path, start), hint=_PLAIN_ONLY)


def _template(tokens: Sequence[Token], text: str) -> int | None:
    if "{" not in text:
        return None
    behind, before = 0, None
    for token in tokens:
        between = text[behind : token.start]
        if _has_comment(between):
            return behind + between.index("{#")
        braces = not between and before is token.token_type is TokenType.L_BRACE
        if braces or token.token_type is TokenType.BLOCK_START:
            return token.start - braces
        behind, before = token.end + 1, token.token_type
    return behind + text[behind:].index("{#") if _has_comment(text[behind:]) else None


def _has_comment(between: str) -> bool:
    return "{#" in between and "{#" in _COMMENT.sub("", between)


def parse_problem(error: Exception, tokens: Sequence[Token], text: str, path: str) -> ProjectError:
    """Return the error for words that make no statement: where it is, the word and its line."""
    details = error.errors[0] if isinstance(error, ParseError) and error.errors else {}
    place = (details.get("line"), details.get("col"))
    found = next((token for token in tokens if (token.line, token.col) == place), tokens[-1])
    where = place_in(text, path, found.start)
    line = text.split("\n")[text.count("\n", 0, found.start)].strip()
    word = text[found.start : found.end + 1].partition("\n")[0]
    return ProjectError(f"The text does not parse near {_short(word)!r}: {_short(line)}", where=where, hint=_PARSER_GAP)


def _short(quoted: str) -> str:
    return quoted if len(quoted) <= _LONGEST_QUOTE else f"{quoted[:_LONGEST_QUOTE]}…"
