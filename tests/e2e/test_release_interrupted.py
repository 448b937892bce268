"""A promotion that is stopped or killed at any moment happened wholly or not at all."""

import random
import signal
import time

import pytest
from shop import Shelf, Shop, make_shop


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Give a shop whose promotion takes a while."""
    folder = tmp_path_factory.mktemp("large")
    shop = make_shop(folder / "work")
    columns = "order_id * 1500 + n as id, cast({} as decimal(12, 2)) as amount, status"
    large = f"select {columns} from raw.orders, range(1500) as r(n)"
    models = {"models/large_two.sql": "select id, amount * 2 as twice from large_one"}
    shop.commit(models | {"models/large_one.sql": large.format("amount")}, branch="large")
    assert shop.run("deploy", "--base", "main").exit_code == 0
    shop.commit({"models/large_one.sql": large.format("1 + amount")})
    found = shop.run("check", "--base", "HEAD~1")
    assert found.exit_code == 0, found
    return Shelf.keep(shop, folder / "copy")


def state(shop: Shop) -> tuple[object, ...]:
    """Add up both large tables, and see whether the promotion is on record."""
    first, second = (
        shop.ask(f"select sum({column}) from analytics.{name}")
        for name, column in (("large_one", "amount"), ("large_two", "twice"))
    )
    return (*first, *second, *shop.ask("select count(*) from datacanary.promotions"))


@pytest.mark.thorough
def test_a_promotion_that_is_killed_at_any_moment_happened_wholly_or_not_at_all(large: Shelf) -> None:
    shop = large.fresh()
    old = state(shop)
    started = time.perf_counter()
    process = shop.start("promote", "last")
    process.communicate()
    seconds = time.perf_counter() - started
    assert process.returncode == 0
    new = state(shop)
    assert old != new
    moments = random.Random(20261120)  # noqa: S311 -- moments, no secrets
    for _ in range(6):
        large.fresh()
        process = shop.start("promote", "last")
        time.sleep(seconds * moments.uniform(0.4, 1.0))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert state(shop) in (old, new)
    assert shop.run("status").exit_code == 0


@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_promotion_that_is_interrupted_says_so_and_happened_wholly_or_not_at_all(
    large: Shelf, number: signal.Signals, exit_code: int
) -> None:
    shop = large.fresh()
    old = state(shop)
    process = shop.start("promote", "last")
    assert process.stderr is not None
    assert "swapping" in process.stderr.readline()
    process.send_signal(number)
    _, message = process.communicate()
    assert process.returncode == exit_code, message
    assert "datacanary status" in message
    assert state(shop) == old
