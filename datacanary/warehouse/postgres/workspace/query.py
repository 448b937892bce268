"""A query of the user, described without running it."""

from __future__ import annotations

from collections import Counter

from psycopg.pq import ExecStatus

from datacanary.errors import StatementError
from datacanary.model.basic import Column
from datacanary.protocols.tables import Query
from datacanary.warehouse.postgres.errors import in_short, statement
from datacanary.warehouse.postgres.session import Connection

_TYPES = """
SELECT pg_catalog.format_type(t.oid::oid, t.modifier) FROM unnest(%s::bigint[], %s::int[]) WITH ORDINALITY
AS t (oid, modifier, place) ORDER BY t.place
"""


def understood(connection: Connection, text: str, search_path: str) -> Query:
    """Return the query with its columns; raises StatementError unless it is exactly one SELECT that can run.

    The connection's own search path is as before only after a ROLLBACK.
    """
    one = text.strip().rstrip("; \n\t")
    with statement("the query"):
        connection.execute(f"SET LOCAL search_path = {search_path}".encode())
        _described(connection, one)
        # Only what makes rows, and writes none, can stand in FROM.
        names, types, modifiers = _described(connection, within(one))
        connection.execute("SET LOCAL search_path = ''")
        kinds = connection.execute(_TYPES, [types, modifiers]).fetchall()
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise StatementError(f"The query gives two columns the name {twice[0]!r}.", hint="Give one of them an alias.")
    return Query(one, tuple(Column(name, str(kind).lower()) for name, (kind,) in zip(names, kinds, strict=True)))


def within(text: str) -> str:
    """Write a query so that it stands in FROM."""
    return f"SELECT * FROM (\n{text}\n) AS query"  # noqa: S608 -- the user asks for it


def _described(connection: Connection, text: str) -> tuple[list[str], list[int], list[int]]:
    encoding = connection.info.encoding
    raw = connection.pgconn
    for found in (raw.prepare(b"", text.encode(encoding)), raw.describe_prepared(b"")):
        if found.status != ExecStatus.COMMAND_OK:
            raise StatementError(in_short(found.get_error_message(encoding)))
    places = range(found.nfields)
    names = [(found.fname(place) or b"").decode(encoding) for place in places]
    return names, [found.ftype(place) for place in places], [found.fmod(place) for place in places]
