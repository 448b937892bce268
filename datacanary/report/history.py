"""What is live and which runs there were, in words."""

from __future__ import annotations

from collections.abc import Iterator

from tabulate import tabulate

from datacanary.model.release import PromotionRecord
from datacanary.model.run import State
from datacanary.model.words import count
from datacanary.report.encoding import for_terminal
from datacanary.report.release import live


def status_text(state: State) -> str:
    """Say what is live, what was left half done, and what is left on this machine and in the warehouse."""
    size = sum(entry.size for entry in state.entries) / 1e6
    lines = [live(state.promotions, {one.run_id: one for one in state.ways_back}), "", *_troubles(state)]
    lines.append(f"{count(len(state.entries), 'run')} on this machine, {size:,.1f} MB.")
    lost = [e.run_id for e in state.entries if e.state == "killed"]
    if lost:
        lines.append(f"Killed before they finished: {', '.join(lost)}. Drop them with: datacanary clean --expired")
    return "\n".join([*lines, *_left(state, set(lost))])


def _troubles(state: State) -> Iterator[str]:
    for act in state.unfinished:
        begun = for_terminal(f"begun {act.at[:19]} by {act.by}")
        settle = f"Settle it: datacanary resume {act.run_id}"
        yield f"{_ACTS[act.action]} of {act.run_id} was never finished ({begun}). {settle}"
    lease = state.lease
    if lease is not None:
        holder, until = for_terminal(lease.holder), lease.expires_at[:19]
        yield f"{holder} may change production now, since {lease.since[:19]} (lease {lease.id}, until {until})."


_ACTS = {"promote": "The promotion", "rollback": "The rollback", "clean": "The clean-up"}


def _left(state: State, lost: set[str]) -> Iterator[str]:
    """List what lies in the warehouse, but for what live promotions keep: the table above tells of that."""
    live_runs = {one.run_id for one in state.promotions if not one.rolled_back_at}
    shown = [
        [
            for_terminal(one.registered.name),
            one.registered.run_id,
            one.registered.registered_at[:19],
            "killed" if one.registered.run_id in lost else "past its time" if one.expired else "",
        ]
        for one in state.left
        if one.registered.kind == "build" or one.expired or one.registered.run_id not in live_runs
    ]
    if shown:
        yield ""
        headers = ["in the warehouse", "of run", "since (UTC)", ""]
        yield tabulate(shown, headers=headers, tablefmt="simple", disable_numparse=True)


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
    promoted = [_promotion(promotion) for promotion in reversed(state.promotions)]
    if promoted:
        headers = ["promoted at (UTC)", "run", "commit", "by", "verdict", "what", "approval", "rolled back at"]
        parts.append(tabulate(promoted, headers=headers, tablefmt="simple", disable_numparse=True))
    return "\n\n".join(parts)


def _promotion(promotion: PromotionRecord) -> list[str]:
    return [
        promotion.promoted_at[:19],
        promotion.run_id,
        promotion.head_sha[:7],
        for_terminal(promotion.promoted_by),
        promotion.verdict,
        for_terminal(_what(promotion)),
        for_terminal(promotion.approval) or "-",
        promotion.rolled_back_at[:19] or "-",
    ]


_MOST_NAMED = 3


def _what(promotion: PromotionRecord) -> str:
    """Name what was replaced, created or removed, the first few."""
    named = [f"{table.relation} {table.action}" for table in promotion.tables[:_MOST_NAMED]]
    more = len(promotion.tables) - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")
