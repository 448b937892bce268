"""Promotions in PostgreSQL: what belongs to production's tables goes over to the judged ones, and comes back."""

import pytest
from postgres_database import Database
from postgres_production import (
    NEXT,
    ORDERS,
    WORDS,
    build,
    definitions,
    kept,
    promote,
    quoted,
    releases,
    removal_of,
    role,
    roll_back,
    schema_of,
    view_of,
)

from datacanary.errors import Refused
from datacanary.model.basic import Relation

pytest_plugins = ("postgres_server",)


def test_tables_are_swapped_created_and_removed_and_come_back(shop: Database) -> None:
    before, rows = definitions(shop), shop.contents()
    swaps = (
        build(shop, ORDERS, "select 7 as id, 'z'::text as word, true as new"),
        build(shop, Relation("marts", "extra"), "select 8 as id"),
        removal_of(Relation("raw", "clicks")),
    )
    live = promote(shop, *swaps)
    assert [one.action for one in live] == ["replaced", "created", "removed"]
    assert [one.new_schema for one in live] == [False, True, False]
    assert shop.execute("select * from analytics.orders") == [(7, "z", True)]
    assert shop.execute("select * from analytics.words") == [("z",)]
    assert shop.execute("select * from marts.extra") == [(8,)]
    assert shop.execute(f"select * from {kept(ORDERS)}") == [(1, "a"), (2, "b")]
    assert shop.execute("select to_regclass('raw.clicks')") == [(None,)]
    with releases(shop) as release:
        assert [release.identity(one.relation) for one in live] == [one.promoted for one in live]
        assert [one.tables for one in release.promotions()] == [live]
    roll_back(shop, live)
    assert definitions(shop) == before
    assert {name: told for name, told in shop.contents().items() if "datacanary" not in name} == {
        **rows,
        f"{schema_of(swaps[0])}.orders": shop.contents()[f"{schema_of(swaps[0])}.orders"],
        "dc_20261120_101500_4f1c9e2_head_marts.extra": shop.contents()["dc_20261120_101500_4f1c9e2_head_marts.extra"],
    }
    assert not [name for name in shop.schemas() if "kept" in name or "nowhere" in name or name == "marts"]
    again = promote(shop, *swaps)
    assert [one.promoted for one in again] == [one.promoted for one in live]


def belongings(owner: str, bi: str, other: str) -> tuple[str, ...]:
    """Write what gives a table all that one can have and that goes over; a few rows have to fit."""
    return (
        f"grant usage on schema analytics to {owner}",
        "create table raw.people (id int primary key)",
        "insert into raw.people values (1), (2)",
        "alter table analytics.orders add person int default 1 references raw.people",
        "update analytics.orders set person = id",
        "alter table analytics.orders add constraint pk primary key (id) with (fillfactor = 70)",
        'alter table analytics.orders add constraint "a ""word""" check (word <> \'\')',
        "alter table analytics.orders add constraint apart exclude (word with =)",
        "alter table analytics.orders alter word set not null, alter word set statistics 7",
        "alter table analytics.orders alter word set storage external",
        "alter table analytics.orders alter word set (n_distinct = -0.5)",
        "alter table analytics.orders set (fillfactor = 80, autovacuum_enabled = false)",
        (
            "create unique index by_word on analytics.orders (lower(word) desc) include (id) with (fillfactor = 60) "
            "where id > 0"
        ),
        'create index "by ""id""" on analytics.orders using hash (id)',
        "alter table analytics.orders cluster on pk",
        "create statistics analytics.together (ndistinct) on id, word from analytics.orders",
        "comment on table analytics.orders is 'it''s all'",
        "comment on column analytics.orders.word is 'a word'",
        "comment on index analytics.by_word is 'fast'",
        "comment on constraint pk on analytics.orders is 'the key'",
        f"grant select on analytics.orders to {bi} with grant option",
        "grant select on analytics.orders to public",
        f"grant update (word) on analytics.orders to {other}",
        f"revoke delete on analytics.orders from {owner}",
        f"grant select on analytics.words to {bi}",
    )


def test_all_that_belongs_to_a_table_goes_over(shop: Database) -> None:
    owner, bi, other = (role(shop, name) for name in ("owner", "bi", "other"))
    shop.execute(*belongings(owner, bi, other))
    before = definitions(shop)
    swap = build(shop, ORDERS, "select i as id, 'w' || i as word, 1 as person from generate_series(1, 3000) i")
    shop.execute(f"grant delete on {quoted(schema_of(swap), 'orders')} to public")
    live = promote(shop, swap)
    assert {one for one in definitions(shop) if "word" not in str(one[5])} == {
        one for one in before if "word" not in str(one[5])
    }
    assert definitions(shop) == before
    assert shop.execute(
        f"select has_table_privilege('{bi}', 'analytics.orders', 'select with grant option'), "
        f"has_table_privilege('{other}', 'analytics.orders', 'delete'), "
        f"has_column_privilege('{other}', 'analytics.orders', 'word', 'update')"
    ) == [(True, False, True)]
    plan = shop.execute("explain select * from analytics.orders where lower(word) = 'w7' and id > 0")
    assert "by_word" in str(plan)
    assert shop.execute("select reltuples from pg_class where oid = 'analytics.orders'::regclass") == [(3000.0,)]
    # What was replaced must not keep anybody from deleting in tables that stay.
    shop.execute("delete from raw.people where id = 2")
    with pytest.raises(Refused, match="foreign key"):
        roll_back(shop, live)
    shop.execute("insert into raw.people values (2)")
    roll_back(shop, live)
    assert definitions(shop) == before
    assert [one.promoted for one in promote(shop, swap)] == [one.promoted for one in live]
    assert definitions(shop) == before


def test_foreign_keys_among_promoted_tables_go_over(shop: Database) -> None:
    lines = Relation("analytics", "lines")
    shop.execute(
        "alter table analytics.orders add primary key (id)",
        "create table analytics.lines (id int primary key, order_id int references analytics.orders, up int references "
        "analytics.lines)",
    )
    before = definitions(shop)
    swaps = (
        build(shop, lines, "select 1 as id, 7 as order_id, 1 as up"),
        build(shop, ORDERS, "select 7 as id, 'z' as word"),
    )
    with pytest.raises(Refused, match="lines"):
        promote(shop, swaps[1])
    live = promote(shop, *swaps)
    assert definitions(shop) == before
    roll_back(shop, live)
    assert definitions(shop) == before


def test_views_follow_and_keep_what_they_are(shop: Database) -> None:
    bi = role(shop, "bi")
    shop.execute(
        "create schema marts",
        "create view marts.upper with (security_barrier) as select upper(word) as u from analytics.words",
        "create view marts.both as select o.id, w.word from analytics.orders o join analytics.words w using (word)",
        f"grant select on marts.both to {bi}",
        "comment on view marts.both is 'both'",
        f"alter view analytics.words owner to {role(shop, 'owner')}",
        f"grant select on analytics.words to {bi}",
        "alter view analytics.words set (security_barrier = true)",
        "comment on column analytics.words.word is 'as it is'",
    )
    before = definitions(shop)
    oids = "select 'marts.both'::regclass::oid, 'marts.upper'::regclass::oid"
    numbers = shop.execute(oids)
    swaps = (
        build(shop, ORDERS, "select 7 as id, 'z'::text as word"),
        view_of(WORDS, "select word || '!' as word from analytics.orders"),
    )
    live = promote(shop, *swaps)
    assert shop.execute("select * from marts.upper") == [("Z!",)]
    assert shop.execute(f"select has_table_privilege('{bi}', 'analytics.words', 'select')") == [(True,)]
    assert {one for one in definitions(shop) if one[0] != "view"} == {one for one in before if one[0] != "view"}
    assert shop.execute(oids) == numbers
    assert live[0].readers == (WORDS, Relation("marts", "both"), Relation("marts", "upper"))
    shop.execute("create view marts.since as select id from analytics.orders")
    with releases(shop) as release:
        assert release.readers(live) == (Relation("marts", "since"),)
    roll_back(shop, live)
    assert {one for one in definitions(shop) if one[2] != "since"} == before
    assert shop.execute("select * from marts.since") == [(1,), (2,)]


def test_a_table_may_become_a_view_and_the_other_way(shop: Database) -> None:
    bi = role(shop, "bi")
    shop.execute(
        f"grant select on analytics.orders to {bi}", "create view raw.reads as select word from analytics.words"
    )
    before = definitions(shop)
    live = promote(
        shop,
        view_of(ORDERS, "select id, 'c' || id as word from raw.clicks"),
        build(shop, WORDS, "select 'table'::text as word"),
    )
    assert [(one.kept_kind, one.materialized) for one in live] == [("table", "view"), ("view", "table")]
    assert shop.execute(f"select has_table_privilege('{bi}', 'analytics.orders', 'select')") == [(True,)]
    assert shop.execute("select * from raw.reads") == [("table",)]
    roll_back(shop, live)
    assert definitions(shop) == before


def test_a_chain_of_promotions_is_rolled_back_one_by_one(shop: Database) -> None:
    before = definitions(shop)
    first = promote(shop, build(shop, ORDERS, "select 7 as id, 'z'::text as word"))
    between = definitions(shop)
    second = promote(
        shop,
        build(shop, ORDERS, "select 8 as id, 'y'::text as word", NEXT),
        view_of(WORDS, "select 'new'::text || word as word from analytics.orders"),
        run=NEXT,
    )
    assert shop.execute("select * from analytics.words") == [("newy",)]
    roll_back(shop, second)
    assert (definitions(shop), shop.execute("select * from analytics.words")) == (between, [("z",)])
    roll_back(shop, first)
    assert (definitions(shop), shop.execute("select * from analytics.words")) == (before, [("a",), ("b",)])


def test_promotions_of_a_table_and_of_its_reader_are_rolled_back_in_any_order(shop: Database) -> None:
    table = promote(shop, build(shop, ORDERS, "select 7 as id, 'z'::text as word"))
    view = promote(shop, view_of(WORDS, "select 'new'::text as word from analytics.orders"), run=NEXT)
    roll_back(shop, table)
    assert shop.execute("select * from analytics.words") == [("new",), ("new",)]
    roll_back(shop, view)
    assert shop.execute("select * from analytics.words") == [("a",), ("b",)]


def test_what_was_kept_and_is_another_one_or_gone_does_not_come_back(shop: Database) -> None:
    live = promote(shop, build(shop, ORDERS, "select 7 as id, 'z'::text as word"))
    shop.execute(f"truncate {kept(ORDERS)}")
    with pytest.raises(Refused, match="is not the table that was kept"):
        roll_back(shop, live)
    shop.execute(f"drop table {kept(ORDERS)}")
    with pytest.raises(Refused, match="is gone"):
        roll_back(shop, live)
    assert shop.execute("select * from analytics.orders") == [(7, "z")]


def test_a_view_that_no_longer_fits_keeps_what_was_replaced_from_coming_back(shop: Database) -> None:
    live = promote(shop, build(shop, ORDERS, "select 7 as id, 'z'::text as word, 1 as extra"))
    shop.execute("create view analytics.since as select extra from analytics.orders")
    with pytest.raises(Refused, match=r"analytics\.since"):
        roll_back(shop, live)
    assert shop.execute("select * from analytics.since") == [(1,)]
    shop.execute("drop view analytics.since")
    roll_back(shop, live)


def test_judged_tables_whose_schema_is_gone_are_dropped_by_a_rollback(shop: Database) -> None:
    swap = build(shop, ORDERS, "select 7 as id, 'z'::text as word")
    live = promote(shop, swap)
    shop.execute(f"drop schema {quoted(schema_of(swap))}")
    before = shop.execute("select count(*) from pg_class")
    roll_back(shop, live)
    assert shop.execute("select count(*) from pg_class") < before
    assert shop.execute("select * from analytics.words") == [("a",), ("b",)]


NAMES = ['say "hi"', "a.b", "größe", "select", "it's", "x" * 63, "é" * 31, "100%s", "back\\slash", " ", "$dc$"]


def test_hostile_names(shop: Database) -> None:
    relations = [Relation(name, name) for name in NAMES]
    for relation in relations:
        table = quoted(relation.schema, relation.name)
        shop.execute(
            f"create schema {quoted(relation.schema)}",
            f"create table {table} ({quoted(relation.name)} int constraint {quoted(relation.name)} check (true))",
            f"create index {quoted('ix' + relation.name[2:])} on {table} ({quoted(relation.name)})",
            f"create view {quoted(relation.schema, 'v')} as select * from {table}",
            f"comment on column {table}.{quoted(relation.name)} is {quoted(relation.name).replace(chr(39), '')!r}"
            if "'" not in relation.name and "\\" not in relation.name
            else "select 1",
        )
    before = {name: shop.execute(f"select * from {quoted(name, 'v')}") for name in NAMES}
    swaps = [build(shop, one, f"select 7 as {quoted(one.name)}") for one in relations]
    live = promote(shop, *swaps)
    assert [shop.execute(f"select * from {quoted(name, 'v')}") for name in NAMES] == [[(7,)]] * len(NAMES)
    roll_back(shop, live)
    assert {name: shop.execute(f"select * from {quoted(name, 'v')}") for name in NAMES} == before


def test_names_that_are_too_long_are_compared_as_they_are_kept(shop: Database) -> None:
    new, old = "n" * 70, "é" * 40
    shop.execute(f"create schema {quoted(old)}")
    before = shop.schemas()
    live = promote(
        shop,
        build(shop, Relation("analytics", "t" * 70), "select 1 as id"),
        build(shop, Relation(new, "t"), "select 2 as id"),
        build(shop, Relation(old, "t"), "select 3 as id"),
        view_of(Relation(old, "v" * 70), "select 4 as id"),
    )
    names = [("analytics", "t" * 63), ("n" * 63, "t"), ("é" * 31, "t"), ("é" * 31, "v" * 63)]
    assert [shop.execute(f"select id from {quoted(*one)}") for one in names] == [[(1,)], [(2,)], [(3,)], [(4,)]]
    roll_back(shop, live)
    assert [one for one in shop.schemas() if not one.startswith("dc_")] == sorted({*before, "datacanary"})
