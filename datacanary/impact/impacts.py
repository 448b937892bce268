"""What a change of the project can do to each table that both versions have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from datacanary.impact.change import Changes
from datacanary.impact.clauses import changed_clauses
from datacanary.impact.difference import Difference, difference
from datacanary.impact.meaning.query import Result
from datacanary.impact.meaning.table import NAMELESS
from datacanary.impact.meaning.value import ANY_COLUMN, Read, Value
from datacanary.impact.meanings import Meanings
from datacanary.impact.paths import paths_from
from datacanary.model.basic import Pair, Relation
from datacanary.model.impact import ChangeKind, Clause, ColumnImpact, Impact
from datacanary.model.project import Model

NameOf = Callable[[Relation], str]
_MOST_UNKNOWN = 5
"""So many reasons why something cannot be known are told."""


@dataclass(frozen=True, slots=True)
class _Compared:
    """Two meanings of a table, what they differ in, and what its own text does to it."""

    results: Pair[Result]
    found: Difference
    own: Result | None
    own_found: Difference | None


def impacts_of(changes: Changes, meanings: Meanings, name_of: NameOf) -> Mapping[Relation, Impact]:
    """Return what can differ in each table that both versions have and whose text, data or reads differ."""
    projects = meanings.projects
    both = projects.base.models.keys() & projects.head.models.keys()
    compared = {one: _compare(one, changes, meanings) for one in sorted(both) if changes.touches(one)}
    finder = _Finder(compared, changes, meanings, name_of)
    through = {relation: finder.through(relation) for relation in compared}
    roots = {one for one, table in compared.items() if _acts(table)} | (changes.own.keys() - both)
    paths = paths_from(roots, {one: finder.tables(reads) for one, reads in through.items()})
    return {one: finder.impact(one, through[one], paths.get(one, ())) for one in compared}


def _acts(table: _Compared) -> bool:
    own, found = table.own_found, table.found
    if own is None:
        return False
    return (not own.nothing and not found.nothing) or (own.order and found.order)


def _compare(relation: Relation, changes: Changes, meanings: Meanings) -> _Compared:
    results = Pair(meanings.of("base", relation), meanings.of("head", relation))
    found = difference(results.base.table, results.head.table, meanings.dialect)
    if relation not in changes.own:
        return _Compared(results, found, None, None)
    own = meanings.own(relation)
    return _Compared(results, found, own, difference(results.base.table, own.table, meanings.dialect))


@dataclass(frozen=True, slots=True)
class _Finder:
    compared: Mapping[Relation, _Compared]
    changes: Changes
    meanings: Meanings
    name_of: NameOf

    def through(self, relation: Relation) -> frozenset[Read]:
        """Return what of the tables that are read can differ and matters to a table."""
        table = self.compared[relation]
        found = {read for value in _differing(table) for read in value.reads if self._differs(read)}
        if not found and not table.found.nothing:
            # Its rows are read in their order, or its columns are.
            found = {(name, "") for name in _tables_read(table) if self._reordered(name)}
        return frozenset(found)

    def _reordered(self, name: str) -> bool:
        relation = self._relation(name)
        table = self.compared.get(relation) if relation is not None else None
        return table is not None and (table.found.reordered or table.found.order)

    def tables(self, reads: Iterable[Read]) -> frozenset[Relation]:
        """Return the models that are read."""
        return frozenset(relation for name, _ in reads if (relation := self._relation(name)) is not None)

    def impact(self, relation: Relation, through: frozenset[Read], paths: tuple[tuple[Relation, ...], ...]) -> Impact:
        """Put together what is known of a table."""
        table = self.compared[relation]
        projects = self.meanings.projects
        models = Pair(projects.base.models[relation], projects.head.models[relation])
        unknown = tuple(_unknown(models, table)) if not table.found.nothing else ()
        own_unknown = bool(table.own is not None and table.own.doubts)
        own = _kinds(table.own_found, own_unknown) if table.own_found is not None else ("none",)
        return Impact(
            own=own,
            kinds=_kinds(table.found, bool(unknown)),
            rows=table.found.rows,
            columns=tuple(self._columns(table)),
            equal=tuple(sorted(table.found.equal)) if not table.found.rows else (),
            clauses=self._clauses(models, table) if own != ("none",) else (),
            through=self._shown(through),
            paths=tuple(tuple(self.name_of(step) for step in path) for path in paths),
            unknown=unknown,
            fingerprints=table.results.map(lambda result: result.table.identity),
        )

    def _clauses(self, models: Pair[Model], table: _Compared) -> tuple[Clause, ...]:
        if table.own is None:
            return ()
        base = self.meanings.with_clauses("base", models.base.relation).pieces
        return changed_clauses(models, Pair(base or (), table.own.pieces or ()), self.meanings.dialect)

    def _columns(self, table: _Compared) -> Iterator[ColumnImpact]:
        found = table.found
        yield from (ColumnImpact(_plain(name), "added") for name in found.added)
        yield from (ColumnImpact(_plain(name), "removed") for name in found.removed)
        yield from (ColumnImpact(_plain(new), "renamed", was=_plain(old)) for old, new in found.renamed)
        if found.rows:
            return
        for name in sorted(found.changed):
            reads = {read for value in _of_column(table, name) for read in value.reads if self._differs(read)}
            yield ColumnImpact(_plain(name), "changed", through=self._shown(reads))

    def _shown(self, reads: Iterable[Read]) -> tuple[str, ...]:
        """Name what is read; of a table whose rows matter no columns."""
        found: dict[str, set[str]] = {}
        for table, column in reads:
            relation = self._relation(table)
            name = self.name_of(relation) if relation is not None else table
            found.setdefault(name, set()).add("" if column == ANY_COLUMN else column)
        named = ([name] if "" in columns else [f"{name}.{one}" for one in columns] for name, columns in found.items())
        return tuple(sorted(one for names in named for one in names))

    def _differs(self, read: Read) -> bool:
        name, column = read
        relation = self._relation(name)
        if relation is None:
            return any(str(source) == name for source in self.changes.sources) or any(
                path in name for path in self.changes.files
            )
        table = self.compared.get(relation)
        if table is None:
            return relation in self.changes.own
        found = table.found
        if found.rows or column == ANY_COLUMN:
            return not found.nothing
        if not column:
            return False
        listed = {*found.added, *found.removed, *(one for pair in found.renamed for one in pair)}
        return column in found.changed or column in {one.lower() for one in listed} or column in listed

    def _relation(self, name: str) -> Relation | None:
        schema, _, table = name.rpartition(".")
        relation = Relation(schema, table)
        projects = self.meanings.projects
        return relation if relation in projects.base.models or relation in projects.head.models else None


def _plain(name: str) -> str:
    return name.removeprefix(NAMELESS)


def _differing(table: _Compared) -> Iterator[Value]:
    """Yield the rows and columns of both sides that can differ."""
    if table.found.nothing:
        return
    for result in table.results:
        if table.found.rows:
            yield result.table.rows
        else:
            names = {*table.found.changed, *map(str.lower, (*table.found.added, *table.found.removed))}
            names |= {one.lower() for pair in table.found.renamed for one in pair}
            yield from (column.value for column in result.table.columns if column.name.lower() in names)
            yield from [result.table.rest] if table.found.open and result.table.rest is not None else []


def _tables_read(table: _Compared) -> set[str]:
    return {name for result in table.results for value in result.table.values() for name, _ in value.reads}


def _of_column(table: _Compared, name: str) -> Iterator[Value]:
    for result in table.results:
        yield from (column.value for column in result.table.columns if name in {column.name, column.name.lower()})


def _kinds(found: Difference, unknown: bool) -> tuple[ChangeKind, ...]:  # noqa: FBT001 -- a fact, no switch
    if found.nothing:
        return ("none",)
    kinds: list[ChangeKind] = ["unknown"] if unknown else []
    if found.rows and not unknown:
        kinds.append("rows")
    elif found.changed and not unknown:
        kinds.append("expression")
    if found.added:
        kinds.append("columns_added")
    if found.removed:
        kinds.append("columns_removed")
    if found.renamed:
        kinds.append("columns_renamed")
    if found.reordered:
        kinds.append("columns_reordered")
    return tuple(kinds) or ("unknown",)


def _unknown(models: Pair[Model], table: _Compared) -> Iterator[str]:
    told: set[str] = set()
    for model, result in zip(models, table.results, strict=True):
        for doubt in result.doubts:
            one = f"{model.path}:{doubt.line}: {doubt.why}"
            if one not in told and len(told) < _MOST_UNKNOWN:
                told.add(one)
                yield one
    if table.found.open and not told and not models.head.opaque:
        yield f"{models.head.path}: not all columns of what it reads are known"
