"""What a node's SQL is made of, through the macros that it can call."""

from __future__ import annotations

import pytest
from made_manifest import Object, node, read

from datacanary.project.manifest.compiling import Compiling

NODE = "model.shop.orders"


def compiling(raw: str, **macros: tuple[str, list[str]]) -> Compiling:
    """Look at a model that calls the macro `first`; macros are given by their text and those that they call."""
    written: Object = {
        f"macro.shop.{name}": {"macro_sql": text, "depends_on": {"macros": [f"macro.shop.{one}" for one in calls]}}
        for name, (text, calls) in macros.items()
    }
    calls = ["macro.shop.first"] if macros else []
    made = node("orders", raw_code=raw, depends_on={"macros": list(calls), "nodes": []})
    return Compiling(read(made, macros=written))


def looks(raw: str, **macros: tuple[str, list[str]]) -> str:
    """Say what asks the warehouse."""
    found = compiling(raw, **macros)
    return found.looks(found.manifest.nodes[NODE])


@pytest.mark.parametrize(
    "asks",
    [
        "{% set x = run_query('select 1') %}",
        "{%- call  statement('x') -%}{%- endcall -%}",
        "{{ adapter.get_relation(database=none, schema='a', identifier='b') }}",
        "{{ adapter . get_columns_in_relation(ref('a')) }}",
        "{{ dbt_utils.get_column_values(ref('a'), 'b') }}",
        "{% for node in graph.nodes.values() %}{% endfor %}",
        "{% set x = load_result('main') %}",
    ],
)
def test_what_asks_the_warehouse_is_seen(asks: str) -> None:
    assert looks(asks).endswith("in models/orders.sql")
    assert looks("select 1", first=(asks, [])) == "macro shop.first"


@pytest.mark.parametrize(
    "harmless",
    ["{{ adapter.dispatch('x')() }}", "{{ adapter.quote('a') }}", "select query_run, graphs from x", "{{ ref('a') }}"],
)
def test_what_asks_nothing_is_not(harmless: str) -> None:
    assert looks(harmless) == ""


def test_macros_are_followed_in_circles_too() -> None:
    circle = {"first": ("a", ["second"]), "second": ("b", ["first", "third"]), "third": ("{{ run_query('') }}", [])}
    assert looks("select 1", **circle) == "macro shop.third"
    assert looks("select 1", first=("a", ["second"]), second=("b", ["first"])) == ""


def test_the_digest_is_of_the_file_and_every_macro_within_reach() -> None:
    def digest(raw: str, **macros: tuple[str, list[str]]) -> str:
        found = compiling(raw, **macros)
        return found.digest(found.manifest.nodes[NODE])

    usual = digest("x", first=("a", ["second"]), second=("b", []), apart=("c", []))
    assert digest("x", first=("a", ["second"]), second=("b", []), apart=("other", [])) == usual
    assert digest("y", first=("a", ["second"]), second=("b", []), apart=("c", [])) != usual
    assert digest("x", first=("a", ["second"]), second=("other", []), apart=("c", [])) != usual


@pytest.mark.parametrize("clock", ["run_started_at", "invocation_id", "modules.datetime.datetime.now()"])
def test_what_is_another_text_each_time_is_seen(clock: str) -> None:
    found = compiling(f"select '{{{{ {clock} }}}}'")
    assert found.holds_time(found.manifest.nodes[NODE])
    still = compiling("select started_at from x")
    assert not still.holds_time(still.manifest.nodes[NODE])


def test_is_incremental_asks_nothing_that_matters() -> None:
    macros: Object = {
        "macro.dbt.is_incremental": {
            "macro_sql": "{{ load_relation(this) }}",
            "depends_on": {"macros": ["macro.dbt.load_relation"]},
        },
        "macro.dbt.load_relation": {"macro_sql": "{{ adapter.get_relation() }}", "depends_on": {"macros": []}},
    }

    def asks(macro: str) -> str:
        manifest = read(node("orders", depends_on={"macros": [macro], "nodes": []}), macros=macros)
        return Compiling(manifest).looks(manifest.nodes[NODE])

    assert asks("macro.dbt.is_incremental") == ""
    assert asks("macro.dbt.load_relation") == "macro dbt.load_relation"
