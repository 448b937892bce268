"""The JSON Schema of the result: what runs write fits it and is described in it, and what is broken does not fit."""

from __future__ import annotations

import copy
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast, get_args

import duckdb
import pytest
from full_report import full_report
from json_fitting import Node, follow, nodes, problems, put, the_schema
from jsonschema import Draft202012Validator

from datacanary.model.basic import Pair
from datacanary.model.declared import DeclaredOrigin
from datacanary.model.tablediff import DiffOptions
from datacanary.pipeline.adhoc import diff
from datacanary.pipeline.check import check
from datacanary.pipeline.home import Asked
from datacanary.report.json import encode

CONFIG = """\
version: 1
warehouse: duckdb:///w.duckdb
production: shop
tables:
  paid: {key: [id], columns: {seen_at: ignore, amount: {tolerance: 0.5, measure: true}}}
  log: {key: []}
samples: {show: allowed, allow: [paid.amount]}
"""
BASE = {
    "paid": "select id, amount, 'x' as gone, 1 as kind, now() as seen_at from raw.payments",
    "log": "select amount from raw.payments",
    "old": "select 1 as one",
    "same": "select 2 as two",
    "sums": "select sum(amount) as amount from paid",
    "broken": "select 3 as three",
    "before": "select 4 as four",
    "many": "select id % 3 as id, amount from raw.payments",
}
HEAD = {
    "paid": "select id, amount + id - 0.5 as amount, 'y' as new, '1' as kind, now() as seen_at from raw.payments"
    " where id > 2 union all select 99, null, 'y', '1', now()",
    "log": "select amount + 1 as amount from raw.payments",
    "new": "select 5 as five",
    "same": "select 2 as two",
    "sums": "select sum(amount) as amount from paid",
    "broken": "select 3 as three from nowhere",
    "after": "select 4 as four",
    "many": "select id % 3 as id, amount + 1 as amount from raw.payments",
}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Node]:
    """Results of real runs (a change that does a bit of everything, one that does nothing, a diff), and a full one."""
    folder = tmp_path_factory.mktemp("schema")
    repository = folder / "repository"
    repository.mkdir()
    with duckdb.connect(str(repository / "w.duckdb")) as warehouse:
        warehouse.execute("create schema raw")
        warehouse.execute(
            "create table raw.payments as select i as id, i * 1.5 as amount from range(1, 9) as numbers (i)"
        )
    git(repository, "init", "--quiet", "--initial-branch=main")
    (repository / "datacanary.yml").write_text(CONFIG, encoding="utf-8")
    (repository / ".gitignore").write_text("/w.duckdb\n", encoding="utf-8")
    commit(repository, BASE)
    git(repository, "switch", "--quiet", "--create", "change")
    commit(repository, HEAD)
    asked = Asked(start=repository, environ={"DATACANARY_HOME": str(folder / "home")}, base="main")
    before, after = folder / "before.csv", folder / "after.csv"
    before.write_text("id,a\n1,2\n2,3\n", encoding="utf-8")
    after.write_text("id,a\n1,2\n3,3\n", encoding="utf-8")
    compared = diff(Pair(str(before), str(after)), DiffOptions(tolerances={}))
    found = {"change": check(asked, "check", print).report, "diff": compared.report}
    git(repository, "switch", "--quiet", "main")
    found["nothing"] = check(asked, "deploy", print).report
    # Made by hand, with all that can be: no real table has all statistics, noise and causes at once.
    found["full"] = full_report()
    return {name: cast("Node", json.loads(json.dumps(encode(report)))) for name, report in found.items()}


def commit(repository: Path, models: dict[str, str]) -> None:
    folder = repository / "models"
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    for name, query in models.items():
        (folder / f"{name}.sql").write_text(f"{query}\n", encoding="utf-8")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", "Models")


def git(repository: Path, *arguments: str) -> None:
    author = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgSign=false")
    subprocess.run(
        ["git", "-C", str(repository), *author, *arguments],
        env=os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"},
        check=True,
    )


@pytest.fixture(scope="module")
def result(results: dict[str, Node]) -> Node:
    """Return the first result, with the tables first that have most to show: their order means nothing."""
    tables = sorted(nodes(results["change"]["tables"]), key=lambda table: -len(nodes(table["samples"])))
    return results["change"] | {"tables": tables}


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(the_schema())


def test_real_results_fit(results: dict[str, Node]) -> None:
    assert {name: problems(result) for name, result in results.items()} == {name: [] for name in results}


def test_the_real_results_show_every_comparison_effect_and_kind_of_sample(results: dict[str, Node]) -> None:
    tables = [table for result in results.values() for table in nodes(result["tables"])]
    assert {table["comparison"] for table in tables} == {"keyed", "keyless", "not_compared", "unaffected"}
    effects = {"changed", "inherited", "added", "removed", "renamed", "unaffected"}
    assert {table["effect"] for table in tables} == effects
    assert {sample["kind"] for table in tables for sample in nodes(table["samples"])} == {"added", "removed", "changed"}
    changes = {column["change"] for table in tables for column in nodes(table["columns"])}
    assert changes == {"none", "added", "removed", "type_changed", "ignored"}


def test_no_member_of_a_real_result_is_left_undescribed(results: dict[str, Node]) -> None:
    closed = the_schema()
    for node in objects(closed):
        if node.get("additionalProperties") is True and "properties" in node:
            node["additionalProperties"] = False
    found = {name: problems(result, closed) for name, result in results.items()}
    assert found == {name: [] for name in results}


def test_every_member_and_every_item_is_described() -> None:
    definitions = cast("dict[str, Node]", the_schema()["$defs"])
    undescribed = []
    for path, node in described_places(the_schema(), "$"):
        named = str(node.get("$ref", "")).rpartition("/")[2]
        if "description" not in node and "description" not in definitions.get(named, {}):
            undescribed.append(path)
    assert undescribed == []


def described_places(node: Node, path: str) -> Iterator[tuple[str, Node]]:
    """Walk all members and items that the schema speaks of; conditions only narrow what is described elsewhere."""
    yield path, node
    for group in ("properties", "$defs"):
        for name, member in cast("dict[str, Node]", node.get(group, {})).items():
            yield from described_places(member, f"{path}.{name}")
    if "items" in node:
        yield from described_places(cast("Node", node["items"]), f"{path}[]")


def test_a_result_may_grow(result: Node) -> None:
    grown = copy.deepcopy(result)
    for place in (grown, grown["run"], grown["verdict"], *nodes(grown["tables"]), *nodes(grown["checks"])):
        cast("Node", place)["later"] = {"more": 1}
    assert problems(grown) == []


def test_no_member_of_the_contract_may_be_missing(result: Node, results: dict[str, Node]) -> None:
    for complete in (result, results["full"]):
        missing_but_fits = []
        for path in member_paths(complete, ()):
            broken = copy.deepcopy(complete)
            parent = follow(broken, path[:-1])
            assert isinstance(parent, dict)
            del parent[path[-1]]
            if not problems(broken):
                missing_but_fits.append(path)
        assert missing_but_fits == []


def test_a_result_of_version_1_0_fits_without_what_came_later(result: Node) -> None:
    old = copy.deepcopy(result)
    for judged in nodes(old["checks"]):
        for name in ("dry_run", "expected", "noise", "unstable"):
            del judged[name]
    for table in nodes(old["tables"]):
        for name in ("fault", "inherited_from", "read_by", "impact", "attribution", "marks", "noise"):
            del table[name]
        for column in nodes(table["columns"]):
            del column["increased"], column["decreased"]
            column["statistics"] = {"base": {"nulls": 0}, "head": {}, "distance": {}}
    assert problems(old) != []
    assert problems(old | {"schema_version": "1.0"}) == []


def test_a_result_of_version_1_1_fits_without_the_impact(results: dict[str, Node]) -> None:
    old = copy.deepcopy(results["full"])
    for table in nodes(old["tables"]):
        del table["impact"], table["read_by"]
    assert problems(old) != []
    assert problems(old | {"schema_version": "1.1"}) == []


def test_a_result_of_version_1_2_fits_without_the_exposures(results: dict[str, Node]) -> None:
    old = copy.deepcopy(results["full"])
    for table in nodes(old["tables"]):
        del table["read_by"]
    assert problems(old) != []
    assert problems(old | {"schema_version": "1.2"}) == []


def test_every_origin_of_a_key_fits(result: Node) -> None:
    for origin in (*KEY_ORIGINS, *get_args(DeclaredOrigin)):
        told = copy.deepcopy(result)
        put_in_table("keyed", origin, "key", "origin")(told)
        assert (problems(told) == []) is (origin != "none"), origin


KEY_ORIGINS = ("config", "option", "inferred", "none")


def member_paths(node: object, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    """Name every member, of each list only in its first item; the user's own columns are no members of ours."""
    if isinstance(node, dict):
        known = path[-1:] in {("base",), ("head",), ("distance",)} and path[-2:-1] == ("statistics",)
        own = known or path[-1] in {"columns_own", *MOVES} if path else False
        cells = len(path) > 1 and path[-3:-2] == ("samples",) and path[-1] in {"key", "base", "head"}
        if not own and not cells:
            for name, member in node.items():
                yield (*path, name)
                yield from member_paths(member, (*path, name))
    elif isinstance(node, list) and node:
        yield from member_paths(node[0], (*path, 0))


MOVES = ("cells", "nulls", "totals", "shapes", "distances")
"""The members of noise that go by column."""


def table_of(result: Node, comparison: str) -> Node:
    return next(table for table in nodes(result["tables"]) if table["comparison"] == comparison)


def put_in_table(comparison: str, value: object, *path: str | int) -> Callable[[Node], None]:
    return lambda result: put(value, *path)(table_of(result, comparison))


@pytest.mark.parametrize(
    "breaks",
    [
        pytest.param(put("2.0", "schema_version"), id="another major version"),
        pytest.param(put("other", "tool", "name"), id="another tool"),
        pytest.param(put("promote", "run", "kind"), id="unknown kind"),
        pytest.param(put("2026-11-20 10:15", "run", "started_at"), id="time not in UTC"),
        pytest.param(put("4f1c9e2", "run", "base", "sha"), id="short commit id"),
        pytest.param(put(-1, "run", "seconds"), id="negative time"),
        pytest.param(put("yes", "run", "inputs", "pinned"), id="boolean as text"),
        pytest.param(put("ok", "verdict", "status"), id="unknown status"),
        pytest.param(put("", "verdict", "summary"), id="no sentence"),
        pytest.param(put("3.1 %", "checks", 0, "value"), id="rate as text"),
        pytest.param(put("1", "checks", 0, "limit"), id="limit as text"),
        pytest.param(put(None, "checks", 0, "table"), id="check of no table"),
        pytest.param(put_in_table("keyed", None, "rows", "changed"), id="keyed without changed"),
        pytest.param(put_in_table("keyed", 1.5, "rows", "added"), id="half a row"),
        pytest.param(put_in_table("keyed", -1, "rows", "removed"), id="negative rows"),
        pytest.param(put_in_table("keyed", [], "key", "columns"), id="keyed without key"),
        pytest.param(put_in_table("keyed", "guessed", "key", "origin"), id="unknown origin of the key"),
        pytest.param(put_in_table("keyed", "dashboard", "read_by"), id="readers as text"),
        pytest.param(put_in_table("keyed", [""], "read_by"), id="reader without a name"),
        pytest.param(put_in_table("keyed", 3, "key", "nulls", "both"), id="a third side"),
        pytest.param(put_in_table("keyed", "dropped", "columns", 0, "change"), id="unknown change of a column"),
        pytest.param(put_in_table("keyed", 7, "columns", 0, "type", "base"), id="type as number"),
        pytest.param(put_in_table("keyed", "moved", "samples", 0, "kind"), id="unknown kind of sample"),
        pytest.param(put_in_table("keyed", True, "failed"), id="failed but compared"),
        pytest.param(put_in_table("keyless", 0, "rows", "changed"), id="keyless with changed rows"),
        pytest.param(put_in_table("unaffected", "fail", "status"), id="unaffected but failed"),
        pytest.param(put("no", "checks", 0, "dry_run"), id="dry run as text"),
        pytest.param(put(None, "checks", 0, "expected"), id="nothing expected as null"),
        pytest.param(put("36 %", "checks", 0, "noise"), id="noise as text"),
        pytest.param(put(True, "checks", 0, "unstable"), id="unstable without a reason"),
        pytest.param(put_in_table("keyed", [], "impact", "kinds"), id="impact of no kind"),
        pytest.param(put_in_table("keyed", "yes", "impact", "rows"), id="rows of an impact as text"),
        pytest.param(put_in_table("keyed", ["weekly"], "impact", "paths"), id="path as text"),
        pytest.param(put_in_table("not_compared", 0, "rows", "added"), id="not compared but counted"),
        pytest.param(put_in_table("unaffected", "compared", "comparison"), id="unknown comparison"),
    ],
)
def test_a_broken_result_does_not_fit(result: Node, breaks: Callable[[Node], None]) -> None:
    broken = copy.deepcopy(result)
    breaks(broken)
    assert broken != result
    assert problems(broken) != []


def objects(node: object) -> Iterator[Node]:
    if isinstance(node, dict):
        yield node
        for member in node.values():
            yield from objects(member)
    elif isinstance(node, list):
        for item in node:
            yield from objects(item)
