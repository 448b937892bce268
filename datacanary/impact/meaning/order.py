"""In which order rows come: no part of what a table means, but of what is made from it by place."""

from __future__ import annotations

from typing import NamedTuple

from datacanary.impact.meaning.value import Fingerprint, digest


class Order(NamedTuple):
    """`come` is of all that puts rows in their order; `asked` of what ORDER BY asked for, empty if nothing did.

    What depends on the place of rows depends on `come`. What has an order of its own, and leaves to chance only which
    of the alike rows is first, depends on `asked`: nobody means the order that a join happens to have.
    """

    come: Fingerprint = ""
    asked: Fingerprint = ""

    def by(self, ordering: object) -> Order:
        """Return the order of rows that ORDER BY sorts."""
        return Order(digest("by", ordering, self.come), digest("by", ordering, self.asked))

    def ties(self) -> tuple[Fingerprint, ...]:
        """Return what decides between alike rows, as far as anybody asked for it."""
        return (self.asked,) if self.asked else ()


NO_ORDER = Order()
"""Of nothing."""


def order_of(what: object, *orders: Order) -> Order:
    """Return the order of rows that are made in some way from those of others.

    >>> order_of("join", Order("a"), Order("b")) == order_of("join", Order("b"), Order("a"))
    False
    >>> order_of("join", Order("a"), Order("b")).asked
    ''
    """
    asked = [one.asked for one in orders]
    return Order(digest(what, *[one.come for one in orders]), digest("of", *asked) if any(asked) else "")
