"""The profile that dbt would use: where production is."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from datacanary.dbt import duckdb_profile, postgres_profile
from datacanary.dbt.rendering import Renderer
from datacanary.dbt.yamlfile import mapping, read_mapping
from datacanary.errors import ConfigError, ProjectError, Where
from datacanary.model.dbt import DbtTarget, Json
from datacanary.model.location import Login

_FILE = "profiles.yml"
_PROJECT = "dbt_project.yml"


@dataclass(frozen=True, slots=True)
class Choice:
    """What the config says of the profile; empty where it leaves it to dbt's own rules."""

    profiles_dir: str = ""
    profile: str = ""
    target: str = ""
    variables: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Places:
    """The dbt project's folder, the folder where the user stands, and the user's environment."""

    project: Path
    start: Path
    environ: Mapping[str, str]

    def setting(self, name: str) -> str:
        """Return a setting that dbt takes from the environment, under its new name or its old one; empty if unset."""
        return self.environ.get(f"DBT_ENGINE_{name}") or self.environ.get(f"DBT_{name}") or ""


@dataclass(frozen=True, slots=True)
class Profile:
    """One output of a profile.

    `output` is as it stands in `file`, Jinja included, except that databases attached to DuckDB are read-only and their
    paths absolute. It may hold passwords. `login` is what it leads to where that is no file.
    """

    file: Path
    target: DbtTarget
    output: Mapping[str, Json] = field(repr=False)
    login: Login | None = None


def resolve(choice: Choice, places: Places) -> Profile:
    """Find the profile and the target as dbt does, and say where they lead.

    ConfigError if there is none, if a variable is not set, or if the database is of a kind that is not supported.
    """
    file = find_profiles(choice, places)
    profiles = read_mapping(file, ConfigError)
    renderer = Renderer(places.environ, choice.variables, Where(str(file)))
    name = _profile_name(choice, places)
    profile = _chosen(profiles, name, "profile", renderer.where)
    target = choice.target or places.setting("TARGET") or renderer.text(profile.get("target")) or "default"
    output = _chosen(mapping(profile.get("outputs")), target, "target", renderer.where)
    adapter = renderer.text(output.get("type"))
    match adapter:
        case "duckdb":
            found = duckdb_profile.target(name, target, output, places.project, renderer)
            return Profile(file, found, duckdb_profile.harmless(output, places.project, renderer))
        case "postgres":
            login = postgres_profile.login(target, output, renderer)
            return Profile(file, DbtTarget(name, target, "postgres", login.schema, login.database), output, login)
        case "":
            raise ConfigError(f"The target '{target}' has no `type:`.", where=renderer.where)
        case _:
            raise ConfigError(
                f"The dbt adapter '{adapter}' is not supported yet: DuckDB and PostgreSQL are.", where=renderer.where
            )


def find_profiles(choice: Choice, places: Places) -> Path:
    """Return the profiles.yml that dbt would read; ConfigError says where it was looked for."""
    named = choice.profiles_dir or places.setting("PROFILES_DIR")
    if choice.profiles_dir:
        folders = [places.project / Path(choice.profiles_dir).expanduser()]
    elif named:
        folders = [places.start / Path(named).expanduser()]
    else:
        folders = [places.project, places.start, Path.home() / ".dbt"]
    for folder in folders:
        if (folder / _FILE).is_file():
            return folder / _FILE
    origin = "project.dbt.profiles_dir" if choice.profiles_dir else "DBT_PROFILES_DIR"
    raise ConfigError(
        f"There is no {_FILE} in {' nor in '.join(dict.fromkeys(map(str, folders)))}.",
        hint=f"Correct {origin}." if named else "Name its folder: project: {kind: dbt, dbt: {profiles_dir: PATH}}.",
    )


def _profile_name(choice: Choice, places: Places) -> str:
    chosen = choice.profile or places.setting("PROFILE")
    if chosen:
        return chosen
    where = Where(str(places.project / _PROJECT))
    if not (places.project / _PROJECT).is_file():
        raise ProjectError(f"There is no {_PROJECT} in this folder.", where=Where(str(places.project)))
    written = read_mapping(places.project / _PROJECT).get("profile")
    name = Renderer(places.environ, choice.variables, where).text(written)
    if not name:
        raise ConfigError(
            f"{_PROJECT} names no profile.", hint="Add `profile: NAME` there, or set project.dbt.profile.", where=where
        )
    return name


def _chosen(held: Mapping[str, Json], name: str, what: str, where: Where) -> dict[str, Json]:
    chosen = held.get(name)
    if isinstance(chosen, dict) and chosen:
        return chosen
    if name in held:
        raise ConfigError(f"The {what} '{name}' is empty.", where=where)
    raise ConfigError(f"There is no {what} '{name}'.", hint=_there_are(held, name), where=where)


def _there_are(held: Iterable[str], name: str) -> str:
    names = [str(one) for one in held if one != "config"]
    close = difflib.get_close_matches(name, names, n=1)
    if close:
        return f"Did you mean '{close[0]}'?"
    return f"There are: {', '.join(sorted(names))}." if names else "There are none."
