"""Both versions of the user's project: config, models and data files, read without touching the repository."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from datacanary import config as config_room
from datacanary.cache import Cache
from datacanary.errors import ConfigError, ProjectError, Where
from datacanary.memory import Memory
from datacanary.model.basic import Pair, Side, Version
from datacanary.model.config import Config
from datacanary.model.outline import OutlineOf
from datacanary.model.project import Project, SourceData
from datacanary.project.data_files import data_files, named_sources
from datacanary.project.facts import TextReader
from datacanary.project.git import Repository, Snapshot, WorktreeSnapshot, open_repository
from datacanary.project.git.pull_request import pull_request_head
from datacanary.project.plain_sql import project_of
from datacanary.protocols import Warehouse
from datacanary.runs import runs_of
from datacanary.warehouse.connect import connect

CONFIG_NAME = "datacanary.yml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How far a check goes.

    `noise_check` builds base twice, `attribute` parts a table's own doing from what it inherits, `statistics` compares
    distributions and looks for causes.
    """

    noise_check: bool = False
    attribute: bool = False
    statistics: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the user said on the command line: where, which versions, how much. None stands for the default."""

    start: Path
    environ: Mapping[str, str]
    config: Path | None = None
    base: str | None = None
    head: str | None = None
    select: tuple[str, ...] = ()
    extent: Extent = Extent()


@dataclass(frozen=True, slots=True)
class Home:
    """Where a project lives: its repository, the folder of its config, and the config as it is on the disk."""

    repository: Repository
    folder: Path
    config_file: Path
    explicit: bool


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


def find_home(asked: Asked) -> Home:
    """Find the repository and the config; ConfigError with the next step if there is none."""
    repository = open_repository(asked.config.parent if asked.config else asked.start)
    if asked.config is not None:
        if not asked.config.is_file():
            raise ConfigError("The config file does not exist.", where=Where(str(asked.config)))
        file = asked.config.absolute()
        return Home(repository, file.parent, file, explicit=True)
    found = config_room.find(asked.start.absolute(), repository.root)
    if found is None:
        _refuse_deleted(repository, asked)
        below = sorted(path.relative_to(asked.start).as_posix() for path in asked.start.glob(f"*/{CONFIG_NAME}"))
        hint = f"Name one: --config {below[0]}" if below else "Write one with: datacanary init"
        raise ConfigError(f"There is no {CONFIG_NAME} here, nor in a folder above.", hint=hint)
    return Home(repository, found.parent, found, explicit=False)


def _refuse_deleted(repository: Repository, asked: Asked) -> None:
    """Say so if the config is only missing from the working tree."""
    committed = repository.commit_snapshot(repository.head("HEAD", asked.environ).sha, repository.relative(asked.start))
    if committed.tracks(CONFIG_NAME):
        raise ConfigError(
            f"{CONFIG_NAME} exists only in the last commit; the working tree deletes it.",
            hint=f"Put it back: git checkout HEAD -- {CONFIG_NAME}",
        )


def read_config(home: Home, environ: Mapping[str, str]) -> Config:
    """Parse the config as it is on the disk."""
    try:
        text = home.config_file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("The config cannot be read as UTF-8 text.", where=Where(home.config_file.name)) from error
    return config_room.parse(text, home.config_file.name, environ)


def open_warehouse(config: Config, folder: Path, environ: Mapping[str, str]) -> Warehouse:
    """Return the warehouse that a config names."""
    return connect(config.warehouse.url(environ), folder)


def read_versions(asked: Asked) -> Versions:
    """Read and parse base and head.

    Raises GitError, ConfigError or ProjectError; those of the base version say so.
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
    configs, notes = _both(Pair(base_config, head_config), Pair(base, head), home)
    snapshots = Pair(base_snapshot, head_snapshot)
    engine = _engine(configs.head, home, asked.environ)
    memory = Cache(runs_of(home.folder, asked.environ).folder)
    return Versions(
        home=home,
        versions=Pair(base, head),
        configs=configs,
        snapshots=snapshots,
        projects=_Reading(configs, snapshots, Pair(base, head), engine, memory).projects(),
        engine=engine,
        memory=memory,
        notes=notes,
    )


def _config(snapshot: Snapshot, home: Home, environ: Mapping[str, str], version: Version) -> Config | None:
    name = home.config_file.name
    on_disk = isinstance(snapshot, WorktreeSnapshot) and home.config_file.is_file()
    if not snapshot.tracks(name):
        return read_config(home, environ) if on_disk else None
    try:
        return config_room.parse(snapshot.text(name), name, environ)
    except ConfigError as error:
        if on_disk:
            raise
        problem = f"{error.problem} (in the version of {version})"
        raise ConfigError(problem, where=error.where, hint=error.hint) from error


def _both(configs: Pair[Config | None], versions: Pair[Version], home: Home) -> tuple[Pair[Config], tuple[str, ...]]:
    base, head = configs
    name = home.config_file.name
    if base is not None and head is not None:
        return Pair(base, head), ()
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


def _engine(config: Config, home: Home, environ: Mapping[str, str]) -> Engine:
    """Ask the warehouse for its dialect and name; where its URL needs a variable that is not set, it stays unnamed."""
    try:
        warehouse = open_warehouse(config, home.folder, environ)
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
