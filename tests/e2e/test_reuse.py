"""What an earlier run or a promotion left is read instead of being built, and nothing else of a report changes."""

import json
import shutil
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from shop import CONFIG, MODELS, RATES, Shelf, Shop, make_shop

import datacanary as dc
from datacanary.model.run import Report
from datacanary.model.verdict import Subject
from datacanary.pipeline import contents
from datacanary.pipeline import plain_sql as checking
from datacanary.pipeline.compare import compare_all
from datacanary.warehouse.duckdb.warehouse import DuckDBWarehouse

FEWER = "select order_id, customer_id, amount, status from raw.orders where order_id >= 10\n"
CHANGE = {"models/stg_orders.sql": FEWER}
BASE = {"base.stg_orders", "base.fct_orders"}
SHARED = {"shared.dim_customers", "shared.rates"}
HEAD = {"head.stg_orders", "head.fct_orders", "head.rpt_countries"}
VIEWS = {"base.rpt_countries"}


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Give a shop with a change that was checked."""
    folder = tmp_path_factory.mktemp("reuse")
    made = make_shop(folder / "work")
    made.commit(CHANGE, branch="change")
    with pytest.MonkeyPatch.context() as patch:
        prepare(patch, made)
        check(made)
    assert made_by(newest(made)) == BASE | SHARED | HEAD | VIEWS
    return Shelf.keep(made, folder / "copy")


@pytest.fixture
def shop(checked: Shelf, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Give that shop, untouched by other tests."""
    prepare(monkeypatch, checked.shop)
    return checked.fresh()


def prepare(patch: pytest.MonkeyPatch, shop: Shop) -> None:
    patch.setenv("DATACANARY_HOME", str(shop.home))
    for variable in ("CI", "GITHUB_ACTIONS", "GITLAB_CI"):
        patch.delenv(variable, raising=False)


def check(shop: Shop, *, statistics: bool = False, noise_check: bool = False, attribute: bool = False) -> Report:
    return dc.check(shop.folder, base="main", statistics=statistics, noise_check=noise_check, attribute=attribute)


def newest(shop: Shop) -> Path:
    """Return the folder of the run that ended last; of two in one second the names do not say it."""
    ended = [run / "run.json" for run in shop.runs() if (run / "run.json").exists()]
    return max(ended, key=lambda file: file.stat().st_mtime_ns).parent


def made_by(run: Path) -> set[str]:
    """List the models that a run made itself, by their place."""
    (file,) = run.glob("dc_*.duckdb")
    with duckdb.connect(str(file), read_only=True) as connection:
        rows = connection.execute(
            "select schema_name, table_name from duckdb_tables() union all "
            "select schema_name, view_name from duckdb_views() where not internal"
        ).fetchall()
    return {f"{schema.removesuffix('_analytics')}.{name}" for schema, name in rows if not schema.endswith("_raw")}


def facts(report: Report) -> object:
    """Return all that a report says, but for when and where, and from where its tables came."""
    notes = tuple(note for note in report.notes if "same query, same input" not in note)
    return replace(report, run_id="", started_at="", seconds=0.0, notes=notes, secret="")


def afresh(shop: Shop, monkeypatch: pytest.MonkeyPatch, **extent: bool) -> Report:
    """Check where no run ever was, and forget it."""
    with monkeypatch.context() as patch:
        patch.setenv("DATACANARY_HOME", f"{shop.home}-afresh")
        report = check(shop, **extent)
    shutil.rmtree(f"{shop.home}-afresh")
    return report


def test_the_second_check_of_a_change_builds_nothing_of_base(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    first = newest(shop).name
    report = check(shop, statistics=True)
    # A view is no table: who reads it computes it, so it is made again.
    assert made_by(newest(shop)) == HEAD | VIEWS
    with duckdb.connect(str(next(newest(shop).glob("*.duckdb"))), read_only=True) as connection:
        assert connection.execute("select 1 from duckdb_tables() where schema_name ilike '%raw%'").fetchall() == []
    assert [note for note in report.notes if "taken" in note] == [
        f"2 tables of base taken from the run {first}: same query, same input",
        f"2 tables of both versions taken from the run {first}: same query, same input",
    ]
    assert facts(report) == facts(afresh(shop, monkeypatch, statistics=True))
    # The third finds them where the first has them.
    check(shop)
    assert made_by(newest(shop)) == HEAD | VIEWS


def test_a_second_push_builds_of_base_only_what_the_first_did_not(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.commit({"models/dim_customers.sql": "select customer_id, upper(name) as name, country from raw.customers\n"})
    report = check(shop)
    assert made_by(newest(shop)) == HEAD | VIEWS | {"head.dim_customers"}
    assert facts(report) == facts(afresh(shop, monkeypatch))


def test_noise_and_attribution_are_measured_against_what_was_read_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.commit({"models/fct_orders.sql": MODELS["fct_orders"].replace("o.amount * r.rate", "o.amount * r.rate * 2")})
    report = check(shop, noise_check=True, attribute=True)
    assert BASE & made_by(newest(shop)) == set()
    (fct,) = [table for table in report.tables if table.name == "fct_orders"]
    assert fct.diff.noise is not None
    assert fct.diff.attribution is not None
    assert facts(report) == facts(afresh(shop, monkeypatch, noise_check=True, attribute=True))


def write_rates(shop: Shop) -> None:
    shop.write({"data/rates.csv": RATES.replace("1.5", "1.6")})


def add_rates(shop: Shop) -> None:
    shop.write({"data/more.csv": "country,rate\nfr,3.0\n"})


def insert_orders(shop: Shop) -> None:
    shop.execute("insert into raw.orders values (5000, 1, 2.5, 'paid')")


def change_a_type(shop: Shop) -> None:
    shop.execute("alter table raw.orders alter amount type decimal(14, 2)")


def collate_names(shop: Shop) -> None:
    shop.execute(
        "create table raw.copy (customer_id int, name varchar collate nocase, country varchar)",
        "insert into raw.copy from raw.customers",
        "drop table raw.customers",
        "alter table raw.copy rename to customers",
    )


def make_a_function(shop: Shop) -> None:
    shop.execute("create macro analytics.twice(x) as x * 2")


def make_a_view(shop: Shop) -> None:
    shop.execute("alter table raw.orders rename to every", "create view raw.orders as from raw.every")


def age(shop: Shop) -> None:
    file = newest(shop) / "started.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"started_at": "2026-01-01T00:00:00+00:00"}))


def clean(shop: Shop) -> None:
    assert shop.run("clean", "--all").exit_code == 0
    assert shop.runs() == []


def kill(shop: Shop) -> None:
    (newest(shop) / "run.json").unlink()


def damage(shop: Shop) -> None:
    (file,) = newest(shop).glob("dc_*.duckdb")
    file.write_bytes(b"no database any more")


def misregister(shop: Shop) -> None:
    (newest(shop) / "tables.json").write_text('[{"of": "another version"}]')


ORDERS, CUSTOMERS = {"base.stg_orders", "base.fct_orders"}, {"base.fct_orders", "shared.dim_customers"}
NEVER: Mapping[Callable[[Shop], None], set[str]] = {
    write_rates: {"base.fct_orders", "shared.rates"},
    add_rates: {"base.fct_orders", "shared.rates"},
    insert_orders: ORDERS,
    change_a_type: ORDERS,
    make_a_view: ORDERS,
    collate_names: CUSTOMERS,
    make_a_function: BASE | SHARED,
    age: BASE | SHARED,
    clean: BASE | SHARED,
    kill: BASE | SHARED,
    damage: BASE | SHARED,
    misregister: BASE | SHARED,
}


@pytest.mark.parametrize("happens", NEVER, ids=lambda happens: happens.__name__)
def test_what_may_be_another_now_is_built_again(happens: Callable[[Shop], None], shop: Shop) -> None:
    happens(shop)
    report = check(shop)
    assert made_by(newest(shop)) >= NEVER[happens]
    # What it reads is built only if it is not there either.
    left = (BASE | SHARED) - NEVER[happens]
    assert made_by(newest(shop)) & left == set()
    assert not any("not compared" in table.diff.comparison for table in report.tables)
    assert report.verdict.status == "pass"


def test_another_version_of_the_engine_or_of_datacanary_builds_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(DuckDBWarehouse, "engine", "duckdb 9.9.9")
        check(shop)
        assert made_by(newest(shop)) >= BASE | SHARED
    with monkeypatch.context() as patch:
        patch.setattr(contents, "__version__", "9.9.9")
        check(shop)
        assert made_by(newest(shop)) >= BASE | SHARED


def test_a_function_whose_rows_nobody_holds_still_and_all_that_reads_it_are_never_read_again(
    shop: Shop,
) -> None:
    unheld = "select c.*, v.library_version as version from raw.customers as c, pragma_version() as v"
    shop.git("switch", "--quiet", "main")
    shop.commit({"models/dim_customers.sql": f"select customer_id, name, country from ({unheld})\n"})
    shop.commit(CHANGE, branch="other")
    for _ in range(2):
        check(shop)
    assert made_by(newest(shop)) == HEAD | VIEWS | {"base.fct_orders", "shared.dim_customers"}


@pytest.mark.parametrize(
    "query",
    [
        "select 'at' as country, max(rowid) as rate from raw.orders",
        "select country, rate, filename as name from 'data/rates.csv'",
        "select country collate nocase as country, rate from raw.rates",
    ],
)
def test_what_depends_on_more_than_the_rows_that_it_reads_is_never_read_again(shop: Shop, query: str) -> None:
    shop.git("switch", "--quiet", "main")
    shop.commit({"models/rates.sql": f"{query}\n"})
    shop.commit(CHANGE, branch="other")
    for _ in range(2):
        check(shop)
    assert made_by(newest(shop)) & (BASE | SHARED) == {"base.fct_orders", "shared.rates"}


def test_two_checks_at_once_read_the_same_run(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(lambda _: check(shop), range(2)))
    assert [made_by(run) for run in shop.runs()[1:]] == [HEAD | VIEWS] * 2
    assert facts(reports[0]) == facts(reports[1]) == facts(afresh(shop, monkeypatch))


def merge(shop: Shop) -> None:
    shop.git("switch", "--quiet", "main")
    shop.git("merge", "--quiet", "change")
    query = MODELS["fct_orders"].replace("o.amount * r.rate", "o.amount * r.rate + 1")
    shop.commit({"models/fct_orders.sql": query}, "next")


def forget_runs(shop: Shop) -> None:
    shutil.rmtree(shop.home)


def test_a_run_that_read_others_tables_is_promoted_and_production_is_read_where_it_still_is_what_was_promoted(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(shop)
    shutil.rmtree(shop.runs()[0])
    promoted = newest(shop).name
    assert shop.run("promote", "last").exit_code == 0
    forget_runs(shop)
    merge(shop)
    report = check(shop)
    assert made_by(newest(shop)) == SHARED | VIEWS | {"head.fct_orders", "head.rpt_countries"}
    where = f"production, as {promoted} promoted it: same query, same input"
    assert [note for note in report.notes if "production" in note] == [
        f"1 table of base taken from {where}",
        f"1 table of both versions taken from {where}",
    ]
    (before,) = shop.ask("select sum(euros) + count(*) from analytics.fct_orders")
    assert shop.run("promote", "last").exit_code == 0
    assert shop.ask("select sum(euros) from analytics.fct_orders") == [before]
    forget_runs(shop)
    with monkeypatch.context() as patch:
        patch.setattr(contents, "__version__", "9.9.9")
        built = check(shop)
    assert made_by(newest(shop)) >= BASE - {"base.stg_orders"} | {"shared.stg_orders"}
    assert facts(built) == facts(report)


def write_production(shop: Shop) -> None:
    shop.execute("update analytics.fct_orders set amount = amount + 1 where order_id = 10")


def roll_back(shop: Shop) -> None:
    assert shop.run("rollback").exit_code == 0


def forget_contents(shop: Shop) -> None:
    """Leave a record as an earlier version of datacanary wrote it."""
    ((written,),) = shop.ask("select tables from datacanary.promotions")
    tables = json.loads(written)
    assert [table.pop("content") is not None for table in tables] == [True, True, False]
    with duckdb.connect(str(shop.warehouse)) as connection:
        connection.execute("update datacanary.promotions set tables = ?", [json.dumps(tables)])


@pytest.mark.parametrize(
    ("happens", "left"),
    [(write_production, {"shared.stg_orders"}), (roll_back, set()), (forget_contents, set())],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_production_that_is_not_what_was_promoted_is_not_read(
    shop: Shop, happens: Callable[[Shop], None], left: set[str]
) -> None:
    assert shop.run("promote", "last").exit_code == 0
    happens(shop)
    assert shop.run("status").exit_code == 0
    forget_runs(shop)
    merge(shop)
    check(shop)
    made = {"base.fct_orders", "shared.stg_orders"} - left
    assert made_by(newest(shop)) & {"base.fct_orders", "shared.stg_orders"} == made


@pytest.mark.parametrize("file", ["data/rates.csv", "seeds/rates.csv"])
def test_a_run_whose_files_change_under_its_hands_lends_nothing(
    shop: Shop, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.git("switch", "--quiet", "main")
    shop.commit({"seeds/rates.csv": RATES, "datacanary.yml": CONFIG.replace("data/*.csv", file)})
    shop.commit(CHANGE, branch="other")
    forget_runs(shop)

    def while_it_compares(*given: Any) -> tuple[Subject, ...]:
        shop.write({file: RATES.replace("1.5", "1.6")})
        return compare_all(*given)

    with monkeypatch.context() as patch:
        patch.setattr(checking, "compare_all", while_it_compares)
        check(shop)
    assert not (newest(shop) / "tables.json").exists()
    assert "identity" not in (newest(shop) / "run.json").read_text()
    shop.write({file: RATES})
    check(shop)
    assert made_by(newest(shop)) == BASE | SHARED | HEAD | VIEWS
    check(shop)
    assert made_by(newest(shop)) == HEAD | VIEWS
