"""What a config means."""

from dataclasses import replace
from datetime import timedelta

import pytest
from full_config import FULL
from hypothesis import given
from hypothesis import strategies as st

from datacanary.config import default_policy, defaults_yaml, describe_defaults, parse
from datacanary.errors import ConfigError, Where
from datacanary.model.config import (
    MEASURED_CHECKS,
    SWITCH_CHECKS,
    CheckName,
    ColumnPolicy,
    Config,
    Expectation,
    Limit,
    ProjectEntry,
    SamplePolicy,
    SourceEntry,
    TablePolicy,
    Threshold,
    Tolerance,
)

HEAD = "version: 1\nwarehouse: duckdb:///w.duckdb\nproduction: shop\n"
SHARE_0 = Threshold(0.0, "share", "> 0")


def read(rest: str = "", **environ: str) -> Config:
    return parse(HEAD + rest, "datacanary.yml", environ)


def defaults_of(line: str) -> Limit:
    name = line.partition(":")[0]
    limits = read(f"defaults:\n  {line}").policy.defaults
    return next(limit for check, limit in limits.items() if check == name)


def test_the_least_config_has_every_default() -> None:
    config = read()
    assert config.project == ProjectEntry(kind="sql", path="models", layout=None, cut=())
    assert (config.base, config.production, config.sources, config.expectations) == ("main", "shop", (), ())
    assert config.policy == default_policy()
    assert config.policy.samples == SamplePolicy(show="keys", allow=())


def test_the_defaults_are_those_of_the_documentation() -> None:
    policy = default_policy()

    def limit(warn: tuple[float, str] | None, fail: tuple[float, str], unit: str = "share") -> Limit:
        one = {"share": "share", "points": "points", "count": "count", "spreads": "spreads"}[unit]
        thresholds = [Threshold(at[0], one, at[1]) if at else None for at in (warn, fail)]  # type: ignore[arg-type]
        return Limit(warn=thresholds[0], fail=thresholds[1])

    expected: dict[CheckName, Limit] = {
        "key_problems": limit(None, (0, "> 0"), "count"),
        "column_removed": Limit(status="fail"),
        "column_added": Limit(status="pass"),
        "type_changed": Limit(status="fail"),
        "table_removed": Limit(status="fail"),
        "table_added": Limit(status="warn"),
        "rows_removed": limit((0, "> 0"), (0.001, "> 0.1%")),
        "rows_added": limit((0.001, "> 0.1%"), (0.01, "> 1%")),
        "values_changed": limit((0, "> 0"), (0.01, "> 1%")),
        "null_rate": limit((0.001, "> 0.1pp"), (0.01, "> 1pp"), "points"),
        "total": limit((0.001, "> 0.1%"), (0.01, "> 1%")),
        "shape": limit((0.05, "> 0.05"), (0.1, "> 0.10")),
        "distance": limit((0.1, "> 0.10"), (0.25, "> 0.25"), "spreads"),
        "no_data": Limit(status="inconclusive"),
    }
    assert policy.defaults == expected
    assert policy.float_tolerance == Tolerance(absolute=0, relative=1e-9)
    assert policy.max_warnings == 20
    assert set(policy.defaults) == {*MEASURED_CHECKS, *SWITCH_CHECKS}


def test_the_written_defaults_are_the_defaults_and_each_has_its_comment() -> None:
    policy = read(defaults_yaml()).policy
    unplaced = {name: replace(limit, origin="default") for name, limit in policy.defaults.items()}
    assert replace(policy, defaults=unplaced) == default_policy()
    assert all(limit.origin.startswith("datacanary.yml:") for limit in policy.defaults.values())
    assert all(line.about in defaults_yaml() for line in describe_defaults())


def test_the_design_page_config_is_read() -> None:
    config = parse(FULL, "datacanary.yml", {"WAREHOUSE_DIR": "data"})
    assert config.project == ProjectEntry(
        "sql", "models", "{schema}/{table}.sql", (("fct_balance", "fct_balance"), ("a.b", "a.c"))
    )
    assert (config.production, config.base) == ("analytics", "main")
    assert config.warehouse.url({"WAREHOUSE_DIR": "data"}) == "duckdb:///data/warehouse.duckdb"
    assert config.sources == (
        SourceEntry("raw.orders", "data/orders/*.parquet", 12),
        SourceEntry("customers", "data/customers.csv.gz", 13),
    )
    assert config.policy.samples == SamplePolicy("allowed", ("fct_orders.status", "crm.people.city"))
    assert config.policy.max_warnings == 5
    assert config.policy.float_tolerance == Tolerance(absolute=1e-12, relative=1e-6)
    assert config.policy.defaults["rows_removed"] == Limit(
        Threshold(0.0, "count", "> 0"), Threshold(500.0, "count", "> 500"), origin="datacanary.yml:15"
    )
    assert config.policy.defaults["column_removed"] == Limit(status="warn", origin="datacanary.yml:17")
    assert config.policy.defaults["total"].origin == "default"


def test_tables_and_columns_of_the_design_page_config() -> None:
    tables = parse(FULL, "datacanary.yml", {}).policy.tables
    assert tables["crm.people"] == TablePolicy(key=("person_id",), key_origin="datacanary.yml:34")
    orders = tables["fct_orders"]
    assert (orders.key, orders.key_origin, orders.materialized) == (("order_id", "line"), "datacanary.yml:22", "table")
    assert orders.limits == {"rows_added": Limit(status="pass", origin="datacanary.yml:24")}
    total = Threshold(0.0001, "share", "> 0.01%")
    assert orders.columns == {
        "loaded_at": ColumnPolicy(ignore=True),
        "amount": ColumnPolicy(
            tolerance=Tolerance(absolute=0.005),
            limits={"total": Limit(fail=total, origin="datacanary.yml:27")},
            origins={"tolerance": "datacanary.yml:27"},
        ),
        "on": ColumnPolicy(ignore=True),
        "rate": ColumnPolicy(
            tolerance=Tolerance(relative=0.001),
            measure=True,
            limits={
                "null_rate": Limit(Threshold(0.0, "points", "> 0"), origin="datacanary.yml:32"),
                "type_changed": Limit(status="warn", origin="datacanary.yml:33"),
            },
            origins={"tolerance": "datacanary.yml:30", "measure": "datacanary.yml:31"},
        ),
    }


def test_patterns_of_the_design_page_config() -> None:
    tables = parse(FULL, "datacanary.yml", {}).policy.tables
    shape = Limit(Threshold(0.05, "share", "> 5%"), Threshold(0.2, "share", "> 0.2"), origin="datacanary.yml:40")
    distance = Limit(fail=Threshold(0.5, "spreads", "> 0.5"), origin="datacanary.yml:40")
    assert list(tables) == ["fct_orders", "crm.people", "stg_*"]
    assert tables["stg_*"] == TablePolicy(
        dry_run=True,
        columns={
            "*_at": ColumnPolicy(ignore=True),
            "score": ColumnPolicy(
                direction="decrease",
                dry_run=False,
                limits={"shape": shape, "distance": distance},
                origins={"direction": "datacanary.yml:39"},
            ),
        },
    )


def test_expectations_of_the_design_page_config() -> None:
    why, who = "DATA-412 coupon fix", "ada"
    file = "datacanary.yml"
    discount = ("discount",)
    assert parse(FULL, file, {}).expectations == (
        Expectation("fct_orders", discount, "values_changed", 0.01, 0.12, "share", why, "1% .. 12%", f"{file}:43"),
        Expectation("fct_orders", (), "rows_removed", 0, 500, "count", "old rows", "0 .. 500", f"{file}:46", who),
        Expectation("fct_orders", ("a", "b"), "column_removed", 1, 1, "count", "old rows", "true", f"{file}:47", who),
        Expectation("fct_orders", (), "rows_added", 0, 0.05, "share", "old rows", "<= 5%", f"{file}:48", who),
        Expectation(
            "crm.people", ("city",), "values_changed", 0, 0.5, "share", "x", "<= 50%", f"{file}:54", "", "increase"
        ),
        Expectation("crm.people", ("city",), "null_rate", 0, 0.02, "points", "x", "<= 2pp", f"{file}:55"),
        Expectation("crm.people", ("city",), "shape", 0.1, 0.3, "share", "x", "0.1 .. 30%", f"{file}:56"),
        Expectation("crm.people", ("city",), "distance", 0, 1.5, "spreads", "x", "<= 1.5", f"{file}:57"),
        Expectation("crm.people", ("city",), "total", 0, 0.5, "share", "x", "0 .. 50%", f"{file}:58"),
    )


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("> 0.1%", 0.001, "share"),
        ("> 0.1 %", 0.001, "share"),
        (">0.1%", 0.001, "share"),
        ("  > 100%  ", 1.0, "share"),
        ("> 0", 0.0, "share"),
        ("> 0%", 0.0, "share"),
        ("> 12", 12.0, "count"),
        ("> 12.0", 12.0, "count"),
    ],
)
def test_thresholds_are_fractions_of_1_or_counts(text: str, value: float, unit: str) -> None:
    fail = defaults_of(f"rows_removed: {{fail: '{text}'}}").fail
    assert fail is not None
    assert (fail.value, fail.unit) == (value, unit)


@pytest.mark.parametrize(
    ("line", "unit"),
    [
        ("key_problems: {fail: '> 0'}", "count"),
        ("null_rate: {fail: '> 0'}", "points"),
        ("total: {fail: '> 0'}", "share"),
        ("rows_added: {warn: '> 0', fail: '> 7'}", "count"),
        ("rows_added: {warn: '> 0', fail: '> 7%'}", "share"),
        ("rows_added: {warn: '> 0%', fail: '> 7%'}", "share"),
    ],
)
def test_a_bare_zero_takes_the_unit_of_its_partner_or_of_its_check(line: str, unit: str) -> None:
    limit = defaults_of(line)
    assert {one.unit for one in (limit.warn, limit.fail) if one} == {unit}


def test_a_configured_limit_replaces_the_whole_default() -> None:
    assert defaults_of("rows_removed: {warn: '> 3%'}") == Limit(
        warn=Threshold(0.03, "share", "> 3%"), fail=None, origin="datacanary.yml:5"
    )


@pytest.mark.parametrize("word", ["pass", "ignore"])
def test_a_check_of_a_number_can_be_judged_never(word: str) -> None:
    assert defaults_of(f"rows_removed: {word}") == Limit(status="pass", origin="datacanary.yml:5")


def test_warn_may_equal_fail() -> None:
    assert defaults_of("rows_added: {warn: '> 1%', fail: '> 1%'}").fail == Threshold(0.01, "share", "> 1%")


def test_growth_may_be_more_than_all() -> None:
    assert defaults_of("rows_added: {fail: '> 250%'}").fail == Threshold(2.5, "share", "> 250%")


def test_sections_whose_lines_are_all_commented_out_say_nothing() -> None:
    assert read("sources:\ndefaults:\n  # rows_removed: pass\ntables:\nsamples:\nexpect:\nrelease:\n") == read()


@pytest.mark.parametrize(
    ("written", "span"),
    [
        ("12 hours", timedelta(hours=12)),
        ("1 hour", timedelta(hours=1)),
        ("7 days", timedelta(days=7)),
        ("0days", timedelta()),
        ("2 weeks", timedelta(days=14)),
        ("forever", None),
    ],
)
def test_what_was_replaced_is_kept_as_long_as_is_written(written: str, span: timedelta | None) -> None:
    assert read(f"release: {{keep_replaced: {written}}}").release.keep_replaced == span
    assert read("release: {}").release.keep_replaced == timedelta(days=7)


def test_an_empty_key_compares_whole_rows() -> None:
    assert read("tables: {t: {key: []}}").policy.tables["t"].key == ()


def test_a_column_of_the_key_may_have_a_policy_of_its_own() -> None:
    table = read("tables: {t: {key: [a], columns: {a: {ignore: false, type_changed: warn}}}}").policy.tables["t"]
    assert (table.key, table.columns["a"].ignore) == (("a",), False)


def test_a_table_may_be_there_for_its_columns_only() -> None:
    table = read("tables: {t: {columns: {a: {ignore: true}}}}").policy.tables["t"]
    assert (table.key, table.key_origin) == (None, "")
    assert table.columns["a"].ignore


def test_names_of_columns_are_taken_as_they_stand() -> None:
    columns = read("tables: {t: {columns: {no: ignore, 2024: ignore, 0x1F: ignore, 'null': ignore}}}").policy.tables
    assert list(columns["t"].columns) == ["no", "2024", "0x1F", "null"]


@pytest.mark.parametrize("text", ["1e-9", "1.0e-9", "0.000000001", "!!float 1e-9"])
def test_small_numbers_may_be_written_as_one_likes(text: str) -> None:
    assert read(f"defaults: {{float_tolerance: {text}}}").policy.float_tolerance.absolute == 1e-9


def test_plain_tags_change_nothing_but_make_text_of_numbers() -> None:
    assert read("base: !!str 1.5").base == "1.5"
    assert read("tables: !!map {t: {key: !!seq [a]}}").policy.tables["t"].key == ("a",)


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm() -> None:
    assert parse("\ufeff" + FULL.replace("\n", "\r\n"), "datacanary.yml", {}) == parse(FULL, "datacanary.yml", {})


@given(st.integers(0, 1000))
def test_a_percentage_is_the_number_nearest_to_its_decimal(tenths: int) -> None:
    fail = defaults_of(f"rows_removed: {{fail: '> {tenths / 10}%'}}").fail
    assert fail is not None
    assert fail.value == float(f"{tenths}e-3")


def test_the_warehouse_is_asked_for_its_secret_only_when_it_is_used() -> None:
    config = parse("version: 1\nproduction: shop\nwarehouse: duckdb:///${HOME_OF_DATA}/w.duckdb", "c.yml", {})
    assert "HOME_OF_DATA" not in repr(config)
    assert config.warehouse.where == Where("c.yml", 3, 12)
    with pytest.raises(ConfigError, match=r"^c.yml:3:12: The environment variable HOME_OF_DATA is not set\."):
        config.warehouse.url({})
    assert config.warehouse.url({"HOME_OF_DATA": "/data"}) == "duckdb:////data/w.duckdb"


@pytest.mark.parametrize("url", ["mysql://me:hunter2@db", "hunter2", "duckdb://hunter2", "duckdb:///hunter2?x=1"])
def test_a_warehouse_url_from_the_environment_is_checked_and_never_shown(url: str) -> None:
    config = parse("version: 1\nproduction: shop\nwarehouse: ${URL}", "c.yml", {"URL": url})
    with pytest.raises(ConfigError, match=r"Write duckdb:///relative\.duckdb") as caught:
        config.warehouse.url({"URL": url})
    assert "hunter2" not in str(caught.value)
    assert "hunter2" not in repr(config)


@pytest.mark.parametrize(
    ("template", "url"),
    [
        (
            "postgresql://ada:${PW}@db:5432/shop?sslmode=require",
            "postgresql://ada:p%40s%2Fs%20%25@db:5432/shop?sslmode=require",
        ),
        ("postgres://${WHO}:${PW}@${AT}/shop", "postgres://ada%40azure:p%40s%2Fs%20%25@db:5432/shop"),
        ("postgresql://${BOTH}@db/shop", "postgresql://ada:p%40ss@db/shop"),
        ("postgresql://${AT}/shop?password=${PW}", "postgresql://db:5432/shop?password=p%40s%2Fs%20%25"),
        ("${URL}", "postgresql://ada:p%40ss@db/shop"),
        ("postgresql:///shop", "postgresql:///shop"),
    ],
)
def test_a_secret_in_the_url_of_a_server_may_have_any_letter(template: str, url: str) -> None:
    environ = {
        "PW": "p@s/s %",
        "WHO": "ada@azure",
        "AT": "db:5432",
        "BOTH": "ada:p@ss",
        "URL": "postgresql://ada:p%40ss@db/shop",
    }
    config = parse(f"version: 1\nproduction: shop\nwarehouse: {template}", "c.yml", environ)
    assert config.warehouse.url(environ) == url
