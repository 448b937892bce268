"""The items between the commas of SELECT lists, found by words alone: the parser keeps no places of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlglot.tokenizer_core import Token, TokenType

_OPENING = frozenset({TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE})
_CLOSING = frozenset({TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE})
_BEHIND = frozenset(
    {TokenType.FROM, TokenType.WHERE, TokenType.GROUP_BY, TokenType.HAVING, TokenType.QUALIFY, TokenType.WINDOW}
    | {TokenType.ORDER_BY, TokenType.LIMIT, TokenType.UNION, TokenType.INTERSECT, TokenType.EXCEPT, TokenType.OFFSET}
    | {TokenType.SEMICOLON}
)
_BEFORE = frozenset({TokenType.DISTINCT, TokenType.ALL})


@dataclass(slots=True)
class _List:
    """A SELECT list that is read: how deep it stands in brackets, and where its present item begins."""

    depth: int
    start: int


@dataclass(frozen=True, slots=True)
class Items:
    """The items of all SELECT lists of a text, as first and last index of their words."""

    tokens: Sequence[Token]
    _found: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Find them, in one pass over the words."""
        depth = 0
        lists: list[_List] = []
        for index, token in enumerate(self.tokens):
            kind = token.token_type
            if kind in _CLOSING:
                depth -= 1
                while lists and lists[-1].depth > depth:
                    self._close(lists.pop(), index)
            elif kind in _OPENING:
                depth += 1
            elif kind is TokenType.SELECT:
                lists.append(_List(depth, index + 1))
            elif lists and lists[-1].depth == depth:
                self._within(lists, index)
        for one in lists:
            self._close(one, len(self.tokens))

    def _within(self, lists: list[_List], index: int) -> None:
        kind, before = self.tokens[index].token_type, self.tokens[index - 1].token_type
        if kind is TokenType.COMMA:
            self._close(lists[-1], index)
            lists[-1].start = index + 1
        elif kind in _BEFORE and before is TokenType.SELECT:
            lists[-1].start = index + 1
        elif kind in _BEHIND and before is not TokenType.DISTINCT:
            # IS DISTINCT FROM is an operator.
            self._close(lists.pop(), index)

    def _close(self, one: _List, behind: int) -> None:
        if one.start < behind:
            self._found.append((one.start, behind - 1))

    def around(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the words of the smallest item around the characters `[start, end]`; None if there is none.

        >>> from sqlglot import tokenize
        >>> words = tokenize("SELECT id, coalesce(a, 1) FROM (SELECT id, a FROM t)")
        >>> first, last = Items(words).around(20, 21)
        >>> "".join(word.text for word in words[first : last + 1])
        'coalesce(a,1)'
        """
        around = [
            (first, last)
            for first, last in self._found
            if self.tokens[first].start <= start and end <= self.tokens[last].end + 1
        ]
        return min(around, key=lambda one: one[1] - one[0], default=None)
