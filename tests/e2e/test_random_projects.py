"""Projects that nobody has seen: random models, a random change, and DuckDB alone says what must be found.

More of them by hand: DATACANARY_RANDOM_PROJECTS=500 pytest tests/e2e/test_random_projects.py
"""

from __future__ import annotations

import os
import random
import subprocess
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from nycflights.expected import Expected, build, compare

import datacanary as dc
from datacanary.model.run import Report, TableReport

PROJECTS = int(os.environ.get("DATACANARY_RANDOM_PROJECTS", "12"))
COLUMNS = "id, g, v, s"
KEYS = ("[id]", "[g, id]", "[]", "[id, g, s]")


@dataclass(frozen=True)
class Project:
    """Two versions of some models by name, in the order of what they read, and the key that the config gives each."""

    base: dict[str, str]
    head: dict[str, str]
    keys: dict[str, str]


def condition(chance: random.Random) -> str:
    number = chance.randrange(2, 9)
    return chance.choice(
        [f"id % {number} <> 1", f"v > {number * 10} or v is null", "g is not null", f"s < 'n{number}'"]
    )


def query(chance: random.Random, inputs: list[str]) -> str:
    one, other = chance.choice(inputs), chance.choice(inputs)
    name = one.rpartition(".")[2]
    partner = f"(select distinct id, v as w from {other})"
    join = f"{chance.choice(['left join', 'join'])} {partner} as p using (id)"
    return chance.choice(
        [
            f"select {COLUMNS} from {one} where {condition(chance)}",
            f"select id, g, v {chance.choice('+-*')} {chance.randrange(2, 5)} as v, s from {one} -- scaled",
            f"select o.id, o.g, o.v + coalesce(p.w, 0) as v, o.s from {one} as o {join}",
            f"select {COLUMNS} from {one} where id < 40 union all select {COLUMNS} from {other} where id >= 30",
            f"select min(id) as id, g, sum(v) as v, max(s) as s from {one} group by g",
            f"with {name} as (select * from {one} where {condition(chance)}) select {COLUMNS} from {name}",
            f"select distinct {COLUMNS}, v is null as x from {one}",
        ]
    )


def make_project(seed: int) -> Project:
    chance = random.Random(seed)  # noqa: S311 -- a repeatable choice, no secret
    base: dict[str, str] = {}
    for number in range(6):
        # The newest models are read most, so that changes travel far.
        base[f"m{number}"] = query(chance, ["raw.a", "raw.b", *base, *list(base)[-2:] * 2])
    head = dict(base)
    for name in chance.sample(list(base), chance.randrange(1, 3)):
        former = list(base)[: list(base).index(name)]
        match chance.randrange(3):
            case 0:
                head[name] = query(chance, ["raw.a", "raw.b", *former])
            case 1:
                head[name] = f"select * from ({base[name]}\n) where {condition(chance)}"
            case _:
                head[name] = "/* only a comment */\n  " + base[name].replace(" from ", "\nFROM\t")
    return Project(base, head, {name: chance.choice(KEYS) for name in base})


def write(folder: Path, models: dict[str, str]) -> None:
    for name, text in models.items():
        (folder / "models" / f"{name}.sql").write_text(f"{text}\n", "utf-8")


def commit(folder: Path, message: str) -> None:
    for arguments in (["add", "--all"], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", message]):
        subprocess.run(["git", *arguments], cwd=folder, check=True)


def check(folder: Path, project: Project) -> Report:
    (folder / "models").mkdir(parents=True)
    subprocess.run(["git", "init", "-q", "-b", "main"], cwd=folder, check=True)
    keys = "\n".join(f"  {name}: {{key: {key}}}" for name, key in project.keys.items())
    config = "version: 1\nwarehouse: duckdb:///w.duckdb\nproduction: analytics\ntables:\n"
    (folder / "datacanary.yml").write_text(f"{config}{keys}\n", "utf-8")
    (folder / ".gitignore").write_text("*.duckdb\n", "utf-8")
    write(folder, project.base)
    commit(folder, "base")
    write(folder, project.head)
    return dc.check(folder, base="main")


def fill(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("create schema raw")
    connection.execute(
        "create table raw.a as select i as id, case when i % 7 = 0 then null else 'g' || (i % 5) end as g, "
        "case when i % 4 = 0 then null else i * 3 end as v, 'n' || (i % 9) as s from range(60) as t(i)"
    )
    connection.execute(
        "create table raw.b as select (i * 2) % 70 as id, case when i % 3 = 0 then null else 'h' || (i % 4) end as g, "
        "i as v, case when i % 10 = 0 then null else 'm' || i end as s from range(50) as t(i)"
    )


def expected(project: Project) -> dict[str, Expected]:
    with duckdb.connect() as connection:
        fill(connection)
        build(connection, "base", project.base, list(project.base))
        build(connection, "head", project.head, list(project.base))
        keys = {name: tuple(key.strip("[]").replace(" ", "").split(",")) for name, key in project.keys.items()}
        return {
            name: compare(connection, f"base.{name}", f"head.{name}", () if key == ("",) else key)
            for name, key in keys.items()
        }


def found(table: TableReport) -> dict[str, object]:
    rows = table.diff.rows
    return {
        "rows": (rows.base, rows.head, rows.added, rows.removed, rows.changed, rows.unchanged),
        "cells": {column.name: (column.change, column.changed) for column in table.diff.columns},
        "duplicates": tuple(table.diff.key.duplicates),
        "nulls": tuple(table.diff.key.nulls),
    }


def wanted(one: Expected) -> dict[str, object]:
    rows = one.rows
    return {
        "rows": (rows.base, rows.head, rows.added, rows.removed, rows.changed, rows.unchanged),
        "cells": {name: (column.change, column.changed) for name, column in one.columns.items()},
        "duplicates": one.duplicates,
        "nulls": one.nulls,
    }


@pytest.mark.parametrize("seed", range(PROJECTS))
def test_a_random_change_is_reported_with_the_exact_counts(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("CI", "GITHUB_ACTIONS", "GITLAB_CI"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("DATACANARY_HOME", str(tmp_path / "runs"))
    project, folder = make_project(seed), tmp_path / "repository"
    folder.mkdir()
    with duckdb.connect(str(folder / "w.duckdb")) as connection:
        fill(connection)
    report = check(folder, project)
    facts = expected(project)
    assert {table.name for table in report.tables} == set(facts)
    for table in report.tables:
        if table.diff.comparison == "unaffected":
            assert not facts[table.name].differs, table.name
        else:
            assert not table.diff.failed, table.diff.reason
            assert found(table) == wanted(facts[table.name]), table.name
