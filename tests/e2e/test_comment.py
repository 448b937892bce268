"""`check --comment` and `comment` in jobs of GitHub and GitLab, on stand-ins of both."""

import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hosts import github_host, gitlab_host
from hosts.github_host import GitHubHost
from hosts.gitlab_host import GitLabHost
from program import Completed
from shop import MODELS, Shelf, Shop, make_shop

from datacanary.forge.sticky import read_marker

BAD = MODELS["stg_orders"].strip() + " where order_id < 400\n"
MARKED = "<!-- datacanary:v1 project=shop "
EXAMPLES = Path(__file__).parents[2] / "examples" / "ci"
PLANTED = "PLANTED"
"""All tokens of the stand-ins end so."""


def command(workflow: str) -> list[str]:
    """Return the arguments of the one datacanary command that an example workflow runs."""
    found = yaml.safe_load((EXAMPLES / f"{workflow}.yml").read_text("utf-8"))
    (one,) = found["jobs"].values()
    lines = [step["run"] for step in one["steps"] if step.get("run", "").startswith("datacanary ")]
    assert len(lines) == 1
    return shlex.split(lines[0])[1:]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Make a shop with a branch that loses rows, checked: fail."""
    folder = tmp_path_factory.mktemp("comment")
    shop = make_shop(folder / "work")
    shop.commit({"models/stg_orders.sql": BAD}, branch="work")
    sha = shop.git("rev-parse", "work")
    event = shop.folder.parent / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": 7, "head": {"ref": "work", "sha": sha}}}), "utf-8")
    # As a fork's job does it, without any secret.
    github = {"CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request"}
    assert shop.run(*command("github-comment-from-fork"), GITHUB_EVENT_PATH=str(event), **github).exit_code == 1
    (shop.folder / "result.json").replace(result_of(shop))
    return Shelf.keep(shop, folder / "copy")


@pytest.fixture
def shop(shelf: Shelf) -> Shop:
    """Give that shop, untouched by other tests."""
    return shelf.fresh()


@pytest.fixture
def github(shop: Shop) -> Iterator[GitHubHost]:
    """Give GitHub with the pull request 7 at the branch's commit."""
    host = GitHubHost()
    host.open_pull(7, shop.git("rev-parse", "work"))
    with host.serving():
        yield host


def job(host: GitHubHost, shop: Shop, token: str = github_host.JOB_TOKEN, run: str = "98213") -> dict[str, str]:
    """Return the environment of a job for the pull request."""
    pull = {"number": 7, "head": {"ref": "work", "sha": shop.git("rev-parse", "work")}}
    return environment(host, shop, "pull_request", {"pull_request": pull}, token, run)


def environment(
    host: GitHubHost, shop: Shop, name: str, event: dict[str, Any], token: str, run: str = "98213"
) -> dict[str, str]:
    """Return what GitHub sets in a job; GITHUB_SHA is a merge that nobody made."""
    path = shop.folder.parent / "event.json"
    path.write_text(json.dumps(event), "utf-8")
    return {
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": host.url,
        "GITHUB_EVENT_NAME": name,
        "GITHUB_EVENT_PATH": str(path),
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_RUN_ATTEMPT": "1",
        "GITHUB_RUN_ID": run,
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_SHA": "e" * 40,
        "GITHUB_STEP_SUMMARY": str(summary_of(shop)),
        "GITHUB_TOKEN": token,
    }


def summary_of(shop: Shop) -> Path:
    """Return the file of the job's summary."""
    return shop.folder.parent / "summary.md"


def result_of(shop: Shop) -> Path:
    """Return the file of the result that a job without secrets wrote."""
    return shop.folder.parent / "result.json"


def everything(done: Completed, shop: Shop) -> str:
    """Return all that a run of the program said."""
    summary = summary_of(shop).read_text("utf-8") if summary_of(shop).exists() else ""
    return done.stdout + done.stderr + summary


def one_sentence(done: Completed) -> str:
    """Return the one error that was told, with its cure."""
    errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1, done
    assert "\nhint:  " in done.stderr
    assert "Traceback" not in done.stderr
    assert PLANTED not in done.stderr
    return errors[0]


def test_a_check_writes_comment_check_run_and_summary_and_keeps_its_exit_code(shop: Shop, github: GitHubHost) -> None:
    done = shop.run("check", "--comment", **job(github, shop))
    assert done.exit_code == 1, done
    (body,) = github.bodies()
    first, second = body.splitlines()[:2]
    assert first.startswith(MARKED)
    assert "FAIL" in second
    assert "https://github.com/acme/shop/actions/runs/98213" in body
    (run,) = github.check_runs
    assert (run["conclusion"], run["head_sha"]) == ("failure", shop.git("rev-parse", "work"))
    assert {note["path"] for note in run["output"]["annotations"]} <= {f"models/{name}.sql" for name in MODELS}
    assert run["output"]["annotations"][0]["path"] == "models/stg_orders.sql"
    assert "FAIL" in summary_of(shop).read_text("utf-8")
    assert "::error" not in done.stderr, "a check run has shown the annotations"
    assert "FAIL" in done.stdout
    assert PLANTED not in everything(done, shop) + body


def test_a_push_brings_the_comment_up_to_date(shop: Shop, github: GitHubHost) -> None:
    shop.run("comment", "last", **job(github, shop))
    sha = shop.commit({"models/stg_orders.sql": MODELS["stg_orders"].strip() + " -- the same\n"})
    github.open_pull(7, sha)
    done = shop.run("check", "--comment", **job(github, shop, run="98214"))
    assert done.exit_code == 0, done
    assert "brought up to date" in done.stderr
    (body,) = github.bodies()
    marker = read_marker(body)
    assert marker is not None
    assert (marker.head, marker.run) == (sha[:12], "98214")
    assert "PASS" in body.splitlines()[1]


def test_a_token_that_may_only_read_leaves_summary_and_annotations(shop: Shop, github: GitHubHost) -> None:
    done = shop.run("check", "--comment", **job(github, shop, github_host.READ_ONLY))
    assert done.exit_code == 1, done
    assert "(403)" in one_sentence(done)
    commands = [line for line in done.stderr.splitlines() if line.startswith("::")]
    assert 1 <= len(commands) <= 10
    assert commands[0].startswith("::error file=models/stg_orders.sql,line=1")
    assert not [line for line in done.stdout.splitlines() if line.startswith("::")]
    assert "FAIL" in summary_of(shop).read_text("utf-8")
    assert github.bodies() == []


def test_a_comment_alone_ends_with_0(shop: Shop, github: GitHubHost) -> None:
    done = shop.run("comment", **job(github, shop))
    assert (done.exit_code, done.stdout) == (0, "The comment on GitHub is written.\n"), done
    again = shop.run("comment", **job(github, shop))
    assert (again.exit_code, again.stdout) == (0, "The comment on GitHub says this already.\n"), again


@pytest.mark.parametrize("token", ["", github_host.READ_ONLY, "ghs_unknownPLANTED"])
def test_a_comment_that_cannot_be_written_ends_with_2_and_the_report_is_in_the_summary(
    shop: Shop, github: GitHubHost, token: str
) -> None:
    done = shop.run("comment", **job(github, shop, token))
    assert (done.exit_code, done.stdout) == (2, ""), done
    assert "permissions: pull-requests: write" in done.stderr or "GITHUB_TOKEN" in done.stderr
    one_sentence(done)
    assert "FAIL" in summary_of(shop).read_text("utf-8")
    assert PLANTED not in everything(done, shop)


def test_without_a_summary_the_report_is_on_the_terminal(shop: Shop, github: GitHubHost) -> None:
    done = shop.run("comment", **job(github, shop, "") | {"GITHUB_STEP_SUMMARY": ""})
    assert done.exit_code == 2
    assert done.stdout.startswith("FAIL  ")
    assert "no token" in one_sentence(done)


def test_outside_of_ci_and_outside_of_a_pull_request(shop: Shop, github: GitHubHost) -> None:
    outside = shop.run("comment")
    assert outside.exit_code == 2
    assert outside.stdout.startswith("FAIL  ")
    assert "no job of GitHub" in one_sentence(outside)
    push = shop.run("comment", **environment(github, shop, "push", {}, github_host.JOB_TOKEN))
    assert push.exit_code == 2
    assert "GITHUB_EVENT_NAME=push" in one_sentence(push)
    assert github.requests == []


def test_a_pull_request_that_was_closed(shop: Shop, github: GitHubHost) -> None:
    github.pulls[7]["state"] = "closed"
    done = shop.run("comment", **job(github, shop))
    assert done.exit_code == 2
    assert "closed or merged" in one_sentence(done)
    checked = shop.run("check", "--comment", **job(github, shop))
    assert checked.exit_code == 1
    assert github.bodies() == []


def test_a_run_of_another_commit_is_not_what_the_job_is_about(shop: Shop, github: GitHubHost) -> None:
    sha = shop.commit({"README.md": "new"})
    github.open_pull(7, sha)
    done = shop.run("comment", **job(github, shop))
    assert done.exit_code == 2
    assert f"about {sha[:7]}" in one_sentence(done)
    assert github.bodies() == []


def test_a_newer_commit_was_pushed_while_the_job_ran(shop: Shop, github: GitHubHost) -> None:
    at_start = job(github, shop)
    github.open_pull(7, "b" * 40)
    done = shop.run("comment", **at_start)
    assert done.exit_code == 0, done
    assert "the pull request is at bbbbbbb now" in done.stdout
    assert github.bodies() == []


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


def gitlab_job(host: GitLabHost, shop: Shop, **tokens: str) -> dict[str, str]:
    """Return what GitLab sets in a job of merged results: CI_COMMIT_SHA is a merge that nobody made."""
    return {
        "CI": "true",
        "GITLAB_CI": "true",
        "CI_API_V4_URL": f"{host.url}/api/v4",
        "CI_COMMIT_SHA": "e" * 40,
        "CI_JOB_ID": "31",
        "CI_JOB_URL": "https://gitlab.example/acme/shop/-/jobs/31",
        "CI_MERGE_REQUEST_IID": "7",
        "CI_MERGE_REQUEST_PROJECT_ID": "42",
        "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "work",
        "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": shop.git("rev-parse", "work"),
        "CI_PIPELINE_ID": "50",
        "CI_PROJECT_ID": "42",
        "CI_PROJECT_NAME": "shop",
        "CI_JOB_TOKEN": gitlab_host.JOB_TOKEN,
        **tokens,
    }


def test_a_merge_request_of_gitlab(shop: Shop) -> None:
    host = GitLabHost()
    host.open_pull(7, shop.git("rev-parse", "work"))
    with host.serving():
        done = shop.run("check", "--comment", **gitlab_job(host, shop, GITLAB_TOKEN=gitlab_host.TOKEN))
        assert done.exit_code == 1, done
        (body,) = host.bodies()
        assert body.startswith(MARKED)
        (status,) = host.statuses
        assert (status["state"], status["sha"]) == ("failed", shop.git("rev-parse", "work"))
        assert "::" not in done.stderr
        poor = shop.run("comment", **gitlab_job(host, shop))
    assert poor.exit_code == 2
    assert "(401)" in one_sentence(poor)
    assert "GITLAB_TOKEN" in poor.stderr
    assert poor.stdout.startswith("FAIL  ")
