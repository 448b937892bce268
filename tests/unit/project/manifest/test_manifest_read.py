"""What of a manifest is read, and what is said of one that cannot be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from made_manifest import Object, columns, document, generic_test, node, one_node, read

from datacanary.errors import ProjectError, Where
from datacanary.model.basic import Relation
from datacanary.model.dbt import DbtColumn, DbtExposure, DbtManifest, Json
from datacanary.project.manifest.declared import masked_columns
from datacanary.project.manifest.keys import declared_keys
from datacanary.project.manifest.read import read_manifest

FILE = "target/manifest.json"


def of_dbt(version: str, schema: str = "v12") -> Object:
    return {
        "dbt_schema_version": f"https://schemas.getdbt.com/dbt/manifest/{schema}.json",
        "dbt_version": version,
        "project_name": "shop",
        "adapter_type": "duckdb",
    }


def without(made: Object, key: str) -> Object:
    return {name: value for name, value in made.items() if name != key}


def told(text: str) -> ProjectError:
    with pytest.raises(ProjectError) as error:
        read_manifest(text, FILE)
    assert error.value.where is not None
    assert error.value.where.file == FILE
    assert error.value.hint
    return error.value


def test_a_model() -> None:
    model = one_node(
        alias="Fct_Orders",
        schema="Deep",
        depends_on={"macros": ["macro.shop.cents"], "nodes": ["model.shop.raw"]},
        tags=["nightly"],
        config={"materialized": "incremental", "tags": ["nightly", "pii"], "meta": {"a": 1, "b": 1}},
        meta={"b": 2},
        columns=columns("id", id={"data_type": "integer", "constraints": [{"type": "unique"}], "tags": ["t"]}),
        constraints=[{"type": "primary_key", "columns": ["id"]}],
        version=1.5,
    )
    assert model.relation == Relation("deep", "fct_orders")
    assert (model.identifier, model.schema, model.materialized, model.version) == (
        "Fct_Orders",
        "Deep",
        "incremental",
        "1.5",
    )
    assert (model.reads, model.macros) == (("model.shop.raw",), ("macro.shop.cents",))
    assert (model.path, model.patch_path) == ("models/orders.sql", "models/shop.yml")
    assert (model.tags, model.meta) == (("nightly", "pii"), {"a": 1, "b": 2})
    assert model.columns == {"id": DbtColumn("id", "integer", ("t",), {})}
    assert model.column_constraints == {"id": ({"type": "unique"},)}
    assert model.constraints == ({"type": "primary_key", "columns": ["id"]},)
    assert (model.raw, model.compiled, model.checksum, model.selector) == (
        "select 1",
        "select 1",
        "abc",
        "fqn:shop.orders,resource_type:model,file:orders.sql",
    )


def test_columns_may_say_all_under_config() -> None:
    said: Object = {"config": {"tags": ["pii"], "meta": {"owner": "me"}}}
    model = one_node(columns=columns("email", email=said))
    assert model.columns["email"] == DbtColumn("email", "", ("pii",), {"owner": "me"})


@pytest.mark.parametrize(
    "changes", [{"compiled_code": None}, {"language": "python", "compiled_code": "def model(): ..."}]
)
def test_what_has_no_compiled_sql(changes: Object) -> None:
    assert one_node(**changes).compiled is None


def test_what_is_missing_and_optional_is_empty() -> None:
    least = ("unique_id", "resource_type", "name", "package_name", "original_file_path", "fqn", "schema")
    made: Object = {key: value for key, value in node("orders").items() if key in least}
    model = read(made).nodes["model.shop.orders"]
    assert (model.identifier, model.database, model.language, model.compiled) == ("orders", "", "sql", None)
    assert (model.columns, model.constraints, model.reads, model.config) == ({}, (), (), {})


@pytest.mark.parametrize(
    ("checksum", "expected"),
    [
        ({"name": "sha256", "checksum": "abc"}, "abc"),
        ({"name": "path", "checksum": "seeds/big.csv"}, ""),
        ({"name": "none", "checksum": ""}, ""),
        ("abc", "abc"),
        (None, ""),
    ],
)
def test_a_checksum_is_one_of_the_content(checksum: Json, expected: str) -> None:
    assert one_node("orders", "seed", checksum=checksum).checksum == expected


def test_a_test_is_of_one_node() -> None:
    found = read(
        generic_test("unique", "orders", "id"),
        generic_test("unique", "orders", None, column_name="a || b"),
        node("singular", "test", depends_on={"nodes": ["model.shop.orders"]}),
        node("of_two", "test", depends_on={"nodes": ["model.shop.orders", "model.shop.customers"]}),
        node("pair", "test", attached_node="model.shop.b", depends_on={"nodes": ["model.shop.a", "model.shop.b"]}),
        node("of_source", "test", depends_on={"nodes": ["source.shop.raw.events"]}),
    ).nodes
    assert [one.attached for one in found.values()] == ["model.shop.orders"] * 3 + ["", "model.shop.b", ""]
    assert [one.test_column for one in found.values()] == ["id", "a || b", "", "", "", ""]
    assert found["test.shop.singular"].test == {}


def test_unit_tests_stand_apart() -> None:
    made: Object = {
        "unique_id": "unit_test.shop.orders.adds_up",
        "model": "orders",
        "name": "adds_up",
        "package_name": "shop",
        "original_file_path": "models/shop.yml",
        "fqn": ["shop", "orders", "adds_up"],
        "depends_on": {"nodes": ["model.shop.raw", "model.shop.orders.v2"]},
        "checksum": "abc",
    }
    found = read(unit_tests={"unit_test.shop.orders.adds_up": made}).nodes["unit_test.shop.orders.adds_up"]
    assert (found.kind, found.attached, found.checksum) == ("unit_test", "model.shop.orders.v2", "abc")
    assert not found.makes_relation


def test_analyses_are_left_out_and_hooks_are_told_in_their_order() -> None:
    def hook(name: str, when: str, index: int, sql: str, package: str = "shop") -> Object:
        return node(name, "operation", tags=[when], index=index, raw_code=sql, package_name=package)

    found = read(
        node("a", "analysis"),
        hook("d", "on-run-end", 0, "drop  table\n x"),
        hook("b", "on-run-start", 10, "select 10"),
        hook("c", "on-run-start", 2, "select 2", "audit"),
        hook("e", "on-run-end", 1, "x" * 100),
    )
    assert found.nodes == {}
    assert tuple(map(str, found.hooks)) == (
        "on-run-start in dbt_project.yml of package audit: select 2",
        "on-run-start in dbt_project.yml: select 10",
        "on-run-end in dbt_project.yml: drop table x",
        f"on-run-end in dbt_project.yml: {'x' * 100}",
    )


def test_a_source_has_the_name_of_its_table() -> None:
    made = node("events", "source", source_name="raw", identifier="Events_2", config={"meta": {"pii": True}})
    found = read(sources={"source.shop.raw.events": made}).sources["source.shop.raw.events"]
    assert (found.name, found.relation, found.meta) == ("raw.events", Relation("main", "events_2"), {"pii": True})


def test_exposures_read_through_metrics() -> None:
    def depends(*nodes: str) -> Object:
        return {"depends_on": {"nodes": list(nodes)}}

    exposure: Object = {
        "name": "weekly",
        "label": None,
        "type": "dashboard",
        "owner": {"email": "jo@example.com", "name": None},
        **depends("model.shop.customers", "metric.shop.revenue", "metric.shop.circle"),
    }
    found = read(
        exposures={"exposure.shop.weekly": exposure},
        metrics={
            "metric.shop.revenue": depends("semantic_model.shop.orders"),
            "metric.shop.circle": depends("metric.shop.circle"),
        },
        semantic_models={"semantic_model.shop.orders": depends("model.shop.orders")},
    ).exposures
    reads = ("model.shop.customers", "model.shop.orders")
    assert found == (DbtExposure("weekly", "", "dashboard", "jo@example.com", "", reads),)


def test_macros_with_what_they_call() -> None:
    macro: Object = {"macro_sql": "{% macro a() %}{% endmacro %}", "depends_on": {"macros": ["macro.shop.b"]}}
    found = read(macros={"macro.shop.a": macro, "macro.shop.b": {}})
    assert found.macros == {"macro.shop.a": "{% macro a() %}{% endmacro %}", "macro.shop.b": ""}
    assert found.macro_reads == {"macro.shop.a": ("macro.shop.b",), "macro.shop.b": ()}


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        (of_dbt("1.7.4", "v11"), "dbt 1.7.4 is too old: 1.8 or newer."),
        (of_dbt("1.7.4"), "dbt 1.7.4 is too old: 1.8 or newer."),
        (of_dbt("1.8.0", "v9"), "dbt 1.8.0 is too old: 1.8 or newer."),
        (of_dbt("0.21.0"), "dbt 0.21.0 is too old: 1.8 or newer."),
        (of_dbt("new"), "metadata of the manifest names a 'dbt_version' that is none."),
        (of_dbt("1.8.0", "next"), "metadata of the manifest names a 'dbt_schema_version' that is none."),
        (without(of_dbt("1.8.0"), "dbt_version"), "metadata of the manifest has no 'dbt_version'."),
        (without(of_dbt("1.8.0"), "adapter_type"), "metadata of the manifest has no 'adapter_type'."),
        ([], "The manifest has a 'metadata' that is no object."),
    ],
)
def test_versions_that_are_not_read(metadata: Json, expected: str) -> None:
    assert told(json.dumps(document(metadata=metadata))).problem == expected


@pytest.mark.parametrize("version", ["1.8.0", "1.10.0b1", "1.11.16", "2.0.0-preview.72"])
@pytest.mark.parametrize("schema", ["v10", "v11", "v12"])
def test_versions_that_are_read(version: str, schema: str) -> None:
    found = read(metadata=of_dbt(version, schema))
    assert (found.dbt_version, found.project, found.adapter, found.warnings) == (version, "shop", "duckdb", ())


def test_a_manifest_of_a_later_version_is_read_with_a_warning() -> None:
    found = read(node("orders"), metadata=of_dbt("2.0.0", "v20"), new_things={"x": 1})
    assert list(found.nodes) == ["model.shop.orders"]
    assert found.warnings == (
        "dbt wrote a manifest of version 20; this datacanary knows 10 to 12, and reads it as one of version 12",
    )


def test_functions_are_told() -> None:
    assert read(functions={"function.shop.f": {}}).warnings == (
        "functions that dbt makes are not followed: function.shop.f",
    )


@pytest.mark.parametrize(
    "key", ["unique_id", "resource_type", "name", "package_name", "original_file_path", "fqn", "schema"]
)
def test_a_node_that_lacks_what_is_needed(key: str) -> None:
    made = document()
    made["nodes"] = {"model.shop.orders": without(node("orders"), key)}
    assert told(json.dumps(made)).problem == f"Node model.shop.orders has no '{key}'."


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"schema": 5}, "Node model.shop.orders has a 'schema' that is no text."),
        ({"depends_on": {"nodes": "?"}}, ""),
        ({"depends_on": {"nodes": {}}}, "depends_on of node model.shop.orders has a 'nodes' that is no list."),
        (
            {"depends_on": {"nodes": [1]}},
            "depends_on of node model.shop.orders has a 'nodes' that is no list of texts.",
        ),
        ({"depends_on": []}, "Node model.shop.orders has a 'depends_on' that is no object."),
        ({"columns": {"id": 5}}, "Node model.shop.orders has a column 'id' that is no object."),
        (
            {"columns": {"id": {"tags": 5}}},
            "Column id of node model.shop.orders has a 'tags' that is no list.",
        ),
        ({"constraints": ["x"]}, "Node model.shop.orders has a 'constraints' that is no list of objects."),
        ({"unique_id": "model.shop.b"}, "The manifest has a node model.shop.orders whose 'unique_id' is another."),
    ],
)
def test_a_node_that_holds_something_else(changes: Object, expected: str) -> None:
    made = document()
    made["nodes"] = {"model.shop.orders": node("orders", **changes)}
    if expected:
        assert told(json.dumps(made)).problem == expected
    else:
        assert read_manifest(json.dumps(made), FILE).nodes["model.shop.orders"].reads == ("?",)


@pytest.mark.parametrize(
    ("text", "expected", "line"),
    [
        ('{\n"a" 1}', "The manifest is no JSON: Expecting ':' delimiter.", 2),
        ("", "The manifest is no JSON: Expecting value.", 1),
        ("[]", "The manifest is no object.", None),
        ("{}", "The manifest has no 'metadata'.", None),
        (json.dumps({"metadata": of_dbt("1.8.0")}), "The manifest has no 'nodes'.", None),
        (json.dumps({**document(), "nodes": []}), "The manifest has a 'nodes' that is no object.", None),
    ],
)
def test_a_text_that_is_no_manifest(text: str, expected: str, line: int | None) -> None:
    problem = told(text)
    assert problem.problem == expected
    assert problem.where is not None
    assert problem.where.line == line


@pytest.fixture(scope="module")
def of_jaffle_shop() -> DbtManifest:
    """Return what dbt 1.11 wrote of a small project, without most of its macros and nodes."""
    return read_manifest(Path(__file__).with_name("fixture.json").read_text("utf-8"), str(Where(FILE)))


def test_what_dbt_writes(of_jaffle_shop: DbtManifest) -> None:
    nodes = {name.removeprefix("model.jaffle_shop."): one for name, one in of_jaffle_shop.nodes.items()}
    assert of_jaffle_shop.warnings == ()
    assert len(of_jaffle_shop.hooks) == 2
    assert nodes["inc"].relation == Relation("main_deep", "inc_orders")
    assert nodes["inc"].reads == ("model.jaffle_shop.orders", "model.jaffle_shop.eph")
    assert nodes["dims.v2"].selector == "fqn:jaffle_shop.dims.v2,resource_type:model,file:dims_v2.sql"
    assert nodes["dims.v2"].relation.name == "dims_v2"
    assert nodes["py"].language == "python"
    assert not nodes["eph"].makes_relation
    assert nodes["unit_test.jaffle_shop.inc.adds_up"].attached == "model.jaffle_shop.inc"
    assert [str(one) for one in of_jaffle_shop.exposures] == ["dashboard Weekly revenue"]
    assert of_jaffle_shop.sources["source.jaffle_shop.raw.events"].relation == Relation("main", "raw_orders")


def test_what_dbt_writes_of_keys_and_masks(of_jaffle_shop: DbtManifest) -> None:
    keys = {name.partition(".")[2]: (*key.columns, key.origin) for name, key in declared_keys(of_jaffle_shop).items()}
    assert keys == {
        "jaffle_shop.inc": ("Order_Id", "constraint"),
        "jaffle_shop.orders": ("order_id", "tests unique and not_null"),
        "jaffle_shop.dims.v2": ("id", "tests unique and not_null"),
        "jaffle_shop.snap_yml": ("order_id", "customer_id", "valid_from", "unique_key"),
        "jaffle_shop.snap_sql": ("dbt_scd_id", "unique_key"),
    }
    masked = masked_columns(of_jaffle_shop.nodes["model.jaffle_shop.inc"])
    assert masked.all
    assert masked.columns == {"order_id", "customer_id"}
