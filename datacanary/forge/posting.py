"""The comment is brought to the host: looked for, decided about, written, and looked for again."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from datacanary.errors import ForgeError, UsageError
from datacanary.forge.azure import Azure
from datacanary.forge.bitbucket import Bitbucket
from datacanary.forge.event import Place
from datacanary.forge.github import GitHub
from datacanary.forge.gitlab import GitLab
from datacanary.forge.http import Clock, SystemClock
from datacanary.forge.protocol import HOSTS, Comment, Forge
from datacanary.forge.sticky import (
    Create,
    Decision,
    Delete,
    Hide,
    Outcome,
    Step,
    Update,
    Wanted,
    decide,
    is_the_same_run,
    same_commit,
)

_ROUNDS = 4
"""After a comment is written, others may have been: look again, but not for ever."""


@dataclass(frozen=True, slots=True)
class Posted:
    """What came of it, and one sentence about that."""

    outcome: Outcome
    told: str


def open_forge(place: Place, clock: Clock | None = None) -> Forge:
    """Return the host of a place, to be closed; nothing is asked yet."""
    waits = clock or SystemClock()
    if place.host == "github":
        return GitHub(place, waits)
    if place.host == "gitlab":
        return GitLab(place, waits)
    return Bitbucket(place, waits) if place.host == "bitbucket" else Azure(place, waits)


def post(forge: Forge, wanted: Wanted) -> Posted:
    """Make it so that the comment that is wanted is there, once, and no older one of ours beside it.

    Raises ForgeError as the host does, and UsageError if the pull request is closed.
    """
    made: Comment | None = None
    wrote = ""
    for _ in range(_ROUNDS):
        stale = _stale(forge, wanted)
        if stale and made is None:
            return Posted("newer", stale)
        decision = decide(wanted, _own(forge, made))
        for step in decision.steps:
            made = _do(forge, step, wanted) or made
        wrote = wrote or _words(decision)
        if not any(isinstance(step, Create) for step in decision.steps):
            return _posted(forge, decision, wrote)
    return Posted("written", f"The comment on {HOSTS[forge.kind]} is written; others write there, too.")


def _stale(forge: Forge, wanted: Wanted) -> str:
    """Say why the comment would be late; raises UsageError if nobody waits for it."""
    request = forge.pull_request()
    if not request.open:
        raise UsageError(
            f"The pull request {request.number} is closed or merged: no comment is written.",
            hint="Reopen it and run the job again, or see the job's summary.",
        )
    if same_commit(request.head, wanted.marker.head):
        return ""
    ours, theirs = wanted.marker.head[:7], request.head[:7]
    return f"No comment is written: the run is of commit {ours}, and the pull request is at {theirs} now."


def _own(forge: Forge, made: Comment | None) -> list[Comment]:
    """Return our comments; one that was written just now may not be listed yet."""
    me = forge.me()
    own = [one for one in forge.comments() if one.author == me]
    if made is not None and all(one.id != made.id for one in own):
        own.append(made)
    return own


def _do(forge: Forge, step: Step, wanted: Wanted) -> Comment | None:
    match step:
        case Create():
            me = forge.me()
            return forge.create(wanted.body, lambda one: one.author == me and is_the_same_run(one, wanted.marker))
        case Update(comment, body):
            forge.update(comment, body)
        case Hide(comment, body):
            forge.update(comment, body)
            # Its text says by now that it is outdated; not every token may fold it away, too.
            with suppress(ForgeError):
                forge.hide(comment)
        case Delete(comment):
            forge.delete(comment)
    return None


def _words(decision: Decision) -> str:
    if any(isinstance(step, Create) for step in decision.steps):
        return "written"
    return "brought up to date" if any(isinstance(step, Update) for step in decision.steps) else ""


def _posted(forge: Forge, decision: Decision, wrote: str) -> Posted:
    host = HOSTS[forge.kind]
    if wrote:
        return Posted("written", f"The comment on {host} is {wrote}.")
    if decision.outcome == "newer":
        return Posted("newer", "No comment is written: a newer job has written about the same commit.")
    if decision.outcome == "quiet":
        return Posted("quiet", "No comment is written: no table can have changed.")
    return Posted(decision.outcome, f"The comment on {host} says this already.")
