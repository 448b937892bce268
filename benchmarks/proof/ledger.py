"""Remembers what came out for each fingerprint, so that each mutant is held against all before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from datacanary.impact.meaning.table import Table
from proof.execution import Result

Signature = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """A text with what the engine says of it, None if it cannot read it, and what came out on each dataset."""

    sql: str
    table: Table | None
    results: tuple[Result, ...]


@dataclass(slots=True)
class Ledger:
    """By fingerprint: of the rows how many there are, of rows with a column what is in it.

    `hits` counts how often something was there already.
    """

    hits: int = 0
    _seen: dict[tuple[str, ...], tuple[Signature, Version]] = field(default_factory=dict)

    def differing(self, version: Version) -> Iterator[Version]:
        """Note a version; return those before it that have an equal fingerprint, but other data."""
        if version.table is None:
            return
        told = list[Version]()
        for key, signature in _signatures(version, version.table):
            known = self._seen.setdefault(key, (signature, version))
            self.hits += known[1] is not version
            if known[0] != signature and known[1] not in told:
                told.append(known[1])
        yield from told


def _signatures(version: Version, table: Table) -> Iterator[tuple[tuple[str, ...], Signature]]:
    rows, results = table.rows.fingerprint, version.results
    yield (rows,), tuple(len(result.rows) for result in results)
    names = [column.name.lower() for column in table.columns]
    if not table.complete or any(names != [name.lower() for name in result.names] for result in results):
        return
    prints = [column.value.fingerprint for column in table.columns]
    for place, fingerprint in enumerate(prints):
        yield (rows, fingerprint), tuple(hash(frozenset(result.bag([place]).items())) for result in results)
    order = sorted(range(len(prints)), key=prints.__getitem__)
    bags = tuple(hash(frozenset(result.bag(order).items())) for result in results)
    yield (rows, *(prints[place] for place in order)), bags
