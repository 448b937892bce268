"""One SELECT while it is read: its sources, and what the names in it mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from typing import Literal

from sqlglot import exp

from datacanary.impact.meaning.order import Order
from datacanary.impact.meaning.reading import Around, Reading
from datacanary.impact.meaning.table import Table, TableColumn, column_of_rest
from datacanary.impact.meaning.value import Value, combine, digest
from datacanary.impact.meaning.values import value_of

Clause = Literal["source", "either", "order"]
"""How a bare name is looked up: among the sources and only then the aliases of the SELECT; in both, since engines
differ; or among the aliases first."""


class Source:
    """One source of a SELECT; `wraps` say which of the joined sources its columns are of."""

    def __init__(self, table: Table, reading: Reading, wraps: tuple[Value, ...] = ()) -> None:
        """Take what the source means."""
        self.table = table
        self.wraps = wraps
        self._by_name: dict[str, list[TableColumn]] = {}
        self._wrapped: dict[str, list[TableColumn]] = {}
        for column in table.columns:
            self._by_name.setdefault(reading.names.stored(column.name), []).append(column)

    def named(self, name: str) -> list[TableColumn]:
        """Return the known columns of a folded name."""
        if not self.wraps:
            return self._by_name.get(name, [])
        if name not in self._wrapped:
            known = self._by_name.get(name, ())
            self._wrapped[name] = [column._replace(value=self.wrapped(column.value)) for column in known]
        return self._wrapped[name]

    def unnamed(self, name: str) -> Value | None:
        """Return the column of this name among those that are not known; None if all are known."""
        rest = self.table.rest
        return self.wrapped(column_of_rest(rest, name)) if rest is not None else None

    def columns(self) -> list[TableColumn]:
        """Return its known columns in order."""
        return [column._replace(value=self.wrapped(column.value)) for column in self.table.columns]

    def wrapped(self, value: Value) -> Value:
        """Say of a value which of the joined sources it is of."""
        for wrap in self.wraps:
            fingerprint = digest("of", wrap.fingerprint, value.fingerprint)
            value = Value(fingerprint, value.reads | wrap.reads, value.settled and wrap.settled)
        return value

    def outside(self, level: Level) -> Source:
        """Return it as a query within sees it."""
        level.touched += 1
        mark = Value(digest("outer source", level.tier))
        return Source(self.table, level.reading, (*self.wraps, mark))

    def whole(self) -> Value:
        """Return all of it."""
        return self.wrapped(self.table.whole())


class Level:
    """A SELECT: `sources` by folded name.

    `stage` is which rows there are where windows look at them, and `order` how they come.
    """

    def __init__(self, reading: Reading, around: Around, select: exp.Expr | None) -> None:
        """Begin a SELECT; without one only its sources can be named."""
        self.reading = reading
        self.around = around
        self.tier = around.tier
        self.select = select
        self.sources: dict[str, Source] = {}
        self.merged: dict[str, TableColumn] = {}
        self.stage = Value(digest("one row"))
        self.overall: Value | None = None
        self.order = Order()
        self.clause: Clause = "source"
        self.touched = 0
        self.selecting = False
        self._aliases, self._outputs = self._named(select)
        self._asking: set[str] = set()
        self._variables: frozenset[str] = frozenset()
        self._known: dict[tuple[str, ...], Value | None] = {}
        self._closed: bool | None = None

    @property
    def outer(self) -> Level | None:
        """The SELECT around."""
        return self.around.level

    def _named(self, select: exp.Expr | None) -> tuple[dict[str, list[exp.Expr]], dict[str, list[exp.Expr]]]:
        """Return what the SELECT gives names to, and its columns that keep the name they have."""
        aliases: dict[str, list[exp.Expr]] = {}
        outputs: dict[str, list[exp.Expr]] = {}
        for one in select.expressions if isinstance(select, exp.Select) else ():
            if isinstance(one, exp.Alias):
                aliases.setdefault(self.reading.names.written(one.args.get("alias")), []).append(one.this)
            elif isinstance(one, exp.Column):
                outputs.setdefault(self.reading.names.written(one.this), []).append(one)
        return aliases, outputs

    @contextmanager
    def binding(self, names: AbstractSet[str]) -> Iterator[None]:
        """While the block runs, these names are variables and no columns."""
        before, self._variables = self._variables, self._variables | names
        try:
            yield
        finally:
            self._variables = before

    def forget(self) -> None:
        """Look names up anew: the sources changed."""
        self._known.clear()
        self._closed = None

    def alias(self, name: str) -> Value | None:
        """Return what the SELECT calls so, None if nothing, or if it is being worked out.

        Its names are none yet while its sources are looked at.
        """
        found = self._aliases.get(name, [])
        if self.clause == "order":
            found = [*found, *self._outputs.get(name, ())]
        if not found or name in self._asking or not self.selecting:
            return None
        clause, self.clause = self.clause, "source"
        self._asking.add(name)
        try:
            # Which of several the engine takes is its own business.
            return either([value_of(one, self) for one in found])
        finally:
            self._asking.discard(name)
            self.clause = clause

    def source(self, name: str) -> Source | None:
        """Find a source by its folded name, also in the SELECTs around; one of those is told apart."""
        level: Level | None = self
        while level is not None:
            if name in level.sources:
                found = level.sources[name]
                return found if level is self else found.outside(level)
            level = level.outer
        return None

    def everything(self) -> Value:
        """Return all that the sources have."""
        return combine("all", [source.whole() for source in self.sources.values()], tuple(self.sources))

    def column(self, parts: Sequence[str]) -> Value | None:
        """Return what a name of some parts means; None if nothing is called so."""
        if parts[0] in self._variables:
            return _field(Value(digest("variable", parts[0])), parts[1:])
        key = (self.clause, *parts)
        if key not in self._known:
            found = self._column(parts)
            if self._asking:
                return found
            self._known[key] = found
        return self._known[key]

    def _column(self, parts: Sequence[str]) -> Value | None:
        candidates: list[Value] = []
        level: Level | None = self
        while level is not None:
            found, sure = level.here(parts)
            if level is not self and found:
                level.touched += 1
                found = [_outside(value, level) for value in found]
            candidates += found
            if sure:
                break
            level = level.outer
        return either(candidates) if candidates else None

    def here(self, parts: Sequence[str]) -> tuple[list[Value], bool]:
        """Return what a name can mean among the level's own names, and whether it surely is one of these."""
        found: list[Value] = []
        unnamed: Value | None = None
        for index in range(1, min(len(parts), 4)):
            source = self.sources.get(parts[index - 1])
            if source is None:
                continue
            known = [column.value for column in source.named(parts[index])]
            unnamed = source.unnamed(parts[index]) if not known else None
            found += [_field(value, parts[index + 1 :]) for value in (*known, *([unnamed] if unnamed else []))]
            break
        if found and unnamed is None:
            return found, True
        if found:
            # It can also be a field of a column that is called like the table.
            columns = [column.value for source in self.sources.values() for column in source.named(parts[0])]
            return [*found, *(_field(value, parts[1:]) for value in columns)], True
        bare, sure = self._bare(parts[0], qualified=len(parts) > 1)
        return [_field(value, parts[1:]) for value in bare], sure

    def _bare(self, name: str, *, qualified: bool) -> tuple[list[Value], bool]:
        alias = None if qualified and self.clause == "source" else self.alias(name)
        if self.clause == "order" and alias is not None and not qualified:
            return [alias], True
        if name in self.merged:
            known = [self.merged[name].value]
        else:
            known = [column.value for source in self.sources.values() for column in source.named(name)]
        if len(known) > 1:
            return [self.ambiguous(name, known)], True
        if known and (alias is None or self.clause == "source"):
            return known, True
        if known and alias is not None:
            return [either([*known, alias])], True
        unnamed = [value for source in self.sources.values() if (value := source.unnamed(name)) is not None]
        found = [*unnamed, *([alias] if alias is not None else [])]
        if name in self.sources and not qualified:
            found.append(self.sources[name].whole())
        return found, bool(found) and not unnamed

    def ambiguous(self, name: str, known: list[Value]) -> Value:
        """Doubt what a name means that several sources have; the warehouse will refuse it."""
        doubt = self.reading.doubt(f"{name} can be a column of several tables", self.select or exp.Select())
        return combine("ambiguous", [*known, doubt])

    @property
    def closed(self) -> bool:
        """Whether all columns of all sources that can be named here are known."""
        if self._closed is None:
            own = all(source.table.rest is None for source in self.sources.values())
            self._closed = own and (self.outer is None or self.outer.closed)
        return self._closed

    def plain(self, table: str, name: str) -> TableColumn | None:
        """Return the column that a name means before any alias is asked; the table can be empty."""
        if table:
            source = self.sources.get(table)
            found = source.named(name) if source is not None else []
        elif name in self.merged:
            return self.merged[name]
        else:
            found = [column for source in self.sources.values() for column in source.named(name)]
        return found[0] if len(found) == 1 else None

    def surely_knows(self, name: str) -> bool:
        """Tell whether what a folded name means is a column for sure, and no word of the engine."""
        level: Level | None = self
        while level is not None:
            if any(not source.table.complete and not source.named(name) for source in level.sources.values()):
                return False
            level = level.outer
        return True

    def original(self, table: str, name: str) -> TableColumn | None:
        """Return the column of the level's own sources that a name surely means; the table can be empty."""
        if not table and name in self.merged:
            return self.merged[name]
        owner = self.owner((table, name) if table else (name,))
        return owner[1] if owner is not None else None

    def owner(self, parts: Sequence[str]) -> tuple[str, TableColumn] | None:
        """Return the source and the column that a name surely means, None where that is not clear."""
        name = parts[-1]
        sources = [parts[-2]] if len(parts) > 1 else list(self.sources)
        found = [
            (alias, column) for alias in sources if alias in self.sources for column in self.sources[alias].named(name)
        ]
        unclear = any(not self.sources[alias].table.complete for alias in sources if alias in self.sources)
        return found[0] if len(found) == 1 and (len(parts) > 1 or not unclear) else None

    def in_order(self) -> Iterator[tuple[str, Source]]:
        """Yield the sources with their folded names, as they stand in FROM."""
        yield from self.sources.items()


def _outside(value: Value, level: Level) -> Value:
    return value._replace(fingerprint=digest("outer", level.tier, value.fingerprint))


def _field(value: Value, path: Sequence[str]) -> Value:
    for name in path:
        value = value._replace(fingerprint=digest("field", value.fingerprint, name))
    return value


def of_all(value: Value, level: Level) -> Value:
    """Say of a value that all rows together made it, where they did."""
    return value if level.overall is None else combine("of all", [level.overall, value])


def either(values: Sequence[Value]) -> Value:
    """Return the meaning of a name that can be any of some things, by rules of the engine: all of them together.

    The same candidates are the same thing, whichever the engine takes.
    """
    distinct = list({value.fingerprint: value for value in values}.values())
    return distinct[0] if len(distinct) == 1 else combine("either", distinct)
