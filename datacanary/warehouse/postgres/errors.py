"""PostgreSQL's errors in the user's words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import adbc_driver_manager
import psycopg

from datacanary.errors import CanaryError, StatementError, WarehouseError
from datacanary.warehouse.postgres.unreachable import unreachable


@contextmanager
def statement(what: str) -> Iterator[None]:
    """Translate a statement's failure into StatementError; `what` is for those that are not about the statement.

    WarehouseError for a connection that cannot be made or is lost. The driver's own error is not kept: it quotes cells.
    """
    try:
        yield
    except psycopg.Error as error:
        told = error.diag.message_primary or str(error)
        lost = error.sqlstate is None or error.sqlstate[:2] in {"08", "28", "3D"} or error.sqlstate[:3] == "57P"
        raise _problem(told, what, lost=lost and isinstance(error, psycopg.OperationalError)) from None
    except (adbc_driver_manager.Error, OSError) as error:
        # A failure in the middle of a stream comes through Arrow, as an OSError without a number.
        if isinstance(error, OSError) and error.errno is not None:
            raise
        told = str(error)
        raise _problem(told, what, lost="Failed to connect" in told or _CUT.match(told) is not None) from None


def _problem(message: str, what: str, *, lost: bool) -> CanaryError:
    if lost and _GONE.search(message):
        return WarehouseError(
            "The connection to PostgreSQL was lost.", hint="Try again; the server's log says more if it goes on."
        )
    if lost:
        return unreachable(message)
    told = in_short(message)
    if told.startswith("canceling statement due to user request"):
        return StatementError(f"{what} was interrupted.")
    return StatementError(told, hint=next((hint for begin, hint in _CURES.items() if told.startswith(begin)), ""))


_CURES = {
    "query would be affected by row-level security": "The role sees a part of the rows only, which would be taken for "
    "the table. Use a role with BYPASSRLS, or one that the policy leaves out.",
    "canceling statement due to statement timeout": "It took longer than statement_timeout allows, which is set for "
    "the role, the database, or in PGOPTIONS.",
    "permission denied for": "`datacanary doctor` says what the role lacks, with the grants (README, Roles).",
}


_GONE = re.compile(
    r"terminating connection|server closed|connection is (?:bad|lost|closed)|consuming input"
    r"|could not (?:receive|send) data",
    re.IGNORECASE,
)
# A stream's connection that is lost, in libpq's own words; behind a severity stand the server's, which quote cells.
_CUT = re.compile(
    r"\[libpq\] (?:(?!ERROR:|FATAL:)[^\n\"']){0,150}?(?:could not (?:receive|send) data|server closed the connection)"
)


def in_short(message: str) -> str:
    r"""Keep PostgreSQL's first sentence without cells.

    >>> in_short('invalid input syntax for type integer: "Smith"\nLINE 1: select ...')
    'invalid input syntax for type integer: "…"'
    >>> in_short('duplicate key value violates unique constraint "pk"\nDETAIL:  Key (name)=(Smith) already exists.')
    'duplicate key value violates unique constraint "pk"'
    >>> in_short("Mr. Smith owes us 3 EUR")
    'the message is hidden, since it may quote cells; run the query in PostgreSQL to see it'
    """
    told = _MORE.split(_SEVERITY.sub("", message, count=1), maxsplit=1)[0].strip()
    for before, after in _BEFORE_CELLS:
        found = before.match(told)
        if found:
            return f"{found[0]}…{after}"
    if _WITHOUT_CELLS.match(told):
        return " ".join(told.split())
    found = _OUT_OF_RANGE.fullmatch(told)
    return f'value "…"{found[1]}' if found else _HIDDEN


_HIDDEN = "the message is hidden, since it may quote cells; run the query in PostgreSQL to see it"
# What drivers put before it; a message of the user's own may go on with these words, too.
_SEVERITY = re.compile(r"\A(?:(?:[A-Z_]+: )?(?:\[libpq\] |Failed to )[^\n\"']{0,150}?)?(?:ERROR|FATAL):\s+")
_MORE = re.compile(r"\n\s*(?:LINE \d+:|DETAIL:|HINT:|CONTEXT:|QUERY:|Query was:)|\. SQLSTATE: ")
_OUT_OF_RANGE = re.compile(r'value ".*"( is out of range for type [\w ]+)', re.DOTALL)

# Where a cell is quoted, nothing after it is kept: a cell can hold any text, PostgreSQL's own too.
_BEFORE_CELLS = tuple(
    (re.compile(before), after)
    for before, after in (
        (r'invalid input syntax for type [\w ]+: "', '"'),
        (r'invalid input value for enum [^\s:]+: "', '"'),
        (r'(?:date/time field value|time zone displacement|interval field value) out of range: "', '"'),
        (r'malformed (?:array|range|record|multirange) literal: "', '"'),
        (r'invalid value "', '" for a pattern of dates'),
        (r'invalid hexadecimal digit: "', '"'),
        (r"invalid regular expression: ", ""),
    )
)

# What PostgreSQL says of the query and of the catalogue, and what never quotes anything.
_WITHOUT_CELLS = re.compile(
    r"""(?:
      (?:relation|column|schema|type|role|database|table|view|function|operator|aggregate|constraint|index|sequence
        |extension|collation|language|server|materialized\ view|procedure)\b[^\n]*\ (?:does\ not\ exist|already\ exists
        |is\ ambiguous|is\ not\ unique|of\ relation|of\ type|must\ appear|was\ skipped|is\ not\ a|has\ no
        |specified\ more\ than\ once|has\ pseudo-type)
    | syntax\ error\ (?:at\ or\ near|at\ end)
    | missing\ FROM-clause | invalid\ reference\ to | subquery\ (?:in\ FROM|must|has)
    | (?:UNION|INTERSECT|EXCEPT|CASE|COALESCE|VALUES|IN|GREATEST|LEAST)\ types\ | each\ (?:UNION|INTERSECT|EXCEPT)\b
    | (?:aggregate|window|set-returning)\ functions? | argument\ of\b
    | cannot\ (?:cast|drop|alter|execute|change|create|insert\ multiple)\b
    | could\ not\ determine\ | could\ not\ identify\ | function\ name | ORDER\ BY | for\ SELECT\ DISTINCT
    | division\ by\ zero\Z
    | (?:smallint|integer|bigint|numeric|timestamp|date|interval|value|cash)\ (?:out\ of\ range|overflow)
    | numeric\ field\ overflow | value\ overflows | value\ out\ of\ range | value\ too\ long\ for\ type\ [\w\ ()]+\Z
    | invalid\ input\ syntax\ for\ type\ \w+\Z
    | duplicate\ key\ value\ violates | null\ value\ in\ column | new\ row\ for\ relation | insert\ or\ update\ on
    | update\ or\ delete\ on | could\ not\ create\ unique\ index | could\ not\ (?:extend|write|resize|open|serialize)
    | more\ than\ one\ row\ returned | cannot\ take\ | negative\ substring | null\ character
    | permission\ denied | must\ be\ owner | must\ have | must\ be\ superuser | no\ schema\ has\ been\ selected
    | canceling\ statement | deadlock\ detected | out\ of\ (?:memory|shared\ memory) | terminating\ connection
    | connection\ (?:to\ server|failed|timeout|is\ bad) | server\ closed | the\ (?:connection|database\ system)
    | password\ authentication | no\ pg_hba.conf | remaining\ connection | too\ many\ (?:connections|clients)
    | query\ would\ be\ affected\ by\ row-level\ security
    | consuming\ input\ failed | fe_sendauth | no\ password | lock\ timeout
    )""",
    re.VERBOSE,
)
