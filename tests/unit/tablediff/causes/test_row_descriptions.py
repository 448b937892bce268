"""Limits of ranges where the bins are coarse, and what is known of them if only a sample of the rows is."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from datacanary.tablediff.causes.axes import Axis
from datacanary.tablediff.causes.conditions import condition_of
from datacanary.tablediff.causes.descriptions import Description, descriptions
from datacanary.tablediff.causes.joint import alone
from datacanary.tablediff.statistics.bins import EdgeBins
from datacanary.tablediff.statistics.courses import stored

BINS = EdgeBins(pl.Series(range(0, 10_000, 100)))
NUMBERS = range(10_000)


def axis(
    gone: Iterable[int],
    base: Iterable[int] = NUMBERS,
    head: Iterable[int] | None = None,
    *,
    sample: Iterable[int] | None = None,
    across: Iterable[int] | None = None,
) -> Axis:
    """Make a column of which some numbers of base are removed; all are known, unless it is said which."""
    cells, values = pl.Series(gone), pl.Series(base)
    others = values.filter(~values.is_in(cells.implode())) if head is None else pl.Series(head)
    return Axis(
        code="c1",
        name="x",
        bins=BINS,
        write=stored,
        cells=cells,
        places=BINS.places(cells),
        counts=BINS.count(values),
        opposite=BINS.count(others),
        sample=values if sample is None else pl.Series(sample),
        across=others if across is None else pl.Series(across),
    )


def best(column: Axis) -> tuple[Description, str]:
    found = descriptions([column], column.cells.len())[0]
    return found, condition_of(found).told


def test_limits_need_not_lie_at_the_edges_of_bins() -> None:
    found, told = best(axis(range(2_050)))
    assert told == "have x < 2050"
    assert (found.differing, found.rows, found.exact, alone(found)) == (2_050, 2_050, True, True)
    found, told = best(axis(range(2_020)))
    assert (told, found.differing, found.rows) == ("have x < 2020", 2_020, 2_020)
    found, told = best(axis(range(3_333, 4_570)))
    assert told == "have 3333 <= x < 4570"
    assert (found.differing, found.rows, found.exact, alone(found)) == (1_237, 1_237, True, True)


def test_in_a_sample_rows_are_estimated() -> None:
    found, told = best(axis(range(2_050), sample=range(0, 10_000, 3), across=range(2_050, 10_000, 3)))
    assert told == "have x < 2050"
    assert not found.exact
    assert abs(found.rows - 2_050) <= 3
    assert not alone(found)


def test_where_a_bin_holds_nothing_else_rows_are_known() -> None:
    found, told = best(axis(range(2_001), sample=range(0, 10_000, 3), across=range(2_001, 10_000, 3)))
    assert told == "have x <= 2000"
    assert (found.rows, found.exact, alone(found)) == (2_001, True, True)


def test_what_a_sample_does_not_show_may_lie_just_beyond_the_bins() -> None:
    rows = [*range(1_450), *range(1_501, 10_000)]
    sample = [*range(0, 1_450, 2), *range(2_400, 10_000, 2)]
    found, told = best(axis(range(1_450), rows, sample=sample, across=sample[725:]))
    assert told == "have x < 1500"
    assert (found.exact, alone(found)) == (True, True)
    whole, told = best(axis(range(1_450), [*range(1_450), *range(2_400, 10_000)]))
    assert told == "have x < 2000"
    assert (whole.exact, alone(whole)) == (True, True)


def test_what_the_other_side_has_beyond_the_bins_is_seen_or_not_ruled_out() -> None:
    rows = [*range(1_990), *range(2_900, 10_000)]
    more = [*range(2_001, 2_010), *range(2_900, 10_000)]
    _, told = best(axis(range(1_990), rows, more))
    assert told == "have x < 2000"
    wide = [*range(1_990), *range(3_001, 10_000)]
    head = [*range(2_101, 10_000)]
    found, told = best(axis(range(1_990), wide, head, across=head[::2]))
    assert told == "have x < 2000"
    assert alone(found)


def test_times_without_end_are_no_limits() -> None:
    days = pl.Series([*range(100), *[2**31 - 1] * 300], dtype=pl.Int32).cast(pl.Date)
    bins = EdgeBins(pl.Series(range(0, 100, 20), dtype=pl.Int32).cast(pl.Date))
    gone, left = days.slice(50, 50), days.filter(~pl.Series(range(400)).is_between(50, 99))
    counts = bins.count(days), bins.count(left)
    column = Axis("c1", "x", bins, stored, gone, bins.places(gone), *counts, days, left)
    found, told = best(column)
    assert told == "have x since 1970-02-20"
    # Infinity comes after all days, and head has it still.
    assert (found.rows, found.exact, alone(found)) == (50, True, False)
