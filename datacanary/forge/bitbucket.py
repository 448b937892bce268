"""Bitbucket Cloud: comments of a pull request, build statuses.

Source: developer.atlassian.com, the Bitbucket Cloud REST API, "Pullrequests" and "Commit statuses".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

from datacanary.forge.event import Place
from datacanary.forge.http import Answer, Client, Clock, Cures, Missing
from datacanary.forge.members import entries, is_true, number, text, text_or
from datacanary.forge.protocol import STATUS_NAME, Comment, CommitStatus, HostKind, PullRequest, Shown, first
from datacanary.model.verdict import Status

_TOKEN = "Set the secured variable BITBUCKET_TOKEN to an access token with the scopes account and pullrequest:write"  # noqa: S105 -- a sentence
_CURES = Cures(f"{_TOKEN}.", f"{_TOKEN}.", f"{_TOKEN}, of this repository.")
_STATES: Mapping[Status, str] = {"pass": "SUCCESSFUL", "warn": "SUCCESSFUL", "inconclusive": "FAILED", "fail": "FAILED"}
_LONGEST_STATUS = 255


class Bitbucket:
    """One pull request on Bitbucket."""

    kind: HostKind = "bitbucket"

    def __init__(self, place: Place, clock: Clock) -> None:
        self._place = place
        self._repository = f"/repositories/{place.repository}"
        self._comments = f"{self._repository}/pullrequests/{place.number}/comments"
        self._me = ""
        headers = {"Authorization": f"Bearer {place.token}"}
        self._client = Client(place.api, headers, "Bitbucket", _CURES, clock)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def me(self) -> str:
        """Return the user whose token it is."""
        if not self._me:
            self._me = text(self._client.get("/user").body, "uuid")
        return self._me

    def pull_request(self) -> PullRequest:
        """Read the pull request."""
        found = self._client.get(f"{self._repository}/pullrequests/{self._place.number}").body
        head = text(found, "source", "commit", "hash")
        return PullRequest(self._place.number, head, open=text(found, "state") == "OPEN")

    def comments(self) -> tuple[Comment, ...]:
        """Read all comments that are not deleted."""
        pages = self._client.pages(self._comments, _has_next, pagelen=100)
        found = (one for answer in pages for one in entries(answer.body, "values"))
        return tuple(_comment(one) for one in found if not is_true(one, "deleted"))

    def create(self, body: str, is_it: Callable[[Comment], bool]) -> Comment:
        """Write a comment."""
        content = {"content": {"raw": body}}
        return self._client.post(self._comments, content, _comment, lambda: first(self.comments(), is_it))

    def update(self, comment: Comment, body: str) -> None:
        """Give a comment another text."""
        self._client.send("PUT", f"{self._comments}/{comment.id}", {"content": {"raw": body}})

    def delete(self, comment: Comment) -> None:
        """Delete a comment."""
        with suppress(Missing):
            self._client.send("DELETE", f"{self._comments}/{comment.id}")

    def hide(self, comment: Comment) -> None:
        """Do nothing: Bitbucket has no way to fold a comment away, its text says that it is outdated."""

    def set_status(self, sha: str, status: CommitStatus) -> Shown:
        """Set the build status of a commit."""
        body = {
            "key": STATUS_NAME,
            "name": STATUS_NAME,
            "state": _STATES[status.status],
            "description": status.line[:_LONGEST_STATUS],
            "url": status.link,
        }
        self._client.send("POST", f"{self._repository}/commit/{sha}/statuses/build", body)
        return "status"


def _has_next(answer: Answer) -> bool:
    return bool(text_or(answer.body, "", "next"))


def _comment(found: object) -> Comment:
    body = text_or(found, "", "content", "raw")
    return Comment(number(found, "id"), text_or(found, "", "user", "uuid"), body)
