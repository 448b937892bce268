"""GitLab: notes of a merge request, commit statuses.

Source: docs.gitlab.com/api, "Notes", "Merge requests", "Commits" (set the pipeline status of a commit), "Users". A
job's own token (`JOB-TOKEN`) may not write notes; one of a user, a group or the project (`PRIVATE-TOKEN`) may.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from urllib.parse import quote

from datacanary.forge.event import Place
from datacanary.forge.http import Answer, Client, Clock, Cures, Missing
from datacanary.forge.members import entries, is_true, number, text, text_or
from datacanary.forge.protocol import STATUS_NAME, Comment, CommitStatus, HostKind, PullRequest, Shown, first
from datacanary.model.verdict import Status

_TOKEN = "Set the masked variable GITLAB_TOKEN to a project access token with the scope api"  # noqa: S105 -- a sentence
_CURES = Cures(
    f"{_TOKEN}; a job's own token may not write comments.",
    f"{_TOKEN} and the role Reporter or higher.",
    f"{_TOKEN}: GitLab says this, too, of what a token may not see.",
)
_STATES: Mapping[Status, str] = {"pass": "success", "warn": "success", "inconclusive": "failed", "fail": "failed"}
_LONGEST_STATUS = 255
_OPEN = frozenset({"opened", "locked"})
"""`locked` while it is being merged."""


class GitLab:
    """One merge request on GitLab."""

    kind: HostKind = "gitlab"

    def __init__(self, place: Place, clock: Clock) -> None:
        self._place = place
        self._request = f"/projects/{quote(place.repository, safe='')}/merge_requests/{place.number}"
        self._me = ""
        header = "PRIVATE-TOKEN" if place.owner == "user" else "JOB-TOKEN"
        self._client = Client(place.api, {header: place.token}, "GitLab", _CURES, clock)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def me(self) -> str:
        """Return the user whose token it is."""
        if not self._me:
            self._me = text(self._client.get("/user").body, "username")
        return self._me

    def pull_request(self) -> PullRequest:
        """Read the merge request."""
        found = self._client.get(self._request).body
        return PullRequest(self._place.number, text(found, "sha"), open=text(found, "state") in _OPEN)

    def comments(self) -> tuple[Comment, ...]:
        """Read all notes of people and programs."""
        path, order = f"{self._request}/notes", {"sort": "asc", "order_by": "created_at"}
        pages = self._client.pages(path, _has_next, per_page=100, **order)
        found = (one for answer in pages for one in entries(answer.body))
        return tuple(_comment(one) for one in found if not is_true(one, "system"))

    def create(self, body: str, is_it: Callable[[Comment], bool]) -> Comment:
        """Write a note."""
        path = f"{self._request}/notes"
        return self._client.post(path, {"body": body}, _comment, lambda: first(self.comments(), is_it))

    def update(self, comment: Comment, body: str) -> None:
        """Give a note another text."""
        self._client.send("PUT", f"{self._request}/notes/{comment.id}", {"body": body})

    def delete(self, comment: Comment) -> None:
        """Delete a note."""
        with suppress(Missing):
            self._client.send("DELETE", f"{self._request}/notes/{comment.id}")

    def hide(self, comment: Comment) -> None:
        """Do nothing: GitLab has no way to fold a note away, its text says that it is outdated."""

    def set_status(self, sha: str, status: CommitStatus) -> Shown:
        """Set the status of a commit, in the project whose pipeline this is."""
        project = quote(self._place.pipeline or self._place.repository, safe="")
        body = {
            "state": _STATES[status.status],
            "name": STATUS_NAME,
            "description": status.line[:_LONGEST_STATUS],
            "target_url": status.link,
        }
        self._client.send("POST", f"/projects/{project}/statuses/{sha}", body)
        return "status"


def _has_next(answer: Answer) -> bool:
    return bool(answer.headers.get("x-next-page")) or 'rel="next"' in answer.headers.get("link", "")


def _comment(found: object) -> Comment:
    return Comment(number(found, "id"), text_or(found, "", "author", "username"), text_or(found, "", "body"))
