"""Which parts of a node's config can decide its rows."""

from __future__ import annotations

import pytest
from made_manifest import one_node

from datacanary.model.dbt import Json
from datacanary.project.manifest.settings import adds_to_what_is_there, beyond_query, settings_of


def settings(**config: Json) -> dict[str, str]:
    """Return the settings of a table with this config."""
    return dict(settings_of(one_node(config={"materialized": "table", **config})))


@pytest.mark.parametrize(
    "config",
    [
        {"tags": ["x"]},
        {"meta": {"owner": "ada"}},
        {"description": "x"},
        {"grants": {"select": ["ada"]}},
        {"persist_docs": {"relation": True}},
        {"alias": "y", "schema": "z"},
        {"unique_key": "id"},
        {"contract": {"enforced": False}},
        {"on_schema_change": "ignore"},
        {"quote_columns": None},
        {"full_refresh": True},
    ],
)
def test_what_decides_no_row_is_left_out(config: dict[str, Json]) -> None:
    assert settings(**config) == {}


@pytest.mark.parametrize(
    "config",
    [{"sql_header": "set x = 1"}, {"column_types": {"a": "int"}}, {"post-hook": [{"sql": "x"}]}, {"own_thing": 1}],
)
def test_what_may_decide_rows_is_kept_as_it_is_written(config: dict[str, Json]) -> None:
    assert settings(**config).keys() == config.keys()


def test_a_table_and_a_view_have_the_same_settings() -> None:
    assert settings(materialized="view") == settings(materialized="table")
    assert settings(materialized="external") != settings()


def test_an_enforced_contract_keeps_its_data_types() -> None:
    def of(data_type: str) -> dict[str, str]:
        config: Json = {"materialized": "table", "contract": {"enforced": True}}
        return dict(settings_of(one_node(config=config, columns={"a": {"name": "a", "data_type": data_type}})))

    assert of("int") == of("int")
    assert of("int") != of("bigint")


def beyond(config: dict[str, Json]) -> list[str]:
    """Say what decides the rows of a table with this config besides its query."""
    node = one_node(config={"materialized": "table", **config})
    return list(beyond_query(node, adds=adds_to_what_is_there(node, copies=False)))


@pytest.mark.parametrize(
    ("config", "why"),
    [
        ({}, []),
        ({"pre-hook": [], "post-hook": []}, []),
        ({"post-hook": [{"sql": "x"}]}, ["it has a post-hook, and nobody knows what that does"]),
        ({"sql_header": "set x = 1"}, ["statements stand before its query (sql_header)"]),
        ({"contract": {"enforced": True}}, ["its contract may cast columns"]),
        ({"materialized": "incremental"}, []),
        ({"materialized": "incremental", "full_refresh": False}, ["it adds to the rows that are there"]),
        (
            {"materialized": "incremental", "incremental_strategy": "microbatch"},
            ["it is built in batches of time"],
        ),
    ],
)
def test_what_decides_rows_besides_the_query(config: dict[str, Json], why: list[str]) -> None:
    assert beyond(config) == why


def test_who_adds_to_what_is_there() -> None:
    def adds(materialized: str, full_refresh: Json, *, copies: bool) -> bool:
        node = one_node(config={"materialized": materialized, "full_refresh": full_refresh})
        return adds_to_what_is_there(node, copies=copies)

    assert not adds("incremental", None, copies=False)
    assert adds("incremental", None, copies=True)
    assert adds("incremental", full_refresh=False, copies=False)
    assert not adds("incremental", full_refresh=True, copies=False)
    assert not adds("table", full_refresh=False, copies=True)
    assert not adds("snapshot", None, copies=True)
