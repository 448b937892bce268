"""The checks that can have a limit, what their limits may look like, and the defaults."""

from __future__ import annotations

from dataclasses import dataclass

from datacanary.model.config import CheckName, Unit


@dataclass(frozen=True, slots=True)
class Check:
    """A check as the config knows it.

    `units` are those its limits may have, the usual one first; a yes-no check has none. `bare` is the unit of a number
    without one. `at_most_all`: its value never exceeds 100 %. `default` is its limit as YAML, `about` says what it
    looks at.
    """

    name: CheckName
    units: tuple[Unit, ...]
    default: str
    about: str
    at_most_all: bool = False
    bare: Unit = "count"


_ALL = (
    Check("key_problems", ("count",), '{fail: "> 0"}', "duplicate keys, or NULLs in the key"),
    Check("column_removed", (), "fail", "a column of base that head lacks"),
    Check("column_added", (), "pass", "a column of head that base lacks"),
    Check("type_changed", (), "fail", "a column whose type differs"),
    Check("table_removed", (), "fail", "a table of base that head lacks: not compared, so never a pass"),
    Check("table_added", (), "warn", "a table of head that base lacks: not compared, so never a pass"),
    Check(
        "rows_removed",
        ("share", "count"),
        '{warn: "> 0", fail: "> 0.1%"}',
        "rows of base that head lacks",
        at_most_all=True,
    ),
    Check("rows_added", ("share", "count"), '{warn: "> 0.1%", fail: "> 1%"}', "rows of head that base lacks"),
    Check(
        "values_changed",
        ("share", "count"),
        '{warn: "> 0", fail: "> 1%"}',
        "changed cells, per column",
        at_most_all=True,
    ),
    Check(
        "null_rate",
        ("points",),
        '{warn: "> 0.1pp", fail: "> 1pp"}',
        "how far the share of NULLs moves",
        at_most_all=True,
    ),
    Check(
        "total", ("share",), '{warn: "> 0.1%", fail: "> 1%"}', "how far the sum moves, of columns with measure: true"
    ),
    Check(
        "shape",
        ("share",),
        '{warn: "> 0.05", fail: "> 0.10"}',
        "the share of a column's values that moved elsewhere",
        at_most_all=True,
        bare="share",
    ),
    Check(
        "distance",
        ("spreads",),
        '{warn: "> 0.10", fail: "> 0.25"}',
        "how far numbers and times moved, in base's spreads",
        bare="spreads",
    ),
    Check("no_data", (), "inconclusive", "a table that is empty on both sides"),
)

CHECKS: dict[str, Check] = {check.name: check for check in _ALL}

COLUMN_CHECKS: tuple[CheckName, ...] = (
    "values_changed",
    "null_rate",
    "total",
    "shape",
    "distance",
    "column_removed",
    "type_changed",
)
"""The checks that one column may have limits of its own for."""
