"""What is live and which runs there were, in words and as JSON."""

from __future__ import annotations

from tabulate import tabulate

from datacanary.model.run import Entry, State
from datacanary.model.words import count
from datacanary.report.encoding import for_terminal
from datacanary.report.release import as_json as promotions_json
from datacanary.report.release import dumps, live


def status_text(state: State) -> str:
    """Say what is live, and what is left on this machine."""
    size = sum(entry.size for entry in state.entries) / 1e6
    lines = [live(state.promotions), "", f"{count(len(state.entries), 'run')} on this machine, {size:,.1f} MB."]
    lost = [e.run_id for e in state.entries if e.state == "killed"]
    if lost:
        lines.append(f"Killed before they finished: {', '.join(lost)}. Drop them with: datacanary clean --expired")
    return "\n".join(lines)


def status_json(state: State) -> str:
    """Write the live promotions and this machine's runs as JSON."""
    standing = [promotion for promotion in state.promotions if not promotion.rolled_back_at]
    return dumps({"live": promotions_json(standing), "runs": [_entry(entry) for entry in state.entries]})


def as_text(state: State) -> str:
    """List runs and promotions, newest first."""
    rows = [
        [
            entry.run_id,
            entry.report.kind if entry.report else "-",
            entry.report.verdict.status.upper() if entry.report else entry.state,
            for_terminal(f"{entry.report.versions.base.ref} -> {entry.report.versions.head}") if entry.report else "-",
            for_terminal(entry.report.verdict.summary) if entry.report else "-",
        ]
        for entry in reversed(state.entries)
    ]
    parts = ["No runs on this machine."]
    if rows:
        headers = ["run", "kind", "verdict", "versions", "summary"]
        parts = [tabulate(rows, headers=headers, tablefmt="simple", disable_numparse=True)]
    promoted = [
        [
            promotion.promoted_at[:19],
            promotion.run_id,
            promotion.head_sha[:7],
            for_terminal(promotion.promoted_by),
            promotion.verdict,
            promotion.rolled_back_at[:19] or "-",
        ]
        for promotion in reversed(state.promotions)
    ]
    if promoted:
        headers = ["promoted at (UTC)", "run", "commit", "by", "verdict", "rolled back at"]
        parts.append(tabulate(promoted, headers=headers, tablefmt="simple", disable_numparse=True))
    return "\n\n".join(parts)


def as_json(state: State) -> str:
    """Write all runs and promotions as JSON, oldest first."""
    return dumps({"runs": [_entry(entry) for entry in state.entries], "promotions": promotions_json(state.promotions)})


def _entry(entry: Entry) -> dict[str, object]:
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
