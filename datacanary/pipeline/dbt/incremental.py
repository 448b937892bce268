"""What a build from nothing does not show of incremental models: how later runs add to them."""

from __future__ import annotations

from collections.abc import Iterator

from datacanary.model.plan import Plan
from datacanary.model.verdict import Check
from datacanary.pipeline.dbt.declared import node_of
from datacanary.pipeline.dbt.prepare import Prepared

_CURE = "to compare what a run adds to production's table: project: {kind: dbt, dbt: {incremental: copy}}"


def not_shown(plan: Plan, prepared: Prepared) -> Iterator[Check]:
    """Warn of each model whose rules for adding rows changed, where both versions are built anew."""
    if prepared.work.entry.incremental == "copy":
        return
    for table in plan.tables:
        head = node_of(table, prepared, "head")
        if head is None or table.effect != "changed" or table.relations.base is None or table.relations.head is None:
            continue
        if prepared.manifests.head.nodes[head].materialized != "incremental":
            continue
        base, new = (
            project.models[relation].settings
            for project, relation in zip(prepared.projects, (table.relations.base, table.relations.head), strict=True)
        )
        if base != new:
            message = f"how later runs add to it changed, and both versions were built anew; {_CURE}"
            yield Check(table.name, None, "incremental", "warn", None, None, "dbt", message)
