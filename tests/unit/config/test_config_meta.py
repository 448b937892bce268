"""`meta.datacanary` means what the same words mean in datacanary.yml, and mistakes are told alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
import yaml

from datacanary.config import parse
from datacanary.config.meta import table_policy
from datacanary.errors import ConfigError, Where
from datacanary.model.config import ColumnPolicy, TablePolicy
from datacanary.model.dbt import Json

HEAD = "version: 1\nwarehouse: duckdb:///w.duckdb\nproduction: shop\n"
WHERE = Where("models/shop.yml")

SAID = """
key: [order_id, "line no"]
dry_run: true
rows_added: {fail: "> 1000"}
rows_removed: pass
column_removed: warn
columns:
  "*_at": ignore
  amount: {tolerance: {abs: 0.005, rel: 1e-9}, measure: true, total: {warn: "> 0.01%"}, direction: increase}
"""


def placeless(policy: TablePolicy) -> TablePolicy:
    """Leave out where it stands."""

    def column(one: ColumnPolicy) -> ColumnPolicy:
        limits = {name: replace(limit, origin="") for name, limit in one.limits.items()}
        return replace(one, limits=limits, origins=dict.fromkeys(one.origins, ""))

    limits = {name: replace(limit, origin="") for name, limit in policy.limits.items()}
    columns = {name: column(one) for name, one in policy.columns.items()}
    return replace(policy, key_origin="", limits=limits, columns=columns)


def test_the_same_words_mean_the_same() -> None:
    indented = SAID.replace("\n", "\n    ")
    there = parse(f"{HEAD}tables:\n  orders:{indented}", "datacanary.yml", {}).policy.tables["orders"]
    here = table_policy(yaml.safe_load(SAID), {}, WHERE)
    assert placeless(here) == placeless(there)
    assert here.key_origin == "models/shop.yml"
    assert here.limits["rows_added"].origin == "models/shop.yml"
    assert here.columns["amount"].origins["tolerance"] == "models/shop.yml"


def test_what_columns_say_joins_what_the_model_says_of_them() -> None:
    found = table_policy({"columns": {"a": "ignore"}}, {"b": {"tolerance": 0.5}, "c": {"ignore": True}}, WHERE)
    assert found.columns["a"].ignore
    assert found.columns["b"].tolerance is not None
    assert found.columns["b"].tolerance.absolute == 0.5
    assert found.columns["c"].ignore


def test_a_mask_is_no_policy() -> None:
    assert table_policy({"mask": True}, {"a": {"mask": False}, "b": {"mask": True}}, WHERE) == TablePolicy()
    found = table_policy({}, {"a": {"mask": True, "ignore": True}}, WHERE)
    assert found.columns == {"a": ColumnPolicy(ignore=True)}


@pytest.mark.parametrize(
    ("meta", "columns", "expected"),
    [
        ({"kye": "id"}, {}, "Unknown key 'kye' under orders.meta.datacanary. Did you mean 'key'? Valid: key, mater"),
        (
            {"masked": True},
            {},
            "Unknown key 'masked' under orders.meta.datacanary. Did you mean 'mask'? Valid: key, mater",
        ),
        (
            {},
            {"a": {"tolerances": 1}},
            "Unknown key 'tolerances' under orders.a.meta.datacanary. Did you mean 'toleranc",
        ),
        (
            {},
            {"a": {"masked": 1}},
            "Unknown key 'masked' under orders.a.meta.datacanary. Did you mean 'mask'? Valid: igno",
        ),
        ({"mask": "yes"}, {}, "orders.meta.datacanary.mask must be true or false; found the text 'yes'."),
        ({}, {"a": {"mask": None}}, "orders.a.meta.datacanary.mask must be true or false; found nothing."),
        ({"key": None}, {}, "orders.meta.datacanary.key must be a column's name or a list of them; found nothing."),
        ({"key": 5}, {}, "orders.meta.datacanary.key must be a column's name or a list of them; found the number 5."),
        ({"key": [["a"]]}, {}, "Each entry of orders.meta.datacanary.key must be a column's name; found a list."),
        ({"dry_run": "true"}, {}, "orders.meta.datacanary.dry_run must be true or false; found the text 'true'."),
        ({"columns": ["a"]}, {}, "orders.meta.datacanary.columns must be a mapping from columns to what holds for th"),
        ({"columns": []}, {"a": {"ignore": True}}, "orders.meta.datacanary.columns must be a mapping from columns to "),
        (
            {"columns": {"a": {"mask": True}}},
            {},
            "Unknown key 'mask' under orders.meta.datacanary.columns.a.",
        ),
        (
            {"columns": {"a": "ignore"}},
            {"a": {"measure": True}},
            "orders.a.meta.datacanary and orders.meta.datacanary.columns both speak of column 'a'. Keep one.",
        ),
        (
            {"key": "a"},
            {"a": {"ignore": True}},
            "Column 'a' is ignored, but orders.meta.datacanary.key pairs rows by it.",
        ),
        ({"rows_added": {"fail": "> much"}}, {}, "orders.meta.datacanary.rows_added"),
        ({"rows_added": 5}, {}, "orders.meta.datacanary.rows_added must be a limit, as"),
    ],
)
def test_mistakes(meta: Mapping[str, Json], columns: Mapping[str, Mapping[str, Json]], expected: str) -> None:
    with pytest.raises(ConfigError) as error:
        table_policy(meta, columns, WHERE, "orders")
    assert str(error.value).startswith(f"models/shop.yml: {expected}")
    assert error.value.where == WHERE


def test_without_a_name_the_path_is_bare() -> None:
    with pytest.raises(ConfigError, match=r"Unknown key 'kye' under meta\.datacanary\."):
        table_policy({"kye": 1}, {}, WHERE)
    with pytest.raises(ConfigError, match=r"Unknown key 'kye' under a\.meta\.datacanary\."):
        table_policy({}, {"a": {"kye": 1}}, WHERE)
