"""DuckDB's errors in the user's words."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from datacanary.errors import CanaryError, StatementError, WarehouseError

_NO_ROOM = frozenset({errno.ENOSPC, errno.EFBIG, errno.EDQUOT})


@contextmanager
def statement(what: str) -> Iterator[None]:
    """Translate a statement's failure into StatementError; `what` is for those that are not about the statement."""
    try:
        yield
    except duckdb.InterruptException as error:
        raise StatementError(f"{what} was interrupted.") from error
    except duckdb.Error as error:
        raise _statement_problem(str(error), what) from error
    except OSError as error:
        # A failure in the middle of a stream comes through Arrow, which knows its text and no number.
        if error.errno not in {None, *_NO_ROOM}:
            raise
        raise (_disk_full(what) if error.errno else _statement_problem(str(error), what)) from error


def _statement_problem(message: str, what: str) -> CanaryError:
    if any(sign in message for sign in ("No space left", "isk full", "File too large", "isk quota exceeded")):
        return _disk_full(what)
    if "max_temp_directory_size" in message:
        return StatementError(
            f"{what} needs more memory and temporary space than there is.",
            hint="Free some disk space, or close other programs.",
        )
    return StatementError(in_short(message))


def _disk_full(what: str) -> CanaryError:
    return WarehouseError(
        f"The disk is full: {what} could not be written. Production is untouched.",
        hint="Free some space; `datacanary clean --all` drops what earlier runs left behind.",
    )


def in_short(message: str) -> str:
    """Keep DuckDB's sentence without cells, its list of candidate functions and its picture of the query.

    >>> in_short("Conversion Error: Could not convert string 'Smith' to INT32 when casting from source column s")
    "Conversion Error: Could not convert string '…' to INT32 when casting from source column s"
    >>> in_short("Invalid Input Error: Mr. Smith")
    'Invalid Input Error: the message is hidden, since it may quote cells; run the query in DuckDB to see it.'
    >>> in_short('Binder Error: Referenced column "nope" not found in FROM clause!')
    'Binder Error: Referenced column "nope" not found in FROM clause!'
    """
    if message.startswith(_WITHOUT_CELLS):
        return first_lines(message)
    for around_cells in _AROUND_CELLS:
        found = around_cells.fullmatch(_PICTURE.split(message)[0].rstrip())
        if found:
            return "…".join(part for part in found.groups() if part)
    kind = message.partition(":")[0][:40]
    return f"{kind}: the message is hidden, since it may quote cells; run the query in DuckDB to see it."


_PICTURE = re.compile(r"\n\s*LINE |\n\s*Stack Trace|\n\s*Candidate functions:")

# What DuckDB says before it reads a row quotes only the query and the catalog; some sentences never quote anything.
_WITHOUT_CELLS = (
    "Binder Error",
    "Catalog Error",
    "Parser Error",
    "Not implemented Error",
    "Dependency Error",
    "Out of Memory Error",
    "IO Error",
    "Constraint Error: NOT NULL constraint failed",
    "Conversion Error: Unimplemented type for cast",
    "Invalid Input Error: Division by zero in expression",
    "Invalid Input Error: Map keys must be unique",
    "Invalid Input Error: More than one row returned by a subquery",
)

# A cell can hold any text, DuckDB's own too: what is kept stands before the first cell, or after the last.
_AROUND_CELLS = tuple(
    re.compile(expression, re.DOTALL)
    for expression in (
        r"(Conversion Error: Could not convert string ['\"]).*(['\"] to [^\n]+)",
        r"(Conversion Error: Type \w+ with value ).*( can't be cast [^\n]+)",
        r"(Conversion Error: Could not cast value ).*( to [^\n]+)",
        r"(Conversion Error: Casting value \").*(\" to type [^\n]+)",
        r"(Conversion Error: (?:invalid )?\w+ field (?:format|value out of range): \").*(\"(?:, expected [^\n]+)?)",
        r"((?:Conversion|Invalid Input) Error: Malformed JSON) at byte .*",
        r"(Out of Range Error: Overflow in \w+ of \w+(?:\(\d+\))?) .*",
        r"(Invalid Input Error: Could not parse string \").*(\" according to format specifier [^\n]*)\n.*",
    )
)


def first_lines(message: str) -> str:
    """Keep what DuckDB says before its picture of the query, in one line."""
    lines = _PICTURE.split(message)[0].splitlines()
    return " ".join(line.strip() for line in lines if line.strip())
