"""What a change touches: exactly what changed and everything that reads it, in either version."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datacanary import config as config_room
from datacanary.errors import UsageError
from datacanary.impact.change import changes_between
from datacanary.impact.plan import make_plan
from datacanary.model.basic import Pair, Relation, Version
from datacanary.model.plan import Plan
from datacanary.model.project import DataFile, Project, SourceData
from datacanary.project.plain_sql import parse

CONFIG = "version: 1\nwarehouse: duckdb:///shop.duckdb\nproduction: analytics\n"
Files = Mapping[str, str]


def version(texts: Files, sources: Files | None = None, settings: str = "", files: Files | None = None) -> Project:
    """Parse models by name; `sources` and `files` are the identities of data, by name and by path."""
    config = config_room.parse(CONFIG + settings, "datacanary.yml", {})
    data = tuple(
        SourceData(relation(name), f"{name}.csv", (DataFile(f"{name}.csv", tracked=True, identity=identity),))
        for name, identity in (sources or {}).items()
    )
    paths = {f"models/{name}.sql": text for name, text in texts.items()}
    parsed = parse(paths, config, data, Version("main", "0" * 40), dialect="duckdb", catalog="shop")
    named = {
        path: SourceData(None, path, (DataFile(path, tracked=True, identity=(files or {}).get(path, "")),))
        for model in parsed.models.values()
        for path in model.files()
    }
    return replace(parsed, files=named)


def relation(name: str) -> Relation:
    schema, _, table = name.rpartition(".")
    return Relation(schema or "analytics", table)


def plan(base: Project, head: Project, *select: str) -> Plan:
    return make_plan(Pair(base, head), "analytics", select)


def effects(made: Plan) -> dict[str, str]:
    return {table.name: table.effect for table in made.tables}


def reasons(made: Plan) -> dict[str, str]:
    return {table.name: table.reason for table in made.tables if table.effect != "unaffected"}


def builds(made: Plan) -> set[str]:
    found = [f"{build.place} {build.model.relation.name}" for build in made.builds]
    assert len(found) == len(set(found))
    return set(found)


CHAIN = {"a": "SELECT 1 AS id", "b": "FROM a", "c": "FROM b", "x": "SELECT 2 AS id"}


def test_a_changed_query_touches_all_that_read_it() -> None:
    made = plan(version(CHAIN), version(CHAIN | {"b": "FROM a WHERE id > 0"}))
    assert effects(made) == {"a": "unaffected", "b": "changed", "c": "inherited", "x": "unaffected"}
    assert reasons(made) == {"b": "its query changed", "c": "it reads b, which can differ"}
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


@pytest.mark.parametrize("name", ["Total", "TOTAL", '"total"', "date", "Date"])
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
    assert effects(made) == {"a": "unaffected", "new": "renamed", "reader": "changed"}
    assert reasons(made)["new"] == "renamed from old; its query is the same"
    (renamed,) = [table for table in made.tables if table.effect == "renamed"]
    assert renamed.relations == Pair(relation("old"), relation("new"))
    assert renamed.paths == Pair("models/old.sql", "models/new.sql")
    assert builds(made) == {"shared a", "base old", "base reader", "head new", "head reader"}


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
    assert effects(made) == {"a": "changed", "b": "inherited"}
    assert reasons(made)["a"] == "it is now a view, it was a table"


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
    assert reasons(made)["end"] == "it reads l and r, which can differ"
    assert builds(made) == {f"{side} {name}" for side in ("base", "head") for name in base}
    # Only one arm changed: the other one is the same for both.
    made = plan(version(base), version(base | {"l": "FROM top LIMIT 1"}))
    assert reasons(made) == {"l": "its query changed", "end": "it reads l, which can differ"}
    assert builds(made) == {"shared top", "shared r", "base l", "head l", "base end", "head end"}


def test_what_base_read_counts_too() -> None:
    base = {"a": "SELECT 1 AS id", "b": "SELECT 1 AS id", "c": "FROM a", "d": "FROM c"}
    made = plan(version(base), version(base | {"a": "SELECT 2 AS id", "c": "FROM b"}))
    assert effects(made) == {"a": "changed", "b": "unaffected", "c": "changed", "d": "inherited"}
    assert builds(made) == {"base a", "head a", "base c", "head c", "base d", "head d", "shared b"}


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


# Laws over random graphs.

Graph = dict[str, tuple[tuple[str, ...], int]]
"""Per model: what it reads, and a number that stands for the rest of its text."""

NAMES = tuple("abcdefg")


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=1).map(sorted))
    return {
        name: (tuple(sorted(draw(st.sets(st.sampled_from(names[:index]))))) if index else (), draw(st.integers(0, 1)))
        for index, name in enumerate(names)
    }


def graph_version(graph: Graph) -> Project:
    return version(
        {name: f"SELECT {number} AS {name} FROM {', '.join(('w', *reads))}" for name, (reads, number) in graph.items()}
    )


@settings(deadline=None)
@given(graphs(), graphs())
def test_affected_is_what_changed_and_all_that_reads_it_in_either_version(base: Graph, head: Graph) -> None:
    made = plan(graph_version(base), graph_version(head))
    changed = {name for name in {*base, *head} if differs(name, base, head)}
    affected = {name for name in {*base, *head} if reaches(name, changed, base) or reaches(name, changed, head)}
    renamed = {(table.relations.base, table.relations.head) for table in made.tables if table.effect == "renamed"}
    old = {pair[0].name for pair in renamed if pair[0]}

    assert {name for name, effect in effects(made).items() if effect != "unaffected"} | old == affected | changed
    assert {name for name, effect in effects(made).items() if effect == "inherited"} == affected - changed


def differs(name: str, base: Graph, head: Graph) -> bool:
    if name not in base or name not in head:
        return True
    # A name that is no model in one version is a table of the warehouse there.
    return base[name] != head[name] or any((read in base) != (read in head) for read in base[name][0])


def reaches(name: str, targets: set[str], graph: Graph) -> bool:
    return name in targets or any(reaches(read, targets, graph) for read in graph.get(name, ((), 0))[0])


@settings(deadline=None)
@given(graphs(), graphs())
def test_what_is_unaffected_is_built_once_and_only_if_an_affected_one_reads_it(base: Graph, head: Graph) -> None:
    projects = Pair(graph_version(base), graph_version(head))
    made = make_plan(projects, "analytics")
    untouched = {name for name, effect in effects(made).items() if effect == "unaffected"}
    both = {name: base.get(name, ((), 0))[0] + head.get(name, ((), 0))[0] for name in {*base, *head}}
    needed = closure({name for name in both if name not in untouched}, lambda name: both[name])

    for build in made.builds:
        assert (build.place == "shared") == (build.model.relation.name in untouched)
        assert build.model.relation.name in needed
    # Every build finds what it reads, where the plan says that it is.
    there = {(build.place, build.model.relation) for build in made.builds}
    for build in made.builds:
        for read in build.model.reads("model"):
            assert (made.place_of(read, build.place), read) in there
    # And both sides of whatever is compared are there.
    for table in made.tables:
        for side in ("base", "head") if table.compared else ():
            assert (side, table.relations.of("base" if side == "base" else "head")) in there


def closure(names: set[str], reads: Callable[[str], tuple[str, ...]]) -> set[str]:
    found, pending = set(names), list(names)
    while pending:
        new = set(reads(pending.pop())) - found
        found |= new
        pending.extend(new)
    return found


@settings(deadline=None)
@given(graphs(), graphs())
def test_the_same_versions_the_other_way_round_have_the_same_changes(base: Graph, head: Graph) -> None:
    one, other = (changes_between(Pair(*pair)) for pair in _both_ways(base, head))
    assert one.own.keys() == other.own.keys()
    assert one.inherited == other.inherited


def _both_ways(base: Graph, head: Graph) -> tuple[tuple[Project, Project], tuple[Project, Project]]:
    versions = graph_version(base), graph_version(head)
    return versions, (versions[1], versions[0])
