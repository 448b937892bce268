"""All mutators, and how a mutant comes about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Literal

from sqlglot.errors import SqlglotError

from proof.draft import Draft, Schema, parsed, text_of
from proof.mutators import columns, filters, joining, logic, naming, shape, structure, values, wording

Kind = Literal["keeping", "changing"]
Mutator = Callable[[Draft], bool]
Rewording = Callable[[str, Random], str]

KEEPING: Mapping[str, tuple[Mutator, ...]] = {
    room.__name__.rpartition(".")[2]: room.KEEPING for room in (naming, logic, structure)
}
CHANGING: Mapping[str, tuple[Mutator, ...]] = {
    room.__name__.rpartition(".")[2]: room.CHANGING for room in (filters, joining, columns, shape, values)
}
KEEPS = 0.35
"""The share of mutants that are meant to keep the meaning."""
TWICE = 0.2
"""The share of those with another change on top."""
TRIES = 12


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed query: its text, what it was meant to do, and the names of what was done."""

    sql: str
    kind: Kind
    steps: tuple[str, ...]


def mutant(sql: str, schema: Schema, chance: Random) -> Mutant | None:
    """Change a query at random; None if no change was found that makes another text."""
    kind: Kind = "keeping" if chance.random() < KEEPS else "changing"
    count = 2 if chance.random() < TWICE else 1
    text, steps = sql, list[str]()
    for number in range(count):
        # A change of the meaning may come with one that keeps it; never the other way round.
        step = _step(text, schema, kind if number == 0 else "keeping", chance)
        if step is None:
            return None
        text = step[0]
        steps.append(step[1])
    return Mutant(text, kind, tuple(steps)) if text != sql else None


def _step(sql: str, schema: Schema, kind: Kind, chance: Random) -> tuple[str, str] | None:
    rooms = KEEPING if kind == "keeping" else CHANGING
    try:
        tree = parsed(sql)
    except SqlglotError:
        # The step before made what DuckDB may read, but sqlglot does not.
        return None
    # One that finds no place leaves the tree as it was.
    for _ in range(TRIES):
        room = chance.choice([*rooms, "wording"] if kind == "keeping" else list(rooms))
        if room == "wording":
            reword: Rewording = chance.choice(wording.KEEPING)
            return reword(sql, chance), f"wording.{reword.__name__}"
        mutator = chance.choice(rooms[room])
        draft = Draft(tree, chance, schema)
        try:
            if mutator(draft):
                return text_of(draft.tree), f"{room}.{mutator.__name__}"
        except SqlglotError:
            # What was put together makes no sense to the parser.
            continue
    return None
