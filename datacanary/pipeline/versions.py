"""Both versions of the user's project: config, models and data files, read without touching the repository."""

from __future__ import annotations

from dataclasses import dataclass, replace

from datacanary.cache import Cache
from datacanary.errors import ProjectError, Where
from datacanary.memory import Memory
from datacanary.model.basic import Pair, Side, Version
from datacanary.model.config import Config
from datacanary.model.project import Project, SourceData
from datacanary.pipeline.choosing import Chosen
from datacanary.pipeline.engine import Engine, engine_of
from datacanary.pipeline.home import Asked, Home
from datacanary.project.data_files import data_files, named_sources
from datacanary.project.facts import TextReader
from datacanary.project.git import Snapshot
from datacanary.project.plain_sql import project_of
from datacanary.runs import runs_of


@dataclass(frozen=True, slots=True)
class Versions:
    """Both versions, read and parsed; `memory` is what earlier runs know, `notes` are sentences for the report."""

    home: Home
    versions: Pair[Version]
    configs: Pair[Config]
    snapshots: Pair[Snapshot]
    projects: Pair[Project]
    engine: Engine
    memory: Cache
    notes: tuple[str, ...]

    @property
    def unread(self) -> tuple[str, ...]:
        """Say which models only the warehouse's own parser reads, and what that means."""
        models = {**self.projects.base.models, **self.projects.head.models}.values()
        found = {model.path: model.unread for model in models if model.unread is not None}
        return tuple(
            f"{path}:{unread.line}:{unread.column}: only the warehouse reads this query, so that nobody knows what "
            f"changes do to it and to what reads it. {unread.why}"
            for path, unread in sorted(found.items())
        )


def read_plain_sql(chosen: Chosen, asked: Asked) -> Versions:
    """Parse both versions of a plain-SQL project; raises ProjectError, which says so if it is of the base version."""
    engine = engine_of(chosen.configs.head, chosen.home, asked.environ)
    memory = Cache(runs_of(chosen.home.folder, asked.environ).folder)
    return Versions(
        home=chosen.home,
        versions=chosen.versions,
        configs=chosen.configs,
        snapshots=chosen.snapshots,
        projects=_Reading(chosen.configs, chosen.snapshots, chosen.versions, engine, memory).projects(),
        engine=engine,
        memory=memory,
        notes=chosen.notes,
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    """What it takes to read the projects of both versions."""

    configs: Pair[Config]
    snapshots: Pair[Snapshot]
    versions: Pair[Version]
    engine: Engine
    memory: Memory

    def projects(self) -> Pair[Project]:
        head, base = self._texts("head"), self._texts("base")
        # Most texts are the same on both sides, and as they were the last time.
        reader = TextReader(self.engine.dialect, self.memory, self.engine.outline)
        reader.recall(dict.fromkeys((*head.values(), *base.values())))
        try:
            return Pair(head=self._project("head", head, reader), base=self._base(base, reader))
        finally:
            reader.keep()

    def _texts(self, side: Side) -> dict[str, str]:
        own = self.snapshots.of(side)
        folder = self.configs.of(side).project.path.strip("/")
        pattern = "**/*.sql" if folder in {"", "."} else f"{folder}/**/*.sql"
        return {path: own.text(path) for path in own.glob(pattern)}

    def _base(self, texts: dict[str, str], reader: TextReader) -> Project:
        try:
            return self._project("base", texts, reader)
        except ProjectError as error:
            raise ProjectError(
                f"{error.problem} (in the base version, {self.versions.base})", where=error.where, hint=error.hint
            ) from error

    def _project(self, side: Side, texts: dict[str, str], reader: TextReader) -> Project:
        config, own = self.configs.of(side), self.snapshots.of(side)
        if not texts:
            raise ProjectError(
                f"There is no .sql file below {config.project.path!r}.",
                where=Where(config.file),
                hint="Set project.path to the folder of your models.",
            )
        sources = named_sources(config, own, self.snapshots)
        project = project_of(texts, config, sources, self.versions.of(side), reader, catalog=self.engine.catalog)
        paths = sorted({path for model in project.models.values() for path in model.files()})
        files = {path: SourceData(None, path, data_files(path, own, self.snapshots)) for path in paths}
        return replace(project, files=files)
