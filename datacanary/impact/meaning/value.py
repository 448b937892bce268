"""A fingerprint of something in a query, and what it depends on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

Fingerprint = str
"""A digest; equal ones mean the same thing, in every process and on every machine."""

Read = tuple[str, str]
"""A table that a query reads, by name, and the folded name of a column of it; empty for which rows it has."""

ANY_COLUMN = "*"
"""Stands in a `Read` for a column whose name is not known yet."""

ALGORITHM = 1
"""Another number where the same query has another fingerprint than before, or means something else."""

_DIGEST_BYTES = 16


NOTHING_READ: frozenset[Read] = frozenset()


class Value(NamedTuple):
    """What an expression, or the row set of a relation, means: its fingerprint, and what it is made from.

    It is `settled` unless a clock, chance, or something that nobody understands takes part: then its fingerprint is
    of one version only, and nothing made from it may be used in another run.
    """

    fingerprint: Fingerprint
    reads: frozenset[Read] = NOTHING_READ
    settled: bool = True


def digest(*parts: object) -> Fingerprint:
    """Hash nested tuples of texts, numbers and fingerprints; what is told apart by `repr` has different digests.

    >>> digest("a", ("b",)) == digest("a", ("b",)), digest("a", "b") == digest("ab")
    (True, False)
    """
    return hashlib.blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).hexdigest()


def combine(what: object, values: Iterable[Value], *others: object) -> Value:
    """Return what is made from values in this order; `what` and `others` are part of its meaning."""
    found = tuple(values)
    reads: frozenset[Read] = NOTHING_READ
    settled = True
    for value in found:
        if value.reads and value.reads is not reads:
            reads = reads | value.reads if reads else value.reads
        settled = settled and value.settled
    return Value(digest(what, *[value.fingerprint for value in found], *others), reads, settled)


def in_any_order(values: Iterable[Value]) -> list[Value]:
    """Sort values by their fingerprints."""
    return sorted(values, key=lambda value: value.fingerprint)


def together(fingerprint: Fingerprint, values: Iterable[Value]) -> Value:
    """Return a value with this fingerprint that depends on all that the values do."""
    return combine("", values)._replace(fingerprint=fingerprint)
