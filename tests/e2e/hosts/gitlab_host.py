"""GitLab's API, version 4, as far as notes of merge requests and commit statuses go (docs.gitlab.com/api)."""

import re
from typing import Any

from hosts.server import Reply, Request, Standin, paged

TOKEN = "glpat-0123456789PLANTED"  # noqa: S105 -- nobody's
READ_ONLY = "glpat-readonly0PLANTED"
JOB_TOKEN = "glcbt-0123456789PLANTED"  # noqa: S105 -- nobody's
BOT = "project_42_bot_9f"

P = r"/api/v4/projects/42"
MR = rf"{P}/merge_requests/(\d+)"


class GitLabHost(Standin):
    """One project, 42, with merge requests."""

    missing = Reply(404, {"message": "404 Not Found"})

    def __init__(self) -> None:
        super().__init__()
        self.notes: list[dict[str, Any]] = []
        self.routes = [
            ("GET", r"/api/v4/user", lambda *_: Reply(200, {"id": 9, "username": BOT, "bot": True})),
            ("GET", MR, self.pull),
            ("GET", rf"{MR}/notes", self._list),
            ("POST", rf"{MR}/notes", self._create),
            ("PUT", rf"{MR}/notes/(\d+)", self._update),
            ("DELETE", rf"{MR}/notes/(\d+)", self._delete),
            ("POST", rf"{P}/statuses/([0-9a-f]{{40}})", self._status),
        ]

    def open_pull(self, number: int, sha: str) -> None:
        """Open a merge request."""
        self.pulls[number] = {"iid": number, "state": "opened", "sha": sha, "source_branch": "work"}

    def write(self, author: str, body: str, number: int = 7, *, system: bool = False) -> int:
        """Write a note as somebody."""
        new = self.new_id()
        note = {"id": new, "body": body, "author": {"id": 1, "username": author}, "system": system, "mr": number}
        self.notes.append({**note, "resolvable": False})
        return new

    def bodies(self, number: int = 7) -> list[str]:
        """Return the texts of a merge request's notes."""
        return [one["body"] for one in self.notes if one["mr"] == number]

    def refuses(self, request: Request) -> Reply | None:
        """Answer 401 to whom nobody knows, and to a job's token outside of the few routes that it may use."""
        if request.headers.get("private-token") == TOKEN:
            return None
        if request.headers.get("private-token") == READ_ONLY:
            return Reply(403, {"error": "insufficient_scope"}) if request.method != "GET" else None
        return Reply(401, {"message": "401 Unauthorized"})

    def _list(self, request: Request, match: "re.Match[str]") -> Reply:
        every = [one for one in self.notes if one["mr"] == int(match[1])]
        if request.query.get("sort") != "asc":
            every.reverse()
        found, more = paged(every, request)
        return Reply(200, found, {"x-next-page": str(request.page + 1) if more else "", "x-page": str(request.page)})

    def _create(self, request: Request, match: "re.Match[str]") -> Reply:
        self.write(BOT, request.body["body"], int(match[1]))
        return Reply(201, self.notes[-1])

    def _one(self, match: "re.Match[str]") -> dict[str, Any] | None:
        return next((one for one in self.notes if one["id"] == int(match[2])), None)

    def _update(self, request: Request, match: "re.Match[str]") -> Reply:
        found = self._one(match)
        if found is None:
            return self.missing
        found["body"] = request.body["body"]
        return Reply(200, found)

    def _delete(self, _: Request, match: "re.Match[str]") -> Reply:
        found = self._one(match)
        if found is None:
            return self.missing
        self.notes.remove(found)
        return Reply(204)

    def _status(self, request: Request, match: "re.Match[str]") -> Reply:
        self.statuses.append({"sha": match[1], **request.body})
        return Reply(201, {"id": self.new_id(), **request.body})
