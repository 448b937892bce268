"""The identity of a text without its white space and comments."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from sqlglot.tokenizer_core import Token, TokenType

_AS_WRITTEN = frozenset(
    {TokenType.STRING, TokenType.IDENTIFIER, TokenType.VAR, TokenType.NATIONAL_STRING, TokenType.RAW_STRING}
    | {TokenType.HEREDOC_STRING, TokenType.BYTE_STRING, TokenType.UNICODE_STRING, TokenType.HEX_STRING}
)


def text_fingerprint(tokens: Iterable[Token]) -> str:
    """Hash the words of a text: white space, comments, a last semicolon and the case of keywords do not count.

    >>> from sqlglot import tokenize
    >>> a, b, c = "select 1 as X -- one", "SELECT  1 AS X;", "select 1 as x"
    >>> text_fingerprint(tokenize(a)) == text_fingerprint(tokenize(b)) != text_fingerprint(tokenize(c))
    True
    """
    words = [
        f"{token.token_type.name}\x1f{token.text if token.token_type in _AS_WRITTEN else token.text.upper()}"
        for token in tokens
    ]
    while words and words[-1].startswith(f"{TokenType.SEMICOLON.name}\x1f"):
        words.pop()
    return hashlib.sha256("\x1e".join(words).encode()).hexdigest()
