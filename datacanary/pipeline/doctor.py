"""Look at everything that a check needs, one thing after the other, and say how to mend what is wrong."""

from __future__ import annotations

import platform
import shutil
import tempfile
from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import Literal, TypeVar

from datacanary.dbt.executable import find_dbt
from datacanary.errors import CanaryError
from datacanary.model.symptom import Symptom
from datacanary.model.words import count
from datacanary.pipeline.desk import Desk, open_desk
from datacanary.pipeline.home import Asked
from datacanary.pipeline.planning import plan_only
from datacanary.pipeline.versions import Versions
from datacanary.project.git import open_repository
from datacanary.version import __version__

T = TypeVar("T")
_LITTLE_BYTES = 10**9
_LIBRARIES = ("duckdb", "polars", "pyarrow", "sqlglot", "GitPython")


def examine(asked: Asked) -> Iterator[Symptom]:
    """Look at the tool, git, the config, both versions, the warehouse, and the folder for runs.

    What depends on something bad is not looked at.
    """
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    yield Symptom("good", f"datacanary {__version__}, Python {platform.python_version()}, {libraries}")
    repository = _try(lambda: open_repository(asked.config.parent if asked.config else asked.start))
    if isinstance(repository, Symptom):
        yield repository
        return
    yield Symptom("good", f"git repository at {repository.root}")
    desk = _try(lambda: open_desk(asked))
    if isinstance(desk, Symptom):
        yield desk
        return
    yield Symptom("good", _config(desk))
    if desk.config.project.kind == "dbt":
        dbt = _try(lambda: find_dbt(desk.config.project.dbt.executable, desk.home.folder, asked.environ))
        yield dbt if isinstance(dbt, Symptom) else Symptom("good", f"dbt is {dbt}")
        if isinstance(dbt, Symptom):
            return
    yield _versions(asked)
    yield from _warehouse(desk)
    yield from _runs(desk)


def _config(desk: Desk) -> str:
    if desk.home.config_file.exists():
        return f"config {desk.home.config_file.name}: production schema {desk.config.production}"
    return f"dbt project without a config: production schema {desk.config.production}, as its profile says"


def _try(step: Callable[[], T]) -> T | Symptom:
    try:
        return step()
    except CanaryError as error:
        return _bad(error)


def _bad(error: CanaryError) -> Symptom:
    place = f"{error.where}: " if error.where else ""
    return Symptom("bad", f"{place}{error.problem}", error.hint)


def _versions(asked: Asked) -> Symptom:
    planned = _try(lambda: plan_only(asked))
    if isinstance(planned, Symptom):
        return planned
    versions: Versions = planned[0]
    models, sources = len(versions.projects.head.models), versions.projects.head.sources
    empty = [str(name) for name, source in sources.items() if not source.files]
    if empty:
        return Symptom("bad", f"no file for {', '.join(empty)}", "Check the paths under `sources:` in the config.")
    base, head = versions.versions
    return Symptom(
        "good", f"base {base}, head {head}: {count(models, 'model')} and {count(len(sources), 'source')} can be read"
    )


def _warehouse(desk: Desk) -> Iterator[Symptom]:
    relations = _try(desk.warehouse.relations)
    if isinstance(relations, Symptom):
        yield relations
        return
    yield Symptom(
        "good", f"warehouse {desk.warehouse.shown} ({desk.warehouse.engine}): {count(len(relations), 'relation')}"
    )
    abilities = desk.warehouse.capabilities
    yield Symptom("good", f"promotion: {abilities.atomic_promotion}; input pinned: {abilities.pinned_input}")
    own = sum(relation.schema == desk.config.production.lower() for relation in relations)
    if own:
        yield Symptom("good", f"production schema {desk.config.production}: {count(own, 'relation')}")
    else:
        yield Symptom(
            "odd",
            f"production schema {desk.config.production} is empty or not there",
            "Right before the first promotion; else check `production:` in the config.",
        )
    found = _try(lambda: desk.warehouse.symptoms(desk.config.production))
    yield from (found,) if isinstance(found, Symptom) else found
    obstacle = desk.warehouse.write_obstacle()
    if obstacle is None:
        yield Symptom("good", "production can be written: promote will work")
    else:
        yield Symptom("odd", obstacle.problem, obstacle.hint)


def _runs(desk: Desk) -> Iterator[Symptom]:
    folder = desk.runs.folder
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free
    except OSError as error:
        cure = "Set DATACANARY_HOME to a folder that can be written."
        yield Symptom("bad", f"runs cannot be stored in {folder}: {error.strerror}", cure)
        return
    state: Literal["good", "odd"] = "good" if free > _LITTLE_BYTES else "odd"
    cure = "" if state == "good" else "A check writes both versions of the affected tables there: free some space."
    yield Symptom(state, f"runs are stored in {folder}: {free / 1e9:,.1f} GB free", cure)
    killed = [one.run_id for one in desk.runs.all() if not one.finished and not one.working]
    if killed:
        yield Symptom(
            "odd", f"{count(len(killed), 'run')} did not finish and left files", "Drop them: datacanary clean --expired"
        )
