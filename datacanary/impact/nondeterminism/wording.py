"""Where a node stands in the text of its model, and the piece of the text that shows it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence

from sqlglot import exp
from sqlglot.tokenizer_core import Token, TokenType

from datacanary.impact.nondeterminism.nodes import fold
from datacanary.model.noise import Instability, NoiseMark
from datacanary.sql.items import Items

_BEGINS: tuple[tuple[type[exp.Expr], frozenset[str]], ...] = (
    (exp.Limit, frozenset({"limit", "top"})),
    (exp.Fetch, frozenset({"fetch"})),
    (exp.Offset, frozenset({"offset"})),
    (exp.TableSample, frozenset({"sample", "tablesample"})),
    (exp.Distinct, frozenset({"distinct"})),
    (exp.Join, frozenset({"asof", "positional"})),
)
_NO_FUNCTIONS = frozenset(
    {"cast", "try_cast", "safe_cast", "extract", "filter", "over", "in", "and", "or", "not", "when"}
)
_LONGEST = 120
"""So many characters of a query are quoted at most."""


class Wording:
    """The words of one model's text; it remembers which words without a place it has already given away."""

    def __init__(self, text: str, path: str, tokens: Sequence[Token]) -> None:
        """Take a model's text, its path for the marks, and its words."""
        self._text, self._path, self._tokens = text, path, tokens
        self._starts = [token.start for token in tokens]
        self._given: set[int] = set()
        self._items: Items | None = None

    def mark(self, kind: Instability, node: exp.Expr) -> NoiseMark:
        """Return the mark of a place, without the columns that it reaches."""
        quoted, line = self.place(node)
        shown = quoted if len(quoted) <= _LONGEST else f"{quoted[: _LONGEST - 1]}…"
        return NoiseMark(kind, None, shown, self._path, line)

    def place(self, node: exp.Expr, before: Collection[str] = ()) -> tuple[str, int]:
        """Return the piece of the text that a node is, in one line, and the number of the line in which it begins.

        Words right before it that are among `before` belong to it.
        """
        first, last = self._words(node)
        first = self._opened(first, last)
        while first > 0 and self._word(first - 1) in before:
            first -= 1
        line = self._text.count("\n", 0, self._tokens[first].start) + 1
        return self._quoted(first, last) or node.sql(), line

    def item(self, node: exp.Expr) -> tuple[str, int]:
        """Return an item of a SELECT list, from the comma before it to the one behind it, and its line.

        What has no place in the text, or stands in no such list, is quoted as `place` does.
        """
        if self._items is None:
            self._items = Items(self._tokens)
        places = _places(node)
        found = self._items.around(min(places)[0], max(end for _, end in places)) if places else None
        if found is None:
            return self.place(node) if places else (node.sql(), self.place(node)[1])
        return self._quoted(*found), self._text.count("\n", 0, self._tokens[found[0]].start) + 1

    def _opened(self, first: int, last: int) -> int:
        """Move the beginning before what is closed within, with the function that it stands behind: CAST(x AS y)."""
        depth, index = 0, first
        while index <= last:
            kind = self._tokens[index].token_type
            depth += (kind is TokenType.L_PAREN) - (kind is TokenType.R_PAREN)
            if depth < 0:
                found = self._called(first)
                if found == first:
                    return first
                first, index, depth = found, found, 0
                continue
            index += 1
        return first

    def _words(self, node: exp.Expr) -> tuple[int, int]:
        """Return the first and the last word of a node; if its words are not to be found, one before the other."""
        places = _places(node)
        if not places:
            found = self._bare_word(node)
            return (found, self._closed(found, found)) if found is not None else (self._near(node), -1)
        first, last = self._at(min(places)[0]), self._at(max(end for _, end in places))
        begins = next((words for kind, words in _BEGINS if isinstance(node, kind)), None)
        if begins is not None:
            first = next((index for index in range(first, -1, -1) if self._word(index) in begins), first)
        elif _is_call(node) and "start" not in _function(node).meta:
            first = self._called(first)
        last = self._closed(first, last)
        last += self._word(last + 1) in {"%", "percent"}
        first -= self._word(first - 1) == "using"
        if isinstance(node, exp.Window) and not any(self._word(index) == "over" for index in range(first, last)):
            over = next((index for index in range(last, len(self._tokens)) if self._word(index) == "over"), last)
            last = self._closed(over, min(over + 1, len(self._tokens) - 1))
        return first, last

    def _at(self, start: int) -> int:
        return max(bisect_right(self._starts, start) - 1, 0)

    def _word(self, index: int) -> str:
        return fold(self._tokens[index].text) if 0 <= index < len(self._tokens) else ""

    def _called(self, index: int) -> int:
        """Return the word before the nearest parenthesis around one, which should be the function's name."""
        depth = 0
        for before in range(index - 1, 0, -1):
            kind = self._tokens[before].token_type
            depth += (kind is TokenType.R_PAREN) - (kind is TokenType.L_PAREN)
            name = self._word(before - 1)
            if depth < 0 and name.replace("_", "").isalnum() and name not in _NO_FUNCTIONS:
                return before - 1
        return index

    def _closed(self, first: int, last: int) -> int:
        """Move the end behind the last parenthesis that opens within, or right behind it."""
        if last + 1 < len(self._tokens) and self._tokens[last + 1].token_type is TokenType.L_PAREN and first == last:
            last += 1
        depth = 0
        for index in range(first, len(self._tokens)):
            kind = self._tokens[index].token_type
            depth += (kind is TokenType.L_PAREN) - (kind is TokenType.R_PAREN)
            if index >= last and depth == 0:
                return index
        return last

    def _near(self, node: exp.Expr) -> int:
        """Return the first word of the nearest thing around a node of which the parser keeps the place."""
        around = _around(node)
        return self._at(min(_places(around))[0]) if around is not None else 0

    def _bare_word(self, node: exp.Expr) -> int | None:
        """Find a word that the parser keeps no place of, as CURRENT_DATE: the nearest that nobody has claimed."""
        around = _around(node)
        # What stands alone in a list of a query has its first or last word; nobody knows where the query begins.
        beside = _places(around) if around is not None and not isinstance(around, exp.Query) else []
        low, high = (min(beside)[0], max(end for _, end in beside)) if beside else (0, len(self._text))
        free = (index for index in range(len(self._tokens)) if index not in self._given)
        ranked = [(rank, index) for index in free if (rank := self._strangeness(node, index)) is not None]
        if not ranked:
            return None
        away = [(rank, max(low - self._starts[index], self._starts[index] - high, 0), index) for rank, index in ranked]
        nearest = min(away)[-1]
        self._given.add(nearest)
        return nearest

    def _strangeness(self, node: exp.Expr, index: int) -> int | None:
        """Rank how a word spells a node: the parser knows where functions stand that have parentheses."""
        word = self._word(index)
        if word.replace("_", "") == node.key:
            return int(self._word(index + 1) == "(")
        return 2 if word in _SPELLINGS.get(node.key, ()) else None

    def _quoted(self, first: int, last: int) -> str:
        """Return words as they are written, without comments and with one blank for any white space."""
        pieces: list[str] = []
        behind = self._tokens[first].start
        for token in self._tokens[first : last + 1]:
            pieces += [" "] if token.start > behind else []
            pieces.append(self._text[token.start : token.end + 1])
            behind = token.end + 1
        return "".join(pieces)


_SPELLINGS: dict[str, frozenset[str]] = {
    "currenttimestamp": frozenset({"sysdate", "unix_timestamp"}),
    "currentdate": frozenset({"curdate"}),
    "localtime": frozenset({"current_time"}),
    "currentuser": frozenset({"user"}),
}


def _around(node: exp.Expr) -> exp.Expr | None:
    around = node.parent
    while around is not None and not _places(around):
        around = around.parent
    return around


def _places(node: exp.Expr) -> list[tuple[int, int]]:
    metas = (one.meta for one in node.walk())
    return [(meta["start"], meta["end"]) for meta in metas if "start" in meta and "end" in meta]


def _function(node: exp.Expr) -> exp.Expr:
    while isinstance(node, exp.Window | exp.Filter | exp.WithinGroup | exp.IgnoreNulls | exp.RespectNulls):
        node = node.this
    return node


def _is_call(node: exp.Expr) -> bool:
    return isinstance(_function(node), exp.Func)
