"""Every host's API keeps the same promises: one comment of ours, the newest, whatever goes wrong on the way."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Barrier

import pytest
from hosts import github_host, gitlab_host
from hosts.places import HOSTS, NEXT_SHA, SHA, At, FakeClock, standing
from hosts.server import Fault

from datacanary.errors import ForgeError, UsageError
from datacanary.forge import http
from datacanary.forge.http import Denied, Missing, Rejected
from datacanary.forge.posting import Posted, open_forge, post
from datacanary.forge.protocol import CommitStatus, HostKind, Note
from datacanary.forge.sticky import Marker, Mode, Wanted, marked, read_marker

COMMENT = r"comments$|notes$|threads$"
"""Where a new comment goes, on all hosts."""


@pytest.fixture(params=HOSTS)
def at(request: pytest.FixtureRequest) -> Iterator[At]:
    """Give each host in turn."""
    with standing(request.param) as found:
        yield found


@pytest.fixture
def github() -> Iterator[At]:
    """Give GitHub."""
    with standing("github") as found:
        yield found


def wanted(host: HostKind, text: str, run: str = "50", **other: str) -> Wanted:
    """Make the comment of a job."""
    sha, project = other.get("sha", SHA), other.get("project", "shop")
    mode: Mode = other.get("mode", "update")  # type: ignore[assignment]
    marker = Marker(project, sha, run, other.get("attempt", "1"))
    return Wanted(marker, marked(text, marker, host), mode, quiet=bool(other.get("quiet")))


def say(at: At, text: str, run: str = "50", **other: str) -> Posted:
    """Post as a job does."""
    return post(at.forge(run=run), wanted(at.kind, text, run, **other))


def test_one_comment_is_written_and_then_brought_up_to_date(at: At) -> None:
    assert "is written" in say(at, "first", "50").told
    (first,) = at.host.bodies()
    assert "first" in first
    assert "up to date" in say(at, "second", "51").told
    (second,) = at.host.bodies()
    assert "second" in second
    assert say(at, "second", "51").outcome == "same"
    assert len(at.host.asked("POST", COMMENT)) == 1


def test_it_is_found_behind_other_peoples_comments(at: At) -> None:
    for number in range(130):
        at.host.write("ada", f"comment {number}")
    say(at, "first", "50")
    for number in range(90):
        at.host.write("ada", f"later {number}")
    say(at, "second", "51")
    ours = [body for body in at.host.bodies() if read_marker(body)]
    assert len(ours) == 1
    assert "second" in ours[0]
    assert len(at.host.bodies()) == 221


def test_a_copy_of_our_marker_by_somebody_else_stays_theirs(at: At) -> None:
    theirs = wanted(at.kind, "not by us", "99").body
    at.host.write("mallory", theirs)
    assert say(at, "ours", "50").outcome == "written"
    assert at.host.bodies()[0] == theirs
    assert len(at.host.bodies()) == 2


def test_the_newer_head_and_the_newer_run_win(at: At) -> None:
    say(at, "newer run", "60")
    assert say(at, "older run", "50").outcome == "newer"
    at.host.open_pull(7, NEXT_SHA)
    late = say(at, "older head", "61")
    assert (late.outcome, "a07d113" in late.told) == ("newer", True)
    assert say(at, "newer head", "40", sha=NEXT_SHA).outcome == "written"
    (left,) = at.host.bodies()
    assert "newer head" in left


def test_a_closed_pull_request_gets_no_comment(github: At) -> None:
    assert isinstance(github.host, github_host.GitHubHost)
    github.host.pulls[7]["state"] = "closed"
    with pytest.raises(UsageError, match="7 is closed or merged") as caught:
        say(github, "late")
    assert caught.value.hint
    assert github.host.bodies() == []


def test_nothing_is_said_where_nothing_changed_but_what_was_said_is_put_right(at: At) -> None:
    assert say(at, "all the same", quiet="yes").outcome == "quiet"
    assert at.host.bodies() == []
    say(at, "it differs", "51")
    assert say(at, "all the same", "52", quiet="yes").outcome == "written"
    (left,) = at.host.bodies()
    assert "all the same" in left


def test_projects_have_a_comment_each(at: At) -> None:
    say(at, "of the shop", project="shop")
    say(at, "of the bank", project="bank")
    say(at, "of the shop again", "51", project="shop")
    assert [("bank" in one, "again" in one) for one in at.host.bodies()] == [(False, True), (True, False)]


@pytest.mark.parametrize("mode", ["new", "hide-and-new", "delete-and-new"])
def test_modes_write_a_new_comment_before_the_old_one_goes(at: At, mode: Mode) -> None:
    say(at, "first", "50", mode=mode)
    before = len(at.host.requests)
    say(at, "second", "51", mode=mode)
    say(at, "second", "51", mode=mode)
    bodies = at.host.bodies()
    assert "second" in bodies[-1]
    writes = [one.method for one in at.host.requests[before:] if one.method != "GET" and "graphql" not in one.path]
    assert writes[0] == "POST"
    if mode == "delete-and-new":
        assert len(bodies) == 1
    else:
        assert len(bodies) == 2
        assert ("Outdated" in bodies[0]) == (mode == "hide-and-new")
    if isinstance(at.host, github_host.GitHubHost):
        assert bool(at.host.minimised) == (mode == "hide-and-new")


@pytest.mark.parametrize("status", [0, 500, 502, 504])
def test_a_comment_that_was_written_without_an_answer_is_not_written_twice(at: At, status: int) -> None:
    at.host.faults.append(Fault("POST", COMMENT, status, when="after"))
    assert say(at, "once").outcome == "written"
    assert len(at.host.bodies()) == 1
    assert len(at.host.asked("POST", COMMENT)) == 1


@pytest.mark.parametrize("status", [0, 503])
def test_a_host_that_is_down_for_a_moment_is_asked_again(at: At, status: int) -> None:
    at.host.faults += [Fault("GET", r"7$", status, times=2), Fault("POST", COMMENT, status)]
    assert say(at, "once").outcome == "written"
    assert len(at.host.bodies()) == 1
    assert at.clock.waits == [2, 4, 2]


def test_a_silent_host_is_not_waited_for(github: At, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "TIMEOUT", 0.2)
    github.host.faults.append(Fault("POST", COMMENT, when="after", silent=1.0))
    assert say(github, "once").outcome == "written"
    assert len(github.host.bodies()) == 1


def test_what_was_written_after_all_much_later_goes_with_the_next_job(
    github: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "TIMEOUT", 0.2)
    github.host.faults.append(Fault("POST", COMMENT, when="after", first=lambda: time.sleep(0.6)))
    say(github, "first")
    time.sleep(0.6)
    assert len(github.host.bodies()) == 2
    say(github, "second", "51")
    assert len(github.host.bodies()) == 1


def test_a_host_that_stays_down_is_given_up(at: At) -> None:
    at.host.faults.append(Fault("GET", r"7$", 502, times=99))
    with pytest.raises(ForgeError, match="answers 502; tried 5 times") as caught:
        say(at, "never")
    assert "datacanary comment last" in caught.value.hint
    assert sum(at.clock.slept) <= http.BUDGET


@pytest.mark.parametrize(
    ("status", "headers", "message", "waits"),
    [
        (429, {"retry-after": "7"}, "slow down", 7),
        (403, {"retry-after": "9"}, "You have exceeded a secondary rate limit", 9),
        (403, {}, "You have exceeded a secondary rate limit", 60),
        (429, {}, "slow down", 60),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1000030"}, "API rate limit exceeded", 31),
    ],
)
def test_limits_are_kept(at: At, status: int, headers: dict[str, str], message: str, waits: float) -> None:
    at.host.faults.append(Fault("POST", COMMENT, status, headers, message))
    at.clock.time = 1_000_000.0
    assert say(at, "once").outcome == "written"
    assert len(at.clock.waits) == 1
    assert waits - 2 <= at.clock.waits[0] <= waits
    assert len(at.host.bodies()) == 1


def test_a_limit_that_lasts_longer_than_anybody_waits_is_told_at_once(at: At) -> None:
    at.host.faults.append(Fault("GET", r"7$", 429, {"retry-after": "3600"}, times=9))
    with pytest.raises(ForgeError, match="asks to wait for 3600 s; tried once"):
        say(at, "never")
    assert at.clock.waits == []


@pytest.mark.parametrize(
    ("status", "kind"), [(401, Denied), (403, Denied), (404, Missing), (422, Rejected), (301, Rejected)]
)
def test_what_cannot_get_better_is_not_tried_again(at: At, status: int, kind: type[ForgeError]) -> None:
    token = at.place().token
    at.host.faults.append(Fault("POST", COMMENT, status, message=f"no, {token}, no", times=9))
    with pytest.raises(kind) as caught:
        say(at, "never")
    assert caught.value.hint
    assert token not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(at.host.asked("POST", COMMENT)) == 1
    assert at.clock.waits == []


def test_a_redirect_does_not_get_the_token(at: At) -> None:
    with standing("github") as other:
        at.host.faults.append(Fault("GET", r"7$", 302, {"location": f"{other.host.url}/repos/acme/shop/pulls/7"}))
        with pytest.raises(Rejected):
            say(at, "never")
        assert other.host.requests == []


def test_writes_are_a_second_apart(at: At) -> None:
    forge = at.forge()
    for text in ("one", "two", "three"):
        forge.create(text, lambda _: False)
    assert at.clock.slept == [1.0, 1.0]


def test_duplicates_of_ours_go_and_the_oldest_stays(at: At) -> None:
    first = at.host.write(at.me, wanted(at.kind, "one", "40").body)
    at.host.write(at.me, wanted(at.kind, "two", "41").body)
    at.host.write(at.me, wanted(at.kind, "three", "42").body)
    say(at, "four", "50")
    (left,) = at.forge().comments()
    assert left.id == first
    assert "four" in left.body


@pytest.mark.parametrize("runs", [("50", "51"), ("50", "50")])
@pytest.mark.parametrize("mode", ["update", "delete-and-new"])
def test_two_jobs_at_once_end_with_one_comment(at: At, runs: tuple[str, str], mode: Mode) -> None:
    meeting = Barrier(2, timeout=10)
    # Both have looked and found nothing before either writes.
    at.host.faults.append(Fault("POST", COMMENT, first=meeting.wait, only_wait=True, times=2))

    def job(number: int) -> None:
        place = at.place(runs[number], "1")
        with closing(open_forge(place, FakeClock())) as forge:
            post(forge, wanted(at.kind, f"job {number}", runs[number], mode=mode))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(job, (0, 1)))
    bodies = at.host.bodies()
    assert len(bodies) == 1
    if runs[0] != runs[1]:
        assert "job 1" in bodies[0]


def test_a_comment_that_is_not_listed_yet_is_not_written_again(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    forge = at.forge()
    listed = forge.comments
    monkeypatch.setattr(forge, "comments", lambda: listed()[:-1])
    assert post(forge, wanted(at.kind, "once")).outcome == "written"
    assert len(at.host.bodies()) == 1


def test_a_comment_that_somebody_deleted_meanwhile_is_no_mistake(at: At) -> None:
    comment = at.forge().create("gone soon", lambda _: False)
    at.forge().delete(comment)
    at.forge().delete(comment)
    assert at.host.bodies() == []


def test_the_verdict_stands_at_the_commit(at: At) -> None:
    note = Note("models/a.sql", 3, "failure", "a: fail", "rows lost")
    status = CommitStatus("fail", "FAIL: a loses rows", "text", "https://ci.example/50", (note,))
    shown = at.forge().set_status(SHA, status)
    if isinstance(at.host, github_host.GitHubHost):
        (run,) = at.host.check_runs
        assert (shown, run["name"], run["head_sha"], run["conclusion"]) == ("check", "datacanary", SHA, "failure")
        assert run["output"]["annotations"][0]["start_line"] == 3
    else:
        assert shown == "status"
        (found,) = at.host.statuses
        assert "FAIL: a loses rows" in found["description"]


@pytest.mark.parametrize(
    ("status", "conclusion"),
    [("pass", "success"), ("warn", "neutral"), ("inconclusive", "action_required"), ("fail", "failure")],
)
def test_each_verdict_has_its_conclusion(github: At, status: str, conclusion: str) -> None:
    assert isinstance(github.host, github_host.GitHubHost)
    github.forge().set_status(SHA, CommitStatus(status, "line", "text", ""))  # type: ignore[arg-type]
    assert github.host.check_runs[0]["conclusion"] == conclusion


def test_a_token_without_checks_sets_a_commit_status(github: At) -> None:
    assert isinstance(github.host, github_host.GitHubHost)
    github.host.rights[github_host.JOB_TOKEN] = (github_host.BOT, {"comments", "statuses"})
    assert github.forge().set_status(SHA, CommitStatus("fail", "x" * 300, "text", "")) == "status"
    (status,) = github.host.statuses
    assert (status["state"], status["context"], len(status["description"])) == ("failure", "datacanary", 140)


@pytest.mark.parametrize(("kind", "token"), [("github", github_host.READ_ONLY), ("gitlab", gitlab_host.READ_ONLY)])
def test_a_read_only_token_is_told_with_the_cure(kind: HostKind, token: str) -> None:
    with standing(kind) as at, pytest.raises(Denied) as caught:
        post(at.forge(token), wanted(kind, "never"))
    assert "403" in caught.value.problem
    assert ("permissions: pull-requests: write" if kind == "github" else "scope api") in caught.value.hint
    assert token not in str(caught.value)


def test_without_graphql_the_job_still_knows_its_own_comments(github: At) -> None:
    github.host.faults.append(Fault("POST", "graphql", 404, times=9))
    say(github, "first", "50")
    say(github, "second", "51")
    assert len(github.host.bodies()) == 1


def test_tokens_are_in_headers_alone(at: At) -> None:
    say(at, "first")
    token = at.place().token
    assert all(token not in f"{one.path}{one.query}{one.body}" for one in at.host.requests)
    assert all(one.headers["user-agent"].startswith("datacanary/") for one in at.host.requests)
    assert token not in repr(at.place())
