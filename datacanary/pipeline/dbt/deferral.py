"""What no change reaches is read in production by both versions, where it is there; the rest is built."""

from __future__ import annotations

from dataclasses import replace

from datacanary.build.needed import Needed, needed
from datacanary.impact.plan import names_in
from datacanary.model.basic import Relation
from datacanary.model.plan import Build, Plan
from datacanary.model.reuse import Found
from datacanary.pipeline.dbt.kit import Kit
from datacanary.pipeline.dbt.prepare import Prepared


def to_build(plan: Plan, kit: Kit, present: frozenset[Relation]) -> Needed:
    """Leave out of a plan's builds what is `present` in production, unless the config has all of it built."""

    def deferred(build: Build) -> Found | None:
        relation = build.model.relation
        if build.place != "shared" or not kit.work.entry.defer or relation not in present:
            return None
        return Found(kit.contained.physical("base", relation), "", in_production=True)

    return needed(plan, deferred)


def as_built(plan: Plan, chosen: Needed, prepared: Prepared, kit: Kit) -> Plan:
    """Return the plan with only those builds that will be done."""
    name_of = names_in(prepared.projects, kit.production)
    return replace(plan, builds=chosen.builds, in_production=tuple(sorted(name_of(one) for _, one in chosen.found)))
