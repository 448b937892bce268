"""What a resume decides, from what the warehouse shows alone; and that doing it leaves nothing to decide."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from releasing import ORDERS, begun, built, kept, promoted

from datacanary.errors import Refused
from datacanary.model.release import JournalEntry, PromotionRecord, Registered
from datacanary.release.journal import ActKind, unfinished
from datacanary.release.resume import Folder, Settlement, Shown, settle, unknown

NOTHING = Shown("r1", "finished", 0, (), (), ())
LIVE = promoted("r1", ORDERS)
UNDONE = promoted("r1", ORDERS, back_at="2026-11-21T00:00:00Z")


def carried_out(shown: Shown, found: Settlement) -> Shown:
    """Do what was decided."""
    notes = tuple(
        JournalEntry(shown.run_id, kind, state, "2026-11-22T00:00:00Z", "bob", detail)
        for kind, state, detail in found.notes
    )
    return replace(
        shown,
        journal=(*shown.journal, *notes),
        registered=tuple(one for one in shown.registered if one not in found.drop),
        folder="dropped" if found.drop_folder else shown.folder,
    )


def test_a_finished_run_without_traces_needs_nothing() -> None:
    assert settle(NOTHING).is_nothing
    assert settle(NOTHING).next_step == "datacanary promote r1"


@pytest.mark.parametrize(
    ("action", "records", "state", "told", "next_step"),
    [
        ("promote", (), "undone", "nothing of its promotion is in production", "datacanary promote r1"),
        ("promote", (LIVE,), "done", "wholly in production", "rollback r1"),
        ("promote", (UNDONE,), "undone", "nothing of its promotion", "datacanary promote r1"),
        ("rollback", (LIVE,), "undone", "nothing of its rollback happened", "rollback r1"),
        ("rollback", (UNDONE,), "done", "has the former tables", "datacanary promote r1"),
        ("rollback", (UNDONE, LIVE), "undone", "nothing of its rollback happened", "rollback r1"),
        ("clean", (LIVE,), "undone", "cut short", "rollback r1"),
    ],
)
def test_the_ledger_decides(
    action: ActKind, records: tuple[PromotionRecord, ...], state: str, told: str, next_step: str
) -> None:
    there = tuple(kept(one.run_id) for one in records if not one.rolled_back_at)
    found = settle(replace(NOTHING, promotions=records, journal=(begun("r1", action),), registered=there))
    assert [(one[0], one[1]) for one in found.notes] == [(action, state)]
    assert told in found.told[0]
    assert next_step in found.next_step


def test_a_way_back_that_is_gone_is_not_recommended() -> None:
    shown = replace(NOTHING, promotions=(LIVE,), journal=(begun("r1", "promote"),))
    assert settle(replace(shown, registered=(built("r1"),))).next_step == ""


def test_who_still_works_is_left_alone() -> None:
    with pytest.raises(Refused, match="still working") as refused:
        settle(replace(NOTHING, folder="working", pid=123))
    assert "123" in refused.value.hint


def test_a_killed_check_is_dropped_whole() -> None:
    found = settle(replace(NOTHING, folder="killed", registered=(built("r1"), built("r2"))))
    assert found.drop == (built("r1"),)
    assert found.drop_folder


def test_a_killed_check_that_was_dropped_is_told_again() -> None:
    found = settle(replace(NOTHING, folder="dropped"))
    assert found.is_nothing
    assert found.told == ("r1 was killed before it came to a verdict, and is dropped: nothing of it is left",)
    assert found.next_step == "datacanary check"


def test_another_machines_build_stays() -> None:
    assert settle(replace(NOTHING, folder="none", registered=(built("r1"),))).is_nothing


def test_what_a_live_promotion_keeps_stays_and_what_none_needs_goes() -> None:
    shown = replace(NOTHING, registered=(kept("r1"),), journal=(begun("r1", "promote"),))
    assert settle(replace(shown, promotions=(LIVE,))).drop == ()
    assert settle(shown).drop == (kept("r1"),)
    assert settle(replace(shown, promotions=(UNDONE,))).drop == (kept("r1"),)


def test_a_run_that_left_no_trace_is_unknown() -> None:
    assert unknown(replace(NOTHING, folder="none"))
    assert not unknown(NOTHING)
    assert not unknown(replace(NOTHING, folder="dropped"))
    assert not unknown(replace(NOTHING, folder="none", promotions=(LIVE,)))


ENTRIES = st.builds(
    JournalEntry,
    st.sampled_from(["r1", "r2"]),
    st.sampled_from(["promote", "rollback", "clean"]),
    st.sampled_from(["begun", "done", "undone"]),
    st.just("2026-11-20T10:15:00Z"),
    st.just("ada"),
)
SHOWN = st.builds(
    Shown,
    st.just("r1"),
    st.sampled_from(["none", "killed", "dropped", "finished"]),
    st.just(0),
    st.lists(st.sampled_from([LIVE, UNDONE, promoted("r2", ORDERS)]), max_size=3).map(tuple),
    st.lists(ENTRIES, max_size=6).map(tuple),
    st.lists(st.sampled_from([built("r1"), built("r2"), kept("r1"), kept("r2")]), unique=True).map(tuple),
)


@given(SHOWN)
def test_doing_it_leaves_nothing_to_do(shown: Shown) -> None:
    found = settle(shown)
    after = carried_out(shown, found)
    assert settle(after).is_nothing
    assert not [one for one in unfinished(after.journal) if one.run_id == "r1"]
    others: set[Registered] = {one for one in shown.registered if one.run_id != "r1"}
    assert others <= set(after.registered)


@given(SHOWN, st.sampled_from(["none", "killed", "dropped", "finished"]))
def test_what_a_rollback_needs_is_never_dropped(shown: Shown, folder: Folder) -> None:
    live = [one for one in shown.promotions if one.run_id == "r1" and not one.rolled_back_at]
    if live:
        assert kept("r1") not in settle(replace(shown, folder=folder)).drop
