"""A manifest becomes a project: which relation each name means, and what cannot be read as a query."""

from __future__ import annotations

import pytest
from made_manifest import Object, node, read

from datacanary.errors import ProjectError
from datacanary.model.basic import Pair, Relation, Version
from datacanary.model.dbt import Json
from datacanary.model.project import Model
from datacanary.project.facts import TextReader
from datacanary.project.manifest.alike import told_alike
from datacanary.project.manifest.models import Reading, ReadProject, read_project

MAIN = Version("main", "0" * 40)


def sql(name: str, compiled: str | None, *reads: str, raw: str | None = None, **changes: Json) -> Object:
    """Return a model of this SQL that says by ref() what it reads."""
    depends: Object = {"macros": changes.pop("macros", []), "nodes": list(reads)}
    text = compiled if raw is None else raw
    return node(name, "model", compiled_code=compiled, raw_code=text, depends_on=depends, **changes)


def project(*nodes: Object, copies: bool = False, variables: str = "", **changes: Json) -> ReadProject:
    """Read a project of these nodes, in the database `shop` whose profile says `main`."""
    rows = TextReader("duckdb"), "duckdb", "shop", "main", lambda one: f"rows of {one.name}"
    reading = Reading(*rows, variables, copies)
    return read_project(read(*nodes, **changes), MAIN, reading)


def model(found: ReadProject, name: str) -> Model:
    """Find a model of the schema `main`."""
    return found.project.models[Relation("main", name)]


ORDERS = sql("orders", "select 1 as id", schema="Staging", alias="Orders_New")


@pytest.mark.parametrize(
    "name",
    ['"shop"."Staging"."Orders_New"', "SHOP.staging.orders_new", "staging.orders_new", '"Staging".ORDERS_NEW'],
)
def test_a_name_means_the_relation_that_dbt_makes_however_it_is_written(name: str) -> None:
    found = project(ORDERS, sql("sums", f"select count(*) from {name}", "model.shop.orders"))
    assert model(found, "sums").reads("model") == (Relation("staging", "orders_new"),)
    assert found.nodes[Relation("staging", "orders_new")] == "model.shop.orders"
    assert found.by_name == ()


def test_a_name_without_a_schema_is_looked_for_where_the_model_lies_and_then_where_the_profile_says() -> None:
    near, far = node("near", schema="marts"), node("far")
    text = "select * from near, far, nowhere"
    found = project(near, far, sql("both", text, "model.shop.near", "model.shop.far", schema="marts"))
    both = found.project.models[Relation("marts", "both")]
    assert both.reads("model") == (Relation("main", "far"), Relation("marts", "near"))
    assert both.reads("external") == (Relation("", "nowhere"),)


def test_what_no_node_makes_is_external_and_another_database_is_not_held_still() -> None:
    found = project(sql("a", "select * from raw.orders join other.raw.orders using (id)"))
    assert model(found, "a").reads("external") == (Relation("raw", "orders"),)
    assert "other.raw.orders in another database" in model(found, "a").unpinned


def test_a_model_that_is_read_by_its_name_alone_is_told_with_its_line() -> None:
    found = project(ORDERS, sql("sums", "select count(*)\nfrom staging.orders_new"))
    assert model(found, "sums").reads("model") == (Relation("staging", "orders_new"),)
    [told] = found.by_name
    assert str(told).startswith("models/sums.sql:2 reads staging.orders_new by its name, without ref()")


def test_a_name_that_would_close_a_circle_is_what_lies_there_already() -> None:
    found = project(sql("a", "select * from main.b"), sql("b", "select * from main.a", "model.shop.a"))
    assert model(found, "a").reads("external") == (Relation("main", "b"),)
    assert model(found, "b").reads("model") == (Relation("main", "a"),)


def test_two_models_that_name_one_another_are_refused_as_a_circle() -> None:
    with pytest.raises(ProjectError, match="in a circle"):
        project(sql("a", "select * from main.b"), sql("b", "select * from main.a"))


def test_who_reads_itself_reads_no_other() -> None:
    found = project(sql("a", "select * from main.a"))
    assert model(found, "a").references == ()


def test_an_ephemeral_model_makes_nothing_and_what_it_reads_is_read_by_its_readers() -> None:
    between = sql("between", "select * from main.first", "model.shop.first", config={"materialized": "ephemeral"})
    inlined = "with __dbt__cte__between as (select * from main.first) select * from __dbt__cte__between"
    found = project(node("first"), between, sql("last", inlined, "model.shop.between"))
    assert Relation("main", "between") not in found.project.models
    assert model(found, "last").reads("model") == (Relation("main", "first"),)
    assert model(found, "last").beyond == ()
    assert found.by_name == ()


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (node("x", "seed", config={"materialized": "seed"}, language="sql"), "it is a seed"),
        (node("x", "snapshot", config={"materialized": "snapshot"}), "a snapshot keeps what it had before"),
        (node("x", language="python"), "it is a Python model"),
        (node("x", config={"materialized": "external"}), "its materialization, external, is not one of dbt's own"),
        (sql("x", None, raw="{{ a() }}"), "it could not be compiled before what it reads is there"),
        (sql("x", "selec 1"), "its SQL is not understood"),
    ],
)
def test_what_is_no_query_is_opaque_and_still_reads_what_it_declares(made: Object, why: str) -> None:
    reader: Object = {**made, "depends_on": {"macros": [], "nodes": ["model.shop.first"]}}
    found = model(project(node("first"), reader), "x")
    assert found.opaque.startswith(why)
    assert found.reads("model") == (Relation("main", "first"),)
    assert found.settled == (made["resource_type"] == "seed")


def test_a_materialization_of_the_projects_own_is_opaque() -> None:
    own: Object = {"macro.shop.materialization_table_default": {"macro_sql": "…", "depends_on": {"macros": []}}}
    of_dbt: Object = {"macro.dbt.materialization_table_default": {"macro_sql": "…", "depends_on": {"macros": []}}}
    assert model(project(node("x"), macros=own), "x").opaque
    assert not model(project(node("x"), macros=of_dbt), "x").opaque


def test_what_tells_opaque_nodes_apart() -> None:
    def digest(**changes: Json) -> str:
        return model(project(node("x", language="python", **changes)), "x").fingerprint

    assert digest() == digest(description="other words")
    assert digest() != digest(raw_code="select 2")
    assert digest() != digest(config={"materialized": "table", "packages_of_mine": 1})


def test_a_macro_that_asks_the_warehouse_puts_the_rows_beyond_the_query() -> None:
    macros: Object = {
        "macro.shop.outer": {"macro_sql": "{{ inner() }}", "depends_on": {"macros": ["macro.shop.inner"]}},
        "macro.shop.inner": {"macro_sql": "{% set x = run_query('select 1') %}", "depends_on": {"macros": []}},
    }
    asking = sql("a", "select 1 as id", raw="{{ outer() }}", macros=["macro.shop.outer"])
    [why] = model(project(asking, macros=macros), "a").beyond
    assert why == "its SQL depends on what the warehouse holds when it is compiled (macro shop.inner)"


def test_what_is_declared_and_not_named_is_told_and_read() -> None:
    found = model(project(node("first"), sql("a", "select 1 as id", "model.shop.first")), "a")
    assert found.beyond == ("it depends on main.first, which its SQL does not name",)
    assert found.reads("model") == (Relation("main", "first"),)


def test_models_of_packages_are_found_below_dbt_packages() -> None:
    found = project(node("x", package_name="money", unique_id="model.shop.x"))
    assert model(found, "x").path == "dbt_packages/money/models/x.sql"


def test_sql_that_only_differs_by_its_time_is_told_alike() -> None:
    def version(time: str, raw: str = "select '{{ run_started_at }}'", rest: str = "", start: str = "") -> ReadProject:
        return project(sql("a", f"select '2026-11-21 {time}:07.123+00:00' as at{rest}", raw=raw), variables=start)

    base, head = version("10:00"), version("10:01")
    same = told_alike(Pair(base, head))
    assert same.base.models == same.head.models
    other = told_alike(Pair(base, version("10:01", raw="select '{{ run_started_at }}' -- other")))
    assert other.base.models != other.head.models
    for another in (version("10:01", start="2025-01-01"), version("10:01", rest=", 1 as more")):
        told = told_alike(Pair(base, another))
        assert told.base.models != told.head.models
    constant = told_alike(Pair(version("10:00", raw="constant"), version("10:01", raw="constant")))
    assert constant.base.models != constant.head.models


def test_an_incremental_model_is_beyond_its_query_only_where_it_adds_to_copies() -> None:
    incremental = sql("a", "select 1 as id", config={"materialized": "incremental"})
    assert model(project(incremental), "a").beyond == ()
    assert model(project(incremental, copies=True), "a").beyond == ("it adds to the rows that are there",)
