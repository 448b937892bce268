"""Where each build finds what it reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from datacanary.errors import CanaryError, ProjectError, Where
from datacanary.model.basic import Physical
from datacanary.model.plan import Build, Node, Place, Plan
from datacanary.model.project import Reference
from datacanary.model.reuse import Found
from datacanary.protocols.workspace import Workspace


def node_of(build: Build) -> Node:
    """Return what names a build within its plan."""
    return build.place, build.model.relation


def upstream(plan: Plan, build: Build) -> tuple[Node, ...]:
    """Return the builds of the models that a build reads, each where the plan has it."""
    return tuple((plan.place_of(read, build.place), read) for read in build.model.reads("model"))


class Places(Protocol):
    """Answers for a set of builds."""

    def upstream(self, build: Build) -> tuple[Node, ...]:
        """Return the builds that must be there before."""

    def of(self, reference: Reference, build: Build) -> Physical | str:
        """Return the relation, or the path of the file, that a name in a build's query means.

        Raises CanaryError for one that is not there.
        """


@dataclass(frozen=True, slots=True)
class PlannedPlaces:
    """As the plan says; `files` are the paths of data files that queries name, by place and written path.

    A path that is not among them is one that the warehouse cannot read. What was `found` is read where it is, all else
    in the run's own place.
    """

    plan: Plan
    workspace: Workspace
    files: Mapping[tuple[Place, str], str]
    found: Mapping[Node, Found] = field(default_factory=dict)

    def upstream(self, build: Build) -> tuple[Node, ...]:
        """Return the builds of the models that are read, each where the plan has it."""
        return upstream(self.plan, build)

    def of(self, reference: Reference, build: Build) -> Physical | str:
        """Return where it lies; MissingTableError or UnreadableFileError for what the warehouse does not have."""
        if reference.target is None:
            place = "shared" if reference.path in self.plan.shared_files else build.data_place
            path = self.files.get((place, reference.path))
            if path is None:
                raise UnreadableFileError(reference, build.model.path)
            return path
        if reference.kind in {"model", "source"}:
            reader = build.place if reference.kind == "model" else build.data_place
            node = self.plan.place_of(reference.target, reader), reference.target
            return self.found[node].relation if node in self.found else self.workspace.physical(*node)
        found = self.workspace.locate(reference.target)
        if found is None:
            raise MissingTableError(reference, build.model.path, self.workspace.nearest(reference.target))
        return self.workspace.production(found)


class UnreadableFileError(ProjectError):
    """A query reads a data file by its path, where the warehouse does not see this machine's files."""

    def __init__(self, reference: Reference, path: str) -> None:
        super().__init__(
            f"The query reads the file {reference.path}, which the warehouse's server does not see.",
            where=Where(path, reference.line),
            hint="Name the file under `sources:` in the config: its rows are then brought there.",
        )


class MissingTableError(CanaryError):
    """A query reads what nobody has."""

    def __init__(self, reference: Reference, path: str, nearest: str) -> None:
        hint = f"Did you mean {nearest}?" if nearest else ""
        problem = (
            f"{path}:{reference.line} reads {reference.target}, which is no model, no source and not in the warehouse."
        )
        super().__init__(problem, hint=hint)
