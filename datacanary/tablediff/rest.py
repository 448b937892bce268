"""Rows of a side that have found no partner yet."""

from __future__ import annotations

import polars as pl

from datacanary.model.basic import Pair, Side
from datacanary.tablediff.batches import batches
from datacanary.tablediff.detach import detached
from datacanary.tablediff.samples import ROW, OneSide
from datacanary.tablediff.scratch import Scratch
from datacanary.tablediff.tally import GONE, Tally
from datacanary.tablediff.views import View

SHARE = 8
"""This part of the memory holds row numbers and rows each; rows beyond go to disk."""


class Rest:
    """Rows of one side, as they came and with their numbers as `row`, in the order of the side."""

    def __init__(self, view: View, tally: Tally, scratch: Scratch, memory: int) -> None:
        self.view = view
        self.side: Side = view.side
        self.rows = scratch.spool(memory // SHARE)
        self.examples = OneSide(tally.terms, view.side)

    def add(self, rows: pl.DataFrame) -> None:
        """Take rows that have no partner."""
        if rows.height:
            self.rows.append(detached(rows))
            self.examples.see(rows.drop(ROW))

    def frame(self) -> pl.LazyFrame:
        """Give the rows."""
        schema = self.view.frame.collect_schema()
        return self.rows.finish(pl.Schema({ROW: GONE["row"], **schema}))


def settle_alone(rest: Rest, tally: Tally) -> None:
    """Note all of these rows as gone: it is known that none has a partner, and that no key value repeats."""
    frame = rest.frame()
    for batch in batches(frame if tally.evidence is not None else frame.select(ROW), None):
        tally.gone_rows(rest.side).append(batch.select(ROW))
        if tally.evidence is not None:
            tally.evidence.see_gone(rest.side, batch[ROW], batch.drop(ROW))
    tally.alone.of(rest.side).join(rest.examples)


def rests(views: Pair[View], tally: Tally, scratch: Scratch, memory: int) -> Pair[Rest]:
    """Begin with no rows on either side."""
    return views.map(lambda view: Rest(view, tally, scratch, memory))
