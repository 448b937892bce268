"""What a promotion must not do is refused with exit code 4, the reason and the cure; nothing is changed."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from program import IDENTITY
from shop import MODELS, RATES, SMALLER, Shop

pytest_plugins = ("checked_shop",)

DIM_CUSTOMERS = MODELS["dim_customers"].strip() + " where customer_id < 49\n"


def refused(shop: Shop, *arguments: str, **environment: str) -> str:
    """Run what must be refused before anything is written: the warehouse stays as it is, byte for byte."""
    before = shop.warehouse.read_bytes()
    found = shop.run(*arguments, **environment)
    assert found.exit_code == 4, found
    assert shop.warehouse.read_bytes() == before
    assert found.stdout == ""
    return found.stderr


def assert_promoted(shop: Shop, *arguments: str) -> None:
    """Promote, which must work."""
    found = shop.run("promote", "last", *arguments)
    assert found.exit_code == 0, found
    assert "datacanary rollback" in found.stdout


@pytest.mark.parametrize("command", [("promote", "last", "--approve", "now"), ("rollback",), ("deploy",)])
def test_a_pull_requests_job_changes_nothing_whoever_approves(shop: Shop, command: tuple[str, ...]) -> None:
    message = refused(shop, *command, GITHUB_EVENT_NAME="pull_request_target")
    assert "(GITHUB_EVENT_NAME=pull_request_target)" in message
    assert "after the merge" in message
    assert len(shop.runs()) == 1


def test_a_failing_run_needs_an_approval_with_a_reason_and_history_tells_it(shop: Shop) -> None:
    shop.commit({"models/stg_orders.sql": f"{MODELS['stg_orders'].strip()} where order_id < 100\n"})
    assert shop.run("check").exit_code == 1
    message = refused(shop, "promote", "last")
    assert "is fail" in message
    assert '--approve "REASON"' in message
    assert shop.run("promote", "last", "--approve", " ").exit_code == 2
    done = shop.run("promote", "last", "--approve", "DATA-412: the old orders are gone")
    assert done.exit_code == 0, done
    assert "approved by ada: DATA-412: the old orders are gone" in done.stdout
    (one,) = shop.run("history", "--format", "json").json["promotions"]
    assert (one["verdict"], one["approval"]) == ("fail", "DATA-412: the old orders are gone")
    assert "DATA-412" in shop.run("history").stdout
    assert shop.ask("select count(*) from analytics.stg_orders") == [(100,)]


def test_what_was_built_and_then_changed_is_not_what_was_judged(shop: Shop) -> None:
    (run,) = shop.runs()
    (file,) = run.glob("*.duckdb")
    with duckdb.connect(str(file)) as connection:
        connection.execute("update head_analytics.stg_orders set order_id = order_id + 1")
    assert shop.run("promote", "last", "--approve", "now").exit_code == 4
    before = shop.ask("select * from analytics.stg_orders order by all")
    found = shop.run("promote", "last")
    assert "is not what was judged any more: analytics.stg_orders" in found.stderr
    assert "datacanary check" in found.stderr
    assert shop.ask("select * from analytics.stg_orders order by all") == before


def change_model(shop: Shop) -> None:
    shop.write({"models/stg_orders.sql": MODELS["stg_orders"]})


def commit_more(shop: Shop) -> None:
    shop.commit({"models/dim_customers.sql": DIM_CUSTOMERS})


def relax(shop: Shop) -> None:
    shop.write({"datacanary.yml": (shop.folder / "datacanary.yml").read_text().replace("100%", "99%")})


def leave_and_delete(shop: Shop) -> None:
    shop.git("switch", "--quiet", "main")
    shop.git("branch", "--quiet", "-D", "smaller")


def leave_and_move(shop: Shop) -> None:
    commit_more(shop)
    shop.git("switch", "--quiet", "main")


@pytest.mark.parametrize(
    ("change", "problem", "cure"),
    [
        (change_model, "The working tree is not what", "datacanary check"),
        (commit_more, "The working tree is not what", "datacanary check"),
        (relax, "The working tree is not what", "datacanary check"),
        (leave_and_move, "smaller is not what", "datacanary check"),
        (leave_and_delete, "smaller is gone", "--head"),
    ],
)
def test_a_head_that_changed_since_is_refused_even_with_an_approval(
    shop: Shop, change: Callable[[Shop], None], problem: str, cure: str
) -> None:
    change(shop)
    for arguments in ((), ("--approve", "now")):
        message = refused(shop, "promote", "last", *arguments)
        assert problem in message
        assert cure in message


def test_a_data_file_that_git_has_and_that_changed_since_is_refused(shop: Shop) -> None:
    shop.commit({".gitignore": "/warehouse.duckdb*\n", "data/rates.csv": RATES})
    assert shop.run("check").exit_code == 0
    shop.write({"data/rates.csv": RATES.replace("1.5", "1.75")})
    assert "The working tree is not what" in refused(shop, "promote", "last")


def test_a_branch_that_was_merged_and_deleted_is_promoted(shop: Shop) -> None:
    shop.git("switch", "--quiet", "main")
    shop.git("merge", "--quiet", "--squash", "smaller")
    shop.git("commit", "--quiet", "--message", "Smaller")
    shop.git("branch", "--quiet", "-D", "smaller")
    assert_promoted(shop)


def test_what_makes_no_table_may_change(shop: Shop) -> None:
    shop.commit({"README.md": "# Shop\n"})
    assert_promoted(shop)


def test_a_commit_named_by_its_id_does_not_move(shop: Shop) -> None:
    sha = shop.git("rev-parse", "HEAD")
    shop.git("switch", "--quiet", "main")
    shop.git("branch", "--quiet", "-D", "smaller")
    assert shop.run("check", "--head", sha[:10]).exit_code == 0
    assert_promoted(shop)


def test_another_production_or_warehouse_is_refused(shop: Shop) -> None:
    config = (shop.folder / "datacanary.yml").read_text()
    other = shop.folder / "other.yml"
    other.write_text(config.replace("production: analytics", "production: staging"))
    message = refused(shop, "promote", "last", "--config", "other.yml")
    assert "schema analytics" in message
    assert "schema staging" in message
    shutil.copy(shop.warehouse, shop.folder / "copy.duckdb")
    other.write_text(config.replace("warehouse.duckdb", "copy.duckdb"))
    assert "copy.duckdb" in refused(shop, "promote", "last", "--config", "other.yml")


def test_base_must_have_what_was_promoted_last_unless_somebody_approves(shop: Shop) -> None:
    assert_promoted(shop)
    shop.git("switch", "--quiet", "main")
    shop.commit({"models/stg_orders.sql": MODELS["stg_orders"].strip() + " where order_id < 990\n"}, branch="other")
    assert shop.run("check").exit_code == 0
    message = refused(shop, "promote", "last")
    assert f"{shop.git('rev-parse', 'smaller')[:7]} by" in message
    assert "analytics.stg_orders" in message
    assert "would lose what it brought" in message
    assert_promoted(shop, "--approve", "the other one was a mistake")


def merge(shop: Shop) -> None:
    shop.git("merge", "--quiet", "--no-ff", "--message", "Merge", "smaller")


def squash(shop: Shop) -> None:
    shop.git("merge", "--quiet", "--squash", "smaller")
    shop.git("commit", "--quiet", "--message", "Smaller")


def squash_and_go_on(shop: Shop) -> None:
    squash(shop)
    shop.commit({"README.md": "# Shop\n"})


@pytest.mark.parametrize("into_main", [merge, squash, squash_and_go_on])
def test_the_next_branch_after_a_merge_is_promoted(shop: Shop, into_main: Callable[[Shop], None]) -> None:
    assert_promoted(shop)
    shop.git("switch", "--quiet", "main")
    into_main(shop)
    shop.commit({"models/dim_customers.sql": DIM_CUSTOMERS}, branch="next")
    assert shop.run("check").exit_code == 0
    assert_promoted(shop)
    assert [one["approval"] for one in shop.run("history", "--format", "json").json["promotions"]] == [None, None]


def test_changes_that_are_promoted_before_they_are_committed_need_no_approval_later(shop: Shop) -> None:
    shop.git("switch", "--quiet", "--create", "local", "main")
    shop.write({"models/stg_orders.sql": SMALLER})
    assert shop.run("check").exit_code == 0
    shop.commit({})
    assert_promoted(shop)
    (one,) = shop.run("history", "--format", "json").json["promotions"]
    assert one["head_sha"].endswith("+")
    shop.git("switch", "--quiet", "main")
    shop.commit({"models/dim_customers.sql": DIM_CUSTOMERS}, branch="too-early")
    assert shop.run("check").exit_code == 0
    assert "uncommitted changes" in refused(shop, "promote", "last")
    shop.git("switch", "--quiet", "main")
    shop.git("merge", "--quiet", "--squash", "local")
    shop.git("commit", "--quiet", "--message", "Local")
    shop.commit({"models/dim_customers.sql": DIM_CUSTOMERS}, branch="next")
    assert shop.run("check").exit_code == 0
    assert_promoted(shop)


def test_a_shallow_clone_is_told_how_to_get_the_commit(shop: Shop, tmp_path: Path) -> None:
    assert_promoted(shop)
    shop.git("switch", "--quiet", "main")
    shop.git("commit", "--quiet", "--allow-empty", "--message", "Something else")
    shop.commit({"models/stg_orders.sql": MODELS["stg_orders"].strip() + " where order_id < 990\n"}, branch="other")
    clone = tmp_path / "shop"
    command = ["git", "clone", "--quiet", "--depth", "2", "--branch", "other", f"file://{shop.folder}", str(clone)]
    subprocess.run(command, check=True, env=IDENTITY)
    shutil.copy(shop.warehouse, clone / "warehouse.duckdb")
    shutil.copytree(shop.folder / "data", clone / "data")
    small = Shop(clone, tmp_path / "home")
    small.git("branch", "main", "HEAD~1")
    assert small.run("check").exit_code == 0
    message = refused(small, "promote", "last")
    assert "is not in this clone" in message
    assert "git fetch --unshallow" in message


def test_of_two_promotions_at_once_exactly_one_wins(shop: Shop) -> None:
    run_id = shop.runs()[0].name
    # Who wins, and more of them: tests/proof/test_races.py.
    for _ in range(2):
        won, lost = sorted(shop.run_at_once([("promote", run_id, "--quiet")] * 2), key=lambda one: one.exit_code)
        assert (won.exit_code, lost.exit_code) == (0, 4), (won, lost)
        assert "promoted already" in lost.stderr or "in use" in lost.stderr
        assert shop.run("rollback").exit_code == 0
