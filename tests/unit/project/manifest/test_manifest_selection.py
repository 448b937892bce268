"""Which tests run with what is built, and what is tried again after a test has failed."""

from __future__ import annotations

import pytest
from made_manifest import Object, node, read

from datacanary.model.basic import Relation
from datacanary.model.dbt import DbtManifest, DbtResult, NodeStatus
from datacanary.project.manifest import selection
from datacanary.project.manifest.selection import Selection, blocked_by_tests


def model(name: str, *reads: str, materialized: str = "table") -> Object:
    """Return a model that reads others."""
    depends: Object = {"macros": [], "nodes": [f"model.shop.{one}" if "." not in one else one for one in reads]}
    return node(name, depends_on=depends, config={"materialized": materialized})


def data_test(name: str, *reads: str) -> Object:
    """Return a test that reads these."""
    return {**model(name, *reads), "unique_id": f"test.shop.{name}", "resource_type": "test"}


SOURCE: Object = {
    "source.shop.raw.rates": {
        "name": "rates",
        "source_name": "raw",
        "schema": "raw",
        "unique_id": "source.shop.raw.rates",
    }
}


def shop() -> DbtManifest:
    """First -> between (ephemeral) -> second -> third, and `apart`."""
    unit: Object = {
        "unit_test.shop.second.works": {
            "unique_id": "unit_test.shop.second.works",
            "resource_type": "unit_test",
            "name": "works",
            "package_name": "shop",
            "original_file_path": "models/x.yml",
            "fqn": ["shop", "second", "works"],
            "model": "second",
            "depends_on": {"macros": [], "nodes": ["model.shop.second"]},
        }
    }
    return read(
        model("first"),
        model("between", "first", materialized="ephemeral"),
        model("second", "between"),
        model("third", "second"),
        model("apart"),
        data_test("first_unique", "first"),
        data_test("second_unique", "second"),
        data_test("through", "between"),
        data_test("second_and_apart", "second", "apart"),
        data_test("second_and_rates", "second", "source.shop.raw.rates"),
        data_test("alone", "apart"),
        unit_tests=unit,
        sources=SOURCE,
    )


def ids(*names: str) -> list[str]:
    """Return the unique ids of models."""
    return [f"model.shop.{name}" for name in names]


def chosen(built: list[str], tested: list[str], *present: str) -> set[str]:
    """Return the names of the tests that run."""
    found = selection.tests_of(shop(), built, tested, frozenset(Relation("main", name) for name in present))
    return {name.rpartition(".")[2] for name in found}


def test_tests_of_what_is_tested_run_where_all_that_they_read_is_there() -> None:
    assert chosen(ids("second"), ids("second")) == {"second_unique", "second_and_rates", "works"}
    assert "second_and_apart" in chosen(ids("second"), ids("second"), "apart")
    assert "second_and_apart" in chosen(ids("second", "apart"), ids("second"))
    assert "alone" not in chosen(ids("second", "apart"), ids("second"))


def test_a_test_of_an_ephemeral_model_tests_what_that_reads() -> None:
    assert chosen(ids("first"), ids("first")) == {"first_unique", "through"}


SELECTED = Selection(tuple(ids("first", "second", "third")), ("test.shop.first_unique", "test.shop.second_unique"))


def blocked(**statuses: NodeStatus) -> Selection:
    """Say what is tried again after this came of it."""
    found = {}
    for name, status in statuses.items():
        unique_id = f"test.shop.{name}" if name.endswith("unique") else f"model.shop.{name}"
        found[unique_id] = DbtResult(unique_id, status)
    return blocked_by_tests(shop(), SELECTED, found)


def test_what_a_failing_test_has_skipped_is_tried_again_with_its_tests() -> None:
    again = blocked(first="success", first_unique="fail", second="skipped", third="skipped", second_unique="skipped")
    assert again == Selection(tuple(ids("second", "third")), ("test.shop.second_unique",))


@pytest.mark.parametrize("broken", ["error", "unfinished"])
def test_what_a_broken_model_has_skipped_is_not_tried_again_through_ephemeral_models_too(broken: NodeStatus) -> None:
    again = blocked(first=broken, first_unique="skipped", second="skipped", third="skipped", second_unique="skipped")
    assert again == Selection((), ())


def test_a_test_that_could_not_run_breaks_nothing() -> None:
    again = blocked(first="success", first_unique="error", second="skipped", third="skipped", second_unique="skipped")
    assert again.nodes == tuple(ids("second", "third"))


def test_where_all_was_done_nothing_is_tried_again() -> None:
    done = dict.fromkeys(("first", "second", "third", "first_unique", "second_unique"), "success")
    assert blocked(**done) == Selection((), ())  # type: ignore[arg-type]


def test_selectors_name_single_nodes() -> None:
    found = Selection(tuple(ids("first")), ("test.shop.first_unique",)).selectors(shop())
    assert len(found) == 2
    assert all(one.startswith("fqn:shop.") for one in found)
    assert found[0] != found[1]
