"""PostgreSQL's state of record where it cannot be changed, and the clock that promotions go by."""

from datetime import datetime, timedelta

import psycopg
import pytest
from postgres_database import Database
from postgres_production import NEXT, RUN, releases, role
from psycopg.conninfo import make_conninfo

from datacanary.model.release import PromotionRecord

pytest_plugins = ("postgres_server",)

EARLIER = """
alter table datacanary.promotions drop column number, drop column production, drop column keep_replaced
"""


def write(database: Database, run: str, at: str) -> None:
    """Write down a promotion that did nothing."""
    record = PromotionRecord(run, at, "ada", "b" * 40, "h" * 40, "pass", (), production="analytics", keep_replaced="60")
    with releases(database, run) as release, release.transaction():
        release.record(record)


def told(database: Database) -> list[tuple[str, str, str]]:
    """Return what the ledger has of each promotion."""
    with releases(database) as release:
        return [(one.run_id, one.production, one.keep_replaced) for one in release.promotions()]


@pytest.fixture
def earlier(database: Database) -> Database:
    """Give a database where an earlier version promoted."""
    write(database, RUN, "2026-11-20T10:15:00Z")
    database.execute(EARLIER)
    return database


def test_a_ledger_of_an_earlier_version_that_belongs_to_another_role_is_used_as_it_is(earlier: Database) -> None:
    member = role(earlier, "member")
    earlier.execute(
        f"create role {member} login",
        f"grant usage, create on schema datacanary to {member}",
        f"grant select, insert, update, delete on all tables in schema datacanary to {member}",
    )
    try:
        theirs = Database({**earlier.parameters, "user": member})
        write(theirs, NEXT, "2026-11-20T10:16:00Z")
        assert told(theirs) == [(RUN, "", ""), (NEXT, "", "")]
        # Its owner is next, and adds what is lacking.
        assert told(earlier) == [(RUN, "", ""), (NEXT, "", "")]
        write(theirs, f"{NEXT}0", "2026-11-20T10:14:00Z")
        assert told(theirs)[-1] == (f"{NEXT}0", "analytics", "60")
    finally:
        earlier.execute(f"drop owned by {member}; drop role {member}")


def test_a_long_check_that_reads_the_ledger_of_an_earlier_version_holds_no_promotion_up(earlier: Database) -> None:
    with psycopg.connect(make_conninfo("", **earlier.parameters)) as reader:
        reader.execute("select count(*) from datacanary.promotions")
        write(earlier, NEXT, "2026-11-20T10:16:00Z")
        assert told(earlier) == [(RUN, "", ""), (NEXT, "", "")]


def test_an_earlier_version_may_write_there_too(database: Database) -> None:
    write(database, RUN, "2026-11-20T10:15:00Z")
    database.execute(
        "insert into datacanary.promotions (run_id, promoted_at, promoted_by, base_sha, head_sha, verdict, tables, "
        f"rolled_back_at, approval, head_files) values ('{NEXT}', '2026-11-20T10:13:00Z', '', '', '', 'pass', '[]', "
        "'', '', '')"
    )
    assert told(database) == [(RUN, "analytics", "60"), (NEXT, "", "")]


def test_the_time_is_the_servers(database: Database) -> None:
    with releases(database) as release:
        ((before,),) = database.execute("select clock_timestamp()")
        at = datetime.fromisoformat(release.now())
        ((after,),) = database.execute("select clock_timestamp()")
    assert before <= at <= after
    assert at.utcoffset() == timedelta(0)
