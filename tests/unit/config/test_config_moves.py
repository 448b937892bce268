"""Limits of `shape` and `distance`, patterns, directions, dry runs: what may be written, and what is told otherwise."""

import pytest

from datacanary.config import parse
from datacanary.errors import ConfigError
from datacanary.model.config import Config, Limit, Threshold

HEAD = "version: 1\nwarehouse: duckdb:///w.duckdb\nproduction: shop\n"


def read(rest: str) -> Config:
    return parse(HEAD + rest, "datacanary.yml", {})


def told(rest: str) -> str:
    with pytest.raises(ConfigError) as caught:
        read(rest)
    return str(caught.value)


@pytest.mark.parametrize(
    ("line", "value", "unit", "text"),
    [
        ("shape: {fail: '> 0.05'}", 0.05, "share", "> 0.05"),
        ("shape: {fail: '> 5%'}", 0.05, "share", "> 5%"),
        ("shape: {fail: '> 1'}", 1.0, "share", "> 1"),
        ("shape: {fail: '> 0'}", 0.0, "share", "> 0"),
        ("distance: {fail: '> 0.25'}", 0.25, "spreads", "> 0.25"),
        ("distance: {fail: '> 12'}", 12.0, "spreads", "> 12"),
        ("distance: {fail: '> 0'}", 0.0, "spreads", "> 0"),
        ("values_changed: {fail: '> 1'}", 1.0, "count", "> 1"),
        ("null_rate: {fail: '> 1pp'}", 0.01, "points", "> 1pp"),
    ],
)
def test_a_number_without_a_unit_means_what_its_check_measures(line: str, value: float, unit: str, text: str) -> None:
    name = line.partition(":")[0]
    expected = Threshold(value, unit, text)  # type: ignore[arg-type]  # from the table above
    for rest in (f"defaults:\n  {line}", f"tables:\n  t: {{{line}}}", f"tables:\n  t: {{columns: {{a: {{{line}}}}}}}"):
        policy = read(rest).policy
        table = policy.tables.get("t")
        limits = policy.defaults if table is None else table.columns["a"].limits if table.columns else table.limits
        assert {str(check): limit for check, limit in limits.items()}[name] == Limit(
            fail=expected, origin="datacanary.yml:5"
        )


def test_both_ways_to_write_a_shape_may_stand_in_one_limit() -> None:
    limit = read("defaults: {shape: {warn: '> 0.05', fail: '> 10%'}}").policy.defaults["shape"]
    assert (limit.warn, limit.fail) == (Threshold(0.05, "share", "> 0.05"), Threshold(0.1, "share", "> 10%"))


UNITS = [
    ("null_rate: {fail: '> 1'}", "5:21: defaults.null_rate.fail is a count, which does not fit null_rate."),
    ("total: {fail: '> 1'}", "5:17: defaults.total.fail is a count, which does not fit total."),
    ("distance: {fail: '> 5%'}", "5:20: defaults.distance.fail is a share, which does not fit distance."),
    ("distance: {fail: '> 5pp'}", "5:20: defaults.distance.fail is points, which does not fit distance."),
    ("shape: {fail: '> 5pp'}", "5:17: defaults.shape.fail is points, which does not fit shape."),
    ("values_changed: {fail: '> 1pp'}", "5:26: defaults.values_changed.fail is points, which does not fit"),
]
HINTS = [
    ("null_rate: {fail: '> 1'}", "It takes points (1pp)."),
    ("total: {fail: '> 1'}", "It takes a share (1%)."),
    ("distance: {fail: '> 5%'}", "It takes a number of base's spreads (0.25)."),
    ("shape: {fail: '> 5pp'}", "It takes a share (0.05 or 5%)."),
    (
        "shape: {fail: '> 5'}",
        (
            "defaults.shape.fail must be 100% or less; found the text '> 5'. shape never goes beyond that."
            " A number without % is a fraction of 1."
        ),
    ),
    (
        "shape: {fail: 0.1}",
        (
            'defaults.shape.fail must be a limit, as "> 0.05" or "> 1%"; found the number 0.1.'
            " It needs its sign in front."
        ),
    ),
    ("distance: {fail: much}", "defaults.distance.fail must be a limit, as \"> 0.25\"; found the text 'much'."),
    (
        "distance: fail",
        (
            "defaults.distance must be a limit, as {fail: \"> 0.25\"}; found the text 'fail'."
            " Keys: warn, fail; or one word: pass (never judged)."
        ),
    ),
    ("shape: {warn: '> 0.2', fail: '> 10%'}", "defaults.shape warns above 0.2 but fails above 10% already."),
]


@pytest.mark.parametrize(("line", "message"), UNITS)
def test_a_limit_without_its_unit_is_told_with_its_place(line: str, message: str) -> None:
    assert told(f"defaults:\n  {line}").startswith(f"datacanary.yml:{message}")


@pytest.mark.parametrize(("line", "message"), HINTS)
def test_a_limit_that_cannot_be_read_says_what_it_takes(line: str, message: str) -> None:
    assert message in told(f"defaults:\n  {line}")


SETTINGS = [
    (
        "tables:\n  t: {columns: {a: {direction: up}}}",
        "5:32: tables.t.columns.a.direction must be increase or decrease; found the text 'up'.",
    ),
    ("tables:\n  t: {dry_run: 1}", "5:16: tables.t.dry_run must be true or false; found the number 1."),
    (
        "tables:\n  t: {columns: {a: {dry_run: maybe}}}",
        "5:30: tables.t.columns.a.dry_run must be true or false; found the text 'maybe'.",
    ),
    (
        "expect:\n  - {table: 'stg_*', rows_added: '<= 5%', reason: x}",
        (
            "5:13: 'stg_*' is a pattern: it does not say which tables are expected to change."
            " Write an entry for each table."
        ),
    ),
    (
        "expect:\n  - {table: 'stg_a?', rows_added: '<= 5%', reason: x}",
        (
            "5:13: 'stg_a?' is a pattern: it does not say which tables are expected to change."
            " Write an entry for each table."
        ),
    ),
    (
        "expect:\n  - {table: t, columns: a, null_rate: '<= 5pp', direction: increase, reason: x}",
        (
            "5:49: A direction is about values_changed, which this entry of expect does not declare."
            " Declare values_changed too, or remove 'direction'."
        ),
    ),
    (
        "expect:\n  - {table: t, columns: a, values_changed: '<= 5%', direction: up, reason: x}",
        "5:64: expect.direction must be increase or decrease; found the text 'up'.",
    ),
    (
        "expect:\n  - {table: t, shape: '<= 5%', reason: x}",
        "5:16: An expected shape needs the columns that it is about. Add columns: [name, …].",
    ),
    (
        "expect:\n  - {table: t, columns: a, distance: '<= 5%', reason: x}",
        ("5:38: expect.distance is a share, which does not fit distance. It takes a number of base's spreads (0.25)."),
    ),
    (
        "expect:\n  - {table: t, columns: a, null_rate: '1 .. 2', reason: x}",
        "5:39: expect.null_rate is a count, which does not fit null_rate. It takes points (1pp).",
    ),
    (
        "expect:\n  - {table: t, columns: a, shape: '0.5', reason: x}",
        (
            '5:35: expect.shape must be a range, as "0 .. 0.05", or at most as much, as "<= 0.05";'
            " found the text '0.5'. It needs its sign in front."
        ),
    ),
    (
        "expect:\n  - {table: t, columns: a, shape: '<= 5', reason: x}",
        (
            "5:35: expect.shape must be 100% or less; found the text '<= 5'. shape never goes beyond that."
            " A number without % is a fraction of 1."
        ),
    ),
    (
        "expect:\n  - {table: t, columns: a, total: '<= 5%', reason: ''}",
        "5:52: expect.reason must be a text that says why; found an empty text.",
    ),
    (
        "expect:\n  - {table: t, columns: a, total: '<= 5%', reason: x, owner: ' '}",
        "5:62: expect.owner must be a text; found an empty text.",
    ),
]


@pytest.mark.parametrize(("rest", "message"), SETTINGS)
def test_a_wrong_setting_is_told_with_its_place(rest: str, message: str) -> None:
    assert told(rest) == f"datacanary.yml:{message}"


def test_what_a_pattern_says_is_kept_as_written() -> None:
    tables = read("tables: {'*.tmp_?': {key: [id], columns: {'*_at': {ignore: false}}}}").policy.tables
    assert list(tables) == ["*.tmp_?"]
    assert tables["*.tmp_?"].columns["*_at"].ignore is False


def test_the_direction_of_an_entry_is_that_of_its_changed_values() -> None:
    entry = (
        "{table: t, columns: a, values_changed: '<= 5%', total: '<= 5%', direction: decrease, reason: x, owner: ana}"
    )
    changed, total = read(f"expect:\n  - {entry}").expectations
    assert (changed.check, changed.direction, changed.why) == ("values_changed", "decrease", "x (ana)")
    assert (total.check, total.direction) == ("total", None)
