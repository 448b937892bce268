"""Where a project lives, and what its config says there; nothing of a version is read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from datacanary import config as config_room
from datacanary.errors import ConfigError, Where
from datacanary.model.config import Config, ProjectEntry
from datacanary.model.dbt import DbtTarget
from datacanary.model.location import Warehouse, plain_template
from datacanary.project.git import Repository, open_repository
from datacanary.protocols.warehouse import Warehouse as OpenWarehouse
from datacanary.warehouse.connect import connect, connect_by

if TYPE_CHECKING:
    from datacanary.dbt.profiles import Profile

Tell = Callable[[str], None]
"""Is told how far something is, in words for people."""

CONFIG_NAME = "datacanary.yml"
DBT_NAME = "dbt_project.yml"


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
    """Where a project lives: its repository, the folder of its config, and the config as it is on the disk.

    A dbt project needs no config: then the file is not there. `usual` is the project where a config does not say,
    `start` the folder where the user stands.
    """

    repository: Repository
    folder: Path
    config_file: Path
    explicit: bool
    usual: ProjectEntry
    start: Path


def find_home(asked: Asked) -> Home:
    """Find the repository and the config, or the one dbt project; ConfigError with the next step if there is none."""
    repository = open_repository(asked.config.parent if asked.config else asked.start)
    if asked.config is not None:
        if not asked.config.is_file():
            raise ConfigError("The config file does not exist.", where=Where(str(asked.config)))
        file = asked.config.absolute()
        return Home(repository, file.parent, file, explicit=True, usual=_usual(file.parent), start=asked.start)
    found = config_room.find(asked.start.absolute(), repository.root)
    if found is not None:
        return Home(repository, found.parent, found, explicit=False, usual=_usual(found.parent), start=asked.start)
    _refuse_deleted(repository, asked)
    folder = _dbt_folder(asked.start.absolute(), repository.root)
    if folder is not None:
        return Home(repository, folder, folder / CONFIG_NAME, explicit=False, usual=_usual(folder), start=asked.start)
    below = sorted(path.relative_to(asked.start).as_posix() for path in asked.start.glob(f"*/{CONFIG_NAME}"))
    hint = f"Name one: --config {below[0]}" if below else "Write one with: datacanary init"
    raise ConfigError(f"There is no {CONFIG_NAME} here, nor in a folder above, and no dbt project.", hint=hint)


def _usual(folder: Path) -> ProjectEntry:
    return ProjectEntry(kind="dbt", path=".") if (folder / DBT_NAME).is_file() else ProjectEntry()


def _dbt_folder(start: Path, root: Path) -> Path | None:
    """Return the folder of the dbt project that `start` lies in, else that of the only one below it.

    Raises ConfigError if there are several.
    """
    top = root.resolve()
    for folder in (start, *start.parents):
        if (folder / DBT_NAME).is_file():
            return folder
        if folder.resolve() == top:
            break
    below = sorted(_dbt_projects_below(start))
    if len(below) > 1:
        named = ", ".join(folder.relative_to(start).as_posix() for folder in below[:_MOST_NAMED])
        more = f" and {len(below) - _MOST_NAMED} more" if len(below) > _MOST_NAMED else ""
        raise ConfigError(
            f"Here are {len(below)} dbt projects: {named}{more}.",
            hint=f"Run datacanary in the folder of one: cd {below[0].relative_to(start).as_posix()}",
        )
    return below[0] if below else None


_MOST_NAMED = 5
_NOT_THE_USERS = frozenset({"dbt_packages", "dbt_modules", "target", "node_modules", "site-packages", "logs"})


def _dbt_projects_below(start: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(start):
        if DBT_NAME in files:
            # What lies in it is its own: packages, and projects that test it.
            folders.clear()
            yield Path(place)
        folders[:] = [one for one in folders if one not in _NOT_THE_USERS and not one.startswith(".")]


def _refuse_deleted(repository: Repository, asked: Asked) -> None:
    """Say so if the config is only missing from the working tree."""
    committed = repository.commit_snapshot(repository.head("HEAD", asked.environ).sha, repository.relative(asked.start))
    if committed.tracks(CONFIG_NAME):
        raise ConfigError(
            f"{CONFIG_NAME} exists only in the last commit; the working tree deletes it.",
            hint=f"Put it back: git checkout HEAD -- {CONFIG_NAME}",
        )


def read_config(home: Home, environ: Mapping[str, str]) -> Config:
    """Parse the config as it is on the disk, and for a dbt project what its profile says of the warehouse."""
    if home.usual.kind == "dbt" and not home.config_file.exists():
        return with_profile(without_config(home), home, environ)
    try:
        text = home.config_file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("The config cannot be read as UTF-8 text.", where=Where(home.config_file.name)) from error
    return with_profile(config_room.parse(text, home.config_file.name, environ, home.usual), home, environ)


def without_config(home: Home) -> Config:
    """Return what holds for a dbt project that has no config."""
    return config_room.parse("version: 1", home.config_file.name, {}, home.usual)


def with_profile(config: Config, home: Home, environ: Mapping[str, str]) -> Config:
    """Add what the profile of a dbt project says of the warehouse; raises ConfigError as reading it does."""
    if config.project.kind != "dbt":
        return config
    profile = find_profile(config, home, environ)
    url = plain_template(profile.login.shown) if profile.login is not None else url_of(profile.target)
    return replace(config, warehouse=Warehouse(url, Where(config.file)), production=profile.target.schema)


def dbt_folder(config: Config, home: Home) -> Path:
    """Return the folder of a dbt project."""
    return (home.folder / config.project.path).resolve()


def find_profile(config: Config, home: Home, environ: Mapping[str, str]) -> Profile:
    """Find what dbt would connect to; raises ConfigError."""
    entry = config.project.dbt
    # Who has plain SQL need not wait until a template engine is imported.
    from datacanary.dbt.profiles import Choice, Places, resolve  # noqa: PLC0415

    choice = Choice(entry.profiles_dir, entry.profile, entry.target, entry.vars)
    return resolve(choice, Places(dbt_folder(config, home), home.start, environ))


def url_of(target: DbtTarget) -> str:
    """Return the URL of a warehouse that is a file, as a config has it."""
    return plain_template(f"duckdb:///{target.path}")


def open_warehouse(config: Config, home: Home, environ: Mapping[str, str]) -> OpenWarehouse:
    """Return the warehouse that a config names, or the profile of a dbt project; nothing is opened yet."""
    login = find_profile(config, home, environ).login if config.project.kind == "dbt" else None
    return connect(config.warehouse.url(environ), home.folder) if login is None else connect_by(login)
