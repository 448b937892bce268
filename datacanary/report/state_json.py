"""What is live, what is left and what happened, as JSON."""

from __future__ import annotations

import importlib.resources
import json
from collections.abc import Mapping

from datacanary.model.release import JournalEntry, PromotionRecord
from datacanary.model.run import Entry, Left, State, WayBack
from datacanary.report.json_values import Json

SCHEMA_VERSION = "1.1"


def schema() -> str:
    """Return the JSON Schema of `status` and `history`."""
    return importlib.resources.files("datacanary.report").joinpath("state.schema.json").read_text("utf-8")


def status_json(state: State) -> str:
    """Write the live promotions, this machine's runs, and what is left in the warehouse."""
    ways = {one.run_id: one for one in state.ways_back}
    lease = state.lease
    return _dumps(
        {
            "schema_version": SCHEMA_VERSION,
            "live": [_promotion(one, ways) for one in state.promotions if not one.rolled_back_at],
            "runs": [_entry(entry) for entry in state.entries],
            "in_warehouse": [_left(one) for one in state.left],
            "unfinished": [_act(one) for one in state.unfinished],
            "lease": None
            if lease is None
            else {
                "id": lease.id,
                "holder": lease.holder,
                "run": lease.run_id or None,
                "since": lease.since,
                "expires_at": lease.expires_at,
            },
        }
    )


def history_json(state: State) -> str:
    """Write all runs and promotions, oldest first."""
    ways = {one.run_id: one for one in state.ways_back}
    return _dumps(
        {
            "schema_version": SCHEMA_VERSION,
            "runs": [_entry(entry) for entry in state.entries],
            "promotions": [_promotion(one, ways) for one in state.promotions],
        }
    )


def _promotion(promotion: PromotionRecord, ways: Mapping[str, WayBack]) -> dict[str, Json]:
    way = None if promotion.rolled_back_at else ways.get(promotion.run_id)
    return {
        "run": promotion.run_id,
        "production": promotion.production or None,
        "promoted_at": promotion.promoted_at,
        "promoted_by": promotion.promoted_by,
        "base_sha": promotion.base_sha,
        "head_sha": promotion.head_sha,
        "verdict": promotion.verdict,
        "approval": promotion.approval or None,
        "rolled_back_at": promotion.rolled_back_at or None,
        "rollback": None if way is None else {"possible": way.possible, "until": way.until},
        "tables": [
            {
                "name": str(table.relation),
                "action": table.action,
                "rows": table.promoted.rows if table.promoted else None,
                "kept_as": f"{table.kept_schema or table.relation.schema}.{table.kept_as}" if table.kept_kind else None,
            }
            for table in promotion.tables
        ],
    }


def _entry(entry: Entry) -> dict[str, Json]:
    report = entry.report
    return {
        "run": entry.run_id,
        "state": entry.state,
        "kind": report.kind if report else None,
        "status": report.verdict.status if report else None,
        "summary": report.verdict.summary if report else None,
        "base_sha": report.versions.base.sha if report else None,
        "head_sha": report.versions.head.sha if report else None,
        "bytes": entry.size,
    }


def _left(left: Left) -> dict[str, Json]:
    one = left.registered
    return {
        "name": one.name,
        "run": one.run_id,
        "kind": one.kind,
        "registered_at": one.registered_at,
        "expired": left.expired,
    }


def _act(entry: JournalEntry) -> dict[str, Json]:
    return {"run": entry.run_id, "action": entry.action, "begun_at": entry.at, "by": entry.by, "what": entry.detail}


def _dumps(found: dict[str, Json]) -> str:
    return json.dumps(found, ensure_ascii=False, indent=2, allow_nan=False)
