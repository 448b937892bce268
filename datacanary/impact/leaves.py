"""What stands in FROM where a query names data files itself: a path, or a function that reads files."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from sqlglot.tokenizer_core import Token, TokenType

from datacanary.model.leaf import Leaf
from datacanary.model.project import Model, Reference, Span
from datacanary.sql.trees import tokens_of

_OPENING = {TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE}
_CLOSING = {TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE}


def leaves_of(model: Model, dialect: str) -> Mapping[Reference, Leaf]:
    """Say of each place where a model reads from outside what is read there.

    Paths in one call, as in `read_csv(['a.csv', 'b.csv'])`, are of one leaf.
    """
    found = {one: Leaf(one.kind, one.target) for one in model.references if one.target is not None}
    leaves = {one: leaf for one, leaf in found.items() if one.kind != "model"}
    files = sorted((one for one in model.references if one.kind == "file"), key=lambda one: one.span.start)
    if files:
        tokens = tokens_of(model.text, dialect)
        calls = {one: _call_around(one.span, tokens) for one in files}
        for one in files:
            span = calls[one]
            inside = [other for other in files if calls[other] == span]
            leaves[one] = Leaf("file", None, tuple(other.path for other in inside), _around(inside, span, model.text))
    return leaves


def _around(inside: Sequence[Reference], call: Span, text: str) -> tuple[str, ...]:
    edges = [call.start, *(edge for one in inside for edge in (one.span.start, one.span.end)), call.end]
    return tuple(text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))


def _call_around(path: Span, tokens: Sequence[Token]) -> Span:
    """Return where the call stands that has a path among its arguments; the path itself, if it stands alone."""
    at = bisect_left(tokens, path.start, key=lambda token: token.start)
    opened = _opening_before(at, tokens)
    if opened is None or opened == 0 or tokens[opened - 1].token_type not in {TokenType.VAR, TokenType.IDENTIFIER}:
        return path
    return Span(tokens[opened - 1].start, _closed(opened, tokens))


def _opening_before(at: int, tokens: Sequence[Token]) -> int | None:
    """Return the parenthesis that is open at a token, looking through brackets."""
    depth = 0
    for index in range(at - 1, -1, -1):
        kind = tokens[index].token_type
        if kind in _CLOSING:
            depth += 1
        elif kind in _OPENING and depth:
            depth -= 1
        elif kind == TokenType.L_PAREN:
            return index
        elif kind == TokenType.SEMICOLON:
            return None
    return None


def _closed(opened: int, tokens: Sequence[Token]) -> int:
    depth = 0
    for token in tokens[opened:]:
        depth += (token.token_type in _OPENING) - (token.token_type in _CLOSING)
        if depth == 0:
            return token.end + 1
    return tokens[-1].end + 1
