"""What a promotion, a rollback or a resume did, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tabulate import tabulate

from datacanary.model.basic import Relation
from datacanary.model.release import PromotionRecord
from datacanary.model.run import WayBack
from datacanary.model.words import count
from datacanary.report.encoding import for_terminal


def promoted(record: PromotionRecord) -> str:
    """Say what was promoted, and the way back."""
    rows = [[for_terminal(str(table.relation)), table.action, _size(table.promoted)] for table in record.tables]
    view = tabulate(rows, headers=["table", "in production", "rows"], tablefmt="simple", disable_numparse=True)
    way_back = f"what was replaced is kept; the way back: datacanary rollback {record.run_id}"
    approval = _approval(record)
    return (
        f"PROMOTED  {record.run_id}: {count(len(rows), 'table')} in one transaction{approval}\n\n{view}\n\n{way_back}"
    )


def _approval(record: PromotionRecord) -> str:
    if not record.approval:
        return ""
    return for_terminal(f", although it was {record.verdict}, approved by {record.promoted_by}: {record.approval}")


def _size(promoted: object) -> str:
    rows = getattr(promoted, "rows", None)
    return "-" if rows is None else f"{rows:,}"


def rolled_back(record: PromotionRecord, readers: Sequence[Relation], later: Sequence[PromotionRecord]) -> str:
    """Say what was put back, and what was built on the promoted tables since."""
    words = {"replaced": "the former one is back", "created": "dropped: it is new", "removed": "back"}
    rows = [[for_terminal(str(table.relation)), words[table.action]] for table in record.tables]
    view = tabulate(rows, headers=["table", "in production"], tablefmt="simple")
    parts = [f"ROLLED BACK  {record.run_id}: {count(len(rows), 'table')} in one transaction", view]
    if readers:
        named = ", ".join(for_terminal(str(one)) for one in readers)
        parts.append(f"views that were made since, and read the former tables now: {named}")
    parts += [
        f"built on the promoted tables since, and still in production: {one.run_id} "
        f"({', '.join(for_terminal(str(table.relation)) for table in one.tables)})"
        for one in later
    ]
    return "\n\n".join(parts)


def resumed(run_id: str, told: Sequence[str], next_step: str) -> str:
    """Say what is true of a run that was stopped, and what to do next."""
    lines = [f"RESUMED  {run_id}"] if told else [f"{run_id}: nothing was left half done."]
    lines += [f"  {for_terminal(one)}" for one in told]
    return "\n".join([*lines, *([f"next  {next_step}"] if next_step else [])])


def live(promotions: Sequence[PromotionRecord], ways_back: Mapping[str, WayBack]) -> str:
    """Say what is live: for each table of production the last promotion that still stands, and its way back."""
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
            _until(ways_back.get(promotion.run_id)),
        ]
        for relation, (promotion, table) in sorted(owner.items())
    ]
    headers = ["live table", "was", "run", "commit", "promoted at (UTC)", "rollback"]
    return tabulate(rows, headers=headers, tablefmt="simple", disable_numparse=True)


def _until(way_back: WayBack | None) -> str:
    if way_back is None or not way_back.possible:
        return "no more"
    return "at any time" if way_back.until is None else f"until {way_back.until[:10]}"
