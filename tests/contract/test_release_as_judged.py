"""What is promoted is what was judged, and what comes back is what was replaced: row for row, or it is refused."""

from dataclasses import replace
from pathlib import Path

import duckdb
import psycopg
import pytest
from postgres_database import Database
from postgres_store import PostgresStore
from psycopg.conninfo import make_conninfo
from stores import ORDERS, RUN, Store, built, make_store, named, read, releases, swap_of, workspace

from datacanary.errors import InUse, Refused
from datacanary.model.basic import Physical, Relation
from datacanary.model.release import Observed, PromotionRecord, ReleasePlan, Swap
from datacanary.model.verdict import Verdict
from datacanary.release.journal import Act
from datacanary.release.promotion import Promotion, promote, roll_back

pytest_plugins = ("postgres_server",)

NEW, OLD = [(1, "a"), (3, "c")], [(1, "a"), (2, "b")]
WORDS = Relation("analytics", "words")
AS_WRITTEN = pytest.mark.parametrize(
    "change",
    [
        "insert into {} values (4, 'd')",
        "delete from {} where id = 1",
        "update {} set word = 'x' where id = 1",
        "alter table {} alter column id type bigint",
        "alter table {} add column more int",
    ],
)


def act(kind: str) -> Act:
    return Act(RUN, "promote" if kind == "promote" else "rollback", "ada", lambda: "2026-11-20T10:15:00Z")


def judged(store: Store) -> ReleasePlan:
    """Build and judge a new table of orders."""
    (new,) = built(store, orders="select 1 as id, 'a' as word union all select 3, 'c'").values()
    with workspace(store) as space:
        one = replace(swap_of(new, ORDERS), judged=space.fingerprint(new))
        production = Observed(ORDERS, space.identity(space.production(ORDERS)))
        space.keep((new,))
    return ReleasePlan((one,), (production,), (), (), store.open().engine)


def promoted(store: Store, plan: ReleasePlan) -> PromotionRecord:
    promotion = Promotion(act("promote"), plan, Verdict("pass", "nothing differs", ()), "b" * 40, "h" * 40)
    with releases(store) as release:
        return promote(promotion, release, ())


def write(store: Store, table: Physical, change: str) -> None:
    """Change a table of the run behind its back."""
    place = named(table)
    if store.kind == "postgres":
        store.execute(change.format(place))
        return
    with duckdb.connect(str(store.folder / "run" / f"{table.catalog}.duckdb")) as connection:
        connection.execute(change.format(place))


@AS_WRITTEN
def test_a_table_that_somebody_wrote_since_it_was_judged_is_not_promoted(store: Store, change: str) -> None:
    plan = judged(store)
    (new,) = plan.swaps
    assert new.built is not None
    write(store, new.built, change)
    with pytest.raises(Refused, match=r"not what was judged any more: analytics\.orders"):
        promoted(store, plan)
    assert read(store, ORDERS) == OLD
    assert store.open().promotions() == ()


@AS_WRITTEN
def test_a_kept_table_that_somebody_wrote_does_not_come_back(store: Store, change: str) -> None:
    record = promoted(store, judged(store))
    assert read(store, ORDERS) == NEW
    (live,) = record.tables
    place = named(Physical("", live.kept_schema or "analytics", live.kept_as))
    store.execute(change.format(place))
    with releases(store) as release, pytest.raises(Refused, match=r"written or altered|rewrote") as raised:
        roll_back(record, release, act("rollback"))
    assert "git worktree add" in raised.value.hint
    assert read(store, ORDERS) == NEW


def test_what_nobody_wrote_is_promoted_and_comes_back(store: Store) -> None:
    record = promoted(store, judged(store))
    with releases(store) as release:
        roll_back(record, release, act("rollback"))
    assert read(store, ORDERS) == OLD


def test_a_kept_view_comes_back(store: Store) -> None:
    with workspace(store) as space:
        production = Observed(WORDS, space.identity(space.production(WORDS)))
    view = Swap(WORDS, None, "view", "select upper(word) as word from analytics.orders", "__dc_prev__words")
    record = promoted(store, ReleasePlan((view,), (production,), (), (), store.open().engine))
    assert read(store, WORDS) == [("A",), ("B",)]
    with releases(store) as release:
        roll_back(record, release, act("rollback"))
    assert read(store, WORDS) == [("a",), ("b",)]


def test_who_must_wait_is_not_told_to_build_it_again(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = make_store(PostgresStore(tmp_path, database))
    record = promoted(store, judged(store))
    monkeypatch.setattr("datacanary.warehouse.postgres.release.locks.SECONDS_IN_ALL", 0.1)
    with psycopg.connect(make_conninfo("", **database.parameters)) as reader, releases(store) as release:
        reader.execute("select count(*) from analytics.orders")
        with pytest.raises(InUse) as raised:
            roll_back(record, release, act("rollback"))
    assert raised.value.hint == "Nothing was changed. Try again when that transaction has ended."
    assert read(store, ORDERS) == NEW
