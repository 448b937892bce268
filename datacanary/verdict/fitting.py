"""Settings and expectations that fit no table, no column or not the type of theirs: told with file and line."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from datacanary.errors import ConfigError, Where
from datacanary.model.basic import Pair
from datacanary.model.config import ColumnPolicy, Expectation, Policy, TablePolicy, Tolerance
from datacanary.model.patterns import is_pattern
from datacanary.model.plan import PlannedTable
from datacanary.model.verdict import Subject
from datacanary.verdict.kinds import Kind, kind_of
from datacanary.verdict.limits import column_policies, names_of

_NUMBERS: frozenset[Kind] = frozenset({"number", "unknown"})
_ORDERED: frozenset[Kind] = frozenset({"number", "time", "unknown"})
_FITS: dict[str, tuple[frozenset[Kind], str]] = {
    "tolerance": (_NUMBERS, "Only numbers have one."),
    "measure": (_NUMBERS, "Only numbers have a total."),
    "total": (_NUMBERS, "Only numbers have one."),
    "distance": (_ORDERED, "Only numbers and times have one."),
    "direction": (_ORDERED, "Only numbers and times rise and fall."),
}


def check_tables(expectations: Sequence[Expectation], planned: Sequence[PlannedTable]) -> None:
    """Raise ConfigError for an expectation of a table that is in neither version; `planned` are all of both."""
    known = {name.lower() for table in planned for name in names_of(table)}
    for expectation in expectations:
        if expectation.table.lower() not in known:
            raise ConfigError(
                f"{expectation.table} is expected to change, but no model of either version makes it.",
                hint=_nearest(expectation.table, [table.name for table in planned]),
                where=where_of(expectation.origin),
            )


def check_fit(config: Policy, expectations: Sequence[Expectation], subjects: Sequence[Subject]) -> None:
    """Raise ConfigError for what is said of a column that it does not fit, as a total of text.

    Looks at the tables that were compared, and of `config` at what it says of a table and a column by their very names:
    a pattern may well match columns that it does not fit. An expectation of a column that is in neither version is an
    error, too.
    """
    for subject in subjects:
        if subject.diff.comparison not in {"keyed", "keyless"}:
            continue
        types = {column.name: column.type for column in subject.diff.columns}
        names = {name.lower() for name in names_of(subject.planned)}
        check_columns(config, subject.planned, types)
        for expectation in expectations:
            if expectation.table.lower() in names:
                _check_expectation(expectation, subject, types)


def check_columns(config: Policy, planned: PlannedTable, types: Mapping[str, Pair[str | None]]) -> None:
    """Raise ConfigError for a setting of a column that its type does not fit on either side.

    `types` are in words, by column; None for the side that lacks it.
    """
    names = {name.lower() for name in names_of(planned)}
    folded = {name.lower(): pair for name, pair in types.items()}
    for table, entry in config.tables.items():
        for name, column in entry.columns.items():
            if table.lower() in names and name.lower() in folded:
                for said in _said(column):
                    _check_type(said, f"{said.what} of {table}.{name}", folded[name.lower()])


def tolerances(own: TablePolicy, types: Mapping[str, Pair[str | None]]) -> dict[str, Tolerance]:
    """Return the tolerance of each column that has one and is a number wherever it is; see `check_columns`."""
    policies = column_policies(own, types)
    return {
        name: column.tolerance
        for name, column in policies.items()
        if column.tolerance is not None
        and all(kind_of(words) in _NUMBERS for words in types[name] if words is not None)
    }


def where_of(origin: str) -> Where:
    """Read `file:line`.

    >>> where_of("conf/datacanary.yml:7")
    Where(file='conf/datacanary.yml', line=7, column=None)
    """
    file, _, line = origin.rpartition(":")
    return Where(file, int(line)) if file and line.isdecimal() else Where(origin)


@dataclass(frozen=True, slots=True)
class _Said:
    what: str
    origin: str


def _said(column: ColumnPolicy) -> Iterator[_Said]:
    """List the settings of a column that ask something of its type."""
    if column.tolerance is not None:
        yield _Said("tolerance", column.origins.get("tolerance", ""))
    if column.measure:
        yield _Said("measure", column.origins.get("measure", ""))
    if column.direction is not None:
        yield _Said("direction", column.origins.get("direction", ""))
    for check, limit in column.limits.items():
        if limit.status != "pass":
            yield _Said(check, limit.origin)


def _check_type(said: _Said, told: str, types: Pair[str | None]) -> None:
    """Raise ConfigError if what is said fits the column on no side that has it."""
    fitting, why = _FITS.get(said.what, (None, ""))
    present = [words for words in types if words is not None]
    if fitting is None or any(kind_of(words) in fitting for words in present):
        return
    found = " and ".join(dict.fromkeys(present))
    raise ConfigError(f"{told} does not fit: the column is {found}.", hint=why, where=where_of(said.origin))


def _check_expectation(expectation: Expectation, subject: Subject, types: Mapping[str, Pair[str | None]]) -> None:
    folded = {name.lower(): name for name in types}
    for wanted in expectation.columns:
        name = folded.get(wanted.lower())
        if name is None:
            hint = "Patterns are not read here: name each column." if is_pattern(wanted) else _nearest(wanted, [*types])
            raise ConfigError(
                f"{expectation.table}.{wanted} is expected to change, but neither version has that column.",
                hint=hint,
                where=where_of(expectation.origin),
            )
        _check_type(
            _Said(expectation.check, expectation.origin), f"The expected {expectation.check} of {name}", types[name]
        )
        if expectation.direction is not None:
            said = _Said("direction", expectation.origin)
            _check_type(said, f"The expected direction of {expectation.table}.{name}", types[name])
            _check_moves(expectation, subject, name)


def _check_moves(expectation: Expectation, subject: Subject, name: str) -> None:
    """Raise ConfigError if cells changed that can neither rise nor fall."""
    for column in subject.diff.columns:
        if column.name == name and column.changed is not None and column.increased is None:
            raise ConfigError(
                f"The expected direction of {expectation.table}.{name} does not fit: its values neither rise nor fall.",
                hint=_FITS["direction"][1],
                where=where_of(expectation.origin),
            )


def _nearest(name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name.lower(), known, n=1)
    return f"Did you mean {close[0]!r}?" if close else ""
