"""Runs and promotions for tests of what may be promoted, kept and resumed."""

from __future__ import annotations

from dataclasses import replace

from datacanary.model.basic import Physical, Relation, Version
from datacanary.model.release import JournalEntry, Judged, LiveTable, PromotionRecord, Registered, ReleasePlan, Swap
from datacanary.model.verdict import Verdict
from datacanary.release.journal import ActKind
from datacanary.release.policy import Candidate

ENGINE, PLACE = "duckdb 2", "duckdb:///shop.duckdb, schema shop"
ORDERS, ITEMS = Relation("shop", "orders"), Relation("shop", "items")


def candidate(*targets: Relation) -> Candidate:
    """Make a run that may be promoted."""
    swaps = tuple(Swap(one, Physical("run", "head", one.name), "table", "", f"__{one.name}") for one in targets)
    return Candidate(
        run_id="r9",
        plan=ReleasePlan(swaps, (), (), (), ENGINE),
        verdict=Verdict("pass", "nothing differs", ()),
        base=Version("main", "b" * 40),
        head=Version("change", "c" * 40),
        judged=Judged("files", worktree=False, place=PLACE),
    )


def promoted(run_id: str, *tables: Relation, at: str = "2026-11-20T10:00:00Z", back_at: str = "") -> PromotionRecord:
    """Make a promotion that replaced these."""
    live = tuple(LiveTable(one, "replaced", f"__dc_prev_{one.name}", "table", "table", None) for one in tables)
    record = PromotionRecord(run_id, at, "ada", "a" * 40, "d" * 40, "pass", live)
    return replace(record, rolled_back_at=back_at)


def begun(run_id: str, action: ActKind) -> JournalEntry:
    """Make a line of the journal."""
    return JournalEntry(run_id, action, "begun", "2026-11-20T10:15:00Z", "ada")


def kept(run_id: str) -> Registered:
    """Make what a promotion keeps."""
    return Registered("shop.__dc_prev_orders", run_id, "replaced", "2026-11-20T10:00:00Z", "")


def built(run_id: str, expires_at: str = "2026-11-23T10:00:00Z") -> Registered:
    """Make what a run has built."""
    return Registered(f"dc_{run_id}_head", run_id, "build", "2026-11-20T10:00:00Z", expires_at)
