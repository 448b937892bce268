"""What a run of a dbt project may promote, and what must still be true then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from datacanary.build.needed import Needed
from datacanary.model.basic import Relation
from datacanary.model.built import Built
from datacanary.model.plan import Plan
from datacanary.model.release import Observed, Swap
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
    """What head's dbt has built: where, by which nodes, and the run that it belongs to."""

    prepared: Prepared
    built: Built
    tables: BuiltTables
    run_id: str


def swaps(plan: Plan, head: Head) -> tuple[Swap, ...]:
    """Plan one swap for each table that head changes, adds, removes or renames; before anything is compared.

    So what is written between then and the promotion is noticed.
    """
    made = tuple(_swap(relation, head) for relation in new_upstream_first(plan) if _is_there(relation, head))
    return made + gone(plan, head.run_id)


def obstacles(plan: Plan, subjects: Sequence[Subject], head: Head) -> tuple[str, ...]:
    """Say why the run cannot be promoted as a whole, verdict aside."""
    return (*not_compared(subjects), *_not_swappable(plan, head))


def _is_there(relation: Relation, head: Head) -> bool:
    outcome = head.built.outcomes.get(("head", relation))
    return outcome is not None and outcome.succeeded


def _swap(relation: Relation, head: Head) -> Swap:
    physical, kept = head.built.outcomes["head", relation].physical, kept_as(head.run_id, relation)
    view = head.tables.view(physical)
    if view:
        return Swap(relation, physical, "view", view, kept)
    return Swap(relation, physical, "table", "", kept, judged=head.tables.fingerprint(physical))


def _not_swappable(plan: Plan, head: Head) -> Iterator[str]:
    manifest, nodes = head.prepared.manifests.head, head.prepared.nodes.head
    for relation in new_upstream_first(plan):
        node = manifest.nodes[nodes[relation]]
        if node.materialized not in _SWAPPABLE:
            yield f"{relation} is made by the materialization {node.materialized}, which only dbt can put into place"
