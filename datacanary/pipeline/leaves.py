"""The columns of what a project reads from outside: asked for when somebody needs them, read once, and remembered."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from sqlglot import exp

from datacanary.errors import CanaryError, Where
from datacanary.impact.leaves import leaves_of
from datacanary.model.basic import Column, Side
from datacanary.model.leaf import Leaf, LeafColumns
from datacanary.model.project import Model, SourceData
from datacanary.pipeline.inputs import state_of
from datacanary.pipeline.versions import Versions
from datacanary.project.data_files import on_the_disk, one_path
from datacanary.protocols.warehouse import Warehouse
from datacanary.version import __version__

_KIND = "leaf columns"
_ALGORITHM = 1
_Named = Mapping[Leaf, Where]
_Found = tuple[Column, ...] | None
_FOUND: TypeAdapter[_Found] = TypeAdapter(_Found)


class Leaves:
    """Reads the columns of leaves. It never fails: of what cannot be read it says why.

    Nothing is opened before somebody asks; `connect` is called once at most. Columns are remembered by the content of
    the files and the state of the warehouse that they were read from; problems are not.
    """

    def __init__(self, versions: Versions, connect: Callable[[], Warehouse]) -> None:
        self._versions, self._connect = versions, connect
        self._warehouse: Warehouse | None = None
        self._answers: dict[tuple[Side, Leaf], LeafColumns] = {}

    def columns(self, side: Side, models: Iterable[Model]) -> Mapping[Leaf, LeafColumns]:
        """Return the columns of all leaves that these models of one version read."""
        named: dict[Leaf, Where] = {}
        for model in models:
            for reference, leaf in leaves_of(model, self._versions.engine.dialect).items():
                named.setdefault(leaf, Where(model.path, reference.line))
        new = {leaf: where for leaf, where in named.items() if (side, leaf) not in self._answers}
        if new:
            self._answers |= {(side, leaf): answer for leaf, answer in self._read(side, new)}
        return {leaf: self._answers[side, leaf] for leaf in named}

    def _read(self, side: Side, named: _Named) -> Iterator[tuple[Leaf, LeafColumns]]:
        try:
            warehouse = self._warehouse = self._warehouse or self._connect()
        except CanaryError as error:
            yield from ((leaf, _unknown(where, error.problem)) for leaf, where in named.items())
            return
        relations = {leaf: where for leaf, where in named.items() if leaf.kind in {"external", "previous"}}
        yield from self._relations(warehouse, relations)
        yield from self._data(warehouse, side, {leaf: named[leaf] for leaf in named.keys() - relations.keys()})

    def _relations(self, warehouse: Warehouse, named: _Named) -> Iterator[tuple[Leaf, LeafColumns]]:
        production = self._versions.configs.head.production
        surroundings = (warehouse.shown, warehouse.state(), production) if named else ()
        keys = {leaf: _key(warehouse, *surroundings, str(leaf.relation)) for leaf in named}
        known = self._known(keys)
        missing = {leaf: leaf.relation for leaf in named.keys() - known.keys() if leaf.relation is not None}
        try:
            found = warehouse.columns_of_tables(frozenset(missing.values()), production) if missing else {}
        except CanaryError as error:
            yield from ((leaf, _unknown(named[leaf], error.problem)) for leaf in missing)
        else:
            new = {leaf: found.get(relation) for leaf, relation in missing.items()}
            self._keep({keys[leaf]: columns for leaf, columns in new.items()})
            known |= new
        for leaf, columns in known.items():
            lacking = _unknown(named[leaf], f"{leaf} is not in the warehouse.")
            yield leaf, lacking if columns is None else LeafColumns(columns)

    def _data(self, warehouse: Warehouse, side: Side, named: _Named) -> Iterator[tuple[Leaf, LeafColumns]]:
        sources = {leaf: self._sources(side, leaf) for leaf in named}
        keys = {leaf: self._key_of_data(warehouse, leaf, sources[leaf]) for leaf in named}
        known = self._known({leaf: key for leaf, key in keys.items() if key})
        yield from ((leaf, LeafColumns(columns)) for leaf, columns in known.items())
        missing = [leaf for leaf in named if leaf not in known]
        if not missing:
            return
        new: dict[str, _Found] = {}
        # A commit's own files are written there to be looked at.
        with tempfile.TemporaryDirectory(prefix="datacanary-", ignore_cleanup_errors=True) as folder:
            for leaf in missing:
                try:
                    columns = self._look(warehouse, side, leaf, Path(folder, side))
                except (CanaryError, OSError) as error:
                    yield leaf, _unknown(self._where(side, leaf, named[leaf]), self._problem(error, Path(folder, side)))
                else:
                    new |= {keys[leaf]: columns} if keys[leaf] else {}
                    yield leaf, LeafColumns(columns)
        self._keep(new)

    def _sources(self, side: Side, leaf: Leaf) -> tuple[SourceData, ...]:
        project = self._versions.projects.of(side)
        return (
            (project.sources[leaf.relation],)
            if leaf.relation is not None
            else tuple(project.files[path] for path in leaf.paths)
        )

    def _key_of_data(self, warehouse: Warehouse, leaf: Leaf, sources: Iterable[SourceData]) -> str:
        """Return what the files' content and the way they are read make; empty for a file that is not there."""
        disk, contents = self._versions.snapshots.head.disk, []
        for file in (file for source in sources for file in source.files):
            content = file.identity if file.tracked else state_of((disk / file.path,)).get(disk / file.path)
            if content is None:
                return ""
            contents.append((file.path, content))
        return _key(warehouse, leaf.kind, leaf.paths, leaf.call, contents) if contents else ""

    def _look(self, warehouse: Warehouse, side: Side, leaf: Leaf, folder: Path) -> tuple[Column, ...]:
        own, sources = self._versions.snapshots.of(side), self._sources(side, leaf)
        if leaf.relation is not None:
            return warehouse.columns_of_source(sources[0], on_the_disk(sources[0], own, folder))
        places = (str(one_path(source, own, folder)) for source in sources)
        return warehouse.columns_of_call(
            leaf.written(tuple(exp.Literal.string(place).sql(warehouse.dialect) for place in places))
        )

    def _where(self, side: Side, leaf: Leaf, where: Where) -> Where:
        """Return who names the files: the config names those of `sources:`."""
        if leaf.relation is None:
            return where
        return Where(self._versions.configs.of(side).file, self._versions.projects.of(side).sources[leaf.relation].line)

    def _problem(self, error: CanaryError | OSError, folder: Path) -> str:
        """Return what went wrong, with the files called as the project calls them."""
        text = error.problem if isinstance(error, CanaryError) else f"{error.strerror}."
        for place in (folder / "linked", folder, self._versions.snapshots.head.disk):
            text = text.replace(f"{place}/", "")
        return text

    def _known(self, keys: Mapping[Leaf, str]) -> dict[Leaf, _Found]:
        texts = self._versions.memory.get_many(_KIND, set(keys.values()))
        known: dict[Leaf, _Found] = {}
        for leaf, key in keys.items():
            # A text that is damaged, or not by us, is read again.
            with suppress(ValidationError, KeyError):
                known[leaf] = _FOUND.validate_json(texts[key])
        return known

    def _keep(self, found: Mapping[str, _Found]) -> None:
        self._versions.memory.put_many(
            _KIND, {key: _FOUND.dump_json(columns).decode() for key, columns in found.items()}
        )


def _key(warehouse: Warehouse, *parts: object) -> str:
    told = json.dumps((_ALGORITHM, __version__, warehouse.engine, parts), default=str)
    return hashlib.sha256(told.encode(errors="surrogateescape")).hexdigest()


def _unknown(where: Where, problem: str) -> LeafColumns:
    return LeafColumns(None, f"{where}: {problem}")
