"""Which columns are counted how: by the rows that were kept of both sides and of their differences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from datacanary.model.basic import Pair, Side
from datacanary.tablediff.cells import write
from datacanary.tablediff.columns import ColumnPair
from datacanary.tablediff.jsoncells import TICKS
from datacanary.tablediff.numeric import Writer, as_float
from datacanary.tablediff.statistics.account import Plan
from datacanary.tablediff.statistics.axis import Axis, axis_of
from datacanary.tablediff.statistics.bins import is_listed
from datacanary.tablediff.statistics.differing import Differing
from datacanary.tablediff.statistics.plans import Looked, plan_for
from datacanary.tablediff.views import SIDES, View

Write = Callable[[pl.Series], pl.Series]


@dataclass(frozen=True, slots=True)
class Course:
    """How one column is counted: `own` on each side that has it, `both` in the common form, if there is one.

    Columns of one type on both sides have one plan for all, and one reading. `writers` write the common form.
    """

    column: ColumnPair
    own: Pair[Plan | None]
    both: Plan | None
    writers: Pair[Write]

    @property
    def twin(self) -> bool:
        """Whether a second reading of each side is compared, because the types differ."""
        return self.both is not None and self.both is not self.own.base


def stored(cells: pl.Series) -> pl.Series:
    """Give cells, those of extension types as what they store."""
    return cells.ext.storage() if isinstance(cells.dtype, pl.BaseExtension) else cells


class Choice:
    """Chooses plans by the rows that were kept."""

    def __init__(self, views: Pair[View], sampled: Pair[pl.DataFrame], differing: Differing) -> None:
        self.views = views
        self.sampled = sampled
        self.differing = differing
        self.whole = all(self.sampled.of(side).height == views.of(side).table.rows for side in SIDES)

    def course(self, column: ColumnPair) -> Course:
        """Choose how a column is counted."""
        has = self.views.map(lambda view: column.code in view.codes)
        if has.base and has.head:
            types = self.sampled.map(lambda rows: rows[column.code].dtype)
            if types.base == types.head:
                plan = plan_for(self.looked(column, Pair(stored, stored)))
                return Course(column, Pair(plan, plan), plan if column.writers else None, Pair(stored, stored))
            form = common_form(column, types)
        else:
            form = None
        own = Pair(*(self.alone(column, side) if has.of(side) else None for side in SIDES))
        if form is None:
            return Course(column, own, None, Pair(stored, stored))
        writers, axis = form
        return Course(column, own, plan_for(self.looked(column, writers), axis), writers)

    def alone(self, column: ColumnPair, side: Side) -> Plan:
        """Choose how a side is counted by itself."""
        cells = stored(self.sampled.of(side)[column.code])
        sides = Pair(cells, cells.clear()) if side == "base" else Pair(cells.clear(), cells)
        return plan_for(Looked(sides, (), whole=self.whole))

    def looked(self, column: ColumnPair, writers: Pair[Write]) -> Looked:
        """Give the cells of a column that were kept, in one form."""
        code = column.code
        sides = Pair(*(writers.of(side)(self.sampled.of(side)[code]) for side in SIDES))
        differing = [writers.of(side)(cells) for side in SIDES for cells in self.differing.cells(code, side)]
        return Looked(sides, differing, self.whole)


def common_form(column: ColumnPair, types: Pair[pl.DataType]) -> tuple[Pair[Write], Axis | None] | None:
    """Find a form in which cells of two types can be counted together, and its line if that is not the form's own.

    It is the form in which they are compared if that has an order or can be listed; else numbers are written as
    floats, as near as these come: that changes no order.
    """
    if column.writers is None:
        return None
    writers = column.writers.map(writing)
    forms = Pair(*(writers.of(side)(pl.Series("", [], dtype=types.of(side))).dtype for side in SIDES))
    if forms.base != forms.head or not (axis_of(forms.base) or is_listed(forms.base)):
        return (Pair(writing(as_float), writing(as_float)), None) if all(one.is_numeric() for one in types) else None
    per_second = ticks_per_second(types)
    return writers, None if per_second is None or not forms.base.is_integer() else Axis(forms.base, per_second)


def writing(writer: Writer) -> Write:
    """Write the cells of one column."""
    return lambda cells: write(cells, writer)


def ticks_per_second(types: Pair[pl.DataType]) -> int | None:
    """Say what numbers are written in place of times; None if none are."""
    if not all(isinstance(dtype, pl.Date | pl.Datetime | pl.Duration) for dtype in types):
        return None
    units = {dtype.time_unit if isinstance(dtype, pl.Datetime | pl.Duration) else "day" for dtype in types}
    return TICKS[units.pop()] if len(units) == 1 else TICKS["ns"]
