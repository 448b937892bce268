"""What is built is enough for what is judged and not more, whatever tables are there already."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from datacanary import config as config_room
from datacanary.build.needed import needed
from datacanary.build.places import node_of, upstream
from datacanary.impact.attribution import attributed
from datacanary.impact.plan import make_plan
from datacanary.model.basic import Pair, Physical, Version
from datacanary.model.plan import Build, Node, Plan
from datacanary.model.project import Project
from datacanary.model.reuse import Found
from datacanary.project.plain_sql import parse

CONFIG = "version: 1\nwarehouse: duckdb:///shop.duckdb\nproduction: analytics\n"


def project(texts: dict[str, str]) -> Project:
    config = config_room.parse(CONFIG, "datacanary.yml", {})
    files = {f"models/{name}.sql": text for name, text in texts.items()}
    return parse(files, config, (), Version("main", "0" * 40), dialect="duckdb", catalog="shop")


def planned(seed: int, *, attribute: bool) -> Plan:
    """Plan a random change of random models."""
    chance = random.Random(seed)  # noqa: S311 -- a repeatable choice, no secret
    base: dict[str, str] = {}
    for number in range(chance.randrange(1, 9)):
        read = chance.sample(["raw.a", *base], min(len(base) + 1, chance.randrange(1, 3)))
        base[f"m{number}"] = f"select * from {' natural join '.join(read)}"
    changed = chance.sample(list(base), chance.randrange(0, min(4, len(base)) + 1))
    head = base | {name: f"{base[name]} where {chance.random()} > 0" for name in changed}
    head |= {"new": f"select * from {chance.choice(list(base))}"}
    projects = Pair(project(base), project(head))
    # Of what is not selected, base is built only to be read.
    made = make_plan(projects, "analytics", chance.choice([(), (chance.choice(list(base)),)]))
    return attributed(made, projects) if attribute else made


def compared(plan: Plan) -> set[Node]:
    """Return the builds of base whose rows are compared."""
    bases = [table.relations.base for table in plan.tables if table.compared and table.relations.base]
    return {(plan.place_of(base, "base"), base) for base in bases}


@settings(max_examples=60)
@given(seed=st.integers(0, 10**9), attribute=st.booleans(), share=st.sampled_from([0.0, 0.3, 0.7, 1.0]))
def test_all_that_is_judged_can_be_built_and_nothing_else_is(seed: int, attribute: bool, share: float) -> None:  # noqa: FBT001
    plan = planned(seed, attribute=attribute)
    chance = random.Random(seed)  # noqa: S311
    there = {node_of(build) for build in plan.builds if chance.random() < share}
    asked: list[Node] = []

    def find(build: Build) -> Found | None:
        asked.append(node_of(build))
        node = node_of(build)
        return Found(Physical("run", *map(str, node)), "run") if node in there else None

    chosen = needed(plan, find)
    built = {node_of(build) for build in chosen.builds}
    every = {node_of(build) for build in plan.builds}
    # Enough: what is judged is there, and whatever is built finds what it reads.
    assert {node for node in every if node[0] in {"head", "own"}} <= built
    assert compared(plan) <= built | chosen.found.keys()
    assert all(node in built | chosen.found.keys() for build in chosen.builds for node in upstream(plan, build))
    # Not more: nothing twice, nothing that was found, nothing of base that nobody wants.
    assert not built & chosen.found.keys()
    assert chosen.found.keys() <= there
    assert len(asked) == len(set(asked))
    assert {node[0] for node in asked} <= {"base", "shared"}
    read = {node for build in chosen.builds for node in upstream(plan, build)}
    assert built | set(chosen.found) <= read | compared(plan) | {node for node in every if node[0] in {"head", "own"}}
    assert [build for build in plan.builds if build in chosen.builds] == list(chosen.builds)
    if share == 0:
        assert (chosen.builds, chosen.found) == (plan.builds, {})
    if share == 1:
        assert {node[0] for node in built} <= {"head", "own"}
