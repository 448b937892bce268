"""A difference in counts gets its statistics, and what explains it: neither may cost the counts."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from datacanary.model.basic import Pair
from datacanary.model.tablediff import ColumnDiff, TableDiff
from datacanary.tablediff.causes.case import Case
from datacanary.tablediff.causes.explain import explain
from datacanary.tablediff.evidence import Evidence
from datacanary.tablediff.means import Means, Progress
from datacanary.tablediff.statistics.measure import Measured, measure
from datacanary.tablediff.tally import Tally
from datacanary.tablediff.views import View, both

MISTAKES = (
    pl.exceptions.PolarsError,
    pl.exceptions.PanicException,
    ArithmeticError,
    AssertionError,
    LookupError,
    TypeError,
    ValueError,
)
"""What a mistake in our own reckoning raises; what cannot be read raises DataError."""
NOT_EXPLAINED = "What explains the difference could not be found out"


def explained(summary: TableDiff, views: Pair[View], tally: Tally, evidence: Evidence, means: Means) -> TableDiff:
    """Add statistics and causes to what was counted; where that fails by a mistake of ours, this is said instead.

    Raises DataError for a side that cannot be read.
    """
    means.tell(Progress("explaining", 0, both(views)))
    try:
        measured = measure(views, tally, means)
    except MISTAKES as mistake:
        return replace(summary, fault=f"the statistics could not be reckoned ({type(mistake).__name__})")
    described = replace(
        summary,
        columns=tuple(
            with_statistics(column, code, measured)
            for column, code in zip(summary.columns, (column.code for column in tally.terms.columns), strict=True)
        ),
        fault=measured.fault,
    )
    case = Case(
        views=views,
        terms=tally.terms,
        summary=described,
        measured=measured,
        sampled=evidence.sampled(),
        gone=evidence.gone,
        changed=evidence.changed,
        means=means,
    )
    try:
        return replace(described, causes=explain(case))
    except MISTAKES as mistake:
        told = f"{NOT_EXPLAINED} ({type(mistake).__name__}): a mistake of datacanary, please report it."
        return replace(described, notes=(*described.notes, told))


def with_statistics(column: ColumnDiff, code: str, measured: Measured) -> ColumnDiff:
    """Add what was measured of one column."""
    found = measured.columns.get(code)
    if found is None:
        return column
    return replace(column, statistics=found.statistics, distances=found.distances)
