"""Which tables may be taken: of the newest run that can be opened, else of the last promotion that stands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from datacanary.model.basic import Column, Fingerprint, Physical, Relation
from datacanary.model.plan import Build, Node
from datacanary.model.project import Materialized, Model, Span
from datacanary.model.release import LiveTable, PromotionRecord
from datacanary.model.reuse import Content, Found, Kept
from datacanary.pipeline.reuse import Shelf
from datacanary.protocols.workspace import Workspace
from datacanary.runs import RunFolder, Runs

ORDERS = Relation("analytics", "orders")
IN_PRODUCTION = Physical("w", "analytics", "orders")
BUILD = Build("base", Model(ORDERS, "orders.sql", "", "table", (), Span(0, 0), (), (), (), ""), identity="meaning")
CONTENT, OTHER = Content("meaning", "inputs"), Content("another meaning", "inputs")


def rows(digest: str) -> Fingerprint:
    return Fingerprint((Column("id", "integer"),), 3, digest)


def promotion(
    run_id: str, content: Content | None, *, rolled_back_at: str = "", materialized: Materialized = "table"
) -> PromotionRecord:
    """Record that the rows `run_id` were put into production."""
    table = LiveTable(ORDERS, "replaced", "kept", "table", materialized, rows(run_id), content=content)
    return PromotionRecord(run_id, "", "ada", "", "", "pass", (table,), rolled_back_at)


REMOVED = PromotionRecord(
    "gone", "", "ada", "", "", "pass", (LiveTable(ORDERS, "removed", "kept", "table", "table", None),)
)


@dataclass
class Space:
    """Stands in for a workspace: production has the rows `now`, and these runs can be opened."""

    now: str = ""
    records: tuple[PromotionRecord, ...] = ()
    tables: Mapping[str, Physical] = field(default_factory=dict)
    plain: bool = True
    opened: list[str] = field(default_factory=list)

    def promotions(self) -> tuple[PromotionRecord, ...]:
        """Give what was promoted."""
        return self.records

    def production(self, relation: Relation) -> Physical:
        """Where a relation lies."""
        return Physical("w", relation.schema, relation.name)

    def told_by_fingerprint(self, relation: Physical) -> bool:
        """Whether it is a plain table."""
        return self.plain and relation == IN_PRODUCTION

    def identity(self, relation: Physical) -> Fingerprint | None:
        """Tell what is there now."""
        return rows(self.now) if relation == IN_PRODUCTION else None

    def open_run(self, folder: Path, run_id: str) -> bool:
        """Whether the run is still there."""
        assert folder.name == run_id
        self.opened.append(run_id)
        return run_id in self.tables

    def columns(self, relation: Physical) -> tuple[Column, ...] | None:
        """Columns of what an opened run has."""
        return (Column("id", "integer"),) if relation in self.tables.values() else None


class Registered(Runs):
    """Runs that registered these tables, by run, the newest first."""

    def __init__(self, tables: Mapping[str, tuple[Kept, ...]]) -> None:
        super().__init__(Path("runs"))
        self._tables = tables

    def registered(self) -> Iterator[tuple[RunFolder, tuple[Kept, ...]]]:
        """Give them, each with its folder."""
        for run_id, tables in self._tables.items():
            yield RunFolder(run_id, Path("runs") / run_id, datetime.now(UTC), 0), tables


def found(space: Space, tables: Mapping[str, tuple[Kept, ...]] | None = None) -> Found | None:
    known: dict[Node, Content] = {("base", ORDERS): CONTENT}
    return Shelf(known, Registered(tables or {}), cast(Workspace, space)).find(BUILD)


@pytest.mark.parametrize(
    ("records", "now", "expected"),
    [
        ([], "first", ""),
        ([promotion("first", CONTENT)], "first", "first"),
        ([promotion("first", CONTENT)], "written by others", ""),
        ([promotion("first", None)], "first", ""),
        ([promotion("first", OTHER)], "first", ""),
        ([promotion("first", CONTENT, materialized="view")], "first", ""),
        ([promotion("first", CONTENT, rolled_back_at="now")], "first", ""),
        # What stands under a promotion that was undone is live again.
        ([promotion("first", CONTENT), promotion("second", OTHER, rolled_back_at="now")], "first", "first"),
        # What was replaced, or removed, is not, whatever production holds now.
        ([promotion("first", CONTENT), promotion("second", OTHER)], "first", ""),
        ([promotion("first", CONTENT), REMOVED], "first", ""),
        ([promotion("first", OTHER), promotion("second", CONTENT)], "second", "second"),
    ],
)
def test_production_is_read_where_the_last_promotion_that_stands_put_the_table(
    records: list[PromotionRecord], now: str, expected: str
) -> None:
    there = found(Space(now, tuple(records)))
    assert there == (Found(IN_PRODUCTION, expected, in_production=True) if expected else None)


def test_a_production_table_that_a_fingerprint_does_not_tell_is_not_read() -> None:
    assert found(Space("first", (promotion("first", CONTENT),), plain=False)) is None


def table_of(run_id: str) -> Physical:
    return Physical(f"dc_{run_id}", "base_analytics", "orders")


def test_the_newest_run_is_read_and_production_only_where_no_run_has_the_table() -> None:
    tables = {run_id: (Kept(CONTENT, table_of(run_id)),) for run_id in ("newest", "older")}
    tables = {"other": (Kept(OTHER, table_of("other")),), **tables}
    space = Space("first", (promotion("first", CONTENT),), {run_id: table_of(run_id) for run_id in tables})
    assert found(space, tables) == Found(table_of("newest"), "newest")
    assert space.opened == ["newest"]
    there = found(Space("first", (promotion("first", CONTENT),)), tables)
    assert there == Found(IN_PRODUCTION, "first", in_production=True)
    assert found(Space(), {"newest": (Kept(CONTENT, table_of("newest")),)}) is None
    # The file is there, and the table is not in it.
    assert found(Space(tables={"newest": table_of("another")}), tables) is None
