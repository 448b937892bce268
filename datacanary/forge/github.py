"""GitHub and GitHub Enterprise: comments of an issue, check runs, commit statuses.

Source: docs.github.com/rest, "Issue comments", "Check runs", "Commit statuses", "Pull requests"; GraphQL `viewer` and
`minimizeComment`. A job's token may ask for `viewer`, but not for REST's `/user`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

from datacanary.errors import ForgeError, UsageError
from datacanary.forge.event import Place
from datacanary.forge.http import Answer, Client, Clock, Cures, Denied, Missing
from datacanary.forge.members import entries, number, text, text_or
from datacanary.forge.protocol import STATUS_NAME, Comment, CommitStatus, HostKind, Note, PullRequest, Shown, first
from datacanary.model.verdict import Status

_BOT = "github-actions[bot]"
"""Who writes with the token that every job gets."""
_CURES = Cures(
    "Give the step `env: GITHUB_TOKEN: ${{ github.token }}`.",
    "Give the job `permissions: pull-requests: write`; a fork's job never gets it: let a second workflow post "
    "(examples/ci/github-comment-from-fork.yml).",
    "Is GITHUB_REPOSITORY right, and may the token read it?",
)
_CONCLUSIONS: Mapping[Status, str] = {
    "pass": "success",
    "warn": "neutral",
    "inconclusive": "action_required",
    "fail": "failure",
}
_STATES: Mapping[Status, str] = {"pass": "success", "warn": "success", "inconclusive": "error", "fail": "failure"}
_LONGEST_STATUS = 140
_LONGEST_OUTPUT = 65_000
_MOST_NOTES = 10
_MINIMIZE = "mutation($id: ID!) { minimizeComment(input: {subjectId: $id, classifier: OUTDATED}) { clientMutationId } }"


class GitHub:
    """One pull request on GitHub."""

    kind: HostKind = "github"

    def __init__(self, place: Place, clock: Clock) -> None:
        self._place = place
        self._repository = f"/repos/{place.repository}"
        self._number = place.number
        self._me = ""
        headers = {
            "Authorization": f"Bearer {place.token}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        self._client = Client(place.api, headers, "GitHub", _CURES, clock)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def me(self) -> str:
        """Return the login that comments will have."""
        if not self._me:
            try:
                answer = self._graphql("query { viewer { login } }", {})
                self._me = text(answer.body, "data", "viewer", "login")
            except ForgeError:
                # An Enterprise without GraphQL; should the token be the trouble, the next request says so.
                self._me = _BOT
        return self._me

    def pull_request(self) -> PullRequest:
        """Read the pull request; where only its source is known, the one that has the event's commit as its head."""
        if not self._number:
            self._number = self._find()
        found = self._client.get(f"{self._repository}/pulls/{self._number}").body
        return PullRequest(self._number, text(found, "head", "sha"), open=text(found, "state") == "open")

    def _find(self) -> int:
        path = f"{self._repository}/pulls"
        found = entries(self._client.get(path, state="open", head=self._place.source, per_page=100).body)
        if not found:
            problem = f"No open pull request comes from {self._place.source}."
            raise UsageError(problem, hint="It was closed or merged meanwhile: there is nothing to comment on.")
        exact = [one for one in found if text(one, "head", "sha") == self._place.head]
        return min(number(one, "number") for one in exact or found)

    def comments(self) -> tuple[Comment, ...]:
        """Read all comments."""
        pages = self._client.pages(f"{self._issue}/comments", _has_next, per_page=100)
        return tuple(_comment(one) for answer in pages for one in entries(answer.body))

    def create(self, body: str, is_it: Callable[[Comment], bool]) -> Comment:
        """Write a comment."""
        path = f"{self._issue}/comments"
        return self._client.post(path, {"body": body}, _comment, lambda: first(self.comments(), is_it))

    def update(self, comment: Comment, body: str) -> None:
        """Give a comment another text."""
        self._client.send("PATCH", f"{self._repository}/issues/comments/{comment.id}", {"body": body})

    def delete(self, comment: Comment) -> None:
        """Delete a comment."""
        with suppress(Missing):
            self._client.send("DELETE", f"{self._repository}/issues/comments/{comment.id}")

    def hide(self, comment: Comment) -> None:
        """Minimise a comment as outdated."""
        self._graphql(_MINIMIZE, {"id": comment.handle})

    def set_status(self, sha: str, status: CommitStatus) -> Shown:
        """Make a check run, which shows annotations, or a commit status where the token may only do that."""
        try:
            self._client.post(f"{self._repository}/check-runs", _check_run(sha, status), _nothing, lambda: None)
        except Denied:
            body = {
                "state": _STATES[status.status],
                "context": STATUS_NAME,
                "description": status.line[:_LONGEST_STATUS],
                "target_url": status.link,
            }
            self._client.send("POST", f"{self._repository}/statuses/{sha}", body)
            return "status"
        return "check"

    @property
    def _issue(self) -> str:
        return f"{self._repository}/issues/{self._number}"

    def _graphql(self, query: str, variables: Mapping[str, str]) -> Answer:
        # Enterprise has GraphQL beside REST's /api/v3.
        base = self._place.api.rstrip("/")
        url = f"{base.removesuffix('/v3')}/graphql" if base.endswith("/api/v3") else f"{base}/graphql"
        answer = self._client.send("POST", url, {"query": query, "variables": dict(variables)})
        if isinstance(answer.body, dict) and answer.body.get("errors"):
            raise ForgeError("GitHub refuses what it was asked by GraphQL.", hint=_CURES.right)
        return answer


def _check_run(sha: str, status: CommitStatus) -> dict[str, object]:
    output = {"title": status.line, "summary": _cut(status.text), "annotations": [_note(one) for one in _most(status)]}
    return {
        "name": STATUS_NAME,
        "head_sha": sha,
        "status": "completed",
        "conclusion": _CONCLUSIONS[status.status],
        "details_url": status.link,
        "output": output,
    }


def _most(status: CommitStatus) -> tuple[Note, ...]:
    return status.notes[:_MOST_NOTES]


def _note(note: Note) -> dict[str, str | int]:
    return {
        "path": note.path,
        "start_line": note.line,
        "end_line": note.line,
        "annotation_level": note.level,
        "title": note.title,
        "message": note.message,
    }


def _cut(markdown: str) -> str:
    return markdown if len(markdown.encode()) <= _LONGEST_OUTPUT else "The report is too long to be shown here."


def _nothing(_body: object) -> bool:
    return True


def _has_next(answer: Answer) -> bool:
    return 'rel="next"' in answer.headers.get("link", "")


def _comment(found: object) -> Comment:
    author = text_or(found, "", "user", "login")
    return Comment(number(found, "id"), author, text_or(found, "", "body"), text_or(found, "", "node_id"))
