"""Bitbucket Cloud's API 2.0, as far as comments and build statuses go (developer.atlassian.com)."""

import re
from typing import Any

from hosts.server import Reply, Request, Standin, paged

TOKEN = "ATCTT3xPLANTED0123"  # noqa: S105 -- nobody's
BOT = "{b0b}"

R = r"/2\.0/repositories/acme/shop"
PR = rf"{R}/pullrequests/(\d+)"


class BitbucketHost(Standin):
    """One repository, `acme/shop`, with pull requests."""

    missing = Reply(404, {"type": "error", "error": {"message": "Resource not found"}})

    def __init__(self) -> None:
        super().__init__()
        self.comments: list[dict[str, Any]] = []
        self.routes = [
            ("GET", r"/2\.0/user", lambda *_: Reply(200, {"uuid": BOT, "type": "app_user"})),
            ("GET", PR, self.pull),
            ("GET", rf"{PR}/comments", self._list),
            ("POST", rf"{PR}/comments", self._create),
            ("PUT", rf"{PR}/comments/(\d+)", self._update),
            ("DELETE", rf"{PR}/comments/(\d+)", self._delete),
            ("POST", rf"{R}/commit/([0-9a-f]+)/statuses/build", self._status),
        ]

    def open_pull(self, number: int, sha: str) -> None:
        """Open a pull request; Bitbucket cuts commit ids to twelve digits."""
        self.pulls[number] = {"id": number, "state": "OPEN", "source": {"commit": {"hash": sha[:12]}}}

    def write(self, author: str, body: str, number: int = 7) -> int:
        """Write a comment as somebody."""
        new = self.new_id()
        comment = {"id": new, "content": {"raw": body}, "user": {"uuid": author}, "deleted": False, "pr": number}
        self.comments.append(comment)
        return new

    def bodies(self, number: int = 7) -> list[str]:
        """Return the texts of a pull request's comments that are not deleted."""
        return [one["content"]["raw"] for one in self.comments if one["pr"] == number and not one["deleted"]]

    def refuses(self, request: Request) -> Reply | None:
        """Answer 401 to whom nobody knows."""
        known = request.headers.get("authorization") == f"Bearer {TOKEN}"
        return None if known else Reply(401, {"type": "error", "error": {"message": "Token is invalid"}})

    def _list(self, request: Request, match: "re.Match[str]") -> Reply:
        every = [one for one in self.comments if one["pr"] == int(match[1])]
        found, more = paged(every, request, "pagelen")
        following = {"next": f"https://elsewhere.example{request.path}?page={request.page + 1}"} if more else {}
        return Reply(200, {"values": found, "page": request.page, **following})

    def _create(self, request: Request, match: "re.Match[str]") -> Reply:
        self.write(BOT, request.body["content"]["raw"], int(match[1]))
        return Reply(201, self.comments[-1])

    def _one(self, match: "re.Match[str]") -> dict[str, Any] | None:
        return next((one for one in self.comments if one["id"] == int(match[2]) and not one["deleted"]), None)

    def _update(self, request: Request, match: "re.Match[str]") -> Reply:
        found = self._one(match)
        if found is None:
            return self.missing
        found["content"] = {"raw": request.body["content"]["raw"]}
        return Reply(200, found)

    def _delete(self, _: Request, match: "re.Match[str]") -> Reply:
        found = self._one(match)
        if found is None:
            return self.missing
        found["deleted"] = True
        return Reply(204)

    def _status(self, request: Request, match: "re.Match[str]") -> Reply:
        self.statuses.append({"sha": match[1], **request.body})
        return Reply(201, request.body)
