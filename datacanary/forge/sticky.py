"""The one comment: how it is known again, and what is to be done so that it is the newest, and the only one."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from datacanary.forge.protocol import Comment, HostKind

Mode = Literal["update", "new", "hide-and-new", "delete-and-new"]

_WORD = "datacanary:v1"
_HIDDEN = re.compile(r"<!-- datacanary:v1((?: [a-z]+=[A-Za-z0-9._=-]*)+) -->")
_SHOWN = re.compile(r"`datacanary:v1((?: [a-z]+=[A-Za-z0-9._=-]*)+)`")
_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_SLUG = 60
_SHORTEST_SHA = 7
_SHA = 12
_SHOWS_COMMENTS: frozenset[HostKind] = frozenset({"bitbucket", "azure"})
"""Hosts that show an HTML comment as text: there the marker is a line at the end that may be seen."""


@dataclass(frozen=True, slots=True)
class Marker:
    """What a comment says about itself in its first line; `project` tells several in one repository apart.

    `head` is the commit it is about, `run` and `attempt` the job that wrote it. One that is `outdated` counts no more.
    """

    project: str
    head: str
    run: str
    attempt: str
    outdated: bool = False

    @property
    def order(self) -> tuple[int, int]:
        """Put the jobs of one commit in the order in which they were started; what has no number is the oldest."""
        return _number(self.run), _number(self.attempt)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The comment that there should be; `quiet` if it says nothing that is worth a new one."""

    marker: Marker
    body: str
    mode: Mode = "update"
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Create:
    """Write the comment that is wanted."""


@dataclass(frozen=True, slots=True)
class Update:
    """Give a comment another text."""

    comment: Comment
    body: str


@dataclass(frozen=True, slots=True)
class Hide:
    """Fold a comment away; `body` is what it says then."""

    comment: Comment
    body: str


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete a comment."""

    comment: Comment


Step = Create | Update | Hide | Delete
Outcome = Literal["written", "same", "quiet", "newer"]


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do, and what will have come of it."""

    outcome: Outcome
    steps: tuple[Step, ...] = ()


def slug(text: str) -> str:
    """Make of any text a value that a marker may hold; other texts stay other values.

    >>> slug("shop"), slug("dbt/my shop-->")
    ('shop', 'dbt-my-shop-c65079')
    """
    fit = _UNFIT.sub("-", text).strip("-")[:_LONGEST_SLUG]
    if fit == text:
        return fit
    return f"{fit}-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:6]}".lstrip("-")


def marked(text: str, marker: Marker, host: HostKind) -> str:
    """Put the marker to a comment's text: in the first line, or where it would be seen, in the last."""
    line = marker_line(marker, host)
    return f"{text}\n\n{line}" if host in _SHOWS_COMMENTS else f"{line}\n{text}"


def marker_line(marker: Marker, host: HostKind) -> str:
    """Write a marker as one line.

    >>> marker_line(Marker("shop", "4f1c9e2", "98213", "1"), "github")
    '<!-- datacanary:v1 project=shop head=4f1c9e2 run=98213 attempt=1 -->'
    """
    values = {"project": marker.project, "head": marker.head[:_SHA], "run": marker.run, "attempt": marker.attempt}
    if marker.outdated:
        values["outdated"] = "1"
    words = " ".join([_WORD, *(f"{name}={_UNFIT.sub('-', value)}" for name, value in values.items())])
    return f"`{words}`" if host in _SHOWS_COMMENTS else f"<!-- {words} -->"


def read_marker(body: str) -> Marker | None:
    """Read the marker of a comment: from its first line, or its last where markers are seen; None if it has none."""
    lines = body.strip().splitlines()
    found = (_HIDDEN.fullmatch(lines[0].strip()) or _SHOWN.fullmatch(lines[-1].strip())) if lines else None
    if found is None:
        return None
    values = dict(word.split("=", 1) for word in found[1].split())
    if not values.keys() >= {"project", "head", "run", "attempt"}:
        return None
    return Marker(values["project"], values["head"], values["run"], values["attempt"], "outdated" in values)


def same_commit(one: str, other: str) -> bool:
    """Tell whether two commit ids, of which one may be cut, are of one commit.

    >>> same_commit("4f1c9e2a77", "4f1c9e2"), same_commit("", "4f1c9e2")
    (True, False)
    """
    length = min(len(one), len(other))
    return length >= _SHORTEST_SHA and one[:length].lower() == other[:length].lower()


def is_the_same_run(comment: Comment, marker: Marker) -> bool:
    """Tell whether a comment was written by the very job that a marker is of."""
    found = read_marker(comment.body)
    written = read_marker(marker_line(marker, "github"))
    return found is not None and found == written


def decide(wanted: Wanted, own: Sequence[Comment]) -> Decision:
    """Say what to do, with all comments that we ourselves wrote; head is known to be the pull request's newest commit.

    Nothing is written over what a newer job wrote about the same commit. Of several of ours the oldest is kept.
    """
    current = _current(wanted.marker.project, own)
    if any(_is_newer(found, wanted.marker) for _, found in current):
        return Decision("newer")
    comments = [comment for comment, _ in current]
    if not comments:
        return Decision("quiet") if wanted.quiet else Decision("written", (Create(),))
    if wanted.mode == "update":
        return _as(wanted, comments[0], [Delete(comment) for comment in comments[1:]])
    return _beside(wanted, comments)


def _beside(wanted: Wanted, comments: Sequence[Comment]) -> Decision:
    """Write a new comment first; only when it is there, older ones go."""
    ours = [one for one in comments if is_the_same_run(one, wanted.marker) or _text(one.body) == _text(wanted.body)]
    if not ours:
        return Decision("written", (Create(),))
    kept = ours[0]
    again = [Delete(one) for one in ours[1:] if is_the_same_run(one, wanted.marker)]
    older = [one for one in comments if one not in ours]
    steps: list[Step] = [*again]
    if wanted.mode == "delete-and-new":
        steps += [Delete(one) for one in older]
    elif wanted.mode == "hide-and-new":
        steps += [Hide(one, outdated(one)) for one in older]
    return _as(wanted, kept, steps)


def _as(wanted: Wanted, kept: Comment, others: Sequence[Step]) -> Decision:
    if kept.body.strip() == wanted.body.strip():
        return Decision("written" if others else "same", tuple(others))
    return Decision("written", (Update(kept, wanted.body), *others))


def outdated(comment: Comment) -> str:
    """Return the text of a comment that counts no more: its marker says so."""
    found = read_marker(comment.body)
    if found is None:
        return comment.body
    lines = comment.body.strip().splitlines()
    gone = replace(found, outdated=True)
    if _HIDDEN.fullmatch(lines[0].strip()):
        return "\n".join([marker_line(gone, "github"), "*Outdated: there is a newer report below.*", "", *lines[1:]])
    return "\n".join(["*Outdated: there is a newer report below.*", "", *lines[:-1], marker_line(gone, "bitbucket")])


def _current(project: str, own: Sequence[Comment]) -> list[tuple[Comment, Marker]]:
    found = ((comment, read_marker(comment.body)) for comment in sorted(own, key=lambda one: one.id))
    return [(one, mark) for one, mark in found if mark is not None and mark.project == project and not mark.outdated]


def _is_newer(found: Marker, ours: Marker) -> bool:
    return same_commit(found.head, ours.head) and found.order > ours.order


def _text(body: str) -> str:
    """Return a comment's text without its marker."""
    lines = body.strip().splitlines()
    return "\n".join(line for line in lines if not (_HIDDEN.fullmatch(line.strip()) or _SHOWN.fullmatch(line.strip())))


def _number(value: str) -> int:
    return int(value) if value.isdecimal() else 0
