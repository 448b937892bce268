"""`--attribute` parts what a change of a query does itself from what it inherits: the counts are DuckDB's own."""

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest
from program import Place
from shop import MODELS, Shop, make_shop

import datacanary as dc
from datacanary.model.run import TableReport
from datacanary.model.tablediff import Attribution, RowCounts

NOT_VOID = "o.status <> 'void'"
FEWER_ORDERS = f"{MODELS['stg_orders'].strip()} where order_id >= 100\n"
DOUBLED = MODELS["fct_orders"].replace("o.amount * r.rate", "o.amount * r.rate * if(c.country = 'at', 2, 1)")
CHANGE = {"models/stg_orders.sql": FEWER_ORDERS, "models/fct_orders.sql": DOUBLED}


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Give a shop, and let checks within this process find their home."""
    made = make_shop(tmp_path)
    monkeypatch.setenv("DATACANARY_HOME", str(made.home))
    for variable in ("CI", "GITHUB_ACTIONS", "GITLAB_CI"):
        monkeypatch.delenv(variable, raising=False)
    return made


def tables_of(place: Place, change: Mapping[str, str | None], *select: str) -> dict[str, TableReport]:
    """Check a change of the working tree."""
    place.write(change)
    report = dc.check(place.folder, base="main", select=select, attribute=True, statistics=False)
    return {table.name: table for table in report.tables}


def attribution(table: TableReport) -> Attribution:
    """Return what must be there."""
    assert table.diff.attribution is not None, table.diff.notes
    return table.diff.attribution


def count(shop: Shop, condition: str) -> int:
    """Count the orders of main's fct_orders that a condition holds for."""
    ((found,),) = shop.ask(f"select count(*) from analytics.fct_orders where {condition}")
    return int(found)


def test_the_own_doing_and_what_is_inherited_are_counted_apart(shop: Shop) -> None:
    tables = tables_of(shop, CHANGE)
    every, early = count(shop, "true"), count(shop, "order_id < 100")
    doubled = count(shop, "country = 'at' and euros <> 0")
    late = count(shop, "country = 'at' and euros <> 0 and order_id >= 100")
    assert 0 < late < doubled < every
    fct = tables["fct_orders"].diff
    assert fct.rows == RowCounts(every, every - early, 0, early, late, every - early - late)
    assert attribution(tables["fct_orders"]) == Attribution(
        own=RowCounts(every, every, 0, 0, doubled, every - doubled),
        inherited=RowCounts(every, every - early, 0, early, 0, every - early),
        columns_own=(("euros", doubled),),
    )
    assert {name for name, table in tables.items() if table.diff.attribution} == {"fct_orders"}


def test_a_table_tells_whose_change_it_inherits(shop: Shop) -> None:
    tables = tables_of(shop, CHANGE)
    assert tables["rpt_countries"].inherited_from == ("fct_orders", "stg_orders")
    assert {tables[name].inherited_from for name in ("fct_orders", "stg_orders", "dim_customers", "rates")} == {()}
    shop.write({"models/fct_orders.sql": MODELS["fct_orders"]})
    only_one = {table.name: table for table in dc.check(shop.folder, base="main").tables}
    assert only_one["rpt_countries"].inherited_from == only_one["fct_orders"].inherited_from == ("stg_orders",)
    assert only_one["rpt_countries"].diff.attribution is None


def test_a_rewrite_of_the_query_that_changes_nothing_leaves_all_to_what_it_reads(shop: Shop) -> None:
    rewritten = MODELS["fct_orders"].replace("cast(o.amount * r.rate as", "cast(o.amount * r.rate + 0 as")
    found = attribution(tables_of(shop, CHANGE | {"models/fct_orders.sql": rewritten})["fct_orders"])
    assert (found.own.added, found.own.removed, found.own.changed, found.columns_own) == (0, 0, 0, ())
    assert found.inherited.removed == count(shop, "order_id < 100")


def test_a_query_that_needs_a_column_that_base_does_not_have_is_told(shop: Shop) -> None:
    with_column = FEWER_ORDERS.replace("select", "select amount * 2 as twice,")
    using_it = MODELS["fct_orders"].replace("o.amount,", "o.twice as amount,")
    change = {"models/stg_orders.sql": with_column, "models/fct_orders.sql": using_it}
    table = tables_of(shop, change)["fct_orders"]
    assert (table.diff.comparison, table.diff.attribution, table.diff.failed) == ("keyed", None, False)
    (note,) = [note for note in table.diff.notes if "not attributed" in note]
    assert "twice" in note


def test_a_new_model_between_is_part_of_the_own_doing(shop: Shop) -> None:
    between = "select * from stg_orders where status <> 'open'\n"
    change = CHANGE | {
        "models/closed.sql": between,
        "models/fct_orders.sql": MODELS["fct_orders"].replace("from stg_orders as o", "from closed as o"),
    }
    tables = tables_of(shop, change)
    found = attribution(tables["fct_orders"])
    ((still_there,),) = shop.ask(
        "select count(*) from analytics.fct_orders join raw.orders using (order_id) where status <> 'open'"
    )
    assert (found.own.removed, found.own.changed) == (count(shop, "true") - still_there, 0)
    assert found.inherited.base == still_there
    assert found.inherited.removed == tables["fct_orders"].diff.rows.removed - found.own.removed  # type: ignore[operator]
    assert tables["closed"].diff.attribution is None


def test_a_view_is_attributed_like_a_table(shop: Shop) -> None:
    fewer = (
        "create view rpt_countries as\n"
        "select country, count(*) as orders, sum(euros) as euros from fct_orders where order_id < 500 group by 1\n"
    )
    found = attribution(tables_of(shop, CHANGE | {"models/rpt_countries.sql": fewer})["rpt_countries"])
    assert found.own.changed == found.inherited.changed == 3
    assert found.columns_own == (("orders", 3), ("euros", 3))


def test_a_selected_table_that_newly_reads_what_base_need_not_build(shop: Shop) -> None:
    among = "select customer_id from stg_orders where order_id < 120"
    early = f"{MODELS['dim_customers'].strip()} where customer_id in ({among})"
    tables = tables_of(shop, CHANGE | {"models/dim_customers.sql": early}, "dim_customers")
    found = attribution(tables["dim_customers"])
    # The first 120 orders are of all 50 customers; without the first 100 of them, of 20.
    assert found.own == RowCounts(50, 50, 0, 0, 0, 50)
    assert found.inherited == RowCounts(50, 20, 0, 30, 0, 20)
    assert tables.keys() == {"dim_customers"}


def test_a_data_file_that_changed_is_the_own_doing_of_who_reads_it(shop: Shop) -> None:
    config = (shop.folder / "datacanary.yml").read_text().replace("data/*.csv", "rates/*.csv")
    rates = (shop.folder / "data/rates.csv").read_text()
    joined = (
        "select order_id, customer_id, amount * (select max(rate) from raw.rates) as amount, status from raw.orders\n"
    )
    first = {"datacanary.yml": config, "rates/rates.csv": rates, "models/fct_orders.sql": MODELS["fct_orders"]}
    shop.commit({**first, "models/stg_orders.sql": joined})
    fct = MODELS["fct_orders"].replace("join rates", "join (from raw.rates)")
    shop.commit({"models/fct_orders.sql": fct})
    later = {"rates/rates.csv": rates.replace("it,2.25", "it,2.5")}
    found = attribution(tables_of(shop, later)["fct_orders"])
    italian = count(shop, "country = 'it' and amount <> 0")
    assert dict(found.columns_own) == {"euros": italian}
    assert found.inherited.changed == count(shop, "amount <> 0")


def test_without_the_option_nothing_more_is_built(shop: Shop) -> None:
    shop.write(CHANGE)
    plain, found = shop.run("check", "--format", "json"), shop.run("check", "--attribute", "--format", "json")
    assert found.exit_code == plain.exit_code, found
    assert "own analytics.fct_orders built" in found.stderr
    assert "own " not in plain.stderr
    with duckdb.connect(str(next(shop.runs()[1].glob("*.duckdb"))), read_only=True) as run:
        own = run.execute("select table_name from duckdb_tables() where schema_name = 'own_analytics'").fetchall()
    assert own == [("fct_orders",)]
