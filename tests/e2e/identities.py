"""A plain identity for every build, so that what is read again can be tested whatever the planner knows of queries."""

import hashlib
import re
from dataclasses import replace

import pytest

from datacanary.build.places import node_of, upstream
from datacanary.model.plan import Build, Node, Plan
from datacanary.pipeline import check as checking
from datacanary.pipeline import planning
from datacanary.pipeline.versions import Asked, Versions

_BY_CHANCE = re.compile(r"\b(random|now|any_value|first|limit)\b", re.IGNORECASE)


def identity_of(build: Build, plan: Plan) -> str:
    """Hash the words of a build's query and of all that it reads; nothing where chance has a say."""
    builds = {node_of(one): one for one in plan.builds}
    words: list[str] = []
    pending: list[Node] = [node_of(build)]
    while pending:
        model = builds[pending[-1]].model
        if _BY_CHANCE.search(model.text):
            return ""
        words += [model.fingerprint, *(f"{one.kind} {one.target} {one.path}" for one in model.references)]
        pending += upstream(plan, builds[pending.pop()])
    return hashlib.sha256("\n".join(words).encode()).hexdigest()


def identified(plan: Plan) -> Plan:
    """Fill in what the builds of both versions will make."""
    return replace(plan, builds=tuple(replace(build, identity=identity_of(build, plan)) for build in plan.builds))


def use_plain_identities(patch: pytest.MonkeyPatch) -> None:
    """Have every check within this process plan with them."""

    def plan_only(asked: Asked) -> tuple[Versions, Plan]:
        versions, plan = planning.plan_only(asked)
        return versions, identified(plan)

    patch.setattr(checking, "plan_only", plan_only)
