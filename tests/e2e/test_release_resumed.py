"""What dies in the middle is wholly done or wholly undone; `resume` says which, and then has nothing left to do."""

import re
from pathlib import Path

import crashing
import pytest
from holding import held_open
from shop import Shelf, Shop

pytest_plugins = ("checked_shop",)


def moments(shop: Shop, log: Path, *arguments: str) -> list[str]:
    """Return the statements of a run that nothing stops."""
    assert shop.crash(*arguments, log=log).exit_code == 0
    return log.read_text().splitlines()


def numbered(statements: list[str], *beginnings: str) -> list[int]:
    """Return the numbers of those statements that begin so."""
    return [number for number, text in enumerate(statements, 1) if re.match("|".join(beginnings), text)]


WRITES = (
    r"INSERT INTO .*journal",
    "BEGIN",
    "ALTER",
    r'CREATE TABLE "',
    "CREATE VIEW",
    r"INSERT INTO .*promotions",
    "COMMIT",
)


def converges(shop: Shop, old: object, new: object) -> str:
    """Resume what was stopped, twice; production is wholly old or wholly new, and what resume says is true."""
    found = shop.production()
    assert found in (old, new)
    run_id = shop.runs()[0].name
    resumed = shop.run("resume", run_id)
    assert resumed.exit_code == 0, resumed
    assert shop.production() == found
    assert shop.run("status", "--format", "json").json["unfinished"] == []
    again = shop.run("resume", run_id)
    assert "nothing was left half done" in again.stdout
    assert "never finished" not in shop.run("status").stdout
    return resumed.stdout


@pytest.mark.thorough
@pytest.mark.parametrize("how", crashing.HOWS)
def test_a_promotion_that_fails_before_any_of_its_writes_is_undone_and_can_be_done_again(
    checked: Shelf, tmp_path: Path, how: str
) -> None:
    shop = checked.fresh()
    old = shop.production()
    statements = moments(shop, tmp_path / "log", "promote", "last")
    new = shop.production()
    chosen = numbered(statements, *WRITES)
    assert len(chosen) > 12
    for at in chosen[:: 3 if how == "kill" else 6] + chosen[-1:]:
        shop = checked.fresh()
        assert shop.crash("promote", "last", at=at, how=how).exit_code != 0
        assert shop.production() == old, statements[at - 1]
        begun = shop.run("status").stdout
        told = converges(shop, old, new)
        if how == "kill" and "INSERT INTO" not in statements[at - 1]:
            assert "never finished" in begun, statements[at - 1]
            assert "nothing of its promotion is in production" in told
    assert shop.run("promote", "last").exit_code == 0
    assert shop.production() == new


def test_a_promotion_that_dies_after_its_commit_is_done(checked: Shelf, tmp_path: Path) -> None:
    shop = checked.fresh()
    old = shop.production()
    statements = moments(shop, tmp_path / "log", "promote", "last")
    new = shop.production()
    (commit,) = numbered(statements, "COMMIT")
    shop = checked.fresh()
    assert shop.crash("promote", "last", at=commit + 1).exit_code == -9
    assert shop.production() == new
    assert "rollback" in converges(shop, old, new)
    assert shop.run("rollback").exit_code == 0
    assert shop.production() == old


@pytest.mark.thorough
@pytest.mark.parametrize("how", ["kill", "exception"])
def test_a_rollback_that_fails_is_undone_and_can_be_done_again(checked: Shelf, tmp_path: Path, how: str) -> None:
    shop = checked.fresh()
    old = shop.production()
    assert shop.run("promote", "last").exit_code == 0
    new = shop.production()
    later = Shelf.keep(shop, tmp_path / "copy")
    statements = moments(shop, tmp_path / "log", "rollback")
    assert shop.production() == old
    chosen = numbered(statements, "INSERT INTO", "DROP", "ALTER", "UPDATE", "COMMIT")
    assert len(chosen) > 8
    for at in chosen[:: 3 if how == "kill" else 5] + chosen[-1:]:
        shop = later.fresh()
        assert shop.crash("rollback", at=at, how=how).exit_code != 0
        assert shop.production() == new, statements[at - 1]
        converges(shop, old, new)
    assert shop.run("rollback").exit_code == 0
    assert shop.production() == old


@pytest.mark.thorough
def test_a_clean_up_that_dies_can_be_done_again_and_says_so(shop: Shop, tmp_path: Path) -> None:
    assert shop.run("promote", "last").exit_code == 0
    new = shop.production()
    shop.execute("update datacanary.promotions set promoted_at = '2026-01-01T00:00:00.000000Z'")
    later = Shelf.keep(shop, tmp_path / "copy")
    statements = moments(shop, tmp_path / "log", "clean", "--expired")
    kept = "select table_name from duckdb_tables() where starts_with(table_name, '__dc_prev_')"
    assert shop.ask(kept) == []
    chosen = numbered(statements, "INSERT INTO", "BEGIN", "DROP", "COMMIT")
    assert len(chosen) > 4
    for at in chosen:
        shop = later.fresh()
        assert shop.crash("clean", "--expired", at=at).exit_code == -9
        assert len(shop.ask(kept)) in {0, 2}, statements[at - 1]
        converges(shop, new, new)
        assert shop.run("clean", "--expired").exit_code == 0
        assert shop.ask(kept) == []
        assert shop.run("clean", "--expired").stdout == "Nothing to drop.\n"
    assert "is gone" in shop.run("rollback").stderr


def test_a_killed_check_is_dropped_and_one_that_works_is_left_alone(shop: Shop) -> None:
    done = shop.crash("check", at=25)
    assert done.exit_code == -9
    killed = shop.runs()[-1].name
    assert killed in shop.run("status").stdout
    resumed = shop.run("resume", killed)
    assert resumed.exit_code == 0, resumed
    assert "was killed before it came to a verdict" in resumed.stdout
    assert [run.name for run in shop.runs()] == [run.name for run in shop.runs() if run.name != killed]
    again = shop.run("resume", killed)
    assert again.exit_code == 0, again
    assert "is dropped: nothing of it is left" in again.stdout


def test_the_last_run_to_resume_is_also_one_that_was_killed_and_who_cleans_it_up_is_remembered(shop: Shop) -> None:
    for clean_up in ("resume last", "clean --run {}"):
        assert shop.crash("check", at=25).exit_code == -9
        killed = shop.runs()[-1].name
        done = shop.run(*clean_up.format(killed).split())
        assert done.exit_code == 0, done
        assert killed not in [run.name for run in shop.runs()]
        again = shop.run("resume", killed)
        assert again.exit_code == 0, again
        assert "is dropped: nothing of it is left" in again.stdout


def test_a_run_with_nothing_to_resume_says_so_and_an_unknown_one_is_unknown(shop: Shop) -> None:
    found = shop.run("resume", "last")
    assert found.exit_code == 0
    assert "nothing was left half done" in found.stdout
    assert "datacanary promote" in found.stdout
    assert shop.run("resume", "20200101-000000-nowhere").exit_code == 2


def test_there_is_no_lease_to_take_from_a_file(shop: Shop) -> None:
    found = shop.run("unlock", "5f0c2d1e")
    assert found.exit_code == 4
    assert "nothing to unlock" in found.stderr
    with held_open(shop.warehouse) as pid:
        found = shop.run("unlock", "5f0c2d1e")
    assert found.exit_code == 4
    assert f"process {pid}" in found.stderr
    assert "Stop that process" in found.stderr
