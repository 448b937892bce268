"""What a section says of checks, causes, noise and other tables."""

from __future__ import annotations

from dataclasses import replace

import pytest
from full_report import full_report, full_table
from hypothesis import given
from hypothesis import strategies as st

from datacanary.model.basic import Pair
from datacanary.model.cause import Cause, CauseKind
from datacanary.model.noise import NoiseFloor, NoiseMark
from datacanary.model.run import TableReport
from datacanary.model.statistics import Distances
from datacanary.model.tablediff import ColumnDiff, RowCounts, TableDiff
from datacanary.model.verdict import Check, Status
from datacanary.report.attribution import attribution_lines
from datacanary.report.checklines import check_lines, short_finding
from datacanary.report.folding import sections
from datacanary.report.noise import noise_lines
from datacanary.report.style import Style
from datacanary.report.tableview import columns_view
from datacanary.report.terminal import render
from datacanary.report.why import why_lines

FREE = Style()
TIES = NoiseMark("window_ties", ("Rank",), "row_number()  over\n(order by day)", "models/x.sql", 7)
CLOCK = NoiseMark("clock", ("at",), "now()", "models/x.sql", 3)
LIMIT = NoiseMark("limit", None, "LIMIT 10", "models/y.sql", 9, "stg_days")


def check(name: str, status: Status, column: str | None = "a", limit: float = 0.01) -> Check:
    return Check("t", column, name, status, 0.5, limit, "default", f"{name} of {column}, limit 1 %; and more")


def cause(kind: CauseKind, column: str, *, estimated: bool = False) -> Cause:
    message = f"98.9 % of the changed cells of {column} are base x 100: another unit?"
    return Cause(kind=kind, about="changed", columns=(column,), count=9, of=10, message=message, estimated=estimated)


def differing(**changed: int | None) -> TableDiff:
    columns = tuple(ColumnDiff(name, "none", Pair("int", "int"), cells) for name, cells in changed.items())
    return replace(full_table(), columns=columns, rows=RowCounts(9, 9, 0, 0, 3, 6), marks=(), noise=None)


def test_a_dry_run_is_shown_last_and_in_small_letters() -> None:
    dry = replace(check("values_changed", "fail", "b"), dry_run=True)
    assert list(check_lines([dry, check("values_changed", "warn")], FREE)) == [
        "  WARN  values_changed of a, limit 1 %; and more (default)",
        "  fail  (dry run) values_changed of b, limit 1 %; and more (default)",
    ]
    assert short_finding([dry, check("rows_added", "warn", None)]) == "rows_added of None"


def test_what_was_declared_comes_first_and_what_came_as_declared_is_told_at_the_top_alone() -> None:
    missed = replace(check("values_changed", "warn", "b"), expected="a rebate", limit_origin="datacanary.yml:3")
    met = replace(missed, status="pass", column="c", message="as declared: a rebate")
    worst = check("values_changed", "fail")
    assert [line[:6] for line in check_lines([worst, met, missed], FREE)] == ["  WARN", "  FAIL"]
    report = full_report()
    checks = tuple(replace(one, table="orders") for one in (worst, met, missed))
    text = render(replace(report, verdict=replace(report.verdict, checks=checks)), FREE)
    assert text.count("as declared: a rebate") == 1
    assert text.index("as declared: a rebate") < text.index("table   status")


def test_moves_of_a_column_are_told_with_its_cells_unless_they_are_worse() -> None:
    cells, shape, distance = (check(name, "fail") for name in ("values_changed", "shape", "distance"))
    told = list(check_lines([cells, shape, distance], FREE))
    assert len(told) == 1
    assert told[0].endswith("; its shape and distance break their limits, too")
    assert len(list(check_lines([replace(cells, status="warn"), shape], FREE))) == 2
    assert len(list(check_lines([cells, replace(shape, column="b")], FREE))) == 2
    assert len(list(check_lines([cells, replace(shape, unstable="now() moves")], FREE))) == 2


def test_what_cannot_be_judged_shows_no_limit() -> None:
    shaky = replace(check("values_changed", "warn"), message="a changed, not judged", unstable="not judged")
    assert list(check_lines([shaky], FREE)) == ["  WARN  a changed, not judged"]


def test_a_finding_in_short_is_the_worst_without_its_limit() -> None:
    checks = [check("shape", "fail"), check("values_changed", "fail"), check("rows_added", "warn", None)]
    assert short_finding(checks) == "values_changed of a; and 1 more finding"
    assert short_finding([check("values_changed", "pass")]) == "differences within the limits"


def test_many_causes_that_are_alike_hide_no_other() -> None:
    alike = [cause("ratio", name) for name in "abcd"]
    told = list(why_lines([*alike, cause("nulls", "e")], FREE))
    assert told == [
        "  why   98.9 % of the changed cells of a are base x 100: another unit?; and 3 more like it",
        "  why   98.9 % of the changed cells of e are base x 100: another unit?",
    ]
    assert len(list(why_lines(alike[:3], FREE))) == 3
    assert list(why_lines([], FREE)) == []


def test_what_was_seen_in_a_part_is_said_to_be_about_so() -> None:
    estimated = cause("ratio", "a", estimated=True)
    assert next(why_lines([estimated], FREE)).startswith("  why   about 98.9 % of")
    worded = replace(estimated, message="about 98.9 % of the changed cells")
    assert next(why_lines([worded], FREE)) == "  why   about 98.9 % of the changed cells"


def test_noise_that_was_measured_names_columns_shares_and_places() -> None:
    diff = replace(
        differing(rank=3, at=3),
        marks=(TIES, CLOCK, LIMIT),
        noise=NoiseFloor(rows_added=0.01, rows_removed=0.02, cells={"rank": 0.369, "at": 1.0}, totals={"sum": 0.1}),
    )
    builds = "between two builds of base"
    ways = "(the rows that are left by LIMIT 10, stg_days: models/y.sql:9)"
    assert list(noise_lines(diff, (), FREE)) == [
        f"  noise 2.00 % of base's rows go and 1.00 % come {builds} {ways}",
        f"  noise at: 100 % of rows differ {builds} (the time in now(), models/x.sql:3)",
        f"  noise rank: 36.9 % of rows differ {builds} (ties in row_number() over (order by day), models/x.sql:7)",
        f"  noise sum: its values move {builds} {ways}",
    ]
    assert list(noise_lines(replace(diff, noise=NoiseFloor()), (), FREE)) == []


def test_many_unstable_columns_are_folded() -> None:
    noise = NoiseFloor(cells=dict.fromkeys("abcdefgh", 0.5))
    told = list(noise_lines(replace(differing(), noise=noise), (), FREE))
    assert len(told) == 4
    assert told[-1] == "  noise d, e, f and 2 more columns too"


def test_marks_are_told_in_one_line_where_something_that_they_reach_differs() -> None:
    measure = "measure it: datacanary check --noise-check"
    diff = replace(differing(rank=3, at=3), marks=(TIES, CLOCK))
    ties = "ties in row_number() over (order by day), models/x.sql:7"
    assert list(noise_lines(diff, (), FREE)) == [
        f"  note  may be noise: at (the time in now(), models/x.sql:3), rank ({ties}); {measure}"
    ]
    assert list(noise_lines(replace(diff, columns=differing(other=3).columns), (), FREE)) == []
    moving = replace(differing(rank=0), rows=RowCounts(9, 9, 1, 1, 0, 8), marks=(TIES, LIMIT))
    assert [line[:43] for line in noise_lines(moving, (), FREE)] == ["  note  may be noise: which rows there are "]
    keyless = replace(moving, columns=differing(rank=None).columns, marks=(TIES,))
    assert list(noise_lines(keyless, (), FREE)) == [f"  note  may be noise: rank ({ties}); {measure}"]


def test_what_a_check_says_of_a_mark_is_not_said_again() -> None:
    diff = replace(differing(rank=3, at=3), marks=(TIES, CLOCK))
    said = replace(check("values_changed", "warn"), message="may be noise: ties in row_number() (models/x.sql:7)")
    told = "  note  may be noise: at (the time in now(), models/x.sql:3); measure it: datacanary check --noise-check"
    assert list(noise_lines(diff, (said,), FREE)) == [told]


def test_a_table_that_differs_for_two_reasons_tells_both() -> None:
    table = full_report().tables[0]
    assert list(attribution_lines(table, FREE)) == [
        "  own   its own change: 6 rows added, 1 removed, 20 changed (amount in 20)",
        "  read  what it reads (stg_orders): 6 rows added, 1 removed, 20 changed",
    ]
    bare = TableReport("t", "pass", "changed", Pair(None, None), replace(table.diff, attribution=None))
    assert list(attribution_lines(bare, FREE)) == []


@pytest.mark.parametrize(
    ("moved", "told"),
    [(None, False), (0.009, False), (0.01, True), (0.5, True)],
    ids=["unknown", "little", "1 %", "50 %"],
)
def test_a_column_without_changed_cells_is_told_of_where_its_values_moved(moved: float | None, *, told: bool) -> None:
    distances = None if moved is None else Distances(variation=moved)
    column = replace(differing(status=0).columns[0], distances=distances)
    assert ("status" in columns_view(replace(differing(), columns=(column,)), FREE)) is told


@pytest.mark.parametrize("width", [80, 100])
@pytest.mark.parametrize("name", ["a", "an_amount_in_euros_and_cents", "n" * 90])
@pytest.mark.parametrize("type_", ["int", "struct(first varchar, second decimal(38,10), third timestamp)"])
def test_the_view_of_columns_fits_the_terminal(width: int, name: str, type_: str) -> None:
    column = ColumnDiff(
        name, "type_changed", Pair(type_, "varchar"), 1_234_567_890, 12, distances=Distances(largest_gap=0.00001)
    )
    diff = replace(differing(), columns=(column,), rows=RowCounts(9, 9, 0, 0, 2_000_000_000, 0))
    view = columns_view(diff, Style(width=width))
    assert max(map(len, view.splitlines())) <= width - 2
    assert name in columns_view(diff, FREE)


@given(text=st.text(st.characters(categories=["Cc", "Cf", "Lu", "Zl", "Zp"]), min_size=1, max_size=30))
def test_no_text_can_steer_the_terminal(text: str) -> None:
    diff = full_table()
    hostile = replace(
        diff,
        reason=text,
        notes=(text,),
        columns=(replace(diff.columns[0], name=text, type=Pair(text, text)),),
        causes=(replace(diff.causes[0], message=text),),
        marks=(replace(TIES, columns=(text,), quoted=text, path=text, inherited_from=text),),
        noise=NoiseFloor(cells={text: 0.5}),
    )
    report = full_report(hostile)
    root = replace(report.tables[0], name=text, effect="changed")
    reader = replace(root, name=f"{text}2", effect="inherited", inherited_from=(text, f"{text}4"))
    tables = (root, reader, replace(root, name=f"{text}3", diff=replace(hostile, noise=None)))
    assert [len(section.inheriting) for section in sections(tables)] == [1, 0]
    said = replace(report.verdict.checks[0], table=f"{text}2", message=text, expected=text, limit_origin=text)
    hidden = replace(report, tables=tables, verdict=replace(report.verdict, summary=text, checks=(said,)))
    for style in (FREE, Style(width=80)):
        assert all(line.isprintable() for line in render(hidden, style).split("\n"))
