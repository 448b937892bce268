"""`check --comment` and `comment` in jobs of GitHub and GitLab, on stand-ins of both."""

from collections.abc import Iterator

import pytest
from comment_jobs import PLANTED, environment, everything, github_for, job, one_sentence, summary_of
from hosts import github_host, gitlab_host
from hosts.github_host import GitHubHost
from hosts.gitlab_host import GitLabHost
from shop import MODELS, Shelf, Shop

from datacanary.forge.sticky import read_marker

MARKED = "<!-- datacanary:v1 project=shop "
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
