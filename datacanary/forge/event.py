"""Where a job runs and for which pull request, from what CI sets."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeVar

from datacanary.errors import CanaryError, UsageError
from datacanary.forge.members import number, text, text_or
from datacanary.forge.protocol import HostKind

TokenOwner = Literal["user", "job"]
"""GitLab's token of a job may do less than one of a user or a project."""

_NOT_ON_ONE = "Comments are for pull requests: run it in a job of one, or leave --comment out."
_LARGEST_EVENT = 25_000_000

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One pull request, as a job knows it.

    `api` is the address of the host's API. `number` is 0 where only the `source` (`owner:branch`) is known. `head` is
    the commit that the event is about, empty if it does not say. `run` and `attempt` tell jobs apart, `link` leads to
    this one. `name` is what the repository is called, `owner` whose the token is. `pipeline` is the commit's project,
    where that is another one.
    """

    host: HostKind
    api: str
    repository: str
    name: str
    number: int
    head: str
    run: str
    attempt: str
    link: str
    token: str = field(repr=False)
    owner: TokenOwner = "user"
    source: str = ""
    pipeline: str = ""


def find_place(environ: Mapping[str, str]) -> Place:
    """Read which pull request a job is about.

    Raises UsageError outside of CI, in a job of no pull request, without a token, and if an event file is not
    understood.
    """
    for name, read in _HOSTS.items():
        if environ.get(name, ""):
            place = read(environ)
            if not place.token:
                raise UsageError("There is no token to write a comment with.", hint=_TOKENS[place.host])
            return place
    raise UsageError("This is no job of GitHub, GitLab, Bitbucket or Azure DevOps.", hint=_NOT_ON_ONE)


_TOKENS: dict[HostKind, str] = {
    "github": "Give the step `env: GITHUB_TOKEN: ${{ github.token }}`, the job `permissions: pull-requests: write`.",
    "gitlab": "Set the masked variable GITLAB_TOKEN to a project access token with the scope api.",
    "bitbucket": "Set the secured variable BITBUCKET_TOKEN to a repository access token that may write pull requests.",
    "azure": "Give the step `env: SYSTEM_ACCESSTOKEN: $(System.AccessToken)`.",
}


def _github(environ: Mapping[str, str]) -> Place:
    name, path = environ.get("GITHUB_EVENT_NAME", ""), environ.get("GITHUB_EVENT_PATH", "")
    event = _event(path) if name.startswith(("pull_request", "workflow_run", "issue_comment")) else {}
    run, attempt = environ.get("GITHUB_RUN_ID", "0"), environ.get("GITHUB_RUN_ATTEMPT", "1")
    which, head, source = 0, "", ""
    if name.startswith("pull_request"):
        # GITHUB_SHA would be the commit of a merge that nobody made.
        which = _read(lambda: number(event, "pull_request", "number"), path)
        head = _read(lambda: text(event, "pull_request", "head", "sha"), path)
    elif name == "issue_comment" and isinstance(event, dict) and "pull_request" in (event.get("issue") or {}):
        which = _read(lambda: number(event, "issue", "number"), path)
    elif name == "workflow_run" and text_or(event, "", "workflow_run", "event").startswith("pull_request"):
        head, source = _read(lambda: _triggering(event), path)
        run = str(_read(lambda: number(event, "workflow_run", "id"), path))
        attempt = str(_read(lambda: number(event, "workflow_run", "run_attempt"), path))
    else:
        raise UsageError(f"This job is not about a pull request (GITHUB_EVENT_NAME={name}).", hint=_NOT_ON_ONE)
    repository = environ.get("GITHUB_REPOSITORY", "")
    server = environ.get("GITHUB_SERVER_URL", "https://github.com")
    return Place(
        host="github",
        api=environ.get("GITHUB_API_URL") or "https://api.github.com",
        repository=repository,
        name=repository.rpartition("/")[2],
        number=which,
        head=head,
        run=run,
        attempt=attempt,
        link=f"{server}/{repository}/actions/runs/{run}",
        token=environ.get("GITHUB_TOKEN") or environ.get("GH_TOKEN") or "",
        source=source,
    )


def _triggering(event: object) -> tuple[str, str]:
    """Return head and source of the job that a `workflow_run` follows: GitHub leaves out the number for forks."""
    head = text(event, "workflow_run", "head_sha")
    owner = text(event, "workflow_run", "head_repository", "owner", "login")
    return head, f"{owner}:{text(event, 'workflow_run', 'head_branch')}"


def _gitlab(environ: Mapping[str, str]) -> Place:
    own = environ.get("GITLAB_TOKEN", "")
    return Place(
        host="gitlab",
        api=environ.get("CI_API_V4_URL", "https://gitlab.com/api/v4"),
        repository=environ.get("CI_MERGE_REQUEST_PROJECT_ID") or environ.get("CI_PROJECT_ID", ""),
        name=environ.get("CI_PROJECT_NAME", ""),
        number=_number(environ, "CI_MERGE_REQUEST_IID"),
        # In a pipeline of merged results CI_COMMIT_SHA is a merge that nobody made.
        head=environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or environ.get("CI_COMMIT_SHA", ""),
        run=environ.get("CI_PIPELINE_ID", "0"),
        attempt=environ.get("CI_JOB_ID", "1"),
        link=environ.get("CI_JOB_URL", ""),
        token=own or environ.get("CI_JOB_TOKEN", ""),
        owner="user" if own else "job",
        pipeline=environ.get("CI_PROJECT_ID", ""),
    )


def _bitbucket(environ: Mapping[str, str]) -> Place:
    name, build = environ.get("BITBUCKET_REPO_SLUG", ""), environ.get("BITBUCKET_BUILD_NUMBER", "0")
    repository = f"{environ.get('BITBUCKET_WORKSPACE', '')}/{name}"
    return Place(
        host="bitbucket",
        api="https://api.bitbucket.org/2.0",
        repository=repository,
        name=name,
        number=_number(environ, "BITBUCKET_PR_ID"),
        head=environ.get("BITBUCKET_COMMIT", ""),
        run=build,
        attempt=environ.get("BITBUCKET_STEP_RUN_NUMBER", "1"),
        link=f"https://bitbucket.org/{repository}/pipelines/results/{build}",
        token=environ.get("BITBUCKET_TOKEN", ""),
    )


def _azure(environ: Mapping[str, str]) -> Place:
    project = f"{environ.get('SYSTEM_COLLECTIONURI', '')}{environ.get('SYSTEM_TEAMPROJECT', '')}"
    build = environ.get("BUILD_BUILDID", "0")
    return Place(
        host="azure",
        api=project,
        repository=environ.get("BUILD_REPOSITORY_ID", ""),
        name=environ.get("BUILD_REPOSITORY_NAME", "").rpartition("/")[2],
        number=_number(environ, "SYSTEM_PULLREQUEST_PULLREQUESTID"),
        head=environ.get("SYSTEM_PULLREQUEST_SOURCECOMMITID", ""),
        run=build,
        attempt=environ.get("SYSTEM_JOBATTEMPT", "1"),
        link=f"{project}/_build/results?buildId={build}",
        token=environ.get("SYSTEM_ACCESSTOKEN", ""),
    )


_HOSTS: Mapping[str, Callable[[Mapping[str, str]], Place]] = {
    "GITHUB_ACTIONS": _github,
    "GITLAB_CI": _gitlab,
    "BITBUCKET_BUILD_NUMBER": _bitbucket,
    "TF_BUILD": _azure,
}
"""What each host sets in every job."""


def _number(environ: Mapping[str, str], name: str) -> int:
    value = environ.get(name, "")
    if not value.isdecimal():
        raise UsageError(f"This job is not about a pull request ({name} is not set).", hint=_NOT_ON_ONE)
    return int(value)


def _event(path: str) -> object:
    try:
        file = Path(path)
        if file.stat().st_size > _LARGEST_EVENT:
            raise _unreadable(path, "is too large to be one")
        event: object = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise _unreadable(path, "cannot be read as JSON") from error
    return event


def _read(member: Callable[[], _T], path: str) -> _T:
    try:
        return member()
    except CanaryError as error:
        raise _unreadable(path, "does not say which pull request it is about") from error


def _unreadable(path: str, why: str) -> UsageError:
    return UsageError(f"GitHub's event file {path!r} (GITHUB_EVENT_PATH) {why}.", hint=_NOT_ON_ONE)
