"""Models of one query, and what the rules say of them in a form that is easy to write down."""

from collections.abc import Mapping

from datacanary import config as config_room
from datacanary.impact.nondeterminism.marks import marks_of
from datacanary.model.basic import Relation, Version
from datacanary.model.noise import Instability, NoiseMark
from datacanary.model.project import Model
from datacanary.project.plain_sql import parse

CONFIG = "version: 1\nwarehouse: duckdb:///shop.duckdb\nproduction: analytics\n"

Keys = Mapping[str, tuple[str, ...]]
Found = set[tuple[Instability, tuple[str, ...] | None]]


def models(texts: Mapping[str, str], dialect: str = "duckdb") -> dict[Relation, Model]:
    """Parse models by name as the program does."""
    config = config_room.parse(CONFIG, "datacanary.yml", {})
    paths = {f"models/{name}.sql": text for name, text in texts.items()}
    return dict(parse(paths, config, (), Version("main", "0" * 40), dialect=dialect, catalog="shop").models)


def marks(query: str, keys: Keys | None = None, dialect: str = "duckdb") -> tuple[NoiseMark, ...]:
    """Return the marks of one model; `keys` are those of tables that it reads."""
    unique = {Relation("", table): (key,) for table, key in (keys or {}).items()}
    (model,) = models({"m": query}, dialect).values()
    return marks_of(model, dialect, unique)


def found(query: str, keys: Keys | None = None, dialect: str = "duckdb") -> Found:
    """Return the kinds of the marks of one model, each with the columns that it reaches."""
    return {(mark.kind, mark.columns) for mark in marks(query, keys, dialect)}


def kinds(query: str, keys: Keys | None = None, dialect: str = "duckdb") -> set[Instability]:
    """Return the kinds of the marks of one model."""
    return {mark.kind for mark in marks(query, keys, dialect)}
