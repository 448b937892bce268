"""Masking: whatever a difference holds, a masked report shows no value that the policy does not allow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

import pytest
from full_report import distances, full_report, full_table, statistics
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from datacanary.model.basic import Pair
from datacanary.model.cause import Cause, CauseKind
from datacanary.model.config import SamplePolicy
from datacanary.model.declared import Declared
from datacanary.model.statistics import Cell, Statistics, ValueCount
from datacanary.model.tablediff import ColumnChange, ColumnDiff, SampleRow, TableDiff
from datacanary.report.json import render as as_json
from datacanary.report.masking import mask
from datacanary.report.samples import sample_lines
from datacanary.report.style import Style
from datacanary.report.terminal import render as as_text

NAMES = ("id", "amount", "Status", "a note")
POLICIES: tuple[Literal["none", "keys", "allowed"], ...] = ("none", "keys", "allowed")
CHANGES: tuple[ColumnChange, ...] = get_args(ColumnChange)


@dataclass(frozen=True, slots=True)
class Marks:
    """Values of one column that are found again wherever they come out."""

    text: str
    number: int

    @property
    def values(self) -> tuple[Cell, ...]:
        """Cells that hold them."""
        return (self.text, self.number, [self.text], {"a": self.number})

    @property
    def written(self) -> tuple[str, ...]:
        """All that must not be found."""
        return (self.text, f"{self.number}", f"{self.number:,}")


NOTHING = Declared()
MARKS = {name: Marks(f"secret of {name}!", 735_000_001 + place) for place, name in enumerate(NAMES)}
TABLE: TypeAdapter[TableDiff] = TypeAdapter(TableDiff)


def marked(name: str, draw: st.DrawFn) -> ColumnDiff:
    """Make a column whose every value is marked."""
    mark = MARKS[name]
    value: Cell = draw(st.sampled_from(mark.values))
    found: Statistics = replace(
        statistics(),
        minimum=value,
        maximum=value,
        mean=mark.number + 0.5,
        deviation=mark.number + 0.5,
        total=mark.number,
        quantiles={"p50": value},
        top=(ValueCount(value, 3),),
        shapes=(ValueCount(mark.text, 3),),
    )
    sides: tuple[Pair[Statistics | None], ...] = (Pair(found, found), Pair(found, None), Pair(None, None))
    apart = draw(st.sampled_from([replace(distances(), largest_move=value, earth_mover=mark.number + 0.5), None]))
    return ColumnDiff(
        name,
        draw(st.sampled_from(CHANGES)),
        Pair("varchar", "varchar"),
        draw(st.sampled_from([None, 0, 3])),
        totals=Pair(mark.number, str(mark.number)),
        statistics=draw(st.sampled_from(sides)),
        distances=apart,
    )


def sample(draw: st.DrawFn) -> SampleRow:
    def cells(names: tuple[str, ...]) -> Mapping[str, Cell]:
        return {name: draw(st.sampled_from([MARKS[name].text, MARKS[name].number])) for name in names}

    base, head = cells(NAMES[1:]), cells(NAMES[1:])
    rows = (
        SampleRow("added", cells(NAMES[:1]), {}, head),
        SampleRow("removed", cells(NAMES[:1]), base, {}),
        SampleRow("changed", cells(NAMES[:1]), base, head),
    )
    return draw(st.sampled_from(rows))


def cause(draw: st.DrawFn) -> Cause:
    shows = tuple(draw(st.lists(st.sampled_from(NAMES), max_size=2, unique=True)))
    message = " and ".join(["all of them", *(MARKS[name].text for name in shows)])
    discreet = draw(st.sampled_from(["", "all of them have one value"])) if shows else ""
    return replace(full_table().causes[0], message=message, shows=shows, discreet=discreet)


@st.composite
def differences(draw: st.DrawFn) -> TableDiff:
    return replace(
        full_table(),
        columns=tuple(marked(name, draw) for name in NAMES),
        samples=tuple(sample(draw) for _ in range(draw(st.integers(0, 3)))),
        causes=tuple(cause(draw) for _ in range(draw(st.integers(0, 5)))),
    )


@given(diff=differences(), show=st.sampled_from(POLICIES), listed=st.sets(st.sampled_from(NAMES)), data=st.data())
def test_no_value_comes_out_that_is_not_allowed(
    diff: TableDiff, show: Literal["none", "keys", "allowed"], listed: set[str], data: st.DataObject
) -> None:
    entries = [f"{data.draw(st.sampled_from(['orders', 'Shop.Orders']))}.{name.upper()}" for name in sorted(listed)]
    masked = mask(diff, ("orders", "shop.orders"), SamplePolicy(show, tuple(entries)), NOTHING)
    report = full_report(masked)
    written = {
        "stored": TABLE.dump_json(masked).decode(),
        "json": as_json(report),
        "narrow": as_text(report, Style(width=80)),
        "free": as_text(report, Style()),
    }
    allowed = listed if show == "allowed" else set()
    for name in NAMES:
        if name not in allowed:
            # The values of a key column are shown in examples, and nowhere else.
            rows = written if name != "id" or show == "none" else _without_keys(report_of=masked)
            leaked = [where for where, text in rows.items() for one in MARKS[name].written if one in text]
            assert leaked == [], name
    for column in masked.columns:
        if column.name in allowed and column.statistics.base is not None:
            assert MARKS[column.name].text in written["json"]


@given(diff=differences(), hidden=st.sets(st.sampled_from(NAMES)), whole=st.booleans())
def test_what_the_project_masks_is_shown_nowhere_be_it_allowed_or_a_key(
    *, diff: TableDiff, hidden: set[str], whole: bool
) -> None:
    declared = Declared(masked=frozenset(name.lower() for name in hidden), all_masked=whole)
    policy = SamplePolicy("allowed", tuple(f"orders.{name}" for name in NAMES))
    masked = mask(diff, ("orders",), policy, declared)
    report = full_report(masked)
    written = [
        TABLE.dump_json(masked).decode(),
        as_json(report),
        as_text(report, Style(width=80)),
        as_text(report, Style()),
    ]
    for name in NAMES if whole else hidden:
        assert [text for text in written for one in MARKS[name].written if one in text] == [], name
    for before, after in zip(diff.columns, masked.columns, strict=True):
        assert (before == after) or whole or before.name in hidden
    for row, shown in zip(diff.samples, masked.samples, strict=True):
        hides = declared.hides
        assert shown.key == {name: cell for name, cell in row.key.items() if not hides(name)}
        assert shown.head == {name: cell for name, cell in row.head.items() if not hides(name)}


@pytest.mark.parametrize("kind", ["ratio", "offset", "nulls", "constant"])
def test_by_how_much_a_masked_column_changed_is_not_told(kind: CauseKind) -> None:
    one = Cause(
        kind=kind, about="changed", columns=("salary", "fee"), count=9, of=9, message="salary and fee are base + 52,000"
    )
    diff = replace(full_table(), causes=(one,))
    masked = mask(diff, ("orders",), SamplePolicy(), Declared(masked=frozenset({"salary"})))
    assert [found.message for found in masked.causes] == [f"{kind} in salary, fee, of values that are masked"]
    assert mask(diff, ("orders",), SamplePolicy(), NOTHING).causes == (one,)


def test_a_changed_row_whose_key_is_masked_is_told_without_one() -> None:
    policy = SamplePolicy("allowed", ("orders.amount",))
    diff = mask(full_table(), ("orders",), policy, Declared(masked=frozenset({"id"})))
    assert sample_lines(diff) == ["changed: amount 1.0 -> 2.0"]
    assert sample_lines(mask(full_table(), ("orders",), policy, NOTHING)) == ["changed: id = 1: amount 1.0 -> 2.0"]
    assert sample_lines(mask(full_table(), ("orders",), SamplePolicy("keys"), Declared(all_masked=True))) == []


def _without_keys(report_of: TableDiff) -> dict[str, str]:
    bare = replace(report_of, samples=tuple(replace(row, key={}) for row in report_of.samples))
    return {"stored": TABLE.dump_json(bare).decode(), "json": as_json(full_report(bare))}


def test_counts_lengths_and_shares_are_no_values() -> None:
    column = mask(full_table(), ("orders",), SamplePolicy("none"), NOTHING).columns[0]
    found, apart = column.statistics.base, column.distances
    assert found is not None
    assert apart is not None
    assert (found.rows, found.nulls, found.distinct, found.distinct_estimated) == (90, 3, 40, True)
    assert (found.nan, found.positive_infinity, found.negative_infinity) == (1, 2, 4)
    assert (found.zero, found.negative, found.blank, found.midnight) == (5, 6, 7, 8)
    assert found.lengths == statistics().lengths
    assert apart == replace(distances(), largest_move=None, earth_mover=None)


def test_a_cause_that_shows_one_column_too_many_is_told_without_values() -> None:
    both = replace(full_table().causes[0], shows=("amount", "status"))
    policy = SamplePolicy("allowed", ("orders.amount",))
    masked = mask(replace(full_table(), causes=(both,)), ("orders",), policy, NOTHING)
    assert [one.message for one in masked.causes] == [both.discreet]


def test_what_may_be_shown_stays_as_it_is() -> None:
    policy = SamplePolicy("allowed", ("orders.amount", "orders.gone"))
    masked = mask(full_table(), ("orders",), policy, NOTHING)
    assert masked.columns == full_table().columns
    assert [one.message for one in masked.causes] == ["all 6 added rows have one value of status"]
    one = replace(full_table().causes[0], shows=("amount",))
    shown = mask(replace(full_table(), causes=(one,)), ("orders",), policy, NOTHING)
    assert shown.causes == (one,)


def test_a_cause_without_a_discreet_sentence_says_at_least_what_it_is() -> None:
    one = replace(full_table().causes[0], kind="lost_join", discreet="")
    masked = mask(replace(full_table(), causes=(one,)), ("orders",), SamplePolicy(), NOTHING)
    assert [found.message for found in masked.causes] == ["lost join, of values that are masked"]
