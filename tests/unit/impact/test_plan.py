"""What a change touches: what changed, and everything that reads what can differ of it, in either version."""

import pytest
from planned import Files, builds, effects, impacts, plan, reasons, relation, spared, version

from datacanary.errors import UsageError
from datacanary.model.basic import Pair, Relation

CHAIN = {"a": "SELECT 1 AS id", "b": "FROM a", "c": "FROM b", "x": "SELECT 2 AS id"}


def test_a_changed_query_touches_all_that_read_what_it_changes() -> None:
    made = plan(version(CHAIN), version(CHAIN | {"b": "FROM a WHERE id > 0"}))
    assert effects(made) == {"a": "unaffected", "b": "changed", "c": "inherited", "x": "unaffected"}
    assert reasons(made)["b"].startswith("its query changed")
    assert reasons(made)["c"] == "it reads b, which can differ"
    assert builds(made) == {"shared a", "base b", "base c", "head b", "head c"}


def test_nothing_changed_nothing_built() -> None:
    made = plan(version(CHAIN), version(CHAIN))
    assert set(effects(made).values()) == {"unaffected"}
    assert not made.builds


NO_CHANGE = [
    "SELECT a.id, count(*) AS n FROM a GROUP BY a.id",
    "select a.id,\n\n\tcount(*) as n\r\nfrom a group  by a.id;",
    "-- a note\nSELECT a.id, /* two */ count(*) AS n FROM a GROUP BY a.id -- three",
]


@pytest.mark.parametrize("text", NO_CHANGE)
def test_white_space_comments_and_the_case_of_keywords_are_no_change(text: str) -> None:
    base = {"a": "SELECT 1 AS id", "b": NO_CHANGE[0]}
    assert not plan(version(base), version(base | {"b": text})).builds


def test_a_query_that_is_written_otherwise_and_means_the_same() -> None:
    head = "WITH w AS (SELECT id AS w FROM a) SELECT w AS id FROM w WHERE 0 < w AND true"
    made = plan(version(CHAIN | {"b": "SELECT * FROM a WHERE id > 0"}), version(CHAIN | {"b": head}))
    assert set(effects(made).values()) == {"unaffected"}
    assert spared(made) == {
        "b": "its query is written otherwise, and means the same",
        "c": "it reads b, but nothing there that can differ",
    }
    assert not made.builds
    assert all(impact.nothing and impact.equal == ("id",) for impact in impacts(made).values())


def test_rows_in_another_order_are_the_same_rows_but_for_who_heeds_it() -> None:
    base = CHAIN | {"few": "FROM b LIMIT 1"}
    made = plan(version(base), version(base | {"b": "FROM a ORDER BY id"}))
    assert effects(made) == {
        "a": "unaffected",
        "b": "unaffected",
        "c": "unaffected",
        "few": "inherited",
        "x": "unaffected",
    }
    assert spared(made)["b"] == (
        "its query is written otherwise, and means the same; its rows can come in another order"
    )
    assert builds(made) == {"shared a", "base b", "base few", "head b", "head few"}


def test_a_reader_of_other_columns_is_spared() -> None:
    base = {"a": "SELECT 1 AS id, 2 AS v", "same": "SELECT id FROM a", "b": "SELECT v FROM a", "last": "FROM same"}
    made = plan(version(base), version(base | {"a": "SELECT 1 AS id, 3 AS v"}))
    assert effects(made) == {"a": "changed", "b": "inherited", "same": "unaffected", "last": "unaffected"}
    assert spared(made) == {
        "same": "it reads a, but nothing there that can differ",
        "last": "it reads same, but nothing there that can differ",
    }
    assert builds(made) == {"base a", "head a", "base b", "head b"}


def test_what_is_spared_and_read_is_built_once_from_what_base_reads() -> None:
    base = {"a": "SELECT 1 AS id, 2 AS v", "same": "SELECT id FROM a", "end": "FROM same"}
    made = plan(version(base), version(base | {"a": "SELECT 1 AS id, 3 AS v", "end": "FROM same LIMIT 0"}))
    assert effects(made) == {"a": "changed", "same": "unaffected", "end": "changed"}
    assert builds(made) == {"base a", "head a", "shared same", "base end", "head end"}
    assert made.place_of(relation("a"), "shared") == "base"
    only_end = plan(version(base), version(base | {"a": "SELECT 1 AS id, 3 AS v", "end": "FROM same LIMIT 0"}), "end")
    assert builds(only_end) == {"base a", "shared same", "base end", "head end"}


def test_a_reader_that_follows_a_new_name_is_spared() -> None:
    base = {"a": "SELECT 1 AS id, 2 AS v", "b": "SELECT id, v FROM a", "c": "SELECT v FROM b"}
    head = {"a": "SELECT 1 AS id, 2 AS w", "b": "SELECT id, w AS v FROM a", "c": "SELECT v FROM b"}
    made = plan(version(base), version(head))
    assert effects(made) == {"a": "changed", "b": "unaffected", "c": "unaffected"}
    assert spared(made)["b"] == "its query is written otherwise, and with what changed in a it means the same"


@pytest.mark.parametrize("name", ["Total", "TOTAL", "date", "Date"])
def test_the_case_of_a_columns_name_is_a_change(name: str) -> None:
    made = plan(version({"a": "SELECT 1 AS total"}), version({"a": f"SELECT 1 AS {name}"}))
    assert effects(made) == {"a": "changed"}


def test_added_and_removed() -> None:
    base = {"a": "SELECT 1 AS id", "gone": "FROM a"}
    made = plan(version(base), version({"a": "SELECT 1 AS id", "new": "FROM a WHERE true"}))
    assert effects(made) == {"a": "unaffected", "gone": "removed", "new": "added"}
    assert reasons(made) == {"gone": "its file was deleted", "new": "new model"}
    assert builds(made) == {"shared a", "head new"}
    assert [table.name for table in made.tables if table.compared] == []


def test_renamed_if_there_is_one_of_that_query() -> None:
    base = {"a": "SELECT 1 AS id", "old": "FROM a", "reader": "FROM old"}
    head = {"a": "SELECT 1 AS id", "new": "from a", "reader": "FROM new"}
    made = plan(version(base), version(head))
    assert effects(made) == {"a": "unaffected", "new": "renamed", "reader": "unaffected"}
    assert reasons(made)["new"] == "renamed from old; its query is the same"
    (renamed,) = [table for table in made.tables if table.effect == "renamed"]
    assert renamed.relations == Pair(relation("old"), relation("new"))
    assert renamed.paths == Pair("models/old.sql", "models/new.sql")
    assert builds(made) == {"shared a", "base old", "head new"}


@pytest.mark.parametrize(
    ("base", "head"),
    [
        ({"one": "SELECT 1", "two": "SELECT 1"}, {"new": "SELECT 1"}),
        ({"old": "SELECT 1"}, {"one": "SELECT 1", "two": "SELECT 1"}),
        ({"old": "SELECT 1"}, {"new": "SELECT 2"}),
        ({"old": "CREATE VIEW old AS SELECT 1"}, {"new": "CREATE VIEW new AS SELECT 1"}),
    ],
)
def test_what_could_be_several_or_is_not_the_same_is_no_rename(base: Files, head: Files) -> None:
    made = plan(version(base), version(head))
    assert effects(made) == dict.fromkeys(base, "removed") | dict.fromkeys(head, "added")


def test_a_table_that_becomes_a_view() -> None:
    base = {"a": "SELECT 1 AS id", "b": "FROM a"}
    made = plan(version(base), version(base, settings="tables:\n  a: {materialized: view}\n"))
    assert effects(made) == {"a": "changed", "b": "unaffected"}
    assert reasons(made)["a"] == "it is now a view, it was a table"
    assert spared(made) == {"b": "it reads a, but nothing there that can differ"}


def test_a_source_whose_data_changed() -> None:
    texts = {"a": "FROM raw.orders", "b": "FROM a", "c": "FROM raw.items"}
    base = version(texts, {"raw.orders": "1", "raw.items": "1"})
    made = plan(base, version(texts, {"raw.orders": "2", "raw.items": "1"}))
    assert effects(made) == {"a": "changed", "b": "inherited", "c": "unaffected"}
    assert reasons(made)["a"] == "its data changed: raw.orders"
    assert {(placed.place, placed.source.identity) for placed in made.sources} == {
        ("base", ("raw.orders.csv=1",)),
        ("head", ("raw.orders.csv=2",)),
    }


def test_a_source_that_did_not_change_is_loaded_once() -> None:
    texts = {"a": "FROM raw.orders", "b": "FROM a"}
    base = version(texts, {"raw.orders": "1"})
    made = plan(base, version(texts | {"b": "FROM a LIMIT 3"}, {"raw.orders": "1"}))
    assert builds(made) == {"shared a", "base b", "head b"}
    assert [placed.place for placed in made.sources] == ["shared"]


def test_a_source_that_one_version_does_not_have() -> None:
    texts = {"a": "FROM raw.orders"}
    made = plan(version(texts), version(texts, {"raw.orders": "1"}))
    assert reasons(made) == {"a": "a name in its query now means another table"}
    assert [placed.place for placed in made.sources] == ["head"]
    assert made.externals == (Relation("raw", "orders"),)


def test_a_data_file_that_a_query_names_itself() -> None:
    texts = {"a": "FROM 'x.csv'", "b": "FROM 'y.csv' UNION ALL FROM a"}
    base = version(texts, files={"x.csv": "1", "y.csv": "1"})
    made = plan(base, version(texts, files={"x.csv": "2", "y.csv": "1"}))
    assert reasons(made) == {"a": "its data changed: x.csv", "b": "it reads a, which can differ"}
    assert {(placed.place, placed.source.pattern) for placed in made.files} == {
        ("base", "x.csv"),
        ("head", "x.csv"),
        ("shared", "y.csv"),
    }
    assert made.shared_files == {"y.csv"}


def test_a_new_model_takes_the_place_of_a_table_of_the_warehouse() -> None:
    base = {"a": "FROM orders", "b": "FROM a"}
    made = plan(version(base), version(base | {"orders": "SELECT 1 AS id"}))
    assert effects(made) == {"a": "changed", "b": "inherited", "orders": "added"}
    assert reasons(made)["a"] == "a name in its query now means another table"
    assert made.externals == (Relation("", "orders"),)


def test_a_nearer_model_takes_the_place_of_another() -> None:
    base = {"staging.reader": "FROM orders", "orders": "SELECT 1"}
    made = plan(version(base), version(base | {"staging.orders": "SELECT 2"}))
    assert effects(made) == {"staging.orders": "added", "staging.reader": "changed", "orders": "unaffected"}


@pytest.mark.parametrize("name", ["gone", "analytics.gone", "shop.analytics.gone"])
def test_head_reads_a_model_that_head_deletes(name: str) -> None:
    base = {"a": f"SELECT *\nFROM {name}", "gone": "SELECT 1 AS id"}
    made = plan(version(base), version({"a": base["a"]}))
    assert effects(made) == {"a": "changed", "gone": "removed"}
    broken = {build.place: build.broken for build in made.builds if build.model.relation == relation("a")}
    assert broken == {
        "base": "",
        "head": "models/a.sql:2 reads analytics.gone, but this version deletes its model (models/gone.sql)",
    }


def test_a_diamond_is_built_once_on_each_side() -> None:
    base = {"top": "SELECT 1 AS id", "l": "FROM top", "r": "FROM top", "end": "FROM l JOIN r USING (id)"}
    made = plan(version(base), version(base | {"top": "SELECT 2 AS id"}))
    assert reasons(made)["end"] == "it reads l.id and r.id, which can differ"
    assert builds(made) == {f"{side} {name}" for side in ("base", "head") for name in base}
    # Only one arm changed: the other one is the same for both.
    made = plan(version(base), version(base | {"l": "FROM top LIMIT 1"}))
    assert reasons(made).keys() == {"l", "end"}
    assert reasons(made)["end"] == "it reads l, which can differ"
    assert builds(made) == {"shared top", "shared r", "base l", "head l", "base end", "head end"}


def test_what_base_read_counts_too() -> None:
    base = {"a": "SELECT 1 AS id", "b": "SELECT 3 AS id", "c": "FROM a", "d": "FROM c"}
    made = plan(version(base), version(base | {"a": "SELECT 2 AS id", "c": "FROM b"}))
    assert effects(made) == {"a": "changed", "b": "unaffected", "c": "changed", "d": "inherited"}
    assert builds(made) == {"base a", "head a", "base c", "head c", "base d", "head d", "shared b"}


def test_another_table_of_the_same_meaning_is_the_same() -> None:
    base = {"a": "SELECT 1 AS id", "b": "SELECT 1 AS id", "c": "FROM a", "d": "FROM c"}
    made = plan(version(base), version(base | {"a": "SELECT 2 AS id", "c": "FROM b"}))
    assert effects(made) == {"a": "changed", "b": "unaffected", "c": "unaffected", "d": "unaffected"}
    assert builds(made) == {"base a", "head a"}


SELECTED: list[tuple[tuple[str, ...], list[str]]] = [
    (("b",), ["b"]),
    (("B",), ["b"]),
    (("analytics.b",), ["b"]),
    (("raw.t",), ["raw.t"]),
    (("t",), ["raw.t", "staging.t"]),
    (("b", "raw.t", "b"), ["b", "raw.t"]),
    (("x",), ["x"]),
    (("new",), ["new"]),
    (("old",), ["new"]),
    (("analytics.OLD",), ["new"]),
    (("gone",), ["gone"]),
]


@pytest.mark.parametrize(("select", "expected"), SELECTED)
def test_select_by_name(select: tuple[str, ...], expected: list[str]) -> None:
    base = {"a": "SELECT 1 AS id", "b": "FROM a", "x": "SELECT 2", "raw.t": "FROM a", "staging.t": "FROM a"}
    head = base | {"a": "SELECT 3 AS id", "new": "SELECT 'r'"}
    made = plan(version(base | {"old": "SELECT 'r'", "gone": "SELECT 'g'"}), version(head), *select)
    assert sorted(effects(made)) == expected
    left_out = {"a", "b", "raw.t", "staging.t", "new", "gone"} - set(expected)
    assert sorted(made.unselected) == sorted(left_out)
    # What is read is built for it, and nothing else.
    assert {build.model.relation.name for build in made.builds} <= {*map(last, expected), "a", "old"}


def last(name: str) -> str:
    return name.rpartition(".")[2]


def test_select_of_what_neither_version_has() -> None:
    with pytest.raises(UsageError) as caught:
        plan(version(CHAIN | {"orders": "SELECT 1"}), version(CHAIN), "b", "order")
    assert str(caught.value) == "No model makes a table 'order'. Did you mean orders?"
    with pytest.raises(UsageError, match="'zzz'") as caught:
        plan(version(CHAIN), version(CHAIN), "zzz")
    assert caught.value.hint == "`datacanary plan` lists all."


def test_a_cut_edge_carries_no_change() -> None:
    cut = 'project: {kind: sql, cut: ["b -> a"]}\n'
    base = {"a": "SELECT 1 AS id", "b": "FROM a"}
    made = plan(version(base, settings=cut), version(base | {"a": "SELECT 2 AS id"}, settings=cut))
    assert effects(made) == {"a": "changed", "b": "unaffected"}
    made = plan(version(base), version(base, settings=cut))
    assert reasons(made) == {"b": "a name in its query now means another table"}
    assert relation("a") in made.externals


def test_what_cannot_be_held_still_is_named_with_its_file() -> None:
    base = {"a": "FROM my_macro(1), information_schema.tables", "b": "FROM duckdb_settings()"}
    made = plan(version(base), version(base | {"a": base["a"] + " LIMIT 1"}))
    assert made.unpinned == ("models/a.sql reads information_schema.tables", "models/a.sql reads my_macro()")
