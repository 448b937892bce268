"""SQL that is another text each time that it is compiled, and the same program all the same."""

from __future__ import annotations

import re
from dataclasses import replace

from datacanary.model.basic import Pair
from datacanary.model.project import Project
from datacanary.project.manifest.models import ReadProject

_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:[+-]\d{2}:?\d{2}|Z)?)?|\d{8,14}"
    r"|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}",
    re.IGNORECASE,
)


def told_alike(projects: Pair[ReadProject]) -> Pair[Project]:
    """Return both projects; SQL that only differs by the time of its compiling is the same."""
    base, head = projects
    models = dict(head.project.models)
    for relation in head.holding_time & base.holding_time:
        old, new = base.project.models[relation], head.project.models[relation]
        if base.made_of[relation] == head.made_of[relation] and _timeless(old.text) == _timeless(new.text):
            models[relation] = old
    return Pair(base.project, replace(head.project, models=models))


def _timeless(text: str) -> str:
    """Leave out what is another text each time that SQL is compiled: moments and the id of the run."""
    return _MOMENT.sub("", text)
