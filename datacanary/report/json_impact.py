"""What the change can do to a table, and how that is known, in the contract's JSON objects."""

from __future__ import annotations

from datacanary.model.impact import Clause, ColumnImpact, Impact
from datacanary.report.json_values import Json


def encode_impact(impact: Impact) -> dict[str, Json]:
    """Turn what can differ in a table, and the proof of what cannot, into JSON."""
    return {
        "own": list(impact.own),
        "kinds": list(impact.kinds),
        "rows": impact.rows,
        "columns": [_column(one) for one in impact.columns],
        "equal": list(impact.equal),
        "clauses": [_clause(one) for one in impact.clauses],
        "through": list(impact.through),
        "paths": [list(path) for path in impact.paths],
        "unknown": list(impact.unknown),
        "fingerprints": {"base": impact.fingerprints.base, "head": impact.fingerprints.head},
    }


def _column(column: ColumnImpact) -> dict[str, Json]:
    return {
        "name": column.name,
        "change": column.change,
        "was": column.was,
        "through": list(column.through),
    }


def _clause(clause: Clause) -> dict[str, Json]:
    return {
        "kind": clause.kind,
        "side": clause.side,
        "text": clause.text,
        "path": clause.path,
        "line": clause.line,
    }
