"""A plan as JSON."""

from __future__ import annotations

import json

from datacanary.model.plan import Plan, PlannedTable
from datacanary.report.json_impact import encode_impact
from datacanary.report.json_values import Json

SCHEMA_VERSION = "1.2"


def as_json(plan: Plan) -> str:
    """Write a plan as one JSON object, with all that is known of what can differ."""
    base, head = plan.versions
    found: dict[str, Json] = {
        "schema_version": SCHEMA_VERSION,
        "base": {"ref": base.ref, "sha": base.sha},
        "head": {"ref": head.ref, "sha": head.sha, "dirty": head.dirty},
        "tables": [_table(table) for table in plan.tables],
        "builds": [
            {
                "place": build.place,
                "relation": str(build.model.relation),
                "path": build.model.path,
                "materialized": build.model.materialized,
                "broken": build.broken or None,
            }
            for build in plan.builds
        ],
        "in_production": list(plan.in_production),
        "sources": [
            {"place": placed.place, "name": str(placed.source.relation), "files": [f.path for f in placed.source.files]}
            for placed in plan.sources
        ],
        "unselected": list(plan.unselected),
        "unpinned": list(plan.unpinned),
        "unknown_columns": list(plan.unknown_columns),
    }
    return json.dumps(found, ensure_ascii=False, indent=2)


def _table(table: PlannedTable) -> dict[str, Json]:
    return {
        "name": table.name,
        "effect": table.effect,
        "reason": table.reason,
        "compared": table.compared,
        "paths": {"base": table.paths.base, "head": table.paths.head},
        "inherited_from": list(table.roots),
        "read_by": list(table.readers),
        "impact": None if table.impact is None else encode_impact(table.impact),
    }
