"""Which commit a pull or merge request is about, from what CI says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from datacanary.errors import GitError


def pull_request_head(environ: Mapping[str, str]) -> tuple[str, str] | None:
    """Return branch and commit id of the pull request that CI runs for; None outside CI or without one.

    Raises GitError if GitHub's event file cannot be understood.

    >>> gitlab = {"CI": "true", "CI_MERGE_REQUEST_IID": "7", "CI_COMMIT_SHA": "4f1c9e2"}
    >>> pull_request_head(gitlab | {"CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "feature"})
    ('feature', '4f1c9e2')
    >>> pull_request_head({"CI": "true"})
    """
    if environ.get("CI", "").lower() != "true":
        return None
    if environ.get("GITHUB_ACTIONS") == "true" and environ.get("GITHUB_EVENT_NAME", "").startswith("pull_request"):
        return _github(environ.get("GITHUB_EVENT_PATH", ""))
    sha = environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "")
    if not sha and environ.get("CI_MERGE_REQUEST_IID"):
        sha = environ.get("CI_COMMIT_SHA", "")
    return (environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME") or sha, sha) if sha else None


def pull_request_event(environ: Mapping[str, str]) -> str:
    """Return what says that CI runs for a pull or merge request, as NAME=value; an empty text if nothing does.

    >>> pull_request_event({"GITHUB_EVENT_NAME": "pull_request_target"})
    'GITHUB_EVENT_NAME=pull_request_target'
    >>> pull_request_event({"GITHUB_EVENT_NAME": "push", "BITBUCKET_PR_ID": ""})
    ''
    """
    for name, begin in _EVENTS:
        value = environ.get(name, "")
        if value and value.startswith(begin):
            return f"{name}={value}"
    return ""


# Some of CI's variables say what happened, others are only there for a pull request.
_EVENTS = (
    ("GITHUB_EVENT_NAME", "pull_request"),
    ("CI_PIPELINE_SOURCE", "merge_request_event"),
    ("CI_MERGE_REQUEST_IID", ""),
    ("BITBUCKET_PR_ID", ""),
    ("SYSTEM_PULLREQUEST_PULLREQUESTID", ""),
)


def _github(event_path: str) -> tuple[str, str]:
    try:
        event: object = json.loads(Path(event_path).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise _unreadable(event_path, "cannot be read as JSON") from error
    head = _member(_member(event, "pull_request"), "head")
    ref, sha = _member(head, "ref"), _member(head, "sha")
    if not (isinstance(ref, str) and isinstance(sha, str) and ref and sha):
        raise _unreadable(event_path, "does not name pull_request.head.ref and pull_request.head.sha")
    return ref, sha


def _member(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, dict) else None


def _unreadable(event_path: str, why: str) -> GitError:
    return GitError(
        f"GitHub's event file {event_path!r} (GITHUB_EVENT_PATH) {why}.",
        hint="Name the version to check yourself: --head REF.",
    )
