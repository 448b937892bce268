"""Which clauses of a model's query only one version has, quoted with their lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from sqlglot import exp

from datacanary.impact.meaning.reading import Piece
from datacanary.impact.nondeterminism.wording import Wording
from datacanary.model.basic import Pair, Side
from datacanary.model.impact import Clause
from datacanary.model.project import Model
from datacanary.sql.trees import tokens_of

_JOINING = frozenset(
    {"join", "left", "right", "full", "inner", "outer", "cross", "semi", "anti", "natural", "asof", "positional"}
    | {"lateral", "straight_join"}
)
_LISTED = frozenset({"column", "grouping", "unnest"})
_OPERATING = frozenset({"union", "intersect", "except", "all", "distinct", "by", "name", "(", "select"})
_ORDER = ("filter", "join", "table", "grouping", "distinct", "limit", "union", "unnest", "sample", "column", "other")

Key = Callable[[Piece], tuple[str, str]]


def changed_clauses(models: Pair[Model], pieces: Pair[Sequence[Piece]], dialect: str) -> tuple[Clause, ...]:
    """Return the clauses that differ: first those of base that are gone, then head's, by kind and line.

    Clauses that mean the same are the same; so are those of the same words that only read something else.
    """
    gone, come = _unmatched(pieces, dialect)
    found = [*_quoted(models.base, gone, "base", dialect), *_quoted(models.head, come, "head", dialect)]
    return tuple(sorted(found, key=lambda one: (_ORDER.index(one.kind), one.side, one.line)))


def _unmatched(pieces: Pair[Sequence[Piece]], dialect: str) -> tuple[list[Piece], list[Piece]]:
    base, head = _beyond(pieces, lambda piece: (piece.kind, piece.value.fingerprint))
    return _beyond(Pair(base, head), lambda piece: (piece.kind, _words(piece, dialect)))


def _beyond(pieces: Pair[Sequence[Piece]], key: Key) -> tuple[list[Piece], list[Piece]]:
    """Return what each side has more often than the other."""
    base, head = (Counter(map(key, side)) for side in pieces)
    return list(_more(pieces.base, head, key)), list(_more(pieces.head, base, key))


def _more(pieces: Sequence[Piece], other: Counter[tuple[str, str]], key: Key) -> Iterator[Piece]:
    left = other.copy()
    for piece in pieces:
        if left[key(piece)] > 0:
            left[key(piece)] -= 1
        else:
            yield piece


def _words(piece: Piece, dialect: str) -> str:
    """Return a clause without what stands within it as a clause of its own."""
    node = piece.node
    if isinstance(node, exp.SetOperation):
        return f"{node.key} {bool(node.args.get('distinct'))} {bool(node.args.get('by_name'))}"
    return node.sql(dialect, comments=False)


def _quoted(model: Model, pieces: Sequence[Piece], side: Side, dialect: str) -> Iterator[Clause]:
    if not pieces:
        return
    wording = Wording(model.text, model.path, tokens_of(model.text, dialect))
    for piece in pieces:
        if isinstance(piece.node, exp.SetOperation):
            text, line = _operation(piece.node, wording)
        elif piece.kind in _LISTED:
            text, line = wording.item(piece.node)
        else:
            text, line = wording.place(piece.node, _JOINING if isinstance(piece.node, exp.Join) else ())
        if text.upper() == "FROM":
            # A query that begins with FROM has a star that nobody wrote.
            continue
        yield Clause(piece.kind, side, text, model.path, line)


def _operation(node: exp.SetOperation, wording: Wording) -> tuple[str, int]:
    """Quote a set operation by its words alone: its branches are whole queries."""
    _, line = wording.place(node.expression, _OPERATING)
    words = [node.key.upper()]
    if isinstance(node, exp.Union) and not node.args.get("distinct"):
        words.append("ALL")
    if node.args.get("by_name"):
        words.append("BY NAME")
    return " ".join(words), line
