"""What a host of pull requests can do for us, whatever it calls it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

from datacanary.model.verdict import Status

HostKind = Literal["github", "gitlab", "bitbucket", "azure"]
Level = Literal["failure", "warning", "notice"]
Shown = Literal["check", "status"]
"""A check shows annotations, a status is one line."""

HOSTS: dict[HostKind, str] = {
    "github": "GitHub",
    "gitlab": "GitLab",
    "bitbucket": "Bitbucket",
    "azure": "Azure DevOps",
}
"""How the hosts call themselves."""

STATUS_NAME = "datacanary"
"""The name of our check and of our commit status."""


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment on a pull request; ids grow with time, `handle` is what a host hides it by."""

    id: int
    author: str
    body: str
    handle: str = ""


def first(comments: Iterable[Comment], is_it: Callable[[Comment], bool]) -> Comment | None:
    """Return the first comment that is the one looked for; None if it is not among them."""
    return next((one for one in comments if is_it(one)), None)


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull or merge request as it is now; `head` is the commit id of its newest commit, cut by some hosts."""

    number: int
    head: str
    open: bool


@dataclass(frozen=True, slots=True)
class Note:
    """An annotation at a line of a file; lines count from 1."""

    path: str
    line: int
    level: Level
    title: str
    message: str


@dataclass(frozen=True, slots=True)
class CommitStatus:
    """What is said beside a commit: one line, and where there is room `text` (Markdown) and annotations."""

    status: Status
    line: str
    text: str
    link: str
    notes: tuple[Note, ...] = ()


class Forge(Protocol):
    """One pull request on one host. Every method raises ForgeError, after the retries that the host's limits allow."""

    @property
    def kind(self) -> HostKind:
        """Which host it is."""

    def me(self) -> str:
        """Return who writes here, in the words of `Comment.author`."""

    def pull_request(self) -> PullRequest:
        """Read the pull request anew."""

    def comments(self) -> tuple[Comment, ...]:
        """Read all comments, of all pages, oldest first."""

    def create(self, body: str, is_it: Callable[[Comment], bool]) -> Comment:
        """Write a comment; `is_it` knows it again when a host did not answer and may have written it."""

    def update(self, comment: Comment, body: str) -> None:
        """Give a comment another text."""

    def delete(self, comment: Comment) -> None:
        """Delete a comment; it is no mistake if it is gone."""

    def hide(self, comment: Comment) -> None:
        """Fold a comment away, where the host can; elsewhere nothing happens."""

    def set_status(self, sha: str, status: CommitStatus) -> Shown:
        """Say beside a commit what the verdict is, and return in which way."""

    def close(self) -> None:
        """Let go of the connections."""
