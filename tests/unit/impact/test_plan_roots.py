"""Which changes a model inherits, and what is built to tell them from its own."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from datacanary import config as config_room
from datacanary.impact.attribution import attributed
from datacanary.impact.plan import make_plan
from datacanary.model.basic import Pair, Relation, Version
from datacanary.model.plan import Plan
from datacanary.model.project import Project
from datacanary.project.plain_sql import parse

CONFIG = config_room.parse(
    "version: 1\nwarehouse: duckdb:///shop.duckdb\nproduction: analytics\n", "datacanary.yml", {}
)


def version(texts: Mapping[str, str]) -> Project:
    paths = {f"models/{name}.sql": text for name, text in texts.items()}
    return parse(paths, CONFIG, (), Version("main", "0" * 40), dialect="duckdb", catalog="shop")


def plan(base: Mapping[str, str], head: Mapping[str, str], *select: str) -> Plan:
    projects = Pair(version(base), version(head))
    return attributed(make_plan(projects, "analytics", select), projects)


def roots(made: Plan) -> dict[str, tuple[str, ...]]:
    return {table.name: table.roots for table in made.tables if table.roots}


def own(made: Plan) -> set[str]:
    return {build.model.relation.name for build in made.builds if build.place == "own"}


CHAIN = {"a": "SELECT 1 AS id", "b": "FROM a", "c": "FROM b", "d": "FROM c", "x": "FROM a"}


def test_what_is_inherited_comes_from_the_changes_and_not_from_what_stands_between() -> None:
    made = plan(CHAIN, CHAIN | {"b": "FROM a WHERE id > 1"})
    assert roots(made) == {"c": ("b",), "d": ("b",)}
    assert own(made) == set()


def test_all_changes_upstream_are_told_but_never_ones_own() -> None:
    made = plan(CHAIN, CHAIN | {"a": "SELECT 2 AS id", "c": "FROM b WHERE id > 1"})
    assert roots(made) == {"b": ("a",), "c": ("a",), "d": ("a", "c"), "x": ("a",)}
    assert own(made) == {"c"}


def test_who_reads_a_model_of_one_version_alone_has_changed_itself() -> None:
    made = plan(CHAIN, {**CHAIN, "new": "FROM a WHERE id > 1", "b": "FROM new"})
    assert roots(made) == {"c": ("b",), "d": ("b",)}
    assert own(made) == set()


def test_a_new_model_between_is_built_on_the_inputs_of_base() -> None:
    made = plan(CHAIN, {**CHAIN, "a": "SELECT 2 AS id", "new": "FROM a", "b": "FROM new"})
    assert own(made) == {"b", "new"}
    assert [made.place_of(Relation("analytics", name), "own") for name in ("new", "a")] == ["own", "base"]


def test_versions_that_read_each_other_the_other_way_round_are_no_circle() -> None:
    made = plan(
        {"a": "SELECT 1 AS id", "b": "SELECT id + 1 AS id FROM a"},
        {"a": "SELECT id + 1 AS id FROM b", "b": "SELECT 1 AS id"},
    )
    assert roots(made) == {"a": ("b",), "b": ("a",)}


def test_what_is_spared_is_no_root_and_has_none() -> None:
    base = {"a": "SELECT 1 AS id, 2 AS v", "b": "SELECT id FROM a", "c": "FROM b", "d": "FROM a"}
    made = plan(base, base | {"a": "SELECT 1 AS id, 3 AS v", "b": "SELECT a.id FROM a", "c": "FROM b LIMIT 1"})
    assert roots(made) == {"d": ("a",)}
    assert own(made) == set()


NAMES = ("a", "b", "c", "d", "e", "f")
Graph = dict[str, str]


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Draw some models; each reads some of those before it, in one of two ways."""
    made: Graph = {}
    for name in draw(st.permutations(NAMES)):
        if draw(st.integers(0, 5)):
            read = draw(st.lists(st.sampled_from(sorted(made)), max_size=3, unique=True)) if made else []
            tables = " NATURAL JOIN ".join(read) or "raw.t"
            made[name] = f"SELECT {draw(st.integers(0, 1))} AS id FROM {tables}"
    return made


@given(graphs(), graphs(), st.sampled_from((None, *NAMES)))
def test_every_build_finds_what_it_reads(base: Graph, head: Graph, select: str | None) -> None:
    projects = Pair(version(base or {"z": "SELECT 1"}), version(head or {"z": "SELECT 1"}))
    known = {relation.name for project in projects for relation in project.models}
    plain = make_plan(projects, "analytics", (select,) if select in known and select is not None else ())
    made = attributed(plain, projects)
    there = {(build.place, build.model.relation) for build in made.builds}
    assert len(there) == len(made.builds)
    for build in made.builds:
        for read in build.model.reads("model"):
            assert (made.place_of(read, build.place), read) in there
    for table in made.tables:
        assert (("own", table.relations.head) in there) >= (table.effect == "changed" and bool(table.roots))
    assert made.tables == plain.tables
    assert [build for build in made.builds if build.place == "head"] == [
        build for build in plain.builds if build.place == "head"
    ]
