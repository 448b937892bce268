"""What code of the database's own forbids: event triggers, and whatever else raises errors there."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import psycopg

from datacanary.errors import CanaryError, Refused
from datacanary.warehouse.postgres.session import Connection

# The function as the server names it where it tells how an error came about.
_EVENT_TRIGGERS = """
SELECT quote_ident(evtname), evtfoid::regprocedure::text FROM pg_catalog.pg_event_trigger
WHERE evtenabled <> 'D' ORDER BY 1
"""
_RAISED_BY_CODE = "P0"


def veto(connection: Connection, error: BaseException) -> Refused | None:
    """Return the refusal if it was code of the database's own that forbade what has failed, and was rolled back.

    What that code said is not told: it may quote cells.
    """
    found = _cause(error)
    if found is None or connection.closed:
        return None
    told = found.diag.context or ""
    listed: Sequence[tuple[str, str]] = ()
    # What cannot be asked for any more is told without its name.
    with suppress(psycopg.Error):
        listed = connection.execute(_EVENT_TRIGGERS).fetchall()
    names = [name for name, function in listed if f" {function} " in f" {told} "]
    if not names and not (found.sqlstate or "").startswith(_RAISED_BY_CODE):
        return None
    who = f"The event trigger {' or '.join(names)}" if names else "Code of the database's own, such as a trigger,"
    cure = f", or for as long: ALTER EVENT TRIGGER {names[0]} DISABLE;" if names else "; the server's log says more."
    return Refused(
        f"{who} forbids a change that this needs (SQLSTATE {found.sqlstate}).",
        hint=f"Nothing was changed. Let it allow that to the role that promotes{cure}",
    )


def _cause(error: BaseException | None) -> psycopg.Error | None:
    """Return the server's own error, which ours stand for."""
    while isinstance(error, CanaryError):
        error = error.__context__
    return error if isinstance(error, psycopg.Error) and error.sqlstate else None
