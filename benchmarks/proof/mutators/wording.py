"""The same query in other words: white space, comments, capitals. The text is changed, not a tree."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import sqlglot
from sqlglot.tokenizer_core import Token, TokenType

from proof.draft import DIALECT

FIXED = {TokenType.STRING, TokenType.NUMBER, TokenType.IDENTIFIER}
"""Tokens that mean what they are, to the letter."""
BETWEEN = ("", "", "", "", " ", "\n", "\n  ", " /* so; it 'is */ ", " -- it's\n")


def comments(sql: str, chance: Random) -> str:
    """Put comments and line breaks between the tokens."""
    return _rewritten(sql, lambda _, text: text + chance.choice(BETWEEN))


def capitals(sql: str, chance: Random) -> str:
    """Write all that is not quoted in capitals, or in small letters."""
    write = chance.choice([str.upper, str.lower])
    return _rewritten(sql, lambda token, text: text if token.token_type in FIXED else write(text))


def reformatted(sql: str, chance: Random) -> str:
    """Let sqlglot write it anew: with line breaks or without."""
    return sqlglot.parse_one(sql, read=DIALECT).sql(dialect=DIALECT, pretty=chance.choice([True, False]))


def _rewritten(sql: str, change: Callable[[Token, str], str]) -> str:
    """Change the tokens; what stands between them stays, but comments, which sqlglot keeps for no token's place."""
    written, end = [], 0
    for token in sqlglot.tokenize(sql, read=DIALECT):
        between = sql[end : token.start]
        written.append(between if between.isspace() else " " * bool(between))
        written.append(change(token, sql[token.start : token.end + 1]))
        end = token.end + 1
    return "".join(written)


KEEPING = (comments, capitals, reformatted)
