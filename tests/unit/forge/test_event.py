"""What a job knows of its pull request, from what each host really sets."""

import json
from pathlib import Path
from typing import Any

import pytest

from datacanary.errors import UsageError
from datacanary.forge.event import Place, find_place

SHA = "4f1c9e2a77b00000000000000000000000000001"
GITHUB = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_EVENT_NAME": "pull_request",
    "GITHUB_REPOSITORY": "acme/shop",
    "GITHUB_RUN_ATTEMPT": "2",
    "GITHUB_RUN_ID": "98213",
    "GITHUB_SHA": "e" * 40,
    "GITHUB_TOKEN": "ghs_planted",
}
PULL = {"pull_request": {"number": 7, "head": {"sha": SHA, "ref": "work"}}}
FOLLOWED = {"id": 5, "run_attempt": 3, "event": "pull_request", "head_sha": SHA, "head_branch": "a b"}
WORKFLOW_RUN = {"workflow_run": {**FOLLOWED, "head_repository": {"owner": {"login": "stranger"}}}}
GITLAB = {
    "GITLAB_CI": "true",
    "CI_API_V4_URL": "https://gitlab.example/api/v4",
    "CI_COMMIT_SHA": "e" * 40,
    "CI_JOB_ID": "31",
    "CI_JOB_TOKEN": "glcbt-planted",
    "CI_MERGE_REQUEST_IID": "7",
    "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": SHA,
    "CI_PIPELINE_ID": "50",
    "CI_PROJECT_ID": "43",
    "CI_MERGE_REQUEST_PROJECT_ID": "42",
}


def github(tmp_path: Path, event: Any, **environ: str) -> Place:
    file = tmp_path / "event.json"
    file.write_text(event if isinstance(event, str) else json.dumps(event), "utf-8")
    return find_place(GITHUB | {"GITHUB_EVENT_PATH": str(file)} | environ)


def test_github_labels_with_the_commit_of_the_branch(tmp_path: Path) -> None:
    place = github(tmp_path, PULL)
    assert (place.number, place.head, place.run, place.attempt) == (7, SHA, "98213", "2")
    assert place.api == "https://api.github.com"
    assert place.link == "https://github.com/acme/shop/actions/runs/98213"


def test_an_enterprise_is_asked_where_it_is(tmp_path: Path) -> None:
    urls = {"GITHUB_API_URL": "https://git.example/api/v3", "GITHUB_SERVER_URL": "https://git.example"}
    place = github(tmp_path, PULL, **urls)
    assert (place.api, place.link) == (urls["GITHUB_API_URL"], "https://git.example/acme/shop/actions/runs/98213")


def test_a_workflow_that_follows_another_speaks_of_that_ones_commit(tmp_path: Path) -> None:
    place = github(tmp_path, WORKFLOW_RUN, GITHUB_EVENT_NAME="workflow_run")
    assert (place.number, place.source, place.head) == (0, "stranger:a b", SHA)
    assert (place.run, place.attempt) == ("5", "3")
    assert place.link.endswith("/runs/5")


def test_a_comment_on_a_pull_request_names_it(tmp_path: Path) -> None:
    event = {"issue": {"number": 7, "pull_request": {"url": ""}}}
    place = github(tmp_path, event, GITHUB_EVENT_NAME="issue_comment")
    assert (place.number, place.head) == (7, "")


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("push", {}),
        ("schedule", {}),
        ("issue_comment", {"issue": {"number": 7}}),
        ("workflow_run", {"workflow_run": {**FOLLOWED, "event": "push"}}),
    ],
)
def test_what_is_about_no_pull_request_is_told(tmp_path: Path, name: str, event: Any) -> None:
    with pytest.raises(UsageError, match=f"not about a pull request.*{name}") as caught:
        github(tmp_path, event, GITHUB_EVENT_NAME=name)
    assert caught.value.hint


@pytest.mark.parametrize(
    "event",
    ["", "[", "[]", "null", {"pull_request": None}, {"pull_request": {"number": "7"}}, "[" * 100_000],
)
def test_an_event_that_is_not_understood_is_told(tmp_path: Path, event: Any) -> None:
    with pytest.raises(UsageError, match="GITHUB_EVENT_PATH"):
        github(tmp_path, event)


def test_a_fork_that_was_deleted_is_told(tmp_path: Path) -> None:
    event = {"workflow_run": {**FOLLOWED, "head_repository": None}}
    with pytest.raises(UsageError, match="GITHUB_EVENT_PATH"):
        github(tmp_path, event, GITHUB_EVENT_NAME="workflow_run")


def test_gitlab_comments_in_the_target_and_labels_with_the_branch() -> None:
    place = find_place(GITLAB)
    assert (place.repository, place.pipeline, place.head, place.owner) == ("42", "43", SHA, "job")
    own = find_place(GITLAB | {"GITLAB_TOKEN": "glpat-planted"})
    assert (own.token, own.owner) == ("glpat-planted", "user")


def test_bitbucket_and_azure() -> None:
    bitbucket = {"BITBUCKET_BUILD_NUMBER": "50", "BITBUCKET_WORKSPACE": "acme", "BITBUCKET_REPO_SLUG": "shop"}
    place = find_place(bitbucket | {"BITBUCKET_PR_ID": "7", "BITBUCKET_COMMIT": SHA, "BITBUCKET_TOKEN": "planted"})
    assert (place.repository, place.number, place.head) == ("acme/shop", 7, SHA)
    azure = {
        "TF_BUILD": "True",
        "SYSTEM_COLLECTIONURI": "https://dev.azure.com/acme/",
        "SYSTEM_TEAMPROJECT": "shop",
        "SYSTEM_PULLREQUEST_PULLREQUESTID": "7",
        "SYSTEM_ACCESSTOKEN": "planted",
    }
    assert find_place(azure).api == "https://dev.azure.com/acme/shop"


@pytest.mark.parametrize(
    ("environ", "cure"),
    [
        (GITLAB | {"CI_JOB_TOKEN": ""}, "GITLAB_TOKEN"),
        ({"BITBUCKET_BUILD_NUMBER": "5", "BITBUCKET_PR_ID": "7"}, "BITBUCKET_TOKEN"),
        ({"TF_BUILD": "True", "SYSTEM_PULLREQUEST_PULLREQUESTID": "7"}, "SYSTEM_ACCESSTOKEN"),
    ],
)
def test_no_token_is_told_with_the_cure(environ: dict[str, str], cure: str) -> None:
    with pytest.raises(UsageError, match="no token") as caught:
        find_place(environ)
    assert cure in caught.value.hint


def test_no_ci_at_all_is_told() -> None:
    with pytest.raises(UsageError, match="no job of GitHub"):
        find_place({"CI": "true"})


def test_a_token_is_not_shown() -> None:
    assert "planted" not in repr(find_place(GITLAB))
