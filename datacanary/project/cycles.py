"""Models that read one another in a circle."""

from __future__ import annotations

import graphlib
import itertools
from collections.abc import Mapping

from datacanary.errors import ProjectError, Where
from datacanary.model.basic import Relation
from datacanary.model.project import Model


def refuse_cycles(models: Mapping[Relation, Model]) -> None:
    """Raise ProjectError, naming the whole circle with files and lines, if models read one another in a circle."""
    graph = {relation: model.reads("model") for relation, model in models.items()}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        # graphlib gives the circle from what is read to its reader; people follow it the other way.
        circle: list[Relation] = list(reversed(error.args[1]))
        steps = " -> ".join(str(relation) for relation in circle)
        places = ", ".join(_place(models[a], b) for a, b in itertools.pairwise(circle))
        first = models[circle[0]]
        raise ProjectError(
            f"Models read one another in a circle: {steps} ({places}).",
            where=Where(first.path, _line(first, circle[1])),
            hint=f"Break it, or let one edge read production's present table: project: {{cut: [\"{circle[0]} -> "
            f'{circle[1]}"]}}.',
        ) from error


def _line(reader: Model, read: Relation) -> int | None:
    return next((reference.line for reference in reader.references if reference.target == read), None)


def _place(reader: Model, read: Relation) -> str:
    return str(Where(reader.path, _line(reader, read)))
