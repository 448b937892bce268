"""What DuckDB says becomes a sentence without a single cell."""

import errno
from collections.abc import Callable

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datacanary.errors import StatementError, WarehouseError
from datacanary.warehouse.duckdb.errors import statement
from datacanary.warehouse.duckdb.release.journal import read_journal
from datacanary.warehouse.duckdb.release.ledger import read_promotions

CASTS = (
    "int", "date", "timestamp", "timestamptz", "time", "timetz", "double", "decimal(5, 2)", "uuid", "boolean", "json",
    "interval", "bit", "enum('a')", "int[]", "struct(a int)", "hugeint", "timestamp_ns", "variant::int", "geometry",
)  # fmt: skip
FUNCTIONS = (
    "strptime(v, '%Y')",
    "error(v)",
    "json_extract(v, '$.a')",
    "regexp_matches(v, v || '(')",
    "from_base64(v || '!')",
    "unhex(v)",
    "cast({'a': v} as struct(a int))",
    "cast(len(v) * 1000 + 987654 as tinyint)",
    "cast(9876543210.98 as decimal(4, 1))",
    "9223372036854775807 + length(v || 'x')::bigint",
    "make_date(987654, 13, 1)",
)
OWN_WORDS = "' to INT32 when casting\n\nLINE 1: \", expected format is\nStack Trace"


def told(query: str, value: str = "") -> str:
    """Run a query over one cell and return what is said of its failure."""
    with duckdb.connect() as connection:
        connection.execute("create table t as select $1 as v", [value])
        try:
            with statement("the query"):
                connection.execute(query).fetchall()
        except WarehouseError as error:
            return str(error)
    return ""


@given(
    st.sampled_from([f"v::{kind}" for kind in CASTS] + list(FUNCTIONS)),
    st.lists(st.sampled_from([*OWN_WORDS.split(" "), OWN_WORDS, "'", '"', "\n", "987654"]), max_size=4),
)
def test_no_cell_is_told_whatever_it_holds(expression: str, around: list[str]) -> None:
    secret = "geheim"  # noqa: S105 -- no secret
    value = secret.join(["", *around, ""])
    message = told(f"select {expression} from t", f"{secret} {value}")
    assert secret not in message
    assert "987654" not in message


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("select v::int from t", "Could not convert string '…' to INT32 when casting from source column v"),
        ("select v::date from t", 'invalid date field format: "…", expected format is (YYYY-MM-DD)'),
        ("select (len(v) + 300)::tinyint from t", "can't be cast because the value is out of range"),
        ("select nothing from t", 'Referenced column "nothing" not found'),
        ("select * from nowhere", "Table with name nowhere does not exist"),
        ("selec 1", "syntax error"),
        ("select (select range from range(2)) from t", "More than one row returned by a subquery"),
        ("select 9223372036854775807 + 1::bigint from t", "Overflow in addition of INT64"),
        ("select error(v) from t", "run the query in DuckDB to see it"),
    ],
)
def test_the_sentence_says_what_is_wrong(query: str, words: str) -> None:
    message = told(query, "Smith")
    assert words in message
    assert "LINE 1" not in message
    assert "\n" not in message


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EFBIG, errno.EDQUOT])
def test_a_full_disk_is_told_as_such(number: int) -> None:
    with pytest.raises(WarehouseError, match="disk is full: the table") as raised, statement("the table"):
        raise OSError(number, "No room")
    assert "clean" in raised.value.hint


def test_a_failure_in_the_middle_of_a_stream_is_told_without_its_cells() -> None:
    with pytest.raises(StatementError) as raised, statement("reading"):
        raise OSError("Conversion Error: Could not convert string 'Smith' to INT32")
    assert "Smith" not in str(raised.value)
    assert "INT32" in str(raised.value)


@pytest.mark.parametrize("read", [read_promotions, read_journal])
def test_a_database_that_failed_is_told_by_whoever_asks_what_was_written_down(
    read: Callable[[duckdb.DuckDBPyConnection, str], object],
) -> None:
    connection = duckdb.connect()
    connection.close()
    with pytest.raises(StatementError):
        read(connection, "shop")


def test_other_errors_of_the_system_are_not_ours_to_tell() -> None:
    with pytest.raises(PermissionError), statement("reading"):
        raise PermissionError(errno.EACCES, "no")
