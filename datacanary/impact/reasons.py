"""Why a table can differ, or cannot, in one sentence: short enough for a terminal, an `Impact` has all of it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from datacanary.model.impact import Clause, ClauseKind, Impact
from datacanary.model.words import count

_NAMES: dict[ClauseKind, str] = {
    "filter": "filter",
    "join": "join",
    "table": "table in FROM",
    "grouping": "grouping key",
    "distinct": "DISTINCT",
    "limit": "limit",
    "union": "set operation",
    "unnest": "expression that multiplies rows",
    "sample": "sample",
    "column": "expression",
    "other": "clause",
}
_MOST = 3
"""So many columns or tables are named in a sentence."""
_MOST_CLAUSES = 2
_QUOTE = 70
"""So many characters of a clause are quoted."""
_BEFORE = 18
"""Of a long clause that became another one, so much is quoted of its beginning and before they part."""
_ALIKE = 0.6
"""Clauses that share so large a part of their words are one that was changed."""
_COLUMN = re.compile(r"""(?:^|\bas\s+|^[\w"`]+\.)["`]?(\w+)["`]?$""", re.IGNORECASE)
_FEW = 100
"""More pairs of clauses than these are not looked at for what became what."""


def own_reason(impact: Impact) -> str:
    """Say what a model's own text does, with the clause that does it and its line."""
    if "unknown" in impact.own:
        told = "its query changed, and what that does is not known"
        return f"{told} ({_cut(impact.unknown[0], 2 * _QUOTE)})" if impact.unknown else told
    found = list(_moves(_relevant(impact)))
    new = _source_of_new(impact)
    parts = [_columns(impact, new)] if not found or "rows" not in impact.own else []
    most = _MOST_CLAUSES - (new is not None and bool(parts))
    parts += _told(found[:most], new if parts else None)
    left = len(found) - most
    parts += [f"and {count(left, 'more clause')}"] if left > 0 else []
    named = "; ".join(filter(None, parts))
    return f"its query changed: {named}" if named else "its query changed"


def inherited_reason(impact: Impact, readable: Sequence[str]) -> str:
    """Say what brings the change to a model whose own text does nothing."""
    named = _list(impact.through or tuple(readable))
    return f"it reads {named}, which can differ"


def spared_reason(own_text: bool, reads: Sequence[str]) -> str:  # noqa: FBT001 -- a fact, no switch
    """Say why a table cannot differ although its text, or what it reads, does."""
    if own_text and reads:
        return f"its query is written otherwise, and with what changed in {_list(reads)} it means the same"
    if own_text:
        return "its query is written otherwise, and means the same"
    return f"it reads {_list(reads)}, but nothing there that can differ"


@dataclass(frozen=True, slots=True)
class _Move:
    """A clause that is gone, or came, or became another one."""

    base: Clause | None
    head: Clause | None


def _relevant(impact: Impact) -> list[Clause]:
    """Return the clauses that do it: those of the row set where that differs."""
    if "rows" in impact.own:
        found = [one for one in impact.clauses if one.kind != "column"] or list(impact.clauses)
        if any(one.kind == "join" for one in found):
            found = [one for one in found if one.kind != "table"]
        return found
    if "expression" in impact.own:
        listed = {one.name.lower() for one in impact.columns if one.change in {"added", "removed"}}
        found = [one for one in impact.clauses if one.kind == "column"] or list(impact.clauses)
        return [one for one in found if _called(one.text) not in listed]
    return []


def _called(text: str) -> str:
    """Return the name of the column that an expression makes, folded; empty if it has none.

    >>> _called("cents * 2 as Cents"), _called("o.cents"), _called("cents * 2")
    ('cents', 'cents', '')
    """
    found = _COLUMN.search(text)
    return found[1].lower() if found else ""


def _moves(clauses: Sequence[Clause]) -> Iterator[_Move]:
    """Pair what became what, of each kind first; then what came, then what is gone."""
    for kind in dict.fromkeys(one.kind for one in clauses):
        gone = [one for one in clauses if one.kind == kind and one.side == "base"]
        come = [one for one in clauses if one.kind == kind and one.side == "head"]
        pairs = _pairs(gone, come)
        yield from (_Move(old, new) for old, new in pairs)
        yield from (_Move(None, one) for one in come if not any(one is new for _, new in pairs))
        yield from (_Move(one, None) for one in gone if not any(one is old for old, _ in pairs))


def _pairs(gone: Sequence[Clause], come: Sequence[Clause]) -> list[tuple[Clause, Clause]]:
    """Pair clauses: of columns those that make the same one, of others the most alike."""
    if len(gone) == len(come) == 1:
        return [(gone[0], come[0])]
    if gone and gone[0].kind == "column":
        made = {_called(one.text): one for one in come}
        return [(one, made.pop(name)) for one in gone if (name := _called(one.text)) and name in made]
    if len(gone) * len(come) > _FEW:
        return []
    ranked = sorted(
        ((-_likeness(old, new), i, j) for i, old in enumerate(gone) for j, new in enumerate(come)),
    )
    found: dict[int, int] = {}
    for unlike, i, j in ranked:
        if -unlike >= _ALIKE and i not in found and j not in found.values():
            found[i] = j
    return [(gone[i], come[found[i]]) for i in sorted(found)]


def _likeness(old: Clause, new: Clause) -> float:
    return difflib.SequenceMatcher(None, old.text.split(), new.text.split(), autojunk=False).ratio()


def _told(moves: Sequence[_Move], before: Clause | None) -> Iterator[str]:
    """Say each; the file stands with the first place in it, which may be one `before` these."""
    files = {before.path} if before is not None else set()
    for move in moves:
        clause = move.head or move.base
        if clause is None:
            continue
        place = _place(clause, named=clause.path in files)
        files.add(clause.path)
        name = _NAMES[clause.kind]
        texts = [one.text for one in (move.base, move.head) if one is not None]
        if all(text.lower().startswith("join ") for text in texts):
            texts = [text[len("join ") :] for text in texts]
        if len(set(texts)) > 1:
            old, new = _both_quoted(texts[0], texts[1])
            yield f"the {name} `{old}` became `{new}` ({place})"
        elif len(texts) > 1:
            # They part behind what is quoted of a long clause.
            yield f"the {name} `{_cut(texts[0], _QUOTE)}` changed ({place})"
        else:
            yield f"{name} {'added' if move.base is None else 'removed'}: `{_cut(texts[0], _QUOTE)}` ({place})"


def _place(clause: Clause, *, named: bool) -> str:
    told = f"line {clause.line}" if named else f"{clause.path}:{clause.line}"
    return told if clause.side == "head" else f"{told} of base"


def _both_quoted(old: str, new: str) -> tuple[str, str]:
    """Quote two clauses so that one sees where they part.

    >>> _both_quoted("a = 1", "a = 2")
    ('a = 1', 'a = 2')
    >>> _both_quoted("rates as r on " + "a = b and " * 9 + "c = 1", "rates as r on " + "a = b and " * 9 + "c = 2")
    ('rates as r on a =…and a = b and c = 1', 'rates as r on a =…and a = b and c = 2')
    """
    if max(len(old), len(new)) <= _QUOTE:
        return old, new
    shortest = min(len(old), len(new))
    same = next((place for place in range(shortest) if old[place] != new[place]), shortest)
    start = max(same - _BEFORE, 0)
    start = old.rfind(" ", max(start - _BEFORE, 0), start) + 1 or start
    lead = f"{old[:_BEFORE].rstrip()}…" if start > _BEFORE else old[:start]
    room = _QUOTE - len(lead)
    return lead + _cut(old[start:], room), lead + _cut(new[start:], room)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _source_of_new(impact: Impact) -> Clause | None:
    """Return what head's query makes the first new column of, as far as that is more than a name."""
    added = next((one.name.lower() for one in impact.columns if one.change == "added"), None)
    made = (one for one in impact.clauses if (one.kind, one.side) == ("column", "head") and _called(one.text) == added)
    return max(made, key=lambda one: len(one.text), default=None)


def _columns(impact: Impact, new: Clause | None) -> str:
    parts = []
    for change, word in (("added", "new"), ("removed", "gone")):
        names = [one.name for one in impact.columns if one.change == change]
        if names:
            source = f" (`{_cut(new.text, _QUOTE)}`, {_place(new, named=False)})" if word == "new" and new else ""
            parts.append(f"{_list(names)} {'is' if len(names) == 1 else 'are'} {word}{source}")
    renamed = [f"{one.was} is now called {one.name}" for one in impact.columns if one.change == "renamed"]
    parts += [_list(renamed)] if renamed else []
    if "columns_reordered" in impact.own:
        parts.append("its columns stand in another order")
    return ", ".join(parts)


def _list(names: Sequence[str]) -> str:
    """Join names with commas and `and`, the first few of many.

    >>> _list(["a", "b", "c"]), _list(["a", "b", "c", "d", "e"])
    ('a, b and c', 'a, b, c and 2 more')
    """
    shown = list(names[:_MOST])
    if len(names) > _MOST:
        return f"{', '.join(shown)} and {len(names) - _MOST} more"
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1]))) if shown else ""
