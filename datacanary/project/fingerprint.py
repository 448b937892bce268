"""The identity of a text without its white space, its comments and the case of its keywords."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable

from sqlglot.tokenizer_core import Token, TokenType

# Only words that nothing can be called without quotes, unless AS or a dot stands before them: the case of every
# other word could be the case of a column's name.
_KEYWORDS = frozenset(
    {"all", "and", "anti", "any", "as", "asc", "asof", "both", "by", "case", "cast", "collate", "cross", "default"}
    | {"desc", "distinct", "else", "end", "except", "false", "for", "from", "full", "glob", "group", "having", "ilike"}
    | {"in", "inner", "intersect", "is", "isnull", "join", "lambda", "lateral", "left", "like", "limit", "natural"}
    | {"not", "notnull", "null", "offset", "on", "only", "or", "order", "outer", "pivot", "positional", "qualify"}
    | {"returning", "right", "select", "semi", "similar", "some", "table", "tablesample", "then", "to", "trailing"}
    | {"true", "try_cast", "union", "unique", "unpivot", "using", "when", "where", "window", "with"}
)
_ONLY_BEFORE_A_PARENTHESIS = frozenset({"over", "filter"})
_AS_WRITTEN = frozenset({TokenType.STRING, TokenType.IDENTIFIER, TokenType.BYTE_STRING, TokenType.HEREDOC_STRING})
_NAME_FOLLOWS = frozenset({TokenType.ALIAS, TokenType.DOT})
_NAMED = frozenset({TokenType.COLON, TokenType.COLON_EQ})


def text_fingerprint(tokens: Iterable[Token]) -> str:
    """Hash the words of a text: white space, comments, a last semicolon and the case of keywords do not count.

    >>> from sqlglot import tokenize
    >>> a, b, c = "select 1 as Date -- one", "SELECT  1 AS Date;", "select 1 as date"
    >>> text_fingerprint(tokenize(a)) == text_fingerprint(tokenize(b)) != text_fingerprint(tokenize(c))
    True
    """
    present = list(tokens)
    while present and present[-1].token_type is TokenType.SEMICOLON:
        present.pop()
    around = itertools.zip_longest([None, *present[:-1]], present, present[1:])
    words = [f"{token.token_type.name}\x1f{_word(token, before, after)}" for before, token, after in around if token]
    return hashlib.sha256("\x1e".join(words).encode()).hexdigest()


def _word(token: Token, before: Token | None, after: Token | None) -> str:
    word = token.text.lower()
    if token.token_type in _AS_WRITTEN or (before and before.token_type in _NAME_FOLLOWS):
        return token.text
    if before and before.token_type is TokenType.DCOLON:
        return word
    if after and after.token_type in _NAMED:
        return token.text
    if word in _ONLY_BEFORE_A_PARENTHESIS:
        return word if after and after.token_type is TokenType.L_PAREN else token.text
    # sqlglot takes "GROUP BY" as one token, its case folded already.
    return word if word in _KEYWORDS else token.text
