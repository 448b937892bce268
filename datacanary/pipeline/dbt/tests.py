"""Which of the project's own tests ran, and what they are about."""

from __future__ import annotations

from collections.abc import Mapping

from datacanary.model.basic import Pair, Side
from datacanary.model.dbt import TestedBy
from datacanary.model.plan import Plan
from datacanary.pipeline.dbt.declared import node_of
from datacanary.pipeline.dbt.prepare import Prepared
from datacanary.project.manifest.selection import Selection

_HEAD_FIRST: tuple[Side, ...] = ("head", "base")


def tested_by(plan: Plan, prepared: Prepared, selections: Pair[Selection]) -> Mapping[str, TestedBy]:
    """Return the selected tests of both versions by their unique ids, with the tables that they are about."""
    found: dict[str, TestedBy] = {}
    for side in _HEAD_FIRST:
        names = {node_of(table, prepared, side): table.name for table in plan.tables if table.effect != "unaffected"}
        manifest = prepared.manifests.of(side)
        for unique_id in selections.of(side).tests:
            node = manifest.nodes[unique_id]
            about = names.get(node.attached, "") if node.attached else ""
            found.setdefault(unique_id, TestedBy(node.name, about, node.test_column or None, node.path))
    return found
