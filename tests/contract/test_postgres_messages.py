"""What PostgreSQL says of a failure is told without cells."""

import psycopg
import pytest
from postgres_database import Database
from psycopg.conninfo import make_conninfo

from datacanary.errors import StatementError, WarehouseError
from datacanary.warehouse.postgres.errors import in_short, statement

pytest_plugins = ("postgres_server",)

CELLS = (
    ("select 'Smith'::int", 'invalid input syntax for type integer: "…"'),
    ("select 'Smith'::date", 'invalid input syntax for type date: "…"'),
    ("select ('{' || 'Smith')::jsonb", "invalid input syntax for type json"),
    ("select '2026-13-01 Smith'::date", 'invalid input syntax for type date: "…"'),
    ("select '2026-13-01'::date", 'date/time field value out of range: "…"'),
    ("select to_date('Smith', 'YYYY')", 'invalid value "…" for a pattern of dates'),
    ("select '{Smith'::int[]", 'malformed array literal: "…"'),
    ("select '99999999999'::int", 'value "…" is out of range for type integer'),
    ("select 'Smith'::public.mood", 'invalid input value for enum mood: "…"'),
    ("do $$ begin raise exception 'Smith'; end $$", "the message is hidden, since it may quote cells"),
    ("do $$ begin raise exception E'relation\\nDETAIL: Smith'; end $$", "the message is hidden"),
    ("insert into once values ('Smith')", 'duplicate key value violates unique constraint "once_pkey"'),
    ("insert into once values ('Smith the second')", "value too long for type character varying(5)"),
    ("insert into once values (null)", 'null value in column "name" of relation "once" violates not-null constraint'),
    ("select 1 / 0", "division by zero"),
    ("select nope from once", 'column "nope" does not exist'),
    ("select * from nope", 'relation "nope" does not exist'),
    ("select nope(1)", "function nope(integer) does not exist"),
    (
        "select (select i from generate_series(1, 2) i)",
        "more than one row returned by a subquery used as an expression",
    ),
)


@pytest.mark.parametrize(("query", "told"), CELLS)
def test_messages_have_no_cells(database: Database, query: str, told: str) -> None:
    database.execute(
        "create type public.mood as enum ('good')",
        "create table once (name varchar(5) primary key)",
        "insert into once values ('Smith')",
    )
    with pytest.raises(StatementError) as caught, statement("the query"):
        database.execute(query)
    assert caught.value.problem.startswith(told)
    with psycopg.connect(make_conninfo("", **database.parameters)) as connection, pytest.raises(psycopg.Error) as raw:
        connection.execute(query.encode())
    # As dbt has it: with all that PostgreSQL says besides.
    assert in_short(str(raw.value)) == caught.value.problem
    assert "Smith" not in caught.value.problem
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "message",
    [
        "the customer said ERROR:  relation of Smith does not exist",
        'invalid input syntax for type integer: "x\nDETAIL: Smith"',
        'value "relation" is out of range for type Smith" is out of range for type integer',
        '[libpq] Execution error [PGRES_FATAL_ERROR]: ERROR:  invalid value "Smith"',
        'invalid input syntax for type integer: "ERROR:  relation Smith does not exist"',
        "Smith ERROR:  relation does not exist",
        "the value 'relation Smith' does not exist",
    ],
)
def test_a_cell_may_hold_any_text(message: str) -> None:
    assert "Smith" not in in_short(message)


@pytest.mark.parametrize(
    "message",
    [
        "[libpq] PQgetCopyData() failed: could not receive data from server: Connection timed out\n",
        "[libpq] PQgetCopyData() failed: server closed the connection unexpectedly\n\tThis probably means",
    ],
)
def test_a_stream_that_is_cut_is_a_connection_that_is_lost(message: str) -> None:
    with pytest.raises(WarehouseError, match="The connection to PostgreSQL was lost"), statement("reading"):
        raise OSError(message)


def test_a_cell_does_not_look_like_a_connection_that_is_lost() -> None:
    with pytest.raises(StatementError, match="hidden"), statement("reading"):
        raise OSError("[libpq] PQgetResult failed: ERROR:  Smith could not receive data from server")
