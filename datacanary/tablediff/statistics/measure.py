"""Measuring what both sides are like: base is read once, head only where it cannot be reckoned from what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from datacanary.model.basic import Pair
from datacanary.model.statistics import Distances, Statistics, ValueCount
from datacanary.tablediff.means import Means
from datacanary.tablediff.statistics.bins import Bins, Counts
from datacanary.tablediff.statistics.bounds import Known, fault
from datacanary.tablediff.statistics.courses import Choice, Course, stored
from datacanary.tablediff.statistics.differing import Differing
from datacanary.tablediff.statistics.distances import distances
from datacanary.tablediff.statistics.numbers import NumberPlan
from datacanary.tablediff.statistics.readings import Found, Reading, can_reckon, read, reckon
from datacanary.tablediff.statistics.shapes import shapes_of_both
from datacanary.tablediff.tally import Tally
from datacanary.tablediff.views import SIDES, View


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one column is like: statistics of each side that has it, and distances if both were counted together.

    `bins` and `counts` are None where there are none. If the types of the sides differ they are of the common form,
    and None if that has none.
    """

    bins: Bins | None
    counts: Pair[Counts | None]
    statistics: Pair[Statistics | None]
    distances: Distances | None


@dataclass(frozen=True, slots=True)
class Measured:
    """What all columns are like, by code. `fault` says what cannot be, if it is: a mistake of this program."""

    columns: Mapping[str, Measurement]
    fault: str = ""


def measure(views: Pair[View], tally: Tally, means: Means) -> Measured:
    """Measure all columns of two sides that were compared; the tally must have kept evidence.

    Memory: what was kept of the rows, a portion, and a bounded size per column. Raises DataError if a side cannot be
    read.
    """
    evidence = tally.evidence
    assert evidence is not None, "rows were kept"  # noqa: S101 -- whoever asks for statistics had them kept
    sampled, differing = evidence.sampled(), Differing(evidence)
    choice = Choice(views, sampled, differing)
    courses = {
        column.code: choice.course(column)
        for column in tally.terms.columns
        if any(column.code in view.codes for view in views)
    }
    readings = {code: Reading.of(courses[code], "base") for code in views.base.codes}
    read(readings, views.base.batches(), means, views.base.table.rows)
    base = {code: reading.found() for code, reading in readings.items()}
    head = {
        code: found
        for code in readings
        if can_reckon(courses[code], tally, evidence)
        and (found := reckon(code, differing, readings[code], base[code])) is not None
    }
    head |= read_head(views.head, {code: courses[code] for code in views.head.codes if code not in head}, means)
    return put_together(courses, Pair(base, head), Facts(views, tally, sampled))


def read_head(view: View, courses: Mapping[str, Course], means: Means) -> dict[str, Found]:
    """Read some columns of head."""
    readings = {code: Reading.of(course, "head") for code, course in courses.items()}
    if readings:
        read(readings, view.batches(view.frame.select(list(readings))), means, view.table.rows)
    return {code: reading.found() for code, reading in readings.items()}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the rows besides."""

    views: Pair[View]
    tally: Tally
    sampled: Pair[pl.DataFrame]

    def known(self, code: str, head: Found) -> Known:
        """Say what the comparison of rows says of a column that was compared."""
        tally, rows = self.tally, self.views.map(lambda view: view.table.rows)
        unchanged = rows.base - tally.removed.rows - tally.cells[code] - tally.forgiven[code]
        return Known(unchanged, rows, Pair(tally.nulls["base"][code], tally.nulls["head"][code]), head.stayed)

    def described(self, code: str, found: Pair[Found | None]) -> Pair[Statistics | None]:
        """Give the statistics of the sides that have a column, with the shapes of its texts."""
        cells = Pair(*(None if found.of(side) is None else stored(self.sampled.of(side)[code]) for side in SIDES))
        return Pair(*map(with_shapes, found, shapes_of_both(cells)))


def put_together(courses: Mapping[str, Course], found: Pair[Mapping[str, Found]], facts: Facts) -> Measured:
    """Measure the distances, and look whether all that was found can be."""
    columns: dict[str, Measurement] = {}
    wrong = ""
    for code, course in courses.items():
        sides = Pair(found.base.get(code), found.head.get(code))
        statistics = facts.described(code, sides)
        base, head, plan = sides.base, sides.head, course.both
        if base is None or head is None or plan is None:
            columns[code] = by_itself(course, sides, statistics)
            continue
        common = Pair(base.common, head.common)
        apart = distances(plan, common)
        columns[code] = Measurement(plan.bins, common.map(lambda side: side.counts), statistics, apart)
        axis = plan.axis if isinstance(plan, NumberPlan) else None
        wrong = wrong or fault(course.column.name, common, apart, facts.known(code, head), axis)
    return Measured(columns, wrong)


def with_shapes(found: Found | None, shapes: tuple[ValueCount, ...]) -> Statistics | None:
    """Give the statistics of a side, if it has the column."""
    return None if found is None else replace(found.own.statistics, shapes=shapes)


def by_itself(course: Course, found: Pair[Found | None], statistics: Pair[Statistics | None]) -> Measurement:
    """Give what a column is like that was not counted together: its bins only if one side alone has it."""
    plans = [plan for plan in course.own if plan is not None]
    if len(plans) > 1:
        return Measurement(None, Pair(None, None), statistics, None)
    return Measurement(
        plans[0].bins, found.map(lambda side: None if side is None else side.own.counts), statistics, None
    )
