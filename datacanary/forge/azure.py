"""Azure DevOps: threads of a pull request, each with one comment of ours, and statuses.

Source: learn.microsoft.com, Azure DevOps REST API 7.1, "Git", "Pull Request Threads", "Pull Request Statuses"; Core,
"Connection Data". Threads come on one page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

from datacanary.forge.event import Place
from datacanary.forge.http import Client, Clock, Cures, Missing
from datacanary.forge.members import entries, is_true, number, text, text_or
from datacanary.forge.protocol import STATUS_NAME, Comment, CommitStatus, HostKind, PullRequest, Shown, first
from datacanary.model.verdict import Status

_RIGHT = "Let the project's build service contribute to pull requests (Repositories, Security)."
_CURES = Cures("Give the step `env: SYSTEM_ACCESSTOKEN: $(System.AccessToken)`.", _RIGHT, _RIGHT)
_STATES: Mapping[Status, str] = {"pass": "succeeded", "warn": "succeeded", "inconclusive": "error", "fail": "failed"}
_VERSION = "?api-version=7.1"
_FIRST = 1
"""The id of a thread's first comment, which is ours."""
_LONGEST_STATUS = 200


class Azure:
    """One pull request on Azure DevOps."""

    kind: HostKind = "azure"

    def __init__(self, place: Place, clock: Clock) -> None:
        self._place = place
        self._request = f"/_apis/git/repositories/{place.repository}/pullRequests/{place.number}"
        self._me = ""
        self._client = Client(place.api, {"Authorization": f"Bearer {place.token}"}, "Azure DevOps", _CURES, clock)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def me(self) -> str:
        """Return the identity whose token it is."""
        if not self._me:
            # Who one is, the collection knows, not the project.
            collection = self._place.api.rstrip("/").rpartition("/")[0]
            self._me = text(self._client.get(f"{collection}/_apis/connectionData").body, "authenticatedUser", "id")
        return self._me

    def pull_request(self) -> PullRequest:
        """Read the pull request."""
        found = self._client.get(f"{self._request}{_VERSION}").body
        head = text(found, "lastMergeSourceCommit", "commitId")
        return PullRequest(self._place.number, head, open=text(found, "status") == "active")

    def comments(self) -> tuple[Comment, ...]:
        """Read the first comment of each thread that has one which is not deleted."""
        found = entries(self._client.get(f"{self._request}/threads{_VERSION}").body, "value")
        threads = (_comment(one) for one in found if not is_true(one, "isDeleted"))
        return tuple(one for one in threads if one is not None)

    def create(self, body: str, is_it: Callable[[Comment], bool]) -> Comment:
        """Open a thread; a closed one keeps no policy waiting for an answer."""
        thread = {"comments": [{"parentCommentId": 0, "content": body, "commentType": "text"}], "status": "closed"}
        path = f"{self._request}/threads{_VERSION}"
        return self._client.post(path, thread, _written, lambda: first(self.comments(), is_it))

    def update(self, comment: Comment, body: str) -> None:
        """Give a comment another text."""
        self._client.send("PATCH", self._one(comment), {"content": body})

    def delete(self, comment: Comment) -> None:
        """Delete a comment."""
        with suppress(Missing):
            self._client.send("DELETE", self._one(comment))

    def hide(self, comment: Comment) -> None:
        """Do nothing: the thread is closed already, its text says that it is outdated."""

    def set_status(self, sha: str, status: CommitStatus) -> Shown:
        """Set a status of the pull request; Azure has it by pull request, not by commit."""
        del sha
        body = {
            "state": _STATES[status.status],
            "description": status.line[:_LONGEST_STATUS],
            "context": {"name": STATUS_NAME, "genre": "continuous-integration"},
            "targetUrl": status.link,
        }
        self._client.send("POST", f"{self._request}/statuses{_VERSION}", body)
        return "status"

    def _one(self, comment: Comment) -> str:
        return f"{self._request}/threads/{comment.id}/comments/{_FIRST}{_VERSION}"


def _written(thread: object) -> Comment:
    ours = entries(thread, "comments")[0]
    return Comment(number(thread, "id"), text_or(ours, "", "author", "id"), text_or(ours, "", "content"))


def _comment(thread: object) -> Comment | None:
    written = entries(thread, "comments")
    if not written or is_true(written[0], "isDeleted"):
        return None
    return _written(thread)
