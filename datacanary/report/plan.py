"""A plan in words, and as JSON."""

from __future__ import annotations

import json

from tabulate import tabulate

from datacanary.model.plan import Plan
from datacanary.model.words import count
from datacanary.report.encoding import for_terminal

_DOES: dict[str, str] = {
    "changed": "build both, compare",
    "inherited": "build both, compare",
    "renamed": "build both, compare",
    "added": "build head, nothing to compare with",
    "removed": "nothing to build: deleted in head",
    "unaffected": "skip",
}


def as_text(plan: Plan) -> str:
    """Write a plan for people."""
    base, head = plan.versions
    rows = [
        [for_terminal(table.name), _DOES[table.effect], for_terminal(table.reason)]
        for table in sorted(plan.tables, key=lambda table: (table.effect == "unaffected", table.name))
    ]
    affected = sum(table.effect != "unaffected" for table in plan.tables)
    shared = [str(build.model.relation) for build in plan.builds if build.place == "shared"]
    lines = [
        for_terminal(f"base {base} -> head {head}"),
        f"{affected} of {count(len(plan.tables), 'table')} can differ; {count(len(plan.builds), 'build')}"
        + (f", of them once for both sides: {for_terminal(', '.join(shared))}" if shared else ""),
    ]
    lines += [f"not pinned: {for_terminal(one)}" for one in plan.unpinned]
    lines += [f"broken: {for_terminal(build.broken)}" for build in plan.builds if build.broken]
    if plan.unselected:
        lines.append(f"not selected: {for_terminal(', '.join(plan.unselected))}")
    return "\n".join(lines) + "\n\n" + tabulate(rows, headers=["table", "what happens", "why"], tablefmt="simple")


def as_json(plan: Plan) -> str:
    """Write a plan as one JSON object."""
    base, head = plan.versions
    found = {
        "schema_version": "1.0",
        "base": {"ref": base.ref, "sha": base.sha},
        "head": {"ref": head.ref, "sha": head.sha, "dirty": head.dirty},
        "tables": [
            {
                "name": table.name,
                "effect": table.effect,
                "reason": table.reason,
                "compared": table.compared,
                "paths": {"base": table.paths.base, "head": table.paths.head},
            }
            for table in plan.tables
        ],
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
        "sources": [
            {"place": placed.place, "name": str(placed.source.relation), "files": [f.path for f in placed.source.files]}
            for placed in plan.sources
        ],
        "unselected": list(plan.unselected),
        "unpinned": list(plan.unpinned),
    }
    return json.dumps(found, ensure_ascii=False, indent=2)
