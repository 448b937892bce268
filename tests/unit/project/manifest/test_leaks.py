"""What would be written outside of a version's own schemas is refused, and nothing else is."""

from __future__ import annotations

import pytest
from made_manifest import node, read

from datacanary.errors import ProjectError
from datacanary.model.basic import Relation
from datacanary.model.dbt import DbtManifest, Json
from datacanary.model.fence import Fence
from datacanary.project.manifest.hooks import is_left_out, of_this_alone
from datacanary.project.manifest.leaks import names_outside, refuse_leaks

FENCE = Fence("dc_1_head", "analytics")
OWN = "dc_1_head"


def config(**changes: Json) -> dict[str, Json]:
    return {"materialized": "table", **changes}


def hooked(key: str, hook: str) -> dict[str, Json]:
    hooks: list[Json] = [{"sql": hook}]
    return config() | {key: hooks}


OF_THIS = (
    "create index on {{ this }} (id)",
    "create unique index concurrently if not exists by_id on {{this}} using btree (id); analyze {{ this }}",
    "grant select, insert on {{ this }} to reader",
    "comment on column {{ this }}.id is 'see raw.orders'",
    "alter table {{ this }} add primary key (id)",
    "alter table {{ this }} set (fillfactor = 70)",
    "update {{ this }} set word = 'a.b' where id = 1",
    "delete from {{ this }} where id < 0",
    "set local work_mem = '1GB'",
)
OF_OTHERS = (
    "insert into audit.runs select count(*) from {{ this }}",
    "insert into audit values (1)",
    "insert into {{ this }} select * from raw.orders",
    'delete from {{ this }} where id in (select id from "Raw"."orders")',
    "alter table {{ this }} set schema analytics",
    "alter table {{ this }} add foreign key (id) references orders",
    "alter table {{ this }} inherit orders",
    "create index on orders (id)",
    "create index on {{ this }} (id); drop table orders",
    "grant select on all tables in schema analytics to reader",
    "truncate {{ this }} cascade",
    "{{ audit() }}",
    "{% if true %} analyze {{ this }} {% endif %}",
    "set search_path = analytics",
    "set role owner",
    "do $$ begin drop table orders; end $$",
    "analyze {{ this }} -- {{ this }}\n; vacuum orders",
    "select refresh_everything()",
)


@pytest.mark.parametrize("hook", OF_THIS)
def test_a_hook_that_speaks_of_its_own_table_alone(hook: str) -> None:
    assert of_this_alone(hook)
    refuse_leaks(read(node("orders", schema=OWN, config=hooked("post-hook", hook))), FENCE, "shop")


@pytest.mark.parametrize("hook", OF_OTHERS)
@pytest.mark.parametrize("key", ["pre-hook", "post-hook"])
def test_any_other_hook_is_refused(hook: str, key: str) -> None:
    assert not of_this_alone(hook)
    made = read(node("orders", schema=OWN, config=hooked(key, hook)))
    with pytest.raises(ProjectError, match=f"The {key} of orders may write to production") as caught:
        refuse_leaks(made, FENCE, "shop")
    assert "DATACANARY" in caught.value.hint
    refuse_leaks(made, Fence(OWN, "analytics", "reader"), "shop")


@pytest.mark.parametrize(
    ("hook", "left_out"),
    [
        ("{% if env_var('DATACANARY', '') == '' %} drop table orders {% endif %}", True),
        ("{% if not env_var('DATACANARY', '') %}{{ audit() }}{% endif %}", True),
        ("{% if env_var('DATACANARY', '') == '' %} analyze {% endif %} drop table orders", False),
        ("{% if env_var('STAGE', '') == 'prod' %} drop table orders {% endif %}", False),
        ("{% if target.name == 'prod' %} drop table orders {% endif %}", False),
        ("{% if env_var('DATACANARY', '') == '1' %} drop table orders {% endif %}", False),
        ("{% if", False),
    ],
)
def test_a_hook_can_leave_itself_out(hook: str, left_out: bool) -> None:  # noqa: FBT001 -- what is expected
    assert is_left_out(hook) == left_out
    made = read(node("end", "operation", raw_code=hook, tags=["on-run-end"]))
    if left_out:
        refuse_leaks(made, FENCE, "shop")
    else:
        with pytest.raises(ProjectError, match="A hook may write to production's tables: on-run-end"):
            refuse_leaks(made, FENCE, "shop")


@pytest.mark.parametrize(
    ("made", "problem"),
    [
        (node("orders", schema="staging"), "to the schema 'staging', which does not follow the target's"),
        (node("orders", schema="analytics"), "to the schema 'analytics'"),
        (node("orders", "seed", schema="raw"), "to the schema 'raw'"),
        (node("orders", schema=OWN, database="lake"), "to the database 'lake', and the profile's is 'shop'"),
        (node("orders", schema=f"{OWN}_{'x' * 60}"), "is too long for a run's own"),
        (
            node("old", "snapshot", schema="history", config=config(target_schema="history", materialized="snapshot")),
            "the snapshot names its `target_schema`",
        ),
        (
            node("stored", "test", schema="audit", config=config(materialized="test", store_failures=True)),
            "to the schema 'audit'",
        ),
        (node("orders", schema=OWN, config=config(materialized="swapped")), "own materialization swapped"),
    ],
)
def test_what_goes_elsewhere_is_refused(made: dict[str, Json], problem: str) -> None:
    with pytest.raises(ProjectError) as caught:
        refuse_leaks(read(made), FENCE, "shop")
    assert problem in caught.value.problem
    assert caught.value.where is not None


def problem_of(manifest: DbtManifest) -> str | None:
    """Return what is refused; None if nothing is."""
    try:
        refuse_leaks(manifest, FENCE, "shop")
    except ProjectError as error:
        return error.problem
    return None


def test_what_lies_in_own_schemas_is_fine() -> None:
    found = problem_of(
        read(
            node("orders", schema=f"{OWN}_marts", database="SHOP"),
            node("stored", "test", schema=f"{OWN}_dbt_test__audit", config=config(store_failures=True)),
            node("passing", "test", schema="anywhere", config=config()),
            node("inlined", schema="anywhere", config=config(materialized="ephemeral")),
        )
    )
    assert found is None


WRITING = "{% do run_query('create table analytics.evil (id int)') %} select 1"


@pytest.mark.parametrize(
    ("raw", "compiled", "refused"),
    [
        (WRITING, None, True),
        (WRITING, "select 1", False),  # it ran, and only reading was allowed
        ("{% if flags.WHICH == 'build' %}" + WRITING + "{% endif %}", "select 1", True),
        ("{% set found = run_query('select 1') %} select 1", None, False),
        ("{% do adapter.drop_relation(this) %} select 1", None, True),
        ("-- create table is not what this does\nselect 1", None, False),
    ],
)
def test_statements_that_run_while_dbt_compiles(raw: str, compiled: str | None, *, refused: bool) -> None:
    made = read(node("orders", schema=OWN, raw_code=raw, compiled_code=compiled))
    if refused:
        with pytest.raises(ProjectError, match="orders may write to production's tables while dbt compiles it"):
            refuse_leaks(made, FENCE, "shop")
    else:
        refuse_leaks(made, FENCE, "shop")


def test_names_that_lead_to_production() -> None:
    manifest = read(
        node("orders", schema=OWN),
        node("by_ref", schema=OWN, compiled_code=f'select * from "shop"."{OWN}"."orders"'),
        node("by_name", schema=OWN, compiled_code="select o.id from Analytics . orders o, raw.orders"),
        node("quoted", schema=OWN, compiled_code='select * from "shop"."analytics"."orders"'),
    )
    assert sorted(names_outside(manifest, FENCE)) == [
        ("models/by_name.sql", Relation("analytics", "orders")),
        ("models/quoted.sql", Relation("analytics", "orders")),
    ]
