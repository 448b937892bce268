"""Base's builds once more, on rows in another order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePath

from datacanary.build.clauses import is_ordered, stands_in_from
from datacanary.build.places import Places
from datacanary.build.run import BuildOptions
from datacanary.errors import StatementError
from datacanary.model.basic import Physical, Relation
from datacanary.model.plan import Build, Node
from datacanary.model.project import Reference
from datacanary.protocols.workspace import Workspace

Origin = Physical | str
"""What base reads from outside: a relation, or the path of a data file."""


@dataclass(frozen=True, slots=True)
class Base:
    """Base's builds, one of each model, and where they read; `dialect` is that of their queries."""

    builds: Mapping[Relation, Build]
    places: Places
    dialect: str

    def origins(self, build: Build) -> Iterator[tuple[Reference, Origin]]:
        """Find what a build reads from outside, and can read from a copy."""
        for reference in build.model.references:
            if reference.kind != "model" and not self.keeps_order(reference, build):
                yield reference, self.places.of(reference, build)

    def keeps_order(self, reference: Reference, build: Build) -> bool:
        """Tell whether a data file is read by a function, which no copy can stand for."""
        return reference.kind == "file" and not stands_in_from(build.model, reference, self.dialect)


def copy_all(
    base: Base, workspace: Workspace, tell: Callable[[str], None]
) -> Mapping[Origin, Physical | StatementError]:
    """Copy what base reads from outside, each with its rows in another order; or keep why that cannot be."""
    copies: dict[Origin, Physical | StatementError] = {}
    for build in base.builds.values():
        for reference, origin in base.origins(build):
            if origin in copies:
                continue
            tell(f"noise check: copying {reference.target or reference.path} in another order")
            name = PurePath(origin).name.partition(".")[0] if isinstance(origin, str) else origin.name
            target = workspace.physical("shuffled", Relation(str(len(copies)), name))
            try:
                workspace.shuffle(origin, target)
                copies[origin] = target
            except StatementError as error:
                copies[origin] = error
    return copies


@dataclass(frozen=True, slots=True)
class ShuffledPlaces:
    """Where the second builds read: models where those are built, and copies of the rest."""

    base: Base
    workspace: Workspace
    copies: Mapping[Origin, Physical | StatementError]

    def upstream(self, build: Build) -> tuple[Node, ...]:
        """Return the second builds of the models that are read."""
        return tuple(("noise", read) for read in build.model.reads("model"))

    def of(self, reference: Reference, build: Build) -> Physical | str:
        """Return where it lies; raises StatementError for what could not be copied."""
        if reference.kind == "model" and reference.target is not None:
            return self.workspace.physical("noise", reference.target)
        first = self.base.builds[build.model.relation]
        origin = self.base.places.of(reference, first)
        if self.base.keeps_order(reference, first):
            return origin
        copy = self.copies[origin]
        if isinstance(copy, StatementError):
            raise copy
        return copy


def shuffling(base: Base, workspace: Workspace, options: BuildOptions) -> BuildOptions:
    """Have the rows of each second build lie in another order for its readers, unless its query says in which."""
    read = {one for build in base.builds.values() for one in build.model.reads("model")}

    def finish(build: Build, made: Physical) -> None:
        model = build.model
        if model.relation in read and model.materialized == "table" and not is_ordered(model, options.dialect):
            workspace.shuffle(made, made)

    return replace(options, finish=finish)
