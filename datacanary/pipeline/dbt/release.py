"""What a run of a dbt project may promote, and what must still be true then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from datacanary.build.needed import Needed
from datacanary.model.basic import Fingerprint, Relation
from datacanary.model.built import Built
from datacanary.model.plan import Plan
from datacanary.model.release import Observed, ReleasePlan, Swap
from datacanary.model.verdict import Subject
from datacanary.pipeline.dbt.prepare import Prepared
from datacanary.pipeline.release_plan import gone, kept_as, new_upstream_first, not_compared
from datacanary.protocols.contained import BuiltTables
from datacanary.protocols.workspace import Standing

_SWAPPABLE = frozenset({"table", "view", "incremental", "seed", "snapshot"})


def observed_reads(plan: Plan, chosen: Needed, there: Standing) -> tuple[Observed, ...]:
    """Identify what the builds read and do not make: sources, and models that lie in production."""
    names = {
        read
        for build in chosen.builds
        for read in build.model.reads("external", "previous", "model")
        if (plan.place_of(read, build.place), read) in chosen.found or read not in _made(plan)
    }
    located = ((name, there.locate(name)) for name in sorted(names))
    return tuple(
        Observed(found, there.fingerprint(there.production(found))) for _, found in located if found is not None
    )


def _made(plan: Plan) -> frozenset[Relation]:
    return frozenset(build.model.relation for build in plan.builds)


@dataclass(frozen=True, slots=True)
class Head:
    """What head's dbt has built: where, by which nodes, and the run that it belongs to.

    `judged` are the identities of the tables' rows from before they were compared.
    """

    prepared: Prepared
    built: Built
    tables: BuiltTables
    run_id: str
    judged: Mapping[Relation, Fingerprint]

    @classmethod
    def of(cls, prepared: Prepared, built: Built, tables: BuiltTables, run_id: str, plan: Plan) -> Head:
        """Look at what head's dbt has built, before anything of it is read."""
        judged: dict[Relation, Fingerprint] = {}
        for relation in new_upstream_first(plan):
            outcome = built.outcomes.get(("head", relation))
            if outcome is None or not outcome.succeeded or tables.view(outcome.physical):
                continue
            found = tables.fingerprint(outcome.physical)
            if found is not None:
                judged[relation] = found
        return cls(prepared, built, tables, run_id, judged)


def with_swaps(release: ReleasePlan, plan: Plan, subjects: Sequence[Subject], head: Head) -> ReleasePlan:
    """Plan one swap for each table that head changes, adds, removes or renames."""
    made = tuple(_swap(relation, head) for relation in new_upstream_first(plan) if _is_there(relation, head))
    obstacles = (*release.obstacles, *not_compared(subjects), *_not_swappable(plan, head))
    return replace(release, swaps=made + gone(plan, head.run_id), obstacles=obstacles)


def _is_there(relation: Relation, head: Head) -> bool:
    outcome = head.built.outcomes.get(("head", relation))
    return outcome is not None and outcome.succeeded


def _swap(relation: Relation, head: Head) -> Swap:
    physical = head.built.outcomes["head", relation].physical
    view = head.tables.view(physical)
    kept, judged = kept_as(head.run_id, relation), head.judged.get(relation)
    return Swap(relation, physical, "view" if view else "table", view, kept, judged=judged)


def _not_swappable(plan: Plan, head: Head) -> Iterator[str]:
    manifest, nodes = head.prepared.manifests.head, head.prepared.nodes.head
    for relation in new_upstream_first(plan):
        node = manifest.nodes[nodes[relation]]
        if node.materialized not in _SWAPPABLE:
            yield f"{relation} is made by the materialization {node.materialized}, which only dbt can put into place"
