"""Look at a repository and write a config that works there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from datacanary.config import defaults_yaml, parse
from datacanary.errors import CanaryError, GitError, ProjectError, UsageError, Where
from datacanary.model.basic import Relation, Version
from datacanary.pipeline.home import CONFIG_NAME, DBT_NAME, Asked, find_home, open_warehouse, read_config
from datacanary.project.git import Repository, WorktreeSnapshot, open_repository
from datacanary.project.naming import fold
from datacanary.project.plain_sql import parse as parse_models
from datacanary.protocols.warehouse import Warehouse
from datacanary.warehouse.connect import connect

_USUAL_FOLDERS = ("models", "sql", "transformations", "transform", "queries", "src")
_USUAL_SCHEMAS = ("analytics", "production", "prod", "marts", "main")
_DATABASE_ENDINGS = (".duckdb", ".db", ".ddb")
_DATA_ENDINGS = (".parquet", ".csv", ".csv.gz", ".tsv", ".ndjson", ".jsonl")


@dataclass(frozen=True, slots=True)
class Found:
    """What a look at the repository showed; empty texts where there was nothing to see."""

    folder: str
    models: Mapping[str, str]
    layout: str
    warehouse: str
    production: str
    base: str
    sources: Mapping[str, str]
    missing: tuple[str, ...]


def initialise(start: Path, environ: Mapping[str, str]) -> tuple[Path, Found]:
    """Write the config of the project in `start`, never over another one, and say what was found.

    Raises UsageError if there is a config, ProjectError if there is nothing to write one for.
    """
    for name in (CONFIG_NAME, "datacanary.yaml"):
        if (start / name).exists():
            problem = f"There is already a {name}; init never overwrites."
            raise UsageError(problem, where=Where(name), hint="Check it with: datacanary validate")
    repository = open_repository(start)
    snapshot = repository.worktree_snapshot(repository.relative(start))
    if (start / DBT_NAME).is_file():
        found = _look_at_dbt(repository, snapshot, Asked(start=start, environ=environ))
        text = _written_for_dbt(found)
    else:
        found = _look(repository, snapshot, start)
        text = _written(found)
    parse(text, CONFIG_NAME, environ)
    path = start / CONFIG_NAME
    # "x": somebody may have written one in the meantime.
    with path.open("x", encoding="utf-8") as stream:
        stream.write(text)
    return path, found


def _look_at_dbt(repository: Repository, snapshot: WorktreeSnapshot, asked: Asked) -> Found:
    """Say what dbt itself will use; raises ConfigError where its profile is not found."""
    home = find_home(asked)
    config = read_config(home, asked.environ)
    return Found(
        folder="this dbt project",
        models=dict.fromkeys(snapshot.glob("models/**/*.sql"), ""),
        layout="",
        warehouse=open_warehouse(config, home, asked.environ).shown,
        production=config.production,
        base=_base(repository),
        sources={},
        missing=(),
    )


def _look(repository: Repository, snapshot: WorktreeSnapshot, start: Path) -> Found:
    folder, models = _models(snapshot)
    url, relations = _warehouse(start, {PurePosixPath(path).stem.rpartition(".")[2] for path in models})
    tables = {fold(PurePosixPath(path).stem.rpartition(".")[2]) for path in models}
    production = _production(relations, tables)
    found = Found(
        folder=folder,
        models=models,
        layout=_layout(models, folder, relations, production),
        warehouse=url,
        production=production,
        base=_base(repository),
        sources={},
        missing=(),
    )
    unknown, data = _unknown_names(found, relations), _data_files(snapshot)
    sources = {str(name): data[name.name] for name in unknown if name.name in data}
    return replace(found, sources=sources, missing=tuple(str(name) for name in unknown if name.name not in data))


def _models(snapshot: WorktreeSnapshot) -> tuple[str, dict[str, str]]:
    every = [path for path in snapshot.paths() if path.endswith(".sql")]
    if not every:
        raise ProjectError("There is no .sql file here.", hint="Run init in the folder of your SQL project.")
    tops = Counter(path.partition("/")[0] if "/" in path else "." for path in every)
    usual = [name for name in _USUAL_FOLDERS if name in tops]
    folder = usual[0] if usual else tops.most_common(1)[0][0]
    chosen = [path for path in every if folder == "." or path.startswith(f"{folder}/")]
    return folder, {path: snapshot.text(path) for path in chosen}


def _warehouse(start: Path, tables: set[str]) -> tuple[str, tuple[Relation, ...]]:
    """Return the DuckDB file that knows most of the models, and what is in it."""
    best: tuple[int, str, tuple[Relation, ...]] = (-1, "", ())
    candidates = [file for file in start.rglob("*") if file.name.endswith(_DATABASE_ENDINGS) and _is_duckdb(file)]
    for file in sorted(candidates):
        url = f"duckdb:///{file.relative_to(start).as_posix()}"
        relations = _relations(connect(url, start))
        known = len({relation.name for relation in relations} & {fold(table) for table in tables})
        if known > best[0]:
            best = (known, url, relations)
    return best[1], best[2]


def _relations(warehouse: Warehouse) -> tuple[Relation, ...]:
    try:
        return warehouse.relations()
    except CanaryError:
        # Locked or of another version: it is still the file to name; `check` will say what is wrong with it.
        return ()


def _is_duckdb(file: Path) -> bool:
    if not file.is_file():
        return False
    with file.open("rb") as stream:
        return stream.read(12)[8:12] == b"DUCK"


def _production(relations: Sequence[Relation], tables: set[str]) -> str:
    schemas = Counter(relation.schema for relation in relations if fold(relation.name) in tables)
    if schemas:
        return schemas.most_common(1)[0][0]
    there = {relation.schema for relation in relations}
    return next((name for name in _USUAL_SCHEMAS if name in there and name != "main"), "analytics")


def _layout(models: Mapping[str, str], folder: str, relations: Sequence[Relation], production: str) -> str:
    """Return a layout where folders only sort files, while all tables lie in one schema of production."""
    below = [PurePosixPath(path) if folder == "." else PurePosixPath(path).relative_to(folder) for path in models]
    depths = {len(path.parts) for path in below}
    if depths == {1} or len(depths) != 1:
        return ""
    by_folder = sum(Relation(fold(path.parent.name), fold(path.stem)) in relations for path in below)
    in_one = sum(Relation(production, fold(path.stem)) in relations for path in below)
    folders = "/".join(f"{{folder{number}}}" for number in range(1, depths.pop()))
    return f"{folders}/{{table}}.sql" if in_one > by_folder else ""


def _unknown_names(found: Found, relations: Sequence[Relation]) -> tuple[Relation, ...]:
    """Return what the models read that is neither a model nor in the warehouse."""
    config = parse(_written(found), CONFIG_NAME, {})
    catalog = PurePosixPath(found.warehouse).stem
    project = parse_models(found.models, config, (), Version("HEAD", ""), dialect="duckdb", catalog=catalog)
    read = {relation for model in project.models.values() for relation in model.reads("external")}
    return tuple(sorted(relation for relation in read if not _is_there(relation, relations)))


def _is_there(relation: Relation, relations: Sequence[Relation]) -> bool:
    return any(one.name.lower() == relation.name and relation.schema in {"", one.schema.lower()} for one in relations)


def _data_files(snapshot: WorktreeSnapshot) -> dict[str, str]:
    """Map the name of a table to the data file, or the folder of files, that is called so."""
    found: dict[str, str] = {}
    for ending in reversed(_DATA_ENDINGS):
        for path in snapshot.disk_glob(f"**/*{ending}"):
            place = PurePosixPath(path)
            found[fold(place.parent.name)] = f"{place.parent}/*{ending}"
        for path in snapshot.disk_glob(f"**/*{ending}"):
            found[fold(PurePosixPath(path).name.removesuffix(ending))] = path
    return found


def _base(repository: Repository) -> str:
    for name in ("main", "master", "trunk", "develop"):
        try:
            repository.base(name, repository.head(None, {}), {})
        except GitError:
            continue
        return name
    return repository.head(None, {}).ref


def _written_for_dbt(found: Found) -> str:
    lines = [
        "# What datacanary checks here. Limits and masks are taken from the base version of this file.",
        "# A dbt project needs none of it: what is not said here, dbt and its profile say.",
        "version: 1",
        "project:",
        "  kind: dbt",
        "  # dbt: {target: prod, profiles_dir: ~/.dbt, vars: {}, timeout: 3600, incremental: full_refresh}",
        f"base: {_quoted(found.base)}",
        "",
        *_usual(),
    ]
    return "\n".join(lines) + "\n"


def _written(found: Found) -> str:
    warehouse = found.warehouse or "duckdb:///warehouse.duckdb"
    note = "" if found.warehouse else "   # no DuckDB file was found: put the path of yours here"
    lines = [
        "# What datacanary checks here. Limits and masks are taken from the base version of this file.",
        "version: 1",
        _project(found),
        f"warehouse: {_quoted(warehouse)}{note}",
        "# warehouse: postgresql://user:${PGPASSWORD}@host:5432/database?sslmode=require",
        f"production: {_quoted(found.production)}   # the schema that promote swaps into",
        f"base: {_quoted(found.base)}",
        "",
        *_sources(found),
        *_usual(),
    ]
    return "\n".join(lines) + "\n"


def _usual() -> list[str]:
    return [
        "# Every limit has a default; these are they. Change what does not suit you.",
        defaults_yaml().rstrip(),
        "",
        "# Keys pair the rows of both versions; without one here the tool looks for one and tells it.",
        "# tables:",
        "#   orders:",
        "#     key: [order_id]",
        "#     columns:",
        "#       loaded_at: ignore",
        "#       amount: {tolerance: 0.005}",
        "",
        "# Values of cells in reports: none, keys (the default), or also the columns that are allowed.",
        "# Comments and pages show those of allowed columns alone: {show: allowed, allow: [orders.status]}",
        "samples: {show: keys}",
        "",
        "# For how long the tables that a promotion replaced are kept for its rollback: 12 hours, 7 days, forever.",
        "release: {keep_replaced: 7 days}",
    ]


def _project(found: Found) -> str:
    layout = f", layout: {_quoted(found.layout)}" if found.layout else ""
    return f"project: {{kind: sql, path: {_quoted(found.folder)}{layout}}}"


def _sources(found: Found) -> list[str]:
    if not (found.sources or found.missing):
        return ["# sources:   # names that models read, and the files that hold their rows", ""]
    lines = ["sources:   # names that models read, and the files that hold their rows"] if found.sources else []
    lines += [f"  {_quoted(name)}: {_quoted(path)}" for name, path in sorted(found.sources.items())]
    if found.missing:
        lines += ["# Read by models, but found neither here nor in the warehouse:"]
        lines += [f"#   {name}: path/to/{name.rpartition('.')[2]}.parquet" for name in found.missing]
    return [*lines, ""]


def _quoted(text: str) -> str:
    """Quote a YAML value where it needs it."""
    plain = all(character.isalnum() or character in "_-./:" for character in text)
    if plain and not text[:1].isdigit() and text.lower() not in {"yes", "no", "on", "off", "true", "false", "null"}:
        return text
    return "'" + text.replace("'", "''").replace("${", "$${") + "'"
