"""What promotions keep, for how long, and what `status`, `history` and `clean` tell of it."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from shop import MODELS, Shelf, Shop, make_smaller_shop

KEPT = "select table_name from duckdb_tables() where starts_with(table_name, '__dc_prev_') order by all"


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Give a shop whose branch `smaller` is promoted."""
    return make_smaller_shop(tmp_path_factory.mktemp("kept"), "deploy")


@pytest.fixture
def shop(live: Shelf) -> Shop:
    """Give that shop, untouched by other tests."""
    return live.fresh()


def keep(shop: Shop, span: str) -> None:
    """Write into the config for how long replaced tables are kept."""
    file = shop.folder / "datacanary.yml"
    text = file.read_text().partition("release:")[0]
    file.write_text(f"{text}release: {{keep_replaced: {span}}}\n")


def promote_again(shop: Shop) -> None:
    """Let what is live be a promotion of the config as it is now."""
    assert shop.run("rollback").exit_code == 0
    found = shop.run("deploy")
    assert found.exit_code == 0, found


def in_a_week(moment: str) -> str:
    """Return the day."""
    return (datetime.fromisoformat(moment) + timedelta(days=7)).date().isoformat()


def age(shop: Shop, days: int) -> None:
    """Make all promotions older."""
    shop.execute(
        "update datacanary.promotions set promoted_at = "
        f"strftime(promoted_at::timestamp - interval {days} day, '%Y-%m-%dT%H:%M:%S.%fZ')"
    )


def test_what_is_replaced_is_kept_for_a_week_and_status_says_until_when(shop: Shop) -> None:
    (one,) = shop.run("status", "--format", "json").json["live"]
    assert one["rollback"]["possible"]
    assert one["rollback"]["until"] > one["promoted_at"]
    assert f"until {one['rollback']['until'][:10]}" in shop.run("status").stdout
    age(shop, 6)
    assert shop.run("clean", "--expired").stdout == "Nothing to drop.\n"
    assert len(shop.ask(KEPT)) == 2
    age(shop, 2)
    would = shop.run("clean", "--expired", "--dry-run").stdout
    assert "would drop analytics.__dc_prev_" in would
    assert len(shop.ask(KEPT)) == 2
    assert shop.run("clean", "--expired").stdout == would.replace("would drop", "dropped")
    assert shop.ask(KEPT) == []
    assert "no more" in shop.run("status").stdout
    refused = shop.run("rollback")
    assert refused.exit_code == 4
    base = shop.git("rev-parse", "main")
    assert "is gone" in refused.stderr
    assert f"git worktree add ../former {base[:12]}" in refused.stderr
    assert "analytics.stg_orders, analytics.fct_orders, analytics.rpt_countries" in refused.stderr


def test_a_rollback_that_is_refused_says_once_that_nothing_was_changed(shop: Shop) -> None:
    shop.execute(
        "alter table analytics.stg_orders add primary key (order_id)",
        "create table analytics.notes (id int references analytics.stg_orders (order_id))",
    )
    before = shop.production()
    refused = shop.run("rollback")
    assert refused.exit_code == 4
    assert "something else in production depends on it" in refused.stderr
    assert refused.stderr.count("Nothing was changed.") == 1
    assert shop.production() == before


def test_forever_means_forever_and_clean_all_leaves_the_way_back(shop: Shop) -> None:
    keep(shop, "forever")
    promote_again(shop)
    keep(shop, "1 hour")
    age(shop, 1000)
    assert "at any time" in shop.run("status").stdout
    assert shop.run("clean", "--all").exit_code == 0
    assert shop.runs() == []
    assert len(shop.ask(KEPT)) == 2
    assert shop.run("rollback").exit_code == 0
    assert shop.ask(KEPT) == []


def test_the_next_promotion_drops_what_is_past_its_time(shop: Shop) -> None:
    age(shop, 8)
    first = shop.ask(KEPT)
    fewer = MODELS["dim_customers"].strip() + " where customer_id < 49\n"
    shop.commit({"models/dim_customers.sql": fewer}, branch="fewer")
    found = shop.run("deploy", "--base", "smaller")
    assert found.exit_code == 0, found
    second = shop.ask(KEPT)
    assert second
    assert not set(first) & set(second)
    first_live, second_live = shop.run("status", "--format", "json").json["live"]
    assert (first_live["rollback"]["possible"], second_live["rollback"]["possible"]) == (False, True)
    assert shop.run("rollback").exit_code == 0
    assert shop.run("rollback").exit_code == 4


def test_a_rollback_tells_what_was_built_on_the_promoted_tables_since(shop: Shop) -> None:
    shop.execute(
        "create view analytics.late as select * from analytics.fct_orders",
        "create view raw.unrelated as select * from raw.orders",
    )
    found = shop.run("rollback")
    assert found.exit_code == 0, found
    assert "views that were made since, and read the former tables now: analytics.late" in found.stdout
    assert "raw.unrelated" not in found.stdout
    assert "rpt_countries," not in found.stdout


def test_status_and_history_write_json_that_fits_their_schema(shop: Shop) -> None:
    schema = shop.run("history", "--schema").json
    assert schema == shop.run("status", "--schema").json
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    for command in ("status", "history"):
        before = shop.run(command, "--format", "json").json
        validator.validate(before)
    assert shop.run("rollback").exit_code == 0
    after = shop.run("history", "--format", "json").json
    validator.validate(after)
    (one,) = after["promotions"]
    assert (one["promoted_by"], one["verdict"], one["approval"], one["rollback"]) == ("ada", "pass", None, None)
    assert one["rolled_back_at"] > one["promoted_at"]
    assert [(table["name"], table["action"], table["rows"]) for table in one["tables"]] == [
        ("analytics.stg_orders", "replaced", 990),
        ("analytics.fct_orders", "replaced", 660),
        ("analytics.rpt_countries", "replaced", None),
    ]
    assert not validator.is_valid({**after, "promotions": [{**one, "verdict": "fine"}]})


def test_a_ledger_of_an_earlier_version_is_read_and_written(shop: Shop) -> None:
    shop.execute(
        "alter table datacanary.promotions drop approval",
        "alter table datacanary.promotions drop head_files",
        "alter table datacanary.promotions drop production",
        "alter table datacanary.promotions drop keep_replaced",
        "drop table datacanary.journal",
    )
    (one,) = shop.run("history", "--format", "json").json["promotions"]
    assert (one["approval"], one["production"]) == (None, None)
    assert one["rollback"]["until"][:10] == in_a_week(one["promoted_at"])
    assert shop.run("rollback").exit_code == 0
    stored = shop.runs()[0].joinpath("run.json")
    old = json.loads(stored.read_text())
    del old["judged"]
    stored.write_text(json.dumps(old))
    assert shop.run("promote", "last").exit_code == 0
    assert len(shop.run("history", "--format", "json").json["promotions"]) == 2


def test_a_warehouse_that_cannot_be_opened_keeps_no_disk_from_being_cleaned(shop: Shop) -> None:
    shop.warehouse.write_bytes(b"damaged")
    found = shop.run("clean", "--all")
    assert found.exit_code == 0, found
    assert "what lies in the warehouse stays: " in found.stderr
    assert shop.runs() == []


def test_a_run_without_a_folder_is_only_dropped_where_it_is_known(shop: Shop, tmp_path: Path) -> None:
    run_id = shop.runs()[0].name
    elsewhere = shop.run("clean", "--run", run_id, DATACANARY_HOME=str(tmp_path))
    assert elsewhere.stdout == "Nothing to drop.\n"
    age(shop, 8)
    assert "dropped analytics.__dc_prev_" in shop.run("clean", "--run", run_id, DATACANARY_HOME=str(tmp_path)).stdout
    assert shop.ask(KEPT) == []
    assert shop.run("clean", "--run", "nowhere").exit_code == 2
