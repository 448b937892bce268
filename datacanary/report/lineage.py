"""How a change goes from table to table, as far as a finished run knows it."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from datacanary.model.run import TableReport


@dataclass(frozen=True, slots=True)
class Lineage:
    """Tables by name, each with what stands in its place in a picture; `edges` lead from what is read to its reader.

    `states` are words: a status, or `source` for what no model makes. `left` is how many tables had no room.
    """

    states: Mapping[str, str]
    edges: tuple[tuple[str, str], ...]
    left: int


def lineage_of(tables: Sequence[TableReport], words: Mapping[str, str], most: int) -> Lineage:
    """Choose at most `most` tables: those that come first, and what lies on the way to them.

    `words` is how the overview calls each state. What neither reads nor is read is left out: a list says as much.
    """
    affected = [table for table in tables if table.effect != "unaffected"]
    shown: dict[str, None] = {}
    for table in affected:
        found = dict.fromkeys([*(name for path in _paths(table)[:_MOST_PATHS] for name in path), table.name])
        if len(shown | found) <= most:
            shown |= found
    edges = tuple(dict.fromkeys(edge for table in affected for edge in _edges(table, shown)))
    tied = {name for edge in edges for name in edge}
    models = {table.name for table in tables}
    states = {name: words.get(name, "unaffected" if name in models else "source") for name in shown if name in tied}
    return Lineage(states, edges, len({table.name for table in affected} - tied))


_MOST_PATHS = 4
"""So many ways to one table are drawn."""


def _paths(table: TableReport) -> Sequence[tuple[str, ...]]:
    """Return the ways from what changed to this table: as proven, or at least by their ends."""
    if table.impact is not None and table.impact.paths:
        return table.impact.paths
    return tuple((root, table.name) for root in table.inherited_from)


def _edges(table: TableReport, shown: Container[str]) -> Iterator[tuple[str, str]]:
    for path in _paths(table) if table.name in shown else ():
        yield from pairwise(one for one in path if one in shown)
