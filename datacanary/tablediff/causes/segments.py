"""Where the differing rows are: in which part of the table most of them lie, and few of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from datacanary.model.cause import Cause, Differing
from datacanary.model.words import percent
from datacanary.tablediff.causes.conditions import condition_of
from datacanary.tablediff.causes.crowds import Crowd
from datacanary.tablediff.causes.descriptions import Description
from datacanary.tablediff.causes.joint import Joint, joint
from datacanary.tablediff.causes.wording import Part

AS_GOOD = 0.9
"""What describes the rows nearly as well, by so much of the gain, is told beside."""
MOST_BESIDE = 2
NEARLY_ALL = 0.99
ENOUGH = 1_000
"""So many rows of a sample tell how many rows there are, to some per cent."""


def segments(crowds: Sequence[Crowd]) -> tuple[Cause, ...]:
    """Say where each kind of differing rows lies; what holds for several kinds is told once."""
    causes: dict[tuple[Differing, str], Cause] = {}
    for crowd in crowds:
        one = joint(crowd.found, crowd.seen, crowd.total, crowd.chosen)
        told = phrase([condition_of(found).told for found in one.parts])
        before = causes.get(("removed", told))
        if crowd.about == "added" and before is not None:
            causes["removed", told] = as_well(before, crowd, one)
        elif (crowd.about, told) not in causes:
            causes[crowd.about, told] = segment(crowd, one)
    return tuple(causes.values())


def phrase(conditions: Sequence[str]) -> str:
    """Put conditions together that hold at once."""
    return " and ".join([conditions[0], *(told.removeprefix("have ") for told in conditions[1:])])


def as_well(cause: Cause, crowd: Crowd, one: Joint) -> Cause:
    """Say that other rows lie there, too."""
    also = f"; so do {Part(one.differing, crowd.seen, crowd.total).told(crowd.things)}"
    return replace(cause, message=cause.message + also, discreet=cause.discreet and cause.discreet + also)


def segment(crowd: Crowd, one: Joint) -> Cause:
    """Write the cause: what describes the rows, how much of the table that is, and what describes them as well."""
    part = Part(one.differing, crowd.seen, crowd.total)
    used = {found.axis.code for found in one.parts}
    beside = [found for found in as_good(crowd.found) if found.axis.code not in used]
    conditions = {found.axis.name: condition_of(found) for found in (*one.parts, *beside)}
    first = list(conditions.values())[: len(one.parts)]
    others = list(conditions.values())[len(one.parts) :]
    subject, tail = part.told(crowd.things), extent(crowd, one)
    also = "".join(f"; they also {other.told}" for other in others)
    masked = "".join(f"; they also {other.masked}" for other in others)
    shows = tuple(name for name, condition in conditions.items() if condition.discreet)
    return Cause(
        kind="segment",
        about=crowd.about,
        columns=crowd.columns,
        count=part.count,
        of=part.of,
        message=f"{subject} {phrase([found.told for found in first])}{tail}{also}",
        where=tuple(conditions),
        estimated=part.estimated,
        shows=shows,
        discreet=f"{subject} {phrase([found.masked for found in first])}{tail}{masked}" if shows else "",
    )


def as_good(found: Sequence[Description]) -> list[Description]:
    """Take the descriptions by other columns that are nearly as good as the first."""
    best = found[0]
    chosen = {best.axis.code: best}
    for one in found[1:]:
        if one.gain >= AS_GOOD * best.gain and len(chosen) <= MOST_BESIDE:
            chosen.setdefault(one.axis.code, one)
    return list(chosen.values())[1:]


def extent(crowd: Crowd, one: Joint) -> str:
    """Say how many of all rows are described so, and how many of those differ, as far as it is known."""
    if crowd.about != "changed" and one.alone:
        return f"; {'head' if crowd.side == 'base' else 'base'} has no such row"
    share = one.rows / int(one.parts[0].axis.counts.sum())
    told = f"{'' if one.exact else 'about '}{percent(share)} of {crowd.side}'s rows"
    differing = min(one.differing / crowd.seen * crowd.total / max(one.rows, 1), 1.0)
    if one.exact and crowd.seen == crowd.total:
        those = "all" if differing == 1 else percent(differing)
    elif differing >= NEARLY_ALL:
        those = "nearly all"
    elif one.exact or share * one.parts[0].axis.sample.len() >= ENOUGH:
        those = f"about {percent(differing)}"
    else:
        return f" ({told})"
    return f" ({told}, {those} of them {crowd.about})"
