"""The result of a fork's job is posted by a second workflow, which takes it for hostile."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from comment_jobs import command, environment, github_for, one_sentence, result_of
from hosts import github_host
from hosts.github_host import GitHubHost
from program import Completed
from shop import Shelf, Shop

from datacanary.forge.sticky import read_marker

pytest_plugins = ("comment_jobs",)


@pytest.fixture
def shop(judged: Shelf) -> Shop:
    """Give that shop, untouched by other tests."""
    return judged.fresh()


@pytest.fixture
def github(shop: Shop) -> Iterator[GitHubHost]:
    """Give GitHub with the pull request 7 at the branch's commit."""
    with github_for(shop) as host:
        yield host


def from_fork(shop: Shop, host: GitHubHost) -> tuple[Path, dict[str, str]]:
    """Return the result of a fork's job, with the environment of the job that follows it."""
    sha = shop.git("rev-parse", "work")
    host.open_pull(7, sha, "stranger:work")
    run = {"id": 555, "run_attempt": 2, "event": "pull_request", "head_sha": sha, "head_branch": "work"}
    followed = {**run, "head_repository": {"owner": {"login": "stranger"}}, "pull_requests": []}
    return result_of(shop), environment(host, shop, "workflow_run", {"workflow_run": followed}, github_host.JOB_TOKEN)


def post_from(shop: Shop, result: Path, environ: dict[str, str]) -> Completed:
    """Run the job that posts: in an empty folder, with no repository."""
    folder = shop.folder.parent / "empty"
    (folder / "artifact").mkdir(parents=True, exist_ok=True)
    result.replace(folder / "artifact" / "result.json")
    return Shop(folder, shop.home).run(*command("github-comment-from-fork-post"), **environ)


def test_a_forks_result_is_posted_by_a_second_workflow(shop: Shop, github: GitHubHost) -> None:
    result, environ = from_fork(shop, github)
    done = post_from(shop, result, environ)
    assert done.exit_code == 0, done
    (body,) = github.bodies()
    marker = read_marker(body)
    assert marker is not None
    assert (marker.run, marker.attempt, marker.project) == ("555", "2", "shop")
    assert "whoever can change the branch can change it" in body
    assert github.check_runs == github.statuses == [], "a stranger's result decides nothing"
    assert "::" not in done.stderr


def _edit_rows(found: dict[str, Any]) -> None:
    for table in found["tables"]:
        table["rows"]["removed"] = 0


def _edit_verdict(found: dict[str, Any]) -> None:
    found["verdict"]["status"] = "pass"


def _edit_table(found: dict[str, Any]) -> None:
    failed = next(one for one in found["tables"] if one["status"] == "fail")
    failed["status"] = "pass"


def _add_member(found: dict[str, Any]) -> None:
    found["verdict"]["html"] = "<img src=x>"


def _change_type(found: dict[str, Any]) -> None:
    found["checks"][0]["message"] = ["text"]


def _leave_out(found: dict[str, Any]) -> None:
    del found["tables"]


@pytest.mark.parametrize("edit", [_edit_rows, _edit_verdict, _edit_table, _add_member, _change_type, _leave_out])
def test_a_result_that_was_edited_is_not_posted(shop: Shop, github: GitHubHost, edit: Any) -> None:
    result, environ = from_fork(shop, github)
    found = json.loads(result.read_text("utf-8"))
    edit(found)
    result.write_text(json.dumps(found), "utf-8")
    done = post_from(shop, result, environ)
    assert (done.exit_code, done.stdout) == (2, ""), done
    assert "damaged or was edited" in one_sentence(done)
    assert github.bodies() == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"tool": {"version": "9.9"}}', r"another version of datacanary (9.9)"),
        ('{"tool": {"version": "<b>@ana"}}', "another version of datacanary (unknown)"),
        ("[" * 100_000, "cannot be read as JSON"),
        ('{"tool": {"version": NaN}}', "cannot be read as JSON"),
        ("not json", "cannot be read as JSON"),
        ("[]", "damaged or was edited"),
    ],
)
def test_a_file_that_is_no_result_is_refused(shop: Shop, github: GitHubHost, content: str, told: str) -> None:
    result = result_of(shop)
    result.write_text(content, "utf-8")
    environ = environment(github, shop, "workflow_run", {}, github_host.JOB_TOKEN)
    done = post_from(shop, result, environ)
    assert done.exit_code == 2, done
    assert told in one_sentence(done)
    assert github.requests == []


def test_a_result_of_another_commit_than_the_event_is_refused(shop: Shop, github: GitHubHost) -> None:
    result, environ = from_fork(shop, github)
    event = json.loads(Path(environ["GITHUB_EVENT_PATH"]).read_text("utf-8"))
    event["workflow_run"]["head_sha"] = "b" * 40
    Path(environ["GITHUB_EVENT_PATH"]).write_text(json.dumps(event), "utf-8")
    done = post_from(shop, result, environ)
    assert done.exit_code == 2
    assert "about bbbbbbb" in one_sentence(done)
    assert github.bodies() == []


def test_a_forks_pull_request_that_was_closed_meanwhile(shop: Shop, github: GitHubHost) -> None:
    result, environ = from_fork(shop, github)
    github.pulls[7]["state"] = "closed"
    done = post_from(shop, result, environ)
    assert done.exit_code == 2
    assert "No open pull request comes from stranger:work" in one_sentence(done)
