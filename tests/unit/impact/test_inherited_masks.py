"""What is made of hidden columns is hidden, however it is called."""

from dataclasses import replace
from typing import Any

import pytest
from planned import relation, version

from datacanary.impact.inherited_masks import InheritedMasks
from datacanary.impact.meanings import Meanings
from datacanary.model.basic import Pair
from datacanary.model.declared import Declared
from datacanary.model.project import Unread
from datacanary.report.personal import is_personal

STAGING = "select id, email as contact, lower(city) as town, salary from raw.people"


def hidden_of(texts: dict[str, str], name: str, **masked: str) -> set[str]:
    """Return the hidden columns of a model; `masked` are the columns that the project declares, by model."""
    project = version(texts)
    declared = {relation(model): Declared(masked=frozenset(columns.split())) for model, columns in masked.items()}
    masks = InheritedMasks(Meanings(Pair(project, project), "duckdb", Pair({}, {})), declared, is_personal)
    hidden = masks.of("head", relation(name))
    return {"every"} if hidden.every else set(hidden.columns)


@pytest.mark.parametrize(
    ("query", "hidden"),
    [
        ("select id, contact from stg", {"contact"}),
        ("select id, contact as c from stg", {"c"}),
        ("select id, upper(contact) || '!' as c, town from stg", {"c"}),
        ("select town, count(*) as n from stg group by town", set()),
        ("select town, max(contact) as m from stg group by town", {"m"}),
        ("select a.id, b.c from stg as a join (select id, contact as c from stg) as b on a.id = b.id", {"c"}),
        ("with x as (select contact as y from stg) select y as z from x", {"z"}),
        ("select case when contact like '%@%' then 'a' else 'b' end as k, id from stg", {"k"}),
        ("select id, town from stg where contact is not null", set()),
        ("select id, salary as pay from stg", {"pay"}),
        ("select * from stg", {"contact", "salary"}),
        ("select id as email from stg", {"email"}),
    ],
)
def test_a_column_made_of_a_hidden_one_is_hidden(query: str, hidden: set[str]) -> None:
    assert hidden_of({"stg": STAGING, "mart": query}, "mart", stg="salary") == hidden


def test_it_is_followed_over_many_models_without_recursion() -> None:
    texts = {"m0": STAGING} | {f"m{n}": f"select id, contact, town from m{n - 1}" for n in range(1, 400)}
    assert hidden_of(texts | {"last": "select contact as c, town from m399"}, "last") == {"c"}


def test_a_star_over_what_nobody_knows_passes_names_on() -> None:
    texts = {f"m{n}": f"select * from m{n - 1}" for n in range(1, 400)} | {"m0": "select * from raw.people"}
    assert hidden_of(texts, "m399", m0="salary") == {"salary"}
    assert hidden_of(texts | {"last": "select salary as s, id from m399"}, "last", m0="salary") == {"s"}


def test_without_anything_hidden_nothing_is() -> None:
    assert hidden_of({"stg": "select id, city from raw.people", "mart": "select * from stg"}, "mart") == set()


UNREAD = Unread("our parser does not know this", 1, 1)


@pytest.mark.parametrize(
    ("query", "why", "hidden"),
    [
        ("select id, city from raw.people", {"opaque": "it is Python"}, {"every"}),
        ("select 1 as id", {"opaque": "it is Python"}, set()),
        ("select 1 as id", {"unread": UNREAD}, {"every"}),
    ],
)
def test_what_nobody_can_read_is_hidden_unless_it_reads_nothing(
    query: str, why: dict[str, Any], hidden: set[str]
) -> None:
    project = version({"stg": query})
    model = replace(project.models[relation("stg")], **why)
    project = replace(project, models={**project.models, relation("stg"): model})
    masks = InheritedMasks(Meanings(Pair(project, project), "duckdb", Pair({}, {})), {}, is_personal)
    found = masks.of("head", relation("stg"))
    assert ({"every"} if found.every else set(found.columns)) == hidden
