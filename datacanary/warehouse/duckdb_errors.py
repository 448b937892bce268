"""DuckDB's errors in the user's words."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from datacanary.errors import CanaryError, StatementError, WarehouseError, Where

_LOCKED = re.compile(r"Conflicting lock is held in (?P<program>.*?) ?\(PID (?P<pid>\d+)\)")


@contextmanager
def opening(path: Path) -> Iterator[None]:
    """Translate what can go wrong when a database file is opened."""
    where = Where(str(path))
    if not path.exists():
        raise WarehouseError(
            "The DuckDB file does not exist.", where=where, hint="Check `warehouse:` in the config, or create the file."
        )
    try:
        yield
    except duckdb.Error as error:
        raise _open_problem(str(error), where) from error


def _open_problem(message: str, where: Where) -> WarehouseError:
    locked = _LOCKED.search(message)
    if locked or "Could not set lock" in message:
        holder = f" by {Path(locked['program']).name} (process {locked['pid']})" if locked else ""
        return WarehouseError(
            f"The DuckDB file is open for writing{holder}.",
            where=where,
            hint="Close it there and try again; DuckDB lets one process write, or many read.",
        )
    if "storage version" in message or "newer version" in message or "version number" in message:
        return WarehouseError(
            f"The DuckDB file was written by a newer DuckDB than the installed {duckdb.__version__}.",
            where=where,
            hint="Upgrade it: pip install --upgrade duckdb.",
        )
    if "not a valid DuckDB database" in message or "orrupt" in message or "Is a directory" in message:
        return WarehouseError(
            "The file is not a DuckDB database, or it is damaged.",
            where=where,
            hint="Check `warehouse:` in the config; restore the file from a backup if it is the right one.",
        )
    if "ermission denied" in message:
        return WarehouseError("The DuckDB file may not be read.", where=where, hint="Check the file's permissions.")
    return WarehouseError(_first_lines(message), where=where)


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
        if error.errno != errno.ENOSPC:
            raise
        raise _disk_full(what) from error


def _statement_problem(message: str, what: str) -> CanaryError:
    if "No space left" in message or "disk full" in message.lower():
        return _disk_full(what)
    if "max_temp_directory_size" in message:
        return StatementError(
            f"{what} needs more memory and temporary space than there is.",
            hint="Free some disk space, or close other programs.",
        )
    return StatementError(_in_short(message))


def _disk_full(what: str) -> CanaryError:
    return WarehouseError(
        f"The disk is full: {what} could not be written. Production is untouched.",
        hint="Free some space; `datacanary clean --all` drops what earlier runs left behind.",
    )


def _in_short(message: str) -> str:
    """Keep DuckDB's sentence without cells, its list of candidate functions and its picture of the query.

    >>> _in_short("Conversion Error: Could not convert string 'Smith' to INT32 when casting from source column s")
    "Conversion Error: Could not convert string '…' to INT32 when casting from source column s"
    >>> _in_short('Binder Error: Referenced column "nope" not found in FROM clause!')
    'Binder Error: Referenced column "nope" not found in FROM clause!'
    """
    sentence = _first_lines(message)
    if sentence.startswith(_ABOUT_THE_QUERY):
        return sentence
    if not sentence.startswith(_ABOUT_A_CELL):
        kind = sentence.partition(":")[0][:40]
        return f"{kind}: the message is hidden, since it may quote cells; run the query in DuckDB to see it."
    return _NUMBER.sub("…", _QUOTED.sub("'…'", sentence))


# What DuckDB says before it reads a row quotes only the query and the catalog.
_ABOUT_THE_QUERY = ("Binder Error", "Catalog Error", "Parser Error", "Not implemented Error", "Dependency Error")
_ABOUT_A_CELL = (
    "Conversion Error: Could not c",
    "Conversion Error: Type ",
    "Conversion Error: date field value out of range",
    "Conversion Error: timestamp field value out of range",
    "Invalid Input Error: Could not parse string",
    "Invalid Input Error: More than one row returned by a subquery",
    "Invalid Input Error: Malformed JSON at byte",
    "Out of Range Error: Overflow in",
    "Out of Memory Error",
    "IO Error",
)
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"", re.DOTALL)
_NUMBER = re.compile(r"(?<![\w.(,])-?\d[\d.]*(?![\w,)])|(?<=\()-?\d[\d.]*(?= )|(?<= )-?\d[\d.]*(?=\))")


def _first_lines(message: str) -> str:
    lines = re.split(r"\n\s*LINE |\n\s*Stack Trace|\n\s*Candidate functions:", message)[0].splitlines()
    return " ".join(line.strip() for line in lines if line.strip())
