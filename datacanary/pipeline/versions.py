"""Both versions of the user's project: config, models and data files, read without touching the repository."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from datacanary import config as config_room
from datacanary.cache import Cache
from datacanary.errors import ConfigError, ProjectError, Where
from datacanary.memory import Memory
from datacanary.model.basic import Pair, Side, Version
from datacanary.model.config import Config
from datacanary.model.outline import OutlineOf
from datacanary.model.project import Project, SourceData
from datacanary.pipeline.home import Asked, Home, find_home, open_warehouse, read_config, with_profile, without_config
from datacanary.project.data_files import data_files, named_sources
from datacanary.project.facts import TextReader
from datacanary.project.git import Snapshot, WorktreeSnapshot
from datacanary.project.git.pull_request import pull_request_head
from datacanary.project.plain_sql import project_of
from datacanary.runs import runs_of


@dataclass(frozen=True, slots=True)
class Engine:
    """What parsing needs to know of the warehouse: its dialect, what it calls its own database, and its own parser."""

    dialect: str
    catalog: str
    outline: OutlineOf | None = None


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


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which versions are compared, and by what config; nothing of the projects is read yet."""

    home: Home
    versions: Pair[Version]
    configs: Pair[Config]
    snapshots: Pair[Snapshot]
    notes: tuple[str, ...]

    @property
    def is_dbt(self) -> bool:
        """Whether both versions are dbt projects."""
        return self.configs.head.project.kind == "dbt"


def choose_versions(asked: Asked) -> Chosen:
    """Find base and head, and read their configs.

    Raises GitError and ConfigError; those of the base version say so.
    """
    home = find_home(asked)
    repository = home.repository
    head = repository.head(asked.head, asked.environ)
    folder = repository.relative(home.folder)
    # The working tree is head only where nobody named a commit, nor CI a pull request.
    worktree = asked.head is None and pull_request_head(asked.environ) is None
    head_snapshot: Snapshot = (
        repository.worktree_snapshot(folder) if worktree else repository.commit_snapshot(head.sha, folder)
    )
    head_config = _config(head_snapshot, home, asked.environ, head)
    on_disk = read_config(home, asked.environ) if head_config is None else head_config
    base = repository.base(asked.base or on_disk.base, head, asked.environ)
    base_snapshot = repository.commit_snapshot(base.sha, folder)
    base_config = _config(base_snapshot, home, asked.environ, base)
    configs, notes = _both(Pair(base_config, head_config), Pair(base, head), home, asked.environ)
    _refuse_two_kinds(configs, Pair(base, head))
    return Chosen(home, Pair(base, head), configs, Pair(base_snapshot, head_snapshot), notes)


def read_versions(asked: Asked) -> Versions:
    """Read and parse base and head of a plain-SQL project.

    Raises GitError, ConfigError or ProjectError; those of the base version say so.
    """
    return read_plain_sql(choose_versions(asked), asked)


def read_plain_sql(chosen: Chosen, asked: Asked) -> Versions:
    """Parse both versions of a plain-SQL project; raises ProjectError."""
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


def _refuse_two_kinds(configs: Pair[Config], versions: Pair[Version]) -> None:
    base, head = configs.map(lambda config: config.project.kind)
    if base != head:
        words = {"sql": "plain SQL", "dbt": "dbt"}
        raise ConfigError(
            f"Base, {versions.base}, is a project of {words[base]}, and head one of {words[head]}.",
            where=Where(configs.head.file),
            hint="Two kinds of projects cannot be compared; begin with the next commit.",
        )


def _config(snapshot: Snapshot, home: Home, environ: Mapping[str, str], version: Version) -> Config | None:
    name = home.config_file.name
    on_disk = isinstance(snapshot, WorktreeSnapshot) and home.config_file.is_file()
    if not snapshot.tracks(name):
        return read_config(home, environ) if on_disk else None
    try:
        return with_profile(config_room.parse(snapshot.text(name), name, environ, home.usual), home, environ)
    except ConfigError as error:
        if on_disk:
            raise
        problem = f"{error.problem} (in the version of {version})"
        raise ConfigError(problem, where=error.where, hint=error.hint) from error


def _both(
    configs: Pair[Config | None], versions: Pair[Version], home: Home, environ: Mapping[str, str]
) -> tuple[Pair[Config], tuple[str, ...]]:
    base, head = configs
    name = home.config_file.name
    if base is not None and head is not None:
        return Pair(base, head), ()
    if home.usual.kind == "dbt" and not home.explicit:
        return _both_of_dbt(configs, versions, home, environ)
    if base is None and head is None:
        raise ConfigError(f"Neither version has {name}.", hint="Commit it, or name another with --config.")
    if head is None:
        raise ConfigError(
            f"{name} exists only in base, {versions.base}; head, {versions.head}, deletes it.",
            hint="Put it back: without it nothing says what to compare.",
        )
    if not home.explicit:
        raise ConfigError(
            f"{name} exists only in head; base, {versions.base}, does not have it.",
            hint=f"Commit it to {versions.base.ref} first; or use head's for both versions: "
            f"datacanary check --config {name}",
        )
    note = f"{name} is not in base: head's is used for both, its limits too"
    return Pair(head, head), (note,)


def _both_of_dbt(
    configs: Pair[Config | None], versions: Pair[Version], home: Home, environ: Mapping[str, str]
) -> tuple[Pair[Config], tuple[str, ...]]:
    """Let the defaults hold for a version without a config: a pull request cannot bring its own limits."""
    base, head = configs
    notes: tuple[str, ...] = ()
    if base is None and head is not None:
        notes = (f"{home.config_file.name} is not in base, {versions.base}: the default limits hold",)
    if base is not None and head is not None:
        return Pair(base, head), notes
    usual = with_profile(without_config(home), home, environ)
    return Pair(base or usual, head or usual), notes


def engine_of(config: Config, home: Home, environ: Mapping[str, str]) -> Engine:
    """Ask the warehouse for its dialect and name; where its URL needs a variable that is not set, it stays unnamed."""
    try:
        warehouse = open_warehouse(config, home, environ)
    except ConfigError:
        return Engine("duckdb", "")
    return Engine(warehouse.dialect, warehouse.catalog, warehouse.outline)


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
