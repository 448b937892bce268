"""Laws of the plan, over random graphs of models."""

from collections.abc import Callable

from hypothesis import example, given
from hypothesis import strategies as st
from planned import effects, impacts, plan, spared, version

from datacanary.impact.change import changes_between
from datacanary.impact.plan import make_plan
from datacanary.model.basic import Pair
from datacanary.model.project import Project

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


@given(graphs(), graphs())
def test_affected_or_spared_is_what_changed_and_all_that_reads_it_in_either_version(base: Graph, head: Graph) -> None:
    made = plan(graph_version(base), graph_version(head))
    changed = {name for name in {*base, *head} if differs(name, base, head)}
    affected = {name for name in {*base, *head} if reaches(name, changed, base) or reaches(name, changed, head)}
    renamed = {(table.relations.base, table.relations.head) for table in made.tables if table.effect == "renamed"}
    old = {pair[0].name for pair in renamed if pair[0]}

    found = {name for name, effect in effects(made).items() if effect != "unaffected"}
    assert found | old | spared(made).keys() == affected
    assert {name for name, effect in effects(made).items() if effect in {"changed", "added", "removed"}} <= changed
    assert {table.name for table in made.tables if table.impact} <= affected
    for name in spared(made):
        assert impacts(made)[name].nothing
    for table in made.tables:
        assert table.impact is None or table.effect == "unaffected" or not table.impact.nothing


def differs(name: str, base: Graph, head: Graph) -> bool:
    if name not in base or name not in head:
        return True
    # A name that is no model in one version is a table of the warehouse there.
    return base[name] != head[name] or any((read in base) != (read in head) for read in base[name][0])


def reaches(name: str, targets: set[str], graph: Graph) -> bool:
    return name in targets or any(reaches(read, targets, graph) for read in graph.get(name, ((), 0))[0])


CROSSED: Graph = dict.fromkeys("abcdefg", ((), 0))


@example(
    {**CROSSED, "b": (("a",), 0), "d": (("a", "b", "c"), 0)},
    {**CROSSED, "c": (("a",), 0), "d": (("a", "b", "c"), 0), "g": (("a", "b", "c", "d"), 0)},
)
@given(graphs(), graphs())
def test_what_is_unaffected_is_built_once_and_only_if_an_affected_one_reads_it(base: Graph, head: Graph) -> None:
    projects = Pair(graph_version(base), graph_version(head))
    made = make_plan(projects, "analytics")
    untouched = {name for name, effect in effects(made).items() if effect == "unaffected"}
    # The same rows in another order are not the same for those who depend on the order.
    alike = untouched - {table.name for table in made.tables if "in another order" in table.reason}
    both = {name: base.get(name, ((), 0))[0] + head.get(name, ((), 0))[0] for name in {*base, *head}}
    needed = closure({name for name in both if name not in untouched}, lambda name: both[name])

    for build in made.builds:
        assert (build.place == "shared") == (build.model.relation.name in alike)
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


@given(graphs(), graphs())
def test_the_same_versions_the_other_way_round_have_the_same_changes(base: Graph, head: Graph) -> None:
    one, other = (changes_between(Pair(*pair)) for pair in _both_ways(base, head))
    assert one.own.keys() == other.own.keys()
    assert one.inherited == other.inherited


def _both_ways(base: Graph, head: Graph) -> tuple[tuple[Project, Project], tuple[Project, Project]]:
    versions = graph_version(base), graph_version(head)
    return versions, (versions[1], versions[0])
