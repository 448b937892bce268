"""Two projects with productions of their own in one warehouse: neither undoes nor drops what is the other's."""

import pytest
from program import Completed, Place, make_place, plain_sql_config
from shop import Shop, make_smaller_shop

REST = """\
defaults: {values_changed: {fail: "> 100%"}}
tables: {totals: {key: [status]}}
release: {keep_replaced: 1 hour}
"""
TOTALS = "select status, cast(sum(amount) as decimal(18, 2)) as amount from raw.orders group by status\n"
KEPT = "select schema_name from duckdb_tables() where starts_with(table_name, '__dc_prev_') order by all"


def done(found: Completed) -> Completed:
    """Return what succeeded."""
    assert found.exit_code == 0, found
    return found


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> tuple[Shop, Place]:
    """Give the shop, which has promoted, and the project of another team in its warehouse."""
    folder = tmp_path_factory.mktemp("two")
    shop = make_smaller_shop(folder / "ours", "check").shop
    file = shop.folder / "datacanary.yml"
    file.write_text(f"{file.read_text()}release: {{keep_replaced: forever}}\n")
    done(shop.run("deploy"))
    theirs = make_place(folder / "theirs")
    config = plain_sql_config(f"duckdb:///{shop.warehouse}", REST).replace("analytics", "finance")
    shop.execute("create schema finance", f"create table finance.totals as {TOTALS}")
    theirs.commit({"datacanary.yml": config, "models/totals.sql": TOTALS})
    return shop, theirs


def change(place: Place, number: int) -> str:
    """Deploy another change of the other team, on top of those before; return its run."""
    branch = place.git("branch", "--show-current")
    place.write({"models/totals.sql": TOTALS.replace("sum(amount)", f"sum(amount) + {number}")})
    place.git("switch", "--quiet", "--create", f"change{number}")
    place.git("commit", "--quiet", "--all", "--message", "Change")
    done(place.run("deploy", "--base", branch))
    return str(place.run("status", "--format", "json").json["live"][-1]["run"])


def age(shop: Shop, days: int) -> None:
    """Make all promotions older."""
    shop.execute(
        "update datacanary.promotions set promoted_at = "
        f"strftime(promoted_at::timestamp - interval {days} day, '%Y-%m-%dT%H:%M:%S.%fZ')"
    )


def test_neither_undoes_nor_drops_what_is_the_others(shops: tuple[Shop, Place]) -> None:
    shop, theirs = shops
    refused = theirs.run("rollback")
    assert refused.exit_code == 4
    assert "Nothing is promoted of the production finance" in refused.stderr
    (ours,) = shop.run("status", "--format", "json").json["live"]
    assert (ours["production"], ours["rollback"]["until"]) == ("analytics", None)
    assert f"{ours['run']} (analytics)" in refused.stderr

    first = change(theirs, 1)
    age(shop, 100)
    assert {schema for (schema,) in shop.ask(KEPT)} == {"analytics", "finance"}
    second = change(theirs, 2)
    # Their next promotion drops what their first one kept, for an hour; ours is kept for ever.
    live = {one["run"]: one for one in theirs.run("status", "--format", "json").json["live"]}
    assert [(live[run]["production"], live[run]["rollback"]["possible"]) for run in (ours["run"], first, second)] == [
        ("analytics", True),
        ("finance", False),
        ("finance", True),
    ]
    assert live[ours["run"]]["rollback"]["until"] is None
    assert done(theirs.run("clean", "--expired")).stdout == "Nothing to drop.\n"

    before = shop.production()
    for asked in (second, second[-7:]):
        refused = shop.run("rollback", asked)
        assert refused.exit_code == 4
        assert f"{second} is a promotion of the production finance; the config here says analytics" in refused.stderr
    assert shop.production() == before
    assert f"ROLLED BACK  {ours['run']}" in done(shop.run("rollback")).stdout
    assert f"ROLLED BACK  {second}" in done(theirs.run("rollback")).stdout
