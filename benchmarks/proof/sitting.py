"""One query on generated rows, and a number of its mutants: what is claimed, and what comes out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Literal

from sqlglot import exp

from proof.claims import Claim, Judgement, Truth, claim, judged, meaning, tables_of, truth
from proof.corpus import Corpus, Query
from proof.data import Dataset, dataset, named_in, shape
from proof.draft import Schema, parsed
from proof.execution import Database, NotRunError
from proof.hints import hints_of
from proof.ledger import Ledger, Version
from proof.mutators.registry import Kind, Mutant, mutant

DATASETS, OF_WIDE = 3, 2
"""So many datasets each query runs on; those of the benchmarks take longer."""
DRAWN = 8
"""Out of so many that are tried."""
SWAPPED = 0.3
"""The share of mutants that are base, with the original as head."""
PAIRED = 0.2
"""The share that are compared with another mutant instead of the original."""
OTHERS = 0.15
"""The share of columns that are kept although a query of a wide corpus does not name them."""
BLIND, UNKNOWN = 0.15, 0.5
"""The share of sittings in which the columns of some tables are not told, and the share of such tables."""
TRIES = 4
"""So many mutants are made for each that runs, at most."""

SOME, MANY = 2, 400
"""Rows that come out: enough to differ, and not so many that it takes long."""

Outcome = Literal["executed", "refused", "no mutant", "unread"]
"""`refused`: DuckDB does not run it; `unread`: the engine raised, which it never may."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of one mutant. `texts` are base and head; `proof` says what was refuted, or what was raised."""

    query: str
    kind: Kind
    steps: tuple[str, ...]
    outcome: Outcome
    texts: tuple[str, str] = ("", "")
    claim: Claim | None = None
    truth: Truth | None = None
    judgement: Judgement = "holds"
    remembered: int = 0
    proof: str = ""


class Sitting:
    """A query with its rows; mutants come from a chance of their own, so that any can be made again."""

    def __init__(self, corpus: Corpus, query: Query, chance: Random, *, drawn: int = DRAWN) -> None:
        """Draw rows; raises NotRunError if the query does not run on them."""
        self._query, self._chance = query, chance
        self.schema = corpus.schema if not corpus.unique else _read_by(query, corpus.schema, chance)
        # Now and then nobody knows the columns of some tables: less can be recognised, but nothing may be wrong.
        self._blind = [name for name in self.schema if chance.random() < UNKNOWN] if chance.random() < BLIND else []
        self._tables = tables_of(self.schema, self._blind)
        self.datasets = _datasets(query, self.schema, chance, unique=corpus.unique, drawn=drawn)
        self._database = Database(self.datasets)
        self.base = self._version(query.sql, "base")
        self._last = self.base
        self._ledger = Ledger()
        list(self._ledger.differing(self.base))

    @property
    def recognised(self) -> bool:
        """Whether the engine, knowing all tables, knows the query as equal to itself: not what chance makes."""
        return not self._blind and claim(self.base.table, meaning(self._query.sql, self._tables, "head")).nothing

    def trials(self, count: int) -> Iterator[Trial]:
        """Try mutants until so many ran, or none runs."""
        ran = 0
        for number in range(count * TRIES):
            if ran == count:
                return
            trial = self._trial(number)
            ran += trial.outcome == "executed"
            yield trial

    def close(self) -> None:
        """Let the rows go."""
        self._database.close()

    def _version(self, sql: str, salt: str) -> Version:
        return Version(sql, meaning(sql, self._tables, salt), self._database.run(sql))

    def _trial(self, number: int) -> Trial:
        made = mutant(self._query.sql, self.schema, self._chance)
        if made is None:
            return Trial(self._query.name, "changing", (), "no mutant")
        blank = Trial(self._query.name, made.kind, made.steps, "refused", (self._query.sql, made.sql))
        try:
            results = self._database.run(made.sql)
        except NotRunError:
            return blank
        try:
            table = meaning(made.sql, self._tables, f"mutant {number}")
            return self._compared(blank, made, Version(made.sql, table, results))
        except Exception as error:  # noqa: BLE001 -- whatever it is, the engine must not raise it
            return replace(blank, outcome="unread", proof=f"{type(error).__name__}: {error}")

    def _compared(self, blank: Trial, made: Mutant, new: Version) -> Trial:
        base, head = self.base, new
        if made.kind == "changing" and self._chance.random() < PAIRED:
            base = self._last
        elif self._chance.random() < SWAPPED:
            base, head = new, self.base
        self._last = new
        trial = judged_pair(blank, base, head)
        if trial.judgement == "refuted":
            return trial
        # All that went before is held against it, too: equal fingerprints mean equal data, whoever has them.
        hits = self._ledger.hits
        for known in self._ledger.differing(new):
            other = judged_pair(blank, known, new)
            if other.judgement == "refuted":
                return other
        return replace(trial, remembered=self._ledger.hits - hits)


def judged_pair(blank: Trial, base: Version, head: Version) -> Trial:
    """Compare two versions, and hold what is claimed against it."""
    claimed = claim(base.table, head.table)
    texts = (base.sql, head.sql)
    judgement = judged(claimed, base.results, head.results, texts)
    return replace(
        blank,
        outcome="executed",
        texts=texts,
        claim=claimed,
        truth=truth(base.results, head.results),
        judgement=judgement,
    )


def _read_by(query: Query, schema: Schema, chance: Random) -> Schema:
    """Return the tables that a query reads, with the columns that it names and a few others."""
    tree = parsed(query.sql)
    names = {one.name.lower() for one in tree.find_all(exp.Identifier)}
    read = named_in(schema, [table.name for table in tree.find_all(exp.Table)])
    return {
        table: tuple(one for one in columns if one[0].lower() in names or chance.random() < OTHERS)
        for table, columns in read.items()
    }


def _datasets(query: Query, schema: Schema, chance: Random, *, unique: bool, drawn: int) -> tuple[Dataset, ...]:
    """Draw rows several times, and keep those on which most comes out, but not too much.

    Raises NotRunError if the query runs on none.
    """
    hints = hints_of(query.sql)
    found = list[tuple[float, int, Dataset]]()
    problem = NotRunError("no rows drawn")
    for number in range(drawn):
        made = dataset(schema, hints, chance, shape(chance, number, unique=unique))
        database = Database([made])
        try:
            rows = len(database.run(query.sql)[0].rows)
            found.append((0 if rows == 0 else 1 / (1 + rows) if rows <= MANY else 0.5, number, made))
        except NotRunError as error:
            problem = error
        finally:
            database.close()
        if sum(MANY >= 1 / max(score, 1e-9) - 1 > SOME for score, _, _ in found if score) >= DATASETS:
            break
    if not found:
        raise problem
    best = sorted(found, key=lambda one: (one[0] == 0, one[0], one[1]))
    return tuple(made for _, _, made in best[: OF_WIDE if unique else DATASETS])
