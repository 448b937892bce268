"""The whole file: its version, its keys, its sections."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from datacanary.config import read, sections
from datacanary.config.compose import compose
from datacanary.config.defaults import default_policy, with_defaults
from datacanary.config.env import with_environment
from datacanary.config.expectations import expectations
from datacanary.config.nodes import Fields, Node, Scalar, found
from datacanary.config.release import release
from datacanary.config.tables import tables
from datacanary.errors import ConfigError, Where
from datacanary.model.config import Config, Policy, ProjectEntry, ReleasePolicy, SamplePolicy
from datacanary.model.location import UNKNOWN, Warehouse, check_template

_KEYS = (
    "version",
    "project",
    "warehouse",
    "production",
    "base",
    "sources",
    "defaults",
    "tables",
    "samples",
    "expect",
    "release",
)
_MAY_BE_EMPTY = ("sources", "defaults", "tables", "samples", "expect", "release")
_LEAST = "The least that a config says: version: 1, warehouse: duckdb:///warehouse.duckdb, production: analytics."

_PLAIN_SQL = ProjectEntry()

T = TypeVar("T")


def parse(text: str, file: str, environ: Mapping[str, str], usual: ProjectEntry = _PLAIN_SQL) -> Config:
    r"""Read `datacanary.yml`; `file` is its name in messages, `environ` what `${NAME}` stands for.

    `usual` is the project where the file does not say what kind it is.
    The warehouse's URL is checked as far as it can be without the environment; ask `warehouse.url` for the rest.
    ConfigError, always with its place, for whatever is wrong.

    >>> config = parse("version: 1\nwarehouse: duckdb:///w.duckdb\nproduction: shop", "datacanary.yml", {})
    >>> config.base, config.policy.defaults["rows_added"].origin
    ('main', 'default')
    """
    root = _checked_root(compose(text, file), file)
    # The warehouse keeps its variables: planning must not need the secret.
    plain = replace(
        root,
        fields=tuple(
            field if field.key == "warehouse" else replace(field, value=with_environment(field.value, environ))
            for field in root.fields
            if not _left_empty(field.key, field.value)
        ),
    )
    project = _section(plain, "project", lambda node: sections.project(node, usual), usual)
    of_dbt = project.kind == "dbt"
    if of_dbt:
        _refuse_what_the_profile_says(plain)
    return Config(
        file=file,
        project=project,
        warehouse=UNKNOWN if of_dbt else _warehouse(_required(plain, "warehouse")),
        production="" if of_dbt else sections.production(_required(plain, "production")),
        base=_section(plain, "base", sections.base, "main"),
        sources=_section(plain, "sources", sections.sources, ()),
        policy=_policy(plain),
        expectations=_section(plain, "expect", expectations, ()),
        release=_section(plain, "release", release, ReleasePolicy()),
    )


def _refuse_what_the_profile_says(root: Fields) -> None:
    for key in ("warehouse", "production", "sources"):
        field = root.get(key)
        if field is not None:
            raise ConfigError(
                f"'{key}' is not for dbt projects: dbt's own files say that.",
                hint="Remove it; another profile or target is chosen with project: {kind: dbt, dbt: {target: …}}.",
                where=field.where,
            )


def _checked_root(root: Node | None, file: str) -> Fields:
    if root is None or (isinstance(root, Scalar) and root.kind == "nothing"):
        raise ConfigError("The file is empty.", hint=_LEAST, where=Where(file, 1))
    if not isinstance(root, Fields):
        raise ConfigError(f"The file must be a mapping; found {found(root)}.", hint=_LEAST, where=root.where)
    version = root.get("version")
    if version is None:
        # An empty mapping misses everything: then a misspelt key is the better news.
        read.fields(root, _KEYS)
        raise ConfigError("'version' is missing at the top level.", hint="Begin with version: 1.", where=root.where)
    if not isinstance(version.value, Scalar) or version.value.quoted or version.value.text != "1":
        raise read.wrong(version.value, "1", "This datacanary reads version 1.")
    return read.fields(root, _KEYS)


def _left_empty(key: str, node: Node) -> bool:
    """Tell a section whose lines are all commented out: it says nothing."""
    return key in _MAY_BE_EMPTY and isinstance(node, Scalar) and node.kind == "nothing"


def _required(root: Fields, key: str) -> Node:
    field = root.get(key)
    if field is None:
        raise ConfigError(f"'{key}' is missing at the top level.", hint=_LEAST, where=root.where)
    return field.value


def _section(root: Fields, key: str, reader: Callable[[Node], T], absent: T) -> T:
    field = root.get(key)
    return absent if field is None else reader(field.value)


def _warehouse(node: Node) -> Warehouse:
    template = read.text(node, "a URL, as duckdb:///warehouse.duckdb")
    check_template(template, node.where)
    return Warehouse(template, node.where)


def _policy(root: Fields) -> Policy:
    usual = default_policy()
    defaults = root.get("defaults")
    return replace(
        with_defaults(usual, defaults.value) if defaults else usual,
        tables=_section(root, "tables", tables, {}),
        samples=_section(root, "samples", sections.samples, SamplePolicy()),
    )
