"""What the config says of tables and columns must fit them: the mistake is told with its file and line."""

from __future__ import annotations

from dataclasses import replace

import pytest
from judging import column, config, counts, expected, keyed, planned

from datacanary.errors import ConfigError
from datacanary.model.basic import Pair
from datacanary.model.config import Expectation, Tolerance
from datacanary.model.tablediff import ColumnDiff, TableDiff
from datacanary.model.verdict import Subject
from datacanary.verdict.fitting import check_fit, check_tables, tolerances
from datacanary.verdict.kinds import kind_of
from datacanary.verdict.limits import policy_of

COLUMNS = (
    column("amount"),
    column("status", kind="varchar"),
    column("paid_at", kind="timestamp with time zone"),
    column("odd", kind="my_type"),
)


def said(rest: str, diff: TableDiff | None = None) -> str:
    read = config(rest)
    subject = Subject(planned(), diff or keyed(counts(), *COLUMNS))
    try:
        check_fit(read.policy, read.expectations, (subject,))
    except ConfigError as error:
        return str(error)
    return ""


NUMBERS, ORDERED = "Only numbers have one.", "Only numbers and times have one."
SETTINGS = [
    ("status: {tolerance: 1}", f"tolerance of orders.status does not fit: the column is varchar. {NUMBERS}"),
    (
        "paid_at: {tolerance: 1}",
        f"tolerance of orders.paid_at does not fit: the column is timestamp with time zone. {NUMBERS}",
    ),
    ("status: {measure: true}", "measure of orders.status does not fit: the column is varchar. Only numbers have a"),
    ("status: {total: {fail: '> 1%'}}", f"total of orders.status does not fit: the column is varchar. {NUMBERS}"),
    ("paid_at: {total: {fail: '> 1%'}}", "total of orders.paid_at does not fit"),
    ("status: {distance: {fail: '> 1'}}", f"distance of orders.status does not fit: the column is varchar. {ORDERED}"),
    (
        "status: {direction: increase}",
        "direction of orders.status does not fit: the column is varchar. Only numbers and times rise and fall.",
    ),
    ("STATUS: {direction: increase}", "direction of orders.STATUS does not fit"),
]


@pytest.mark.parametrize(("setting", "message"), SETTINGS)
def test_a_setting_that_does_not_fit_the_type_is_told(setting: str, message: str) -> None:
    assert said(f"tables:\n  orders:\n    columns:\n      {setting}").startswith(f"datacanary.yml:7: {message}")
    assert said(f"tables:\n  Analytics.Orders:\n    columns:\n      {setting}").startswith("datacanary.yml:7: ")


@pytest.mark.parametrize(
    "setting",
    [
        "amount: {tolerance: 1, measure: true, total: {fail: '> 1%'}, distance: {fail: '> 1'}, direction: increase}",
        "paid_at: {distance: {fail: '> 1'}, direction: increase, shape: {fail: '> 0.1'}}",
        "status: {shape: {fail: '> 0.1'}, null_rate: pass, values_changed: pass, measure: false}",
        "status: {total: pass, distance: pass}",
        "odd: {tolerance: 1, total: {fail: '> 1%'}, distance: {fail: '> 1'}}",
        "gone: {tolerance: 1}",
        "'stat*': {tolerance: 1, distance: {fail: '> 1'}}",
    ],
)
def test_what_fits_or_cannot_be_known_or_comes_from_a_pattern_is_no_mistake(setting: str) -> None:
    assert said(f"tables: {{orders: {{columns: {{{setting}}}}}}}") == ""


def test_a_pattern_of_tables_may_name_a_column_that_is_something_else_in_one() -> None:
    assert said("tables: {'ord*': {columns: {status: {tolerance: 1}}}}") == ""
    assert said("tables: {other: {columns: {status: {tolerance: 1}}}}") == ""


def test_a_type_that_changed_may_fit_on_either_side() -> None:
    rules = "tables: {orders: {columns: {n: {tolerance: 1}}}}"
    for base, head in (("integer", "varchar"), ("varchar", "integer"), ("integer", None)):
        assert said(rules, keyed(counts(), ColumnDiff("n", "type_changed", Pair(base, head)))) == ""
    both = keyed(counts(), ColumnDiff("n", "type_changed", Pair("varchar", "boolean")))
    assert "the column is varchar and boolean. Only numbers" in said(rules, both)


def expect(columns: str, change: str) -> str:
    return f"expect:\n  - {{table: orders, columns: {columns}, {change}, reason: x}}"


EXPECTED = [
    (
        expect("amont", "values_changed: '<= 5%'"),
        "orders.amont is expected to change, but neither version has that column. Did you mean 'amount'?",
    ),
    (
        expect("[amount, zzz]", "values_changed: '<= 5%'"),
        "orders.zzz is expected to change, but neither version has that column.",
    ),
    (
        expect("['*_at']", "values_changed: '<= 5%'"),
        (
            "orders.*_at is expected to change, but neither version has that column."
            " Patterns are not read here: name each column."
        ),
    ),
    (
        expect("status", "total: '<= 5%'"),
        f"The expected total of status does not fit: the column is varchar. {NUMBERS}",
    ),
    (
        expect("status", "distance: '<= 5'"),
        f"The expected distance of status does not fit: the column is varchar. {ORDERED}",
    ),
]


@pytest.mark.parametrize(("rest", "message"), EXPECTED)
def test_an_expectation_that_fits_nothing_is_told(rest: str, message: str) -> None:
    assert said(rest) == f"datacanary.yml:5: {message}"


def test_a_declared_direction_needs_values_that_rise_and_fall() -> None:
    told = said(expect("status", "values_changed: '<= 5%', direction: increase"))
    assert told == (
        "datacanary.yml:5: The expected direction of orders.status does not fit: the column is varchar."
        " Only numbers and times rise and fall."
    )
    odd = said(expect("odd", "values_changed: '<= 5%', direction: increase"))
    assert "of orders.odd does not fit: its values neither rise nor fall." in odd
    ordered = keyed(counts(), replace(column("odd", kind="my_type"), increased=0, decreased=0))
    assert said(expect("odd", "values_changed: '<= 5%', direction: increase"), ordered) == ""
    keyless = replace(keyed(counts(), replace(column("odd", kind="my_type"), changed=None)), comparison="keyless")
    assert said(expect("odd", "values_changed: '<= 5%', direction: increase"), keyless) == ""


def test_what_fits_is_expected_without_a_word() -> None:
    assert said(expect("[AMOUNT, status]", "values_changed: '<= 5%', shape: '<= 0.1', null_rate: '<= 1pp'")) == ""
    assert said(expect("[paid_at]", "values_changed: '<= 5%', distance: '<= 0.1'")) == ""


def test_a_table_that_was_not_compared_has_no_columns_to_fit() -> None:
    diff = replace(keyed(counts()), comparison="not_compared")
    assert said(expect("zzz", "values_changed: '<= 5%'"), diff) == ""


def test_an_expectation_of_a_table_that_nobody_makes_is_told_while_planning() -> None:
    def declared(name: str) -> tuple[Expectation, ...]:
        first = "{table: first, rows_added: '<= 5%', reason: x}"
        return expected(first, f"{{table: {name}, rows_added: '<= 5%', reason: x}}")

    tables = (planned(), planned("first"), planned("raw_orders", "removed", "raw"), planned("new", "added"))
    for name in ("ORDERS", "analytics.orders", "raw.raw_orders", "raw_orders", "new"):
        check_tables(declared(name), tables)
    with pytest.raises(ConfigError) as caught:
        check_tables(declared("ordrs"), tables)
    assert str(caught.value) == (
        "datacanary.yml:6: ordrs is expected to change, but no model of either version makes it. Did you mean 'orders'?"
    )
    with pytest.raises(ConfigError, match=r"^datacanary.yml:6: shop.orders is expected to change"):
        check_tables(declared("shop.orders"), tables)


def test_tolerances_go_to_numbers_only() -> None:
    own = policy_of(
        config("tables: {orders: {columns: {'*': {tolerance: 1}, amount: {tolerance: 2}}}}").policy, planned()
    )
    types: dict[str, Pair[str | None]] = {
        "amount": Pair("double", "decimal(12,2)"),
        "status": Pair("varchar", "varchar"),
        "n": Pair("integer", "varchar"),
        "new": Pair(None, "bigint"),
        "odd": Pair("my_type", "my_type"),
    }
    one, two = Tolerance(1.0), Tolerance(2.0)
    assert tolerances(own, types) == {"amount": two, "new": one, "odd": one}


KINDS = {
    "number": [
        *("tinyint", "smallint", "integer", "bigint", "hugeint", "utinyint", "ubigint", "float", "double", "real"),
        *("decimal(12,2)", "DECIMAL(38, 0)", "numeric", "numeric(10,2)", "double precision", "int", "int4"),
        *("int8", "int128", "uint64", "float32", "float64", "decimal"),
    ],
    "time": [
        *("date", "time", "timestamp", "timestamp with time zone", "timestamp_ns", "timestamptz", "datetime"),
        *("timestamp[us]", "timestamp[ns, europe/berlin]", "duration[ms]"),
    ],
    "other": [
        *("varchar", "varchar(20)", "character varying(3)", "text", "string", "boolean", "bool", "blob", "binary"),
        *("uuid", "json", "integer[]", "decimal(3,1)[3]", "list[int64]", "array[float64, 3]", "struct[a: int64]"),
        *("struct(a integer, b varchar)", "map(varchar, integer)", "enum('a', 'b')", "categorical", "interval"),
        *("time with time zone", "bit", "union(a integer)", "timestamp with time zone[]"),
    ],
    "unknown": ["null", "", "my_type", "object_id"],
}


@pytest.mark.parametrize(("kind", "words"), [(kind, one) for kind, words in KINDS.items() for one in words])
def test_kinds_are_known_by_the_words_of_types(kind: str, words: str) -> None:
    assert kind_of(words) == kind
