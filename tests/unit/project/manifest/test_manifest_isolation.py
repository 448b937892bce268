"""What a copy of the database does not contain is refused, and nothing else is."""

from __future__ import annotations

import pytest
from made_manifest import node, read

from datacanary.errors import ProjectError
from datacanary.model.dbt import DbtManifest, Json
from datacanary.project.manifest.isolation import hooks_told, refuse_escapes, shown

LEAVING = (
    "copy (select 1) to 'out.csv'",
    "COPY main.orders\nTO '/tmp/x.parquet' (format parquet)",
    "{% if target.name == 'dev' %}copy {{ this }} to 's3://bucket/x'{% endif %}",
    "export database 'backup'",
    "attach '/data/other.duckdb' as other",
    "install httpfs",
    "create or replace persistent secret s (type s3)",
    "create secret s (type s3)",
)
STAYING = (
    "insert into main.audit values ('{{ invocation_id }}')",
    "create table if not exists audit.runs (id varchar)",
    "grant select on {{ this }} to reader",
    "comment on table {{ this }} is 'a copy'",
    "delete from {{ this }} where attached",
    "load httpfs",
    "create index on {{ this }} (id)",
)
LONG = "create table if not exists main.audit_of_everything (invocation_id varchar, began timestamp, ended timestamp); "


def config(changes: dict[str, Json]) -> dict[str, Json]:
    """Return the config of a table, with what is changed of it."""
    return {"materialized": "table", **changes}


def problem_of(manifest: DbtManifest) -> str | None:
    """Return what is refused; None if nothing is."""
    try:
        refuse_escapes(manifest, "shop")
    except ProjectError as error:
        return error.problem
    return None


@pytest.mark.parametrize("sql", LEAVING)
@pytest.mark.parametrize("key", ["pre-hook", "post-hook"])
@pytest.mark.parametrize("before", ["", LONG])
def test_a_hook_of_a_model_that_leaves_the_copy_is_refused(sql: str, key: str, before: str) -> None:
    manifest = read(node("orders", config=config({key: [{"sql": before + sql, "transaction": True}]})))
    with pytest.raises(ProjectError, match=f"The {key} of orders writes files or opens databases") as caught:
        refuse_escapes(manifest, "shop")
    assert "DATACANARY" in str(caught.value.hint)


@pytest.mark.parametrize("sql", LEAVING)
@pytest.mark.parametrize("before", ["", LONG])
def test_a_hook_of_the_project_that_leaves_the_copy_is_refused(sql: str, before: str) -> None:
    hook = node("shop-on-run-end-0", "operation", raw_code=before + sql, tags=["on-run-end"], index=0)
    with pytest.raises(ProjectError, match="A hook writes files or opens databases"):
        refuse_escapes(read(hook), "shop")


@pytest.mark.parametrize("sql", STAYING)
def test_a_hook_that_works_in_the_copy_runs(sql: str) -> None:
    hook = node("shop-on-run-end-0", "operation", raw_code=sql, tags=["on-run-end"], index=0)
    manifest = read(node("orders", config=config({"post-hook": [{"sql": sql}]})), hook)
    assert problem_of(manifest) is None
    assert "post-hook of orders" in list(hooks_told(manifest))


@pytest.mark.parametrize("key", ["pre-hook", "post-hook"])
def test_what_a_hook_guards_from_us_is_allowed(key: str) -> None:
    guarded = "{% if env_var('DATACANARY', '') == '' %}copy (select 1) to 'out.csv'{% endif %}"
    hook = node("shop-on-run-end-0", "operation", raw_code=guarded, tags=["on-run-end"], index=0)
    assert problem_of(read(node("orders", config=config({key: [{"sql": guarded}]})), hook)) is None


def test_a_hook_that_leaves_by_a_macro_is_refused() -> None:
    macros: dict[str, Json] = {
        "macro.shop.dump": {"macro_sql": "copy {{ this }} to '/tmp/x'", "depends_on": {"macros": []}}
    }
    depends: Json = {"macros": ["macro.shop.dump"], "nodes": []}
    orders = node("orders", config=config({"post-hook": [{"sql": "{{ dump() }}"}]}), depends_on=depends)
    with pytest.raises(ProjectError, match="orders"):
        refuse_escapes(read(orders, macros=macros), "shop")
    hook = node("shop-on-run-end-0", "operation", raw_code="{{ dump() }}", tags=["on-run-end"], depends_on=depends)
    with pytest.raises(ProjectError, match="hook"):
        refuse_escapes(read(hook, macros=macros), "shop")


def test_statements_before_a_query_that_leave_the_copy_are_refused() -> None:
    with pytest.raises(ProjectError, match="orders"):
        refuse_escapes(read(node("orders", config=config({"sql_header": "attach 'x.duckdb' as x"}))), "shop")
    assert problem_of(read(node("orders", config=config({"sql_header": "set threads = 1"})))) is None


def test_a_relation_in_another_database_is_refused_and_one_in_any_schema_is_not() -> None:
    assert problem_of(read(node("orders", database="SHOP", schema="anything"))) is None
    with pytest.raises(ProjectError, match="orders is written to the database 'lake'") as caught:
        refuse_escapes(read(node("orders", database="lake")), "shop")
    assert caught.value.where is not None
    assert caught.value.where.file == "models/orders.sql"


def test_an_ephemeral_model_and_a_test_are_written_nowhere() -> None:
    ephemeral = node("e", database="lake", config=config({"materialized": "ephemeral"}))
    assert problem_of(read(ephemeral, node("t", "test", database="lake"))) is None


@pytest.mark.parametrize(
    "location",
    ["/data/x.parquet", "s3://bucket/x", "../x.parquet", "out/../../x.parquet", "~/x.csv", "C:\\x.csv", " /data/x"],
)
def test_a_file_outside_the_projects_folder_is_refused(location: str) -> None:
    with pytest.raises(ProjectError, match="outside the project's folder"):
        refuse_escapes(read(node("orders", config=config({"materialized": "external", "location": location}))), "shop")


@pytest.mark.parametrize("location", ["out/x.parquet", "x..y.parquet", "x.csv"])
def test_a_file_within_it_is_allowed(location: str) -> None:
    external = config({"materialized": "external", "location": location})
    assert problem_of(read(node("orders", config=external))) is None


def test_hooks_are_shown_in_one_line() -> None:
    assert shown("a\n  b") == "a b"
    assert len(shown("word " * 50)) <= 80
