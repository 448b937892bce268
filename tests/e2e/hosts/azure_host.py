"""Azure DevOps' API 7.1, as far as threads of pull requests and their statuses go (learn.microsoft.com)."""

import re
from typing import Any

from hosts.server import Reply, Request, Standin

TOKEN = "eyJ0PLANTED0123456"  # noqa: S105 -- nobody's
BOT = "6f1c-build-service"

PR = r"/acme/shop/_apis/git/repositories/r-1/pullRequests/(\d+)"


class AzureHost(Standin):
    """One repository, `r-1` of the project `shop`, with pull requests."""

    missing = Reply(404, {"message": "TF401180: The requested pull request was not found."})

    def __init__(self) -> None:
        super().__init__()
        self.threads: list[dict[str, Any]] = []
        self.routes = [
            ("GET", r"/acme/_apis/connectionData", lambda *_: Reply(200, {"authenticatedUser": {"id": BOT}})),
            ("GET", PR, self.pull),
            ("GET", rf"{PR}/threads", self._list),
            ("POST", rf"{PR}/threads", self._create),
            ("PATCH", rf"{PR}/threads/(\d+)/comments/1", self._update),
            ("DELETE", rf"{PR}/threads/(\d+)/comments/1", self._delete),
            ("POST", rf"{PR}/statuses", self._status),
        ]

    def open_pull(self, number: int, sha: str) -> None:
        """Open a pull request."""
        head = {"commitId": sha}
        self.pulls[number] = {"pullRequestId": number, "status": "active", "lastMergeSourceCommit": head}

    def write(self, author: str, body: str, number: int = 7) -> int:
        """Open a thread as somebody."""
        new = self.new_id()
        comment = {"id": 1, "content": body, "author": {"id": author}, "isDeleted": False, "commentType": "text"}
        self.threads.append({"id": new, "comments": [comment], "isDeleted": False, "pr": number})
        return new

    def bodies(self, number: int = 7) -> list[str]:
        """Return the texts of a pull request's threads."""
        comments = [one["comments"][0] for one in self.threads if one["pr"] == number]
        return [one["content"] for one in comments if not one["isDeleted"]]

    def refuses(self, request: Request) -> Reply | None:
        """Answer 401 to whom nobody knows."""
        known = request.headers.get("authorization") == f"Bearer {TOKEN}"
        return None if known else Reply(401, {"message": "TF400813: The user is not authorized."})

    def _list(self, _: Request, match: "re.Match[str]") -> Reply:
        found = [one for one in self.threads if one["pr"] == int(match[1])]
        return Reply(200, {"value": found, "count": len(found)})

    def _create(self, request: Request, match: "re.Match[str]") -> Reply:
        self.write(BOT, request.body["comments"][0]["content"], int(match[1]))
        return Reply(200, self.threads[-1])

    def _one(self, match: "re.Match[str]") -> dict[str, Any] | None:
        found = next((one["comments"][0] for one in self.threads if one["id"] == int(match[2])), None)
        return None if found is None or found["isDeleted"] else found

    def _update(self, request: Request, match: "re.Match[str]") -> Reply:
        found = self._one(match)
        if found is None:
            return self.missing
        found["content"] = request.body["content"]
        return Reply(200, found)

    def _delete(self, _: Request, match: "re.Match[str]") -> Reply:
        found = self._one(match)
        if found is None:
            return self.missing
        found["isDeleted"] = True
        return Reply(200)

    def _status(self, request: Request, match: "re.Match[str]") -> Reply:
        self.statuses.append({"pr": int(match[1]), **request.body})
        return Reply(200, request.body)
