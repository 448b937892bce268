"""Promotions in PostgreSQL: what belongs to a table and is easily overlooked goes over, or is refused; never lost."""

import pytest
from postgres_database import Database
from postgres_production import (
    ORDERS,
    WORDS,
    build,
    definitions,
    promote,
    quoted,
    removal_of,
    role,
    roll_back,
    schema_of,
    view_of,
)
from postgres_versions import needs

from datacanary.errors import Refused
from datacanary.model.basic import Relation

pytest_plugins = ("postgres_server",)

NEW_ORDERS = "select i as id, 'w' || i as word from generate_series(1, 100) i"
GOES_OVER = {
    "the comment of a constraint's index": (
        "alter table analytics.orders add constraint pk primary key (id), add constraint one unique (word)",
        "comment on index analytics.pk is 'the key''s'",
        "comment on index analytics.one is 'once'",
    ),
    "what is sampled for an index's expression": (
        "create index twice on analytics.orders (id, (id * 2), lower(word))",
        "alter index analytics.twice alter column 2 set statistics 5, alter column 3 set statistics 7",
    ),
    "what is sampled for statistics": (
        "create statistics analytics.together (ndistinct) on id, word from analytics.orders",
        "alter statistics analytics.together set statistics 9",
        "comment on statistics analytics.together is 'both'",
    ),
    "statistics that lie elsewhere and are somebody's": (
        "create statistics raw.together (ndistinct) on id, word from analytics.orders",
        "grant create, usage on schema raw to OTHER",
        "alter statistics raw.together owner to OTHER",
    ),
    "a collation": (
        'alter table analytics.orders alter word type text collate "C"',
        "create index by_word on analytics.orders (word)",
    ),
    "a collation of another type": ('alter table analytics.orders alter word type varchar(9) collate "C"',),
    "the comment of a foreign key": (
        "create table raw.people (id int primary key)",
        "insert into raw.people select generate_series(1, 100)",
        "alter table analytics.orders add constraint person foreign key (id) references raw.people",
        "comment on constraint person on analytics.orders is 'who'",
    ),
}


@pytest.mark.parametrize("what", GOES_OVER)
def test_it_goes_over_and_comes_back(shop: Database, what: str) -> None:
    shop.execute("drop view analytics.words", *(one.replace("OTHER", role(shop, "other")) for one in GOES_OVER[what]))
    before = definitions(shop)
    live = promote(shop, build(shop, ORDERS, NEW_ORDERS))
    assert definitions(shop) == before
    roll_back(shop, live)
    assert definitions(shop) == before


@pytest.mark.parametrize("what", ["statistics that lie elsewhere and are somebody's", "the comment of a foreign key"])
def test_it_comes_back_with_a_table_that_was_removed(shop: Database, what: str) -> None:
    shop.execute("drop view analytics.words", *(one.replace("OTHER", role(shop, "other")) for one in GOES_OVER[what]))
    before = definitions(shop)
    roll_back(shop, promote(shop, removal_of(ORDERS)))
    assert definitions(shop) == before


def test_a_collation_that_the_judged_table_has_of_its_own_stays(shop: Database) -> None:
    shop.execute("drop view analytics.words", 'alter table analytics.orders alter word type text collate "C"')
    promote(shop, build(shop, ORDERS, "select 1 as id, 'a'::varchar collate \"POSIX\" as word"))
    found = shop.execute(
        "select attcollation::regcollation::text from pg_attribute "
        "where attrelid = 'analytics.orders'::regclass and attname = 'word'"
    )
    assert found == [('"POSIX"',)]


def test_the_defaults_of_a_view_go_over(shop: Database) -> None:
    shop.execute("alter view analytics.words alter column word set default 'it''s'")
    before = definitions(shop)
    live = promote(shop, view_of(WORDS, "select word from analytics.orders where id > 0"))
    shop.execute("insert into analytics.words default values")
    assert shop.execute("select word from analytics.orders where id is null") == [("it's",)]
    roll_back(shop, live)
    assert definitions(shop) == before


def test_not_null_with_a_name_that_sorts_after_that_of_the_primary_key(shop: Database) -> None:
    needs(shop, 18)
    people = Relation("raw", "people")
    shop.execute("create table raw.stg (user_id int primary key)", "alter table raw.stg rename to people")
    before = definitions(shop)
    live = promote(shop, build(shop, people, "select 1 as user_id"))
    assert definitions(shop) == before
    roll_back(shop, live)
    assert definitions(shop) == before


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ("constraint positive check (id > 0)", "constraint positive check (id < 100)"),
        ("constraint one unique (id)", "constraint one unique (id, word)"),
        ("constraint one check (id > 0)", "constraint one unique (id)"),
    ],
)
def test_another_constraint_of_the_same_name_is_refused(shop: Database, mine: str, theirs: str) -> None:
    shop.execute(f"alter table analytics.orders add {theirs}")
    swap, before = build(shop, ORDERS, NEW_ORDERS), definitions(shop)
    shop.execute(f"alter table {quoted(schema_of(swap), 'orders')} add {mine}")
    with pytest.raises(Refused, match=theirs.split()[1]) as refused:
        promote(shop, swap)
    for one in (mine, theirs):
        assert one.split(None, 2)[2].upper() in str(refused.value).upper().replace("((", "(").replace("))", ")")
    assert "Nothing was changed." in refused.value.hint
    assert definitions(shop) == before


def test_constraints_that_say_the_same_are_called_as_in_production(shop: Database) -> None:
    shop.execute(
        "alter table analytics.orders add constraint a check (id > 0), add constraint b check (id > 0)",
        "alter table analytics.orders add constraint k primary key (id)",
        "comment on constraint k on analytics.orders is 'the key'",
        "comment on constraint b on analytics.orders is 'theirs'",
    )
    swap, before = build(shop, ORDERS, NEW_ORDERS), definitions(shop)
    name = quoted(schema_of(swap), "orders")
    shop.execute(
        f"alter table {name} add constraint b check (id > 0), add constraint k primary key (id)",
        f"comment on constraint b on {name} is 'mine'",
    )
    promote(shop, swap)
    changed = {(one[3], one[5]) for one in definitions(shop) - before}
    assert changed == {("b", "mine")}


def test_foreign_keys_that_the_judged_tables_have_already_stay(shop: Database) -> None:
    lines = Relation("analytics", "lines")
    keys = ("primary key (id)", "primary key (id), add constraint whose foreign key (order_id) references")
    shop.execute(
        "create table analytics.lines (id int, order_id int)",
        f"alter table analytics.orders add {keys[0]}",
        f"alter table analytics.lines add {keys[1]} analytics.orders",
        "comment on constraint whose on analytics.lines is 'theirs'",
    )
    before = definitions(shop)
    swaps = build(shop, ORDERS, NEW_ORDERS), build(shop, lines, "select 1 as id, 2 as order_id")
    built = [quoted(schema_of(one), one.target.name) for one in swaps]
    shop.execute(f"alter table {built[0]} add {keys[0]}", f"alter table {built[1]} add {keys[1]} {built[0]}")
    live = promote(shop, *swaps)
    assert definitions(shop) == before
    roll_back(shop, live)
    assert definitions(shop) == before


def test_a_rollback_needs_no_name_that_somebody_could_have_taken(shop: Database) -> None:
    live = promote(shop, build(shop, ORDERS, NEW_ORDERS))
    shop.execute("create schema dc_restored_nowhere")
    roll_back(shop, live)
    assert shop.execute("select count(*) from analytics.orders") == [(2,)]
