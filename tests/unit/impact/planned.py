"""Plans of small projects, each made of texts."""

from collections.abc import Mapping
from dataclasses import replace

from datacanary import config as config_room
from datacanary.impact.plan import make_plan
from datacanary.model.basic import Pair, Relation, Version
from datacanary.model.impact import Impact
from datacanary.model.plan import Plan
from datacanary.model.project import DataFile, Project, SourceData
from datacanary.project.plain_sql import parse

CONFIG = "version: 1\nwarehouse: duckdb:///shop.duckdb\nproduction: analytics\n"
Files = Mapping[str, str]

NEITHER = "neither its query nor anything that it reads changed"


def version(texts: Files, sources: Files | None = None, settings: str = "", files: Files | None = None) -> Project:
    """Parse models by name; `sources` and `files` are the identities of data, by name and by path."""
    config = config_room.parse(CONFIG + settings, "datacanary.yml", {})
    data = tuple(
        SourceData(relation(name), f"{name}.csv", (DataFile(f"{name}.csv", tracked=True, identity=identity),))
        for name, identity in (sources or {}).items()
    )
    paths = {f"models/{name}.sql": text for name, text in texts.items()}
    parsed = parse(paths, config, data, Version("main", "0" * 40), dialect="duckdb", catalog="shop")
    named = {
        path: SourceData(None, path, (DataFile(path, tracked=True, identity=(files or {}).get(path, "")),))
        for model in parsed.models.values()
        for path in model.files()
    }
    return replace(parsed, files=named)


def relation(name: str) -> Relation:
    """Return the relation of a name, with or without a schema."""
    schema, _, table = name.rpartition(".")
    return Relation(schema or "analytics", table)


def plan(base: Project, head: Project, *select: str) -> Plan:
    """Plan a check of two versions."""
    return make_plan(Pair(base, head), "analytics", select)


def effects(made: Plan) -> dict[str, str]:
    """Return what happens to each table."""
    return {table.name: table.effect for table in made.tables}


def reasons(made: Plan) -> dict[str, str]:
    """Return why tables are affected."""
    return {table.name: table.reason for table in made.tables if table.effect != "unaffected"}


def builds(made: Plan) -> set[str]:
    """Return what is built, each once, with its place."""
    found = [f"{build.place} {build.model.relation.name}" for build in made.builds]
    assert len(found) == len(set(found))
    return set(found)


def impacts(made: Plan) -> dict[str, Impact]:
    """Return what is proven of the tables that a change of the text touches."""
    return {table.name: table.impact for table in made.tables if table.impact is not None}


def impact_of(base: str, head: str) -> Impact:
    """Return what the change of one model can do, over a table whose columns its own text gives."""
    over = {"src": "SELECT 1 AS id, 2 AS k, 3 AS v, 'x' AS s, [1] AS l"}
    return impacts(plan(version(over | {"m": base}), version(over | {"m": head})))["m"]


def spared(made: Plan) -> dict[str, str]:
    """Return why tables are unaffected that a change of the text touches."""
    return {one.name: one.reason for one in made.tables if one.effect == "unaffected" and one.reason != NEITHER}
