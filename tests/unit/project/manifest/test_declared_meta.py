"""Which columns a project marks as personal, and what it tells this program under meta."""

from __future__ import annotations

import pytest
from made_manifest import Object, columns, one_node

from datacanary.errors import ConfigError, Where
from datacanary.project.manifest.declared import Masked, masked_columns, own_meta


@pytest.mark.parametrize(
    ("said", "masked"),
    [
        ({"tags": ["pii"]}, True),
        ({"tags": ["nightly", "PII:email"]}, True),
        ({"tags": ["contains_pii"]}, True),
        ({"config": {"tags": ["pii"]}}, True),
        ({"tags": ["piii", "no_pii", "pii_free", "not:pii"]}, False),
        ({"meta": {"pii": True}}, True),
        ({"meta": {"PII": "email"}}, True),
        ({"meta": {"contains_pii": 1}}, True),
        ({"config": {"meta": {"contains_pii": True}}}, True),
        ({"meta": {"pii": False, "contains_pii": "no"}}, False),
        ({"meta": {"pii": None, "contains_pii": []}}, False),
        ({"meta": {"owner": "pii"}}, False),
        ({"meta": {"datacanary": {"mask": True}}}, True),
        ({"meta": {"datacanary": {"mask": False}}}, False),
        ({"meta": {"datacanary": {"mask": "true"}}}, True),
        ({"meta": {"datacanary": {"ignore": True}}}, False),
        ({"tags": ["pii"], "meta": {"pii": True, "datacanary": {"mask": False}}}, False),
    ],
)
def test_personal(said: Object, *, masked: bool) -> None:
    found = masked_columns(one_node(columns=columns("id", "E_Mail", E_Mail=said)))
    assert found == Masked(all=False, columns=frozenset({"e_mail"} if masked else ()))
    assert masked_columns(one_node(**said)).all == masked


def test_what_is_masked_as_a_whole_stays_masked() -> None:
    shown: Object = {"meta": {"datacanary": {"mask": False}}}
    found = masked_columns(one_node(tags=["pii"], columns=columns("id", "name", id=shown, name={"tags": ["pii"]})))
    assert found == Masked(all=True, columns=frozenset({"name"}))


def test_own_meta_of_a_model_and_its_columns() -> None:
    said = columns("a", "b", "c", a={"meta": {"datacanary": {"tolerance": 1}}}, b={"meta": {"datacanary": "ignore"}})
    found = own_meta(one_node(config={"meta": {"datacanary": {"key": "id"}}}, columns=said))
    assert found
    assert found.table == {"key": "id"}
    assert found.columns == {"a": {"tolerance": 1}, "b": {"ignore": True}}
    assert found.where == Where("models/shop.yml")


def test_a_model_that_says_nothing() -> None:
    found = own_meta(one_node(columns=columns("a"), patch_path=None))
    assert not found
    assert found.where == Where("models/orders.sql")


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"meta": {"datacanary": ["key"]}}, "orders"),
        ({"meta": {"datacanary": "ignore"}}, "orders"),
        ({"columns": columns("a", a={"meta": {"datacanary": "ignored"}})}, "orders.a"),
    ],
)
def test_own_meta_must_be_a_mapping(changes: Object, name: str) -> None:
    with pytest.raises(ConfigError) as error:
        own_meta(one_node(**changes))
    assert error.value.problem == f"meta.datacanary of {name} must be a mapping."
    assert error.value.where == Where("models/shop.yml")
    assert "under tables: in datacanary.yml" in error.value.hint
