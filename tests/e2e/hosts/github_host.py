"""GitHub's REST and GraphQL API, as far as comments, checks and statuses go.

Members and numbers are those of docs.github.com: issue comments, pull requests, check runs, commit statuses.
"""

import re
from typing import Any

from hosts.server import Reply, Request, Standin, paged

JOB_TOKEN = "ghs_0123456789abcdefPLANTED"  # noqa: S105 -- nobody's
READ_ONLY = "ghs_readonly0000000PLANTED"
OTHER = "ghp_somebody0000000PLANTED"
BOT = "github-actions[bot]"
LONGEST = 65_536

R = r"/repos/acme/shop"


class GitHubHost(Standin):
    """One repository, `acme/shop`, with pull requests and who may write."""

    def __init__(self) -> None:
        super().__init__()
        self.rights = {
            JOB_TOKEN: (BOT, {"comments", "checks", "statuses"}),
            READ_ONLY: (BOT, set[str]()),
            OTHER: ("ada", {"comments"}),
        }
        self.comments: list[dict[str, Any]] = []
        self.check_runs: list[dict[str, Any]] = []
        self.minimised: list[str] = []
        self.routes = [
            ("POST", r"(?:/api)?/graphql", self._graphql),
            ("GET", rf"{R}/pulls", self._list_pulls),
            ("GET", rf"{R}/pulls/(\d+)", self.pull),
            ("GET", rf"{R}/issues/(\d+)/comments", self._list),
            ("POST", rf"{R}/issues/(\d+)/comments", self._create),
            ("PATCH", rf"{R}/issues/comments/(\d+)", self._update),
            ("DELETE", rf"{R}/issues/comments/(\d+)", self._delete),
            ("POST", rf"{R}/check-runs", self._check_run),
            ("POST", rf"{R}/statuses/([0-9a-f]{{40}})", self._status),
        ]

    def open_pull(self, number: int, sha: str, source: str = "acme:work") -> None:
        """Open a pull request."""
        self.pulls[number] = {
            "id": 1000 + number,
            "number": number,
            "state": "open",
            "merged": False,
            "head": {"label": source, "ref": source.partition(":")[2], "sha": sha},
            "base": {"label": "acme:main", "ref": "main"},
        }

    def write(self, author: str, body: str, number: int = 7) -> int:
        """Write a comment as somebody."""
        new = self.new_id()
        self.comments.append(
            {
                "id": new,
                "node_id": f"IC_{new}",
                "user": {"login": author, "type": "Bot" if author.endswith("[bot]") else "User"},
                "body": body,
                "html_url": f"https://github.com/acme/shop/pull/{number}#issuecomment-{new}",
                "author_association": "NONE",
                "issue": number,
            }
        )
        return new

    def bodies(self, number: int = 7) -> list[str]:
        """Return the texts of a pull request's comments."""
        return [one["body"] for one in self.comments if one["issue"] == number]

    def refuses(self, request: Request) -> Reply | None:
        """Answer 401 to whom nobody knows."""
        return None if self._token(request) in self.rights else Reply(401, {"message": "Bad credentials"})

    def _token(self, request: Request) -> str:
        return request.headers.get("authorization", "").removeprefix("Bearer ")

    def _may(self, request: Request, right: str) -> bool:
        return right in self.rights[self._token(request)][1]

    def _denied(self) -> Reply:
        return Reply(403, {"message": "Resource not accessible by integration"})

    def _graphql(self, request: Request, _: "re.Match[str]") -> Reply:
        if "minimizeComment" in request.body["query"]:
            self.minimised.append(request.body["variables"]["id"])
            return Reply(200, {"data": {"minimizeComment": {"clientMutationId": None}}})
        return Reply(200, {"data": {"viewer": {"login": self.rights[self._token(request)][0]}}})

    def _list_pulls(self, request: Request, _: "re.Match[str]") -> Reply:
        wanted = request.query["head"]
        found = [one for one in self.pulls.values() if one["head"]["label"] == wanted and one["state"] == "open"]
        return Reply(200, found)

    def _list(self, request: Request, match: "re.Match[str]") -> Reply:
        found, more = paged([one for one in self.comments if one["issue"] == int(match[1])], request)
        here = f"{self.url}{request.path}"
        link = f'<{here}?page={request.page + 1}>; rel="next", <{here}?page=9>; rel="last"'
        return Reply(200, found, {"link": link} if more else {})

    def _create(self, request: Request, match: "re.Match[str]") -> Reply:
        if not self._may(request, "comments"):
            return self._denied()
        if len(request.body["body"]) > LONGEST:
            return Reply(422, {"message": "Validation Failed", "errors": [{"code": "custom", "field": "body"}]})
        self.write(self.rights[self._token(request)][0], request.body["body"], int(match[1]))
        return Reply(201, self.comments[-1])

    def _one(self, match: "re.Match[str]") -> dict[str, Any] | None:
        return next((one for one in self.comments if one["id"] == int(match[1])), None)

    def _update(self, request: Request, match: "re.Match[str]") -> Reply:
        found = self._one(match)
        if found is None:
            return self.missing
        if not self._may(request, "comments"):
            return self._denied()
        found["body"] = request.body["body"]
        return Reply(200, found)

    def _delete(self, request: Request, match: "re.Match[str]") -> Reply:
        found = self._one(match)
        if found is None:
            return self.missing
        if not self._may(request, "comments"):
            return self._denied()
        self.comments.remove(found)
        return Reply(204)

    def _check_run(self, request: Request, _: "re.Match[str]") -> Reply:
        if not self._may(request, "checks"):
            return self._denied()
        self.check_runs.append(request.body)
        return Reply(201, {"id": self.new_id(), **request.body})

    def _status(self, request: Request, match: "re.Match[str]") -> Reply:
        if not self._may(request, "statuses"):
            return self._denied()
        self.statuses.append({"sha": match[1], **request.body})
        return Reply(201, {"id": self.new_id(), **request.body})
