"""A clean-up that meets a promotion in PostgreSQL: what it keeps for the way back is registered before it is done."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from postgres_database import Database, new_database
from postgres_store import PostgresStore
from program import Place, make_place, plain_sql_config
from psycopg.conninfo import make_conninfo

from datacanary.errors import Refused
from datacanary.pipeline.home import Asked
from datacanary.pipeline.housekeeping import Droppable, drop, what_to_drop

pytest_plugins = ("postgres_server",)

CONFIG = """\
defaults: {values_changed: {fail: "> 100%"}}
tables: {orders: {key: [id]}}
"""


@dataclass(frozen=True)
class Shop:
    """A repository whose branch was checked, and the database that its production lies in."""

    place: Place
    database: Database

    @property
    def asked(self) -> Asked:
        """What a clean-up in this process is asked."""
        return Asked(start=self.place.folder, environ=self.place.environment)

    def orders(self) -> list[tuple[object, ...]]:
        """Read production."""
        return self.database.execute("select id, amount from analytics.orders order by id")

    def kept(self) -> list[str]:
        """List the schemas of what was replaced."""
        return [name for name in self.database.schemas() if "_kept_" in name]


@pytest.fixture
def shop(postgres: dict[str, str], tmp_path: Path) -> Iterator[Shop]:
    """Give a shop whose branch may be promoted."""
    with new_database(postgres) as database:
        database.execute(
            "create schema raw",
            "create schema analytics",
            "create table raw.orders as select i as id, i * 2 as amount from generate_series(1, 3) i",
            "create table analytics.orders as select id, amount from raw.orders",
        )
        place = make_place(tmp_path)
        url = PostgresStore(tmp_path, database).url
        place.commit(
            {
                "datacanary.yml": plain_sql_config(url, CONFIG),
                "models/orders.sql": "select id, amount from raw.orders\n",
            }
        )
        place.commit({"models/orders.sql": "select id, amount + 1 as amount from raw.orders\n"}, branch="more")
        found = place.run("check")
        assert found.exit_code == 0, found
        yield Shop(place, database)


def registered(shop: Shop) -> Droppable:
    """Wait until a promotion has registered what it will keep, and look what a clean-up would drop then."""
    for _ in range(300):
        found = what_to_drop(shop.asked, "expired")
        if any(one.kind == "replaced" for one in found.registered):
            return found
        time.sleep(0.05)
    pytest.fail("it never came to that")


def test_what_a_promotion_at_work_keeps_is_not_dropped_by_who_looked_before_it_was_done(shop: Shop) -> None:
    before = shop.orders()
    with psycopg.connect(make_conninfo("", **shop.database.parameters)) as reader:
        # Whoever reads production keeps the promotion waiting at its last step.
        reader.execute("select 1 from analytics.orders")
        promotion = shop.place.start("promote", "last")
        found = registered(shop)
        with pytest.raises(Refused, match="changes production"):
            drop(shop.asked, found)
    out, err = promotion.communicate(timeout=60)
    assert promotion.returncode == 0, (out, err)
    assert shop.kept()
    assert drop(shop.asked, found) == ()
    assert shop.kept()
    assert shop.place.run("clean", "--expired").stdout == "Nothing to drop.\n"
    rolled_back = shop.place.run("rollback")
    assert rolled_back.exit_code == 0, rolled_back
    assert shop.orders() == before


def test_what_is_past_its_time_is_dropped_with_its_line_in_the_journal(shop: Shop) -> None:
    assert shop.place.run("promote", "last").exit_code == 0
    shop.database.execute("update datacanary.promotions set promoted_at = '2026-01-01T00:00:00.000000Z'")
    assert "_kept_" in shop.place.run("clean", "--expired").stdout
    assert shop.kept() == []
    lines = shop.database.execute("select action, state from datacanary.journal order by number")
    assert lines[-2:] == [("clean", "begun"), ("clean", "done")]
    run_id = shop.database.execute("select run_id from datacanary.promotions")[0][0]
    assert "the way back" not in shop.place.run("resume", str(run_id)).stdout
    assert shop.place.run("rollback").exit_code == 4
