"""What is refused, with which reason and which cure, and what an approval overrules."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from releasing import ENGINE, ITEMS, ORDERS, PLACE, candidate, promoted

from datacanary.errors import Refused
from datacanary.model.release import Judged
from datacanary.model.verdict import Status, Verdict
from datacanary.release.policy import (
    Candidate,
    HeadNow,
    Owner,
    approved,
    objections,
    owners,
    refuse_changed_head,
    refuse_event,
    refuse_unfit,
)

FIT = candidate(ORDERS)


def problem_of(refuse: Callable[[], None]) -> str | None:
    """Return what is refused; None if nothing is."""
    try:
        refuse()
    except Refused as error:
        return error.problem
    return None


def test_a_run_that_fits_is_not_refused() -> None:
    assert problem_of(lambda: refuse_unfit(FIT, ENGINE, PLACE)) is None
    assert problem_of(lambda: refuse_event("", "promote")) is None
    assert objections(FIT, ()) == ()


@pytest.mark.parametrize(
    ("run", "engine", "place", "named"),
    [
        (replace(FIT, plan=replace(FIT.plan, obstacles=("orders was not compared",))), ENGINE, PLACE, "not compared"),
        (candidate(), ENGINE, PLACE, "nothing to promote"),
        (replace(candidate(), verdict=replace(FIT.verdict, status="fail")), ENGINE, PLACE, "deploy drops head's"),
        (FIT, "duckdb 3", PLACE, "duckdb 3"),
        (FIT, ENGINE, "duckdb:///other.duckdb, schema shop", "other.duckdb"),
    ],
)
def test_what_cannot_be_promoted_is_refused(run: Candidate, engine: str, place: str, named: str) -> None:
    with pytest.raises(Refused, match=named):
        refuse_unfit(run, engine, place)


def test_a_pull_requests_event_is_refused() -> None:
    with pytest.raises(Refused, match="GITHUB_EVENT_NAME=pull_request") as refused:
        refuse_event("GITHUB_EVENT_NAME=pull_request", "promote")
    assert "promote after the merge" in refused.value.hint


def head(files: str | None, *, named: bool = False, merged: bool = False) -> HeadNow:
    return HeadNow(place="There", files=files, named=named, merged=merged)


@pytest.mark.parametrize(
    "now", [head("files"), head("other", merged=True), head(None, merged=True), head("o", named=True)]
)
def test_head_may_be_merged_or_named_by_its_id_or_be_what_it_was(now: HeadNow) -> None:
    assert problem_of(lambda: refuse_changed_head(FIT, now)) is None


@pytest.mark.parametrize(
    ("judged", "now", "problem", "cure"),
    [
        (Judged("files", worktree=False, place=PLACE), head("other"), "There is not what", "datacanary check"),
        (Judged("files", worktree=False, place=PLACE), head(None), "There is gone", "--head cccccccccccc"),
        (Judged("files", worktree=True, place=PLACE), head("other"), "There is not what", "datacanary check"),
        (Judged("files", worktree=True, place=PLACE), head("other", named=True), "There is not what", "check"),
    ],
)
def test_a_head_that_changed_is_refused(judged: Judged, now: HeadNow, problem: str, cure: str) -> None:
    with pytest.raises(Refused, match=problem) as refused:
        refuse_changed_head(replace(FIT, judged=judged), now)
    assert cure in refused.value.hint


def test_a_run_of_an_earlier_version_has_no_head_to_compare() -> None:
    assert problem_of(lambda: refuse_changed_head(replace(FIT, judged=None), head("other"))) is None


@pytest.mark.parametrize("status", ["fail", "inconclusive"])
def test_only_a_pass_or_a_warning_needs_no_approval(status: Status) -> None:
    run = replace(FIT, verdict=Verdict(status, "amount changed", ()))
    found = objections(run, ())
    with pytest.raises(Refused, match=f"verdict of r9 is {status}: amount changed") as refused:
        approved(found, "", "r9")
    assert 'datacanary promote r9 --approve "REASON"' in refused.value.hint
    assert approved(found, "DATA-412", "r9") == "DATA-412"
    assert objections(replace(FIT, verdict=Verdict("warn", "a bit", ())), ()) == ()


def test_an_approval_that_nothing_needs_is_not_written_down() -> None:
    assert approved((), "just in case", "r9") == ""


def test_the_last_live_promotion_of_each_table_owns_it() -> None:
    every = [
        promoted("r1", ORDERS, ITEMS),
        promoted("r2", ORDERS),
        promoted("r3", ORDERS, back_at="2026-11-21T00:00:00Z"),
        promoted("r4", ITEMS),
    ]
    assert [one.run_id for one in owners(every, frozenset({ORDERS}))] == ["r2"]
    assert [one.run_id for one in owners(every, frozenset({ORDERS, ITEMS}))] == ["r2", "r4"]
    assert owners(every[2:3], frozenset({ORDERS})) == ()


def test_base_must_have_what_was_promoted_last() -> None:
    before = promoted("r1", ORDERS, ITEMS)
    assert objections(FIT, [Owner(before, "contained")]) == ()
    (absent,) = objections(FIT, [Owner(before, "absent")])
    assert "ddddddd by r1: shop.orders would lose" in absent.problem
    assert "shop.items" not in absent.problem
    assert "datacanary rollback r1" in absent.cure
    (unknown,) = objections(FIT, [Owner(before, "unknown", "Fetch the commit: git fetch --unshallow.")])
    assert "not in this clone" in unknown.problem
    assert "git fetch --unshallow" in unknown.cure
