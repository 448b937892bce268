"""Views of others that read what is promoted in DuckDB: they can be read afterwards, or nothing is changed."""

from pathlib import Path

import pytest
from duckdb_store import DuckDBStore
from stores import ORDERS, Store, built, make_store, read, releases, swap_of

from datacanary.errors import Refused
from datacanary.model.basic import Relation
from datacanary.model.release import LiveTable, Swap

WORDS = Relation("analytics", "words")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Give a DuckDB with two tables and a view."""
    return make_store(DuckDBStore(tmp_path))


def gone(relation: Relation) -> Swap:
    """Plan to take a relation out of production."""
    return Swap(relation, None, "table", "", f"__dc_prev__{relation.name}")


def promote(store: Store, *swaps: Swap) -> tuple[LiveTable, ...]:
    """Do swaps as a promotion does."""
    with releases(store) as release, release.transaction():
        return release.swap(swaps)


def roll_back(store: Store, *live: LiveTable) -> None:
    """Undo swaps as a rollback does."""
    with releases(store) as release, release.transaction():
        release.restore(live[::-1])


@pytest.mark.parametrize("how", ["replaced", "removed"])
def test_a_view_that_stays_and_would_break_is_named_and_nothing_changes(store: Store, how: str) -> None:
    store.execute("create view main.again as select upper(word) from analytics.words")
    (new,) = built(store, orders="select 7 as id").values()
    before = store.execute("select sql from duckdb_tables() order by all")
    with pytest.raises(Refused, match=r"view analytics\.words, which reads analytics\.orders") as refused:
        promote(store, gone(ORDERS) if how == "removed" else swap_of(new, ORDERS))
    assert "Nothing was changed" in refused.value.hint
    assert store.execute("select sql from duckdb_tables() order by all") == before
    assert read(store, WORDS) == [("a",), ("b",)]


def test_a_view_that_reads_by_way_of_a_promoted_one_is_named_too(store: Store) -> None:
    store.execute("create view main.again as select upper(word) from Analytics.Words")
    (new,) = built(store, orders="select 7 as id").values()
    words = Swap(WORDS, None, "view", "select id from analytics.orders", "__dc_prev__words")
    with pytest.raises(Refused, match=r"view main\.again, which reads analytics\.words"):
        promote(store, swap_of(new, ORDERS), words)
    store.execute("drop view main.again", "create view main.again as select count(*) as rows from analytics.words")
    live = promote(store, swap_of(new, ORDERS), words)
    assert store.execute("from main.again") == [(1,)]
    roll_back(store, *live)
    assert store.execute("from main.again") == [(2,)]


def test_a_view_that_was_broken_before_keeps_nobody_from_promoting(store: Store) -> None:
    file = store.folder / "words.csv"
    file.write_text("word\na\n")
    store.execute(
        "create table analytics.other as select 1 as id",
        "create view analytics.broken as select other.id from analytics.other join analytics.orders using (id)",
        "drop table analytics.other",
        f"create view analytics.filed as select * from analytics.orders join read_csv('{file}') using (word)",
    )
    file.unlink()
    (new,) = built(store, orders="select 7 as id, 'z' as word, true as more").values()
    live = promote(store, swap_of(new, ORDERS))
    assert read(store, WORDS) == [("z",)]
    roll_back(store, *live)
    assert read(store, WORDS) == [("a",), ("b",)]


def test_a_view_that_was_made_since_is_not_broken_by_a_rollback(store: Store) -> None:
    fresh = Relation("analytics", "fresh")
    new, first = built(store, orders="select 7 as id, 'z' as word, 1 as more", fresh="select 1 as id").values()
    live = promote(store, swap_of(new, ORDERS), swap_of(first, fresh))
    store.execute("create view main.since as select more from analytics.orders")
    with pytest.raises(Refused, match=r"view main\.since, which reads analytics\.orders"):
        roll_back(store, *live)
    store.execute("drop view main.since", "create view main.since as from analytics.fresh")
    with pytest.raises(Refused, match=r"view main\.since, which reads analytics\.fresh"):
        roll_back(store, *live)
    assert read(store, ORDERS) == [(7, "z", 1)]
    store.execute("drop view main.since")
    roll_back(store, *live)
    assert read(store, ORDERS) == [(1, "a"), (2, "b")]
