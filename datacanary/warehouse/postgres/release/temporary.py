"""Temporary views of other sessions: they read production's tables, and nobody else can make them follow."""

from __future__ import annotations

import re
from collections.abc import Sequence

from datacanary.errors import Refused
from datacanary.warehouse.postgres import sql
from datacanary.warehouse.postgres.errors import statement
from datacanary.warehouse.postgres.release.dependents import View
from datacanary.warehouse.postgres.session import Connection

_TEMPORARY = re.compile(r"pg_temp_(\d+)\Z")
_NUMBERS_SESSIONS_ALIKE = 160_000
"""The server's version since which it numbers sessions in its statistics as in the names of their schemas."""


def refuse_temporary(connection: Connection, those: Sequence[View]) -> None:
    """Raise Refused, with who has it, if one of these views is temporary."""
    for view in those:
        found = _TEMPORARY.match(view.physical.schema)
        if found is None:
            continue
        process = _process(connection, int(found[1]))
        ends = f", or end that session: SELECT pg_terminate_backend({process});" if process else " in that session."
        raise Refused(
            f"The temporary view {view.physical.name} of another session (of the role {view.owner}"
            f"{f', process {process}' if process else ''}) reads what would leave production.",
            hint=f"Nothing was changed. DROP VIEW {sql.table(view.physical)};{ends} Then try again.",
        )


def _process(connection: Connection, session: int) -> int:
    """Return the process of a session that still has a temporary schema, 0 if the server does not tell."""
    if connection.info.server_version < _NUMBERS_SESSIONS_ALIKE:
        return 0
    with statement("looking for the session that has a temporary view"):
        row = connection.execute("SELECT pg_catalog.pg_stat_get_backend_pid(%s::int)", [session]).fetchone()
    return int(row[0] or 0) if row is not None else 0
