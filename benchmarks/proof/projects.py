"""Projects of models that read each other: one model is changed, and everything downstream is run and compared."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from random import Random

from sqlglot import exp

from datacanary.impact.meaning.table import Table
from proof.claims import meaning, tables_of
from proof.corpus import Corpus
from proof.data import dataset, shape
from proof.draft import Columns, parsed
from proof.execution import Database, NotRunError, Result
from proof.hints import Hints
from proof.ledger import Version
from proof.makers import MAKERS, Inputs, Relation
from proof.mutators.registry import mutant
from proof.sitting import Trial, judged_pair

DATASETS = 2
FEWEST, MOST = 5, 12
TRIES = 30
KINDS = {"INTEGER": "int", "BIGINT": "int", "VARCHAR": "text", "DATE": "date", "DOUBLE": "number", "HUGEINT": "int"}


@dataclass(frozen=True, slots=True)
class Model:
    """A query with the name that others read it by."""

    name: str
    sql: str

    @property
    def reads(self) -> frozenset[str]:
        """The names of the tables that it reads."""
        return frozenset(table.name.lower() for table in parsed(self.sql).find_all(exp.Table))


class Project:
    """Models in an order in which they can be built, built twice: as they are, and with one of them changed."""

    def __init__(self, corpus: Corpus, chance: Random) -> None:
        """Make models of chance, and build them."""
        self._schema, self._chance = corpus.schema, chance
        rows = [
            dataset(corpus.schema, Hints({}, frozenset()), chance, shape(chance, number, unique=False))
            for number in range(DATASETS)
        ]
        self._base, self._head = Database(rows), Database(rows)
        self.models = tuple(self._made(chance))
        self._columns: dict[str, Columns] = {}
        self._tables = tables_of(corpus.schema)
        self._results: dict[str, tuple[Result, ...]] = {}
        for model in self.models:
            self._head.create(model.name, model.sql)
            self._results[model.name] = results = self._base.run(f"FROM {model.name}")
            self._columns[model.name] = tuple(zip(results[0].names, results[0].types, strict=True))
            read = meaning(model.sql, self._tables, "base")
            if read is not None:
                self._tables[model.name] = read

    def _made(self, chance: Random) -> Iterator[Model]:
        relations = [
            Relation(name, tuple((column, KINDS[kind]) for column, kind in columns if kind in KINDS))  # type: ignore[misc]
            for name, columns in self._schema.items()
        ]
        readable = [one for one in relations if len(one.of("int")) > 1]
        names = (f"n{number}" for number in itertools.count(1))
        wanted, tries = chance.randint(FEWEST, MOST), 0
        while wanted and tries < TRIES * MOST:
            tries += 1
            # Newer models are read more often: chains are what makes it hard.
            weights = [1 + place for place in range(len(readable))]
            one, other = chance.choices(readable, weights, k=2)
            sql, columns = chance.choice(MAKERS)(Inputs(chance, one, other, lambda: next(names)))
            model = Model(f"m{len(readable)}", sql)
            try:
                self._base.create(model.name, sql)
            except NotRunError:
                continue
            wanted -= 1
            readable.append(Relation(model.name, columns))
            yield model

    def trials(self, changes: int) -> Iterator[Trial]:
        """Change one model at a time."""
        for number in range(changes):
            yield from self._changed(self._chance.choice(self.models), number)

    def _changed(self, model: Model, number: int) -> Iterator[Trial]:
        schema: Mapping[str, Columns] = {**self._schema, **self._columns}
        before = {name: schema[name] for name in (*self._schema, *self._upstream(model))}
        made = mutant(model.sql, before, self._chance)
        if made is None:
            return
        touched = [model, *self._downstream(model)]
        tables: dict[str, Table | None] = dict(self._tables)
        broken = set[str]()
        for one in touched:
            sql = made.sql if one is model else one.sql
            blank = Trial(one.name, made.kind, made.steps, "refused", (one.sql, sql), proof=f"{model.name}: {made.sql}")
            try:
                if one.reads & broken:
                    raise NotRunError("what it reads is not there")  # noqa: TRY301 -- it ends as if it did not run
                self._head.create(one.name, sql)
                results = self._head.run(f"FROM {one.name}")
            except NotRunError:
                broken.add(one.name)
                if one is model:
                    yield blank
                continue
            yield self._compared(blank, one, Version(sql, None, results), tables, f"head {number}")
        for one in touched:
            self._head.create(one.name, one.sql)

    def _compared(self, blank: Trial, model: Model, new: Version, tables: dict[str, Table | None], salt: str) -> Trial:
        try:
            known = {name: table for name, table in tables.items() if table is not None}
            tables[model.name] = meaning(new.sql, known, salt)
        except Exception as error:  # noqa: BLE001 -- whatever it is, the engine must not raise it
            tables[model.name] = None
            return replace(blank, outcome="unread", proof=f"{type(error).__name__}: {error}")
        base = Version(model.sql, self._tables.get(model.name), self._results[model.name])
        return judged_pair(blank, base, replace(new, table=tables[model.name]))

    def _upstream(self, model: Model) -> list[str]:
        return [one.name for one in itertools.takewhile(lambda one: one is not model, self.models)]

    def _downstream(self, model: Model) -> list[Model]:
        reached, found = {model.name}, list[Model]()
        for one in self.models:
            if one.reads & reached:
                reached.add(one.name)
                found.append(one)
        return found

    def told(self, trial: Trial) -> str:
        """Write a refutation down: the project, and what was changed."""
        models = "\n".join(f"-- {model.name}\n{model.sql};" for model in self.models)
        return f"-- {trial.query}: {', '.join(trial.steps)}\n{models}\n-- head\n{trial.proof}"

    def close(self) -> None:
        """Let the rows go."""
        self._base.close()
        self._head.close()
