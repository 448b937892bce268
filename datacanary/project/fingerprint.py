"""The identity of a text without its white space, its comments and the case of its keywords."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

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
_NAMES = {kind: kind.name for kind in TokenType}
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
    kinds = [token.token_type for token in present]
    texts = [token.text for token in present]
    # Most words are in small letters anyway.
    for index in [index for index, text in enumerate(texts) if text != text.lower()]:
        texts[index] = _word(texts[index], index, kinds)
    words = [f"{_NAMES[kind]}\x1f{text}" for kind, text in zip(kinds, texts, strict=True)]
    return hashlib.sha256("\x1e".join(words).encode()).hexdigest()


def _word(text: str, index: int, kinds: Sequence[TokenType]) -> str:
    """Return a word in small letters, if nothing but a keyword can stand there."""
    before = kinds[index - 1] if index else None
    after = kinds[index + 1] if index + 1 < len(kinds) else None
    word = text.lower()
    if kinds[index] in _AS_WRITTEN or before in _NAME_FOLLOWS:
        return text
    if before is TokenType.DCOLON:
        return word
    if after in _NAMED:
        return text
    if word in _ONLY_BEFORE_A_PARENTHESIS:
        return word if after is TokenType.L_PAREN else text
    # sqlglot takes "GROUP BY" as one token, its case folded already.
    return word if word in _KEYWORDS else text
