"""What a change brings into a query that gives something else each time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from datacanary.model.noise import Instability, NoiseMark

_SAYS: dict[Instability, str] = {
    "clock": "uses {}: it gives other values each time",
    "date": "uses {}: it gives other values on another day",
    "random": "uses {}: it gives other values each time",
    "session": "uses {}: it gives other values in another session",
    "sample": "takes a sample ({}): it gives other rows each time",
    "limit": "keeps some rows only ({}), in an order that does not settle which: they can be others each time",
    "distinct_on": "keeps one row of several ({}), in an order that does not settle which: it can be another each time",
    "window_ties": "uses {}, in an order that does not settle which row is first: it can give other values each time",
    "unordered_aggregate": "uses {}, which depends on the order of rows: it can give other values each time",
    "row_order": "uses {}, which follows the order of rows: it can give other values each time",
    "float_sum": "uses {} over floats: their last digits depend on the order of rows",
}


def news(base: Iterable[NoiseMark], head: Iterable[NoiseMark]) -> Iterator[str]:
    """Say, for each kind of which head's own query has more places than base's, what is new.

    A place that was only rewritten is no news.
    """
    before = [mark for mark in base if not mark.inherited_from]
    after = [mark for mark in head if not mark.inherited_from]
    known = {(mark.kind, mark.quoted.lower()) for mark in before}
    more = Counter(mark.kind for mark in after)
    more.subtract(mark.kind for mark in before)
    for mark in after:
        if more[mark.kind] > 0 and (mark.kind, mark.quoted.lower()) not in known:
            more[mark.kind] -= 1
            yield f"its query now {_SAYS[mark.kind].format(mark.quoted)} ({mark.path}:{mark.line})"
