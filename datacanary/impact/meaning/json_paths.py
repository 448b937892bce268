"""The paths into JSON as they are written: the parser keeps no places of them, and makes one of several spellings."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from sqlglot import exp
from sqlglot.tokenizer_core import Token, TokenType

_WRITTEN = frozenset({TokenType.STRING, TokenType.NUMBER})


def path_words(node: exp.Expr, text: str, tokens: Sequence[Token]) -> str:
    """Return the path that a node takes: behind what it reads from, and the paths taken before it.

    Empty where it is not written as a text or number; all of the text where it is not clear which it is.
    """
    depth, root = 1, node.this
    while isinstance(root, exp.Expr) and type(root.args.get("expression")) is exp.JSONPath:
        depth, root = depth + 1, root.this
    if not isinstance(root, exp.Expr) or root.find(exp.JSONPath) is not None:
        return text
    ends = [one.meta["end"] for one in root.walk() if "end" in one.meta]
    if not ends:
        return text
    behind = bisect_right(tokens, max(ends), key=lambda token: token.start)
    written = [token for token in tokens[behind:] if token.token_type in _WRITTEN][:depth]
    return text[written[-1].start : written[-1].end + 1] if len(written) == depth else ""
