"""What a promotion or a rollback did, in words."""

from __future__ import annotations

import json
from collections.abc import Sequence

from tabulate import tabulate

from datacanary.model.release import PromotionRecord
from datacanary.model.words import count
from datacanary.report.encoding import for_terminal


def promoted(record: PromotionRecord) -> str:
    """Say what was promoted, and the way back."""
    rows = [[for_terminal(str(table.relation)), table.action, _size(table.promoted)] for table in record.tables]
    view = tabulate(rows, headers=["table", "in production", "rows"], tablefmt="simple", disable_numparse=True)
    way_back = f"what was replaced is kept; the way back: datacanary rollback {record.run_id}"
    return f"PROMOTED  {record.run_id}: {count(len(rows), 'table')} in one transaction\n\n{view}\n\n{way_back}"


def _size(promoted: object) -> str:
    rows = getattr(promoted, "rows", None)
    return "-" if rows is None else f"{rows:,}"


def rolled_back(record: PromotionRecord) -> str:
    """Say what was put back."""
    words = {"replaced": "the former one is back", "created": "dropped: it is new", "removed": "back"}
    rows = [[for_terminal(str(table.relation)), words[table.action]] for table in record.tables]
    view = tabulate(rows, headers=["table", "in production"], tablefmt="simple")
    return f"ROLLED BACK  {record.run_id}: {count(len(rows), 'table')} in one transaction\n\n{view}"


def live(promotions: Sequence[PromotionRecord]) -> str:
    """Say what is live: for each table of production the last promotion that still stands."""
    owner = {
        table.relation: (promotion, table)
        for promotion in promotions
        if not promotion.rolled_back_at
        for table in promotion.tables
    }
    if not owner:
        return "Nothing is promoted by datacanary."
    rows = [
        [
            for_terminal(str(relation)),
            table.action,
            promotion.run_id,
            promotion.head_sha[:7],
            promotion.promoted_at[:19],
        ]
        for relation, (promotion, table) in sorted(owner.items())
    ]
    return tabulate(rows, headers=["live table", "was", "run", "commit", "promoted at (UTC)"], tablefmt="simple")


def as_json(promotions: Sequence[PromotionRecord]) -> list[dict[str, object]]:
    """Write promotions as JSON objects, without the identities of rows."""
    return [
        {
            "run": promotion.run_id,
            "promoted_at": promotion.promoted_at,
            "promoted_by": promotion.promoted_by,
            "base_sha": promotion.base_sha,
            "head_sha": promotion.head_sha,
            "verdict": promotion.verdict,
            "rolled_back_at": promotion.rolled_back_at or None,
            "tables": [{"name": str(table.relation), "action": table.action} for table in promotion.tables],
        }
        for promotion in promotions
    ]


def dumps(found: object) -> str:
    """Write JSON for people and scripts."""
    return json.dumps(found, ensure_ascii=False, indent=2)
