"""A report is delivered as far as can be, and never more: whatever the host does, nothing is raised."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hosts.github_host import GitHubHost
from hosts.places import HOSTS, SHA, FakeClock, standing
from hosts.server import Fault

from datacanary.errors import CanaryError, Interrupted, RunError
from datacanary.forge.protocol import HostKind
from datacanary.forge.sticky import Mode, read_marker
from datacanary.model.basic import Pair, Version
from datacanary.model.run import Inputs, Report, TableReport
from datacanary.model.tablediff import Comparison, Key, RowCounts, TableDiff
from datacanary.model.verdict import Check, Status, Verdict
from datacanary.pipeline import comment
from datacanary.pipeline.comment import Commenting, Delivered, deliver, read_result
from datacanary.report.json_read import MOST_BYTES
from datacanary.report.markdown import BUDGETS

COMMENTS = "comments$"
TOKEN = "ghs_0123456789abcdefPLANTED"  # noqa: S105 -- nobody's


@pytest.fixture
def github(tmp_path: Path) -> Iterator[GitHubHost]:
    """Give GitHub with the pull request 7, and its event's file."""
    event = f'{{"pull_request": {{"number": 7, "head": {{"sha": "{SHA}", "ref": "work"}}}}}}'
    (tmp_path / "event.json").write_text(event, "utf-8")
    host = GitHubHost()
    host.open_pull(7, SHA)
    with host.serving():
        yield host


def report(status: Status = "fail", tables: int = 1, comparison: Comparison = "keyed") -> Report:
    """Make a report of some tables that are alike."""
    names = [f"orders_{number}" for number in range(tables)]
    checks = tuple(
        Check(n, None, "rows_removed", status, 0.5, 0.1, "default", "half of the rows removed") for n in names
    )
    rows = RowCounts(10, 5, 0, 5, 0, 5) if comparison == "keyed" else RowCounts(None, None)
    diff = TableDiff(comparison, "its query changed", Key(("id",), "config", Pair(0, 0), Pair(0, 0)), rows, ())
    return Report(
        run_id="20261120-101500-4f1c9e2",
        kind="check",
        versions=Pair(Version("main", "a" * 40), Version("work", SHA)),
        started_at="2026-11-20T10:15:00Z",
        seconds=1.0,
        inputs=Inputs(pinned=True, how="a file"),
        verdict=Verdict(status, "orders_0 loses rows", checks),
        tables=tuple(
            TableReport(n, status, "changed", Pair(f"models/{n}.sql", f"models/{n}.sql"), diff) for n in names
        ),
    )


def run(host: GitHubHost, tmp_path: Path, found: Report, **how: str) -> Delivered:
    """Deliver in a job of GitHub."""
    environ = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": host.url,
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_RUN_ID": how.get("run", "50"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        "GITHUB_TOKEN": TOKEN,
    }
    mode: Mode = "update"
    place = Commenting(environ=environ, mode=mode, folder=how.get("folder", ""), clock=FakeClock())
    return deliver(found, place, lambda _: None)


def test_all_of_it(github: GitHubHost, tmp_path: Path) -> None:
    done = run(github, tmp_path, replace(report(), folder="dbt/shop"), folder="dbt/shop")
    assert (done.trouble, done.in_summary, done.commands) == (None, True, ())
    (body,) = github.bodies()
    assert body.startswith("<!-- datacanary:v1 project=dbt-shop-")
    assert github.check_runs[0]["output"]["annotations"][0]["path"] == "dbt/shop/models/orders_0.sql"


@pytest.mark.parametrize("status", [0, 429, 500, 503])
def test_a_host_that_is_down_keeps_nothing_from_the_summary(github: GitHubHost, tmp_path: Path, status: int) -> None:
    github.faults += [Fault(method, "/", status, times=999) for method in ("GET", "POST", "PATCH")]
    done = run(github, tmp_path, report())
    assert done.trouble is not None
    assert done.trouble.hint
    assert done.in_summary
    assert len(done.commands) == 1
    assert "FAIL" in (tmp_path / "summary.md").read_text("utf-8")


def test_nobody_listens(github: GitHubHost, tmp_path: Path) -> None:
    github.url = "http://127.0.0.1:9"
    done = run(github, tmp_path, report())
    assert done.trouble is not None
    assert "could not be reached" in done.trouble.problem


@pytest.mark.parametrize(("part", "commands"), [("open_forge", 1), ("render", 1), ("annotations_of", 0)])
def test_a_mistake_of_ours_is_told_and_not_raised(
    github: GitHubHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str, commands: int
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(comment, part, broken)
    done = run(github, tmp_path, report())
    assert isinstance(done.trouble, CanaryError)
    assert "datacanary itself failed (ZeroDivisionError)" in done.trouble.problem
    assert len(done.commands) == commands
    assert done.in_summary == (part != "render")


def test_a_signal_stops_it(github: GitHubHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> None:
        raise Interrupted("Terminated.", signal_number=15)

    monkeypatch.setattr(comment, "post", stopped)
    with pytest.raises(Interrupted):
        run(github, tmp_path, report())


def test_what_is_too_long_for_a_host_is_sent_once_more_and_shorter(github: GitHubHost, tmp_path: Path) -> None:
    github.faults.append(Fault("POST", COMMENTS, 422))
    assert run(github, tmp_path, report(tables=300)).trouble is None
    sizes = [len(one.body["body"].encode()) for one in github.asked("POST", COMMENTS)]
    assert len(sizes) == 2
    assert sizes[1] <= 8_000 < sizes[0] <= 60_000
    github.faults += [Fault("PATCH", "comments", 422, times=9)]
    again = run(github, tmp_path, report(tables=301), run="51")
    assert again.trouble is not None
    assert len(github.asked("PATCH")) == 2


def test_at_most_ten_annotations(github: GitHubHost, tmp_path: Path) -> None:
    run(github, tmp_path, report(tables=30))
    assert len(github.check_runs[0]["output"]["annotations"]) == 10
    github.rights[TOKEN] = (github.rights[TOKEN][0], {"comments"})
    done = run(github, tmp_path, report(tables=30), run="51")
    assert len(done.commands) == 10
    assert "no status at the commit" in done.detail
    assert done.trouble is None


def test_where_no_table_can_have_changed_no_comment_is_written(github: GitHubHost, tmp_path: Path) -> None:
    done = run(github, tmp_path, report("pass", comparison="unaffected"))
    assert "no table can have changed" in done.told
    assert github.bodies() == []
    assert github.check_runs[0]["conclusion"] == "success"
    run(github, tmp_path, report("fail"), run="51")
    run(github, tmp_path, report("pass", comparison="unaffected"), run="52")
    assert len(github.bodies()) == 1
    assert "PASS" in github.bodies()[0]


@pytest.mark.parametrize("kind", HOSTS)
def test_a_large_report_fits_every_host(kind: HostKind, monkeypatch: pytest.MonkeyPatch) -> None:
    with standing(kind) as at:
        monkeypatch.setattr(comment, "find_place", lambda _: at.place())
        done = deliver(report(tables=900), Commenting(environ={}, clock=FakeClock()), lambda _: None)
        assert (done.trouble, done.in_summary, done.commands) == (None, False, ())
        (body,) = at.host.bodies()
    assert len(body.encode()) <= BUDGETS[kind]
    marker = read_marker(body)
    assert marker is not None
    assert (marker.project, marker.head, marker.run) == ("shop", SHA[:12], "50")


def test_a_summary_that_cannot_be_written_is_no_summary(github: GitHubHost, tmp_path: Path) -> None:
    (tmp_path / "summary.md").mkdir()
    done = run(github, tmp_path, report())
    assert (done.trouble, done.in_summary) == (None, False)


def test_a_result_that_is_no_file_is_told(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "there-is-none.json", Path("/dev/zero")):
        with pytest.raises(RunError) as caught:
            read_result(path)
        assert "--format json --output" in caught.value.hint


def test_a_result_that_is_too_large_is_told_so(tmp_path: Path) -> None:
    with (tmp_path / "result.json").open("wb") as file:
        file.truncate(MOST_BYTES + 5)
    with pytest.raises(RunError, match="larger than 64 MiB"):
        read_result(tmp_path / "result.json")


def test_the_token_is_nowhere(github: GitHubHost, tmp_path: Path) -> None:
    github.faults.append(Fault("POST", COMMENTS, 403, message=f"bad {TOKEN}"))
    done = run(github, tmp_path, report())
    assert TOKEN not in f"{done}{done.trouble}{(tmp_path / 'summary.md').read_text('utf-8')}"
