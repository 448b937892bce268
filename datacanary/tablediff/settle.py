"""Which way the rows of two tables find each other, and what that finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

from datacanary.model.basic import Pair
from datacanary.tablediff.direct import NotDirectError, match_directly
from datacanary.tablediff.evidence import Evidence
from datacanary.tablediff.hashed import BYTES_PER_ROW, match_by_hash
from datacanary.tablediff.lockstep import OutOfStepError, in_step, walk
from datacanary.tablediff.means import MIB, Means, Strategy
from datacanary.tablediff.partitions import solve_everything, solve_rests
from datacanary.tablediff.portions import width
from datacanary.tablediff.rest import Rest, rests, settle_alone
from datacanary.tablediff.tally import Tally
from datacanary.tablediff.unique import repeats
from datacanary.tablediff.views import SIDES, Terms, View, both, reading, written

SMALL = 48 * MIB
"""Bytes of both sides, as estimated, that are simply compared in memory."""
PROOF = 4
"""This part of the memory holds hashes of keys, to find repeated ones."""
POSITIONS = 16
"""This part of the memory holds row numbers of one outcome; more go to disk."""


Way = Callable[[Pair[View], Terms, Means], Tally]
Match = Callable[[Pair[View], Pair[Rest], Tally, Means], None]


def settle(views: Pair[View], terms: Terms, means: Means) -> Tally:
    """Compare all rows by the quickest way that their order, keys and size allow; each finds the same."""
    for strategy in ways(views, terms, means):
        try:
            return STRATEGIES[strategy](views, terms, means)
        except (OutOfStepError, NotDirectError):
            # Nothing was kept of the try: the next way begins anew.
            continue
    message = "no way to compare was left"
    raise AssertionError(message)


def ways(views: Pair[View], terms: Terms, means: Means) -> Iterator[Strategy]:
    """Name the ways that are worth a try, the quickest first; the last one always works."""
    possible: set[Strategy] = {"memory", "partitions"}
    if may_walk(views, terms):
        possible.add("lockstep")
    if means.hashing.sure_of(min(view.table.rows for view in views)):
        possible |= {"direct", "hash"}
    if means.force is not None:
        if means.force in possible:
            yield means.force
    elif sum(size(view) for view in views) > SMALL:
        if "lockstep" in possible and in_step(views, terms, means):
            yield "lockstep"
        if "direct" in possible:
            yield "direct"
        if "hash" in possible and both(views) * BYTES_PER_ROW <= means.memory:
            yield "hash"
    yield "partitions"


def size(view: View) -> int:
    """Estimate the bytes that a side needs in memory."""
    return view.table.rows * sum(width(dtype) for dtype in view.frame.collect_schema().dtypes())


def may_walk(views: Pair[View], terms: Terms) -> bool:
    """Tell whether it is no matter which of several equal rows finds a partner."""
    if terms.key:
        return True
    compared = {column.code for column in terms.compared}
    return all(compared.issuperset(view.codes) for view in views)


def new_tally(views: Pair[View], terms: Terms, means: Means) -> Tally:
    """Begin to count."""
    evidence = Evidence(views, terms, means.memory) if terms.statistics else None
    return Tally(terms, means.scratch, means.memory // POSITIONS, evidence)


def by_walking(views: Pair[View], terms: Terms, means: Means) -> Tally:
    """Walk both sides in step; if key values turn out to repeat, walk again without their rows."""
    tally = new_tally(views, terms, means)
    found = rests(views, tally, means.scratch, means.memory)
    walked = walk(views, found, tally, means, None)
    if terms.key and walked.complete:
        for rest in found:
            settle_alone(rest, tally)
        return tally
    if terms.key and not walked.unique:
        apart = repeated_keys(views, terms, means)
        if apart.height:
            tally = new_tally(views, terms, means)
            found = rests(views, tally, means.scratch, means.memory)
            walk(views, found, tally, means, apart)
    solve_rests(found, views, tally, means)
    return tally


def repeated_keys(views: Pair[View], terms: Terms, means: Means) -> pl.DataFrame:
    """Find the key values that occur more than once on a side."""
    codes = [column.code for column in terms.key]
    found = []
    for side in SIDES:
        with reading(side):
            keys = views.of(side).frame.select(written(terms.key, side))
            values = repeats(keys, codes, means.memory // PROOF, hashing=means.hashing)
            found.append(values.select(codes))
    return pl.concat(found).unique()


def by_matching(match: Match) -> Way:
    """Find equal rows by looking them up, and compare the others by value."""

    def way(views: Pair[View], terms: Terms, means: Means) -> Tally:
        tally = new_tally(views, terms, means)
        found = rests(views, tally, means.scratch, means.memory)
        match(views, found, tally, means)
        solve_rests(found, views, tally, means)
        return tally

    return way


def in_parts(views: Pair[View], terms: Terms, means: Means) -> Tally:
    """Compare all rows part by part, on disk if need be."""
    tally = new_tally(views, terms, means)
    solve_everything(views, tally, means, views.map(size))
    return tally


STRATEGIES: dict[Strategy, Way] = {
    "memory": in_parts,
    "lockstep": by_walking,
    "direct": by_matching(match_directly),
    "hash": by_matching(match_by_hash),
    "partitions": in_parts,
}
