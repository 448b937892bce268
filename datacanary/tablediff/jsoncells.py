"""Values of cells as JSON can say them."""

from __future__ import annotations

import math

import polars as pl

from datacanary.model.statistics import Cell

TICKS = {"ns": 1_000_000_000, "us": 1_000_000, "ms": 1_000}
"""Ticks per second."""
SECONDS_PER_DAY = 86_400
DIGITS = {1_000_000_000: 9, 1_000_000: 6, 1_000: 3}
LAST_YEAR = 9_999
NEVER = {64: 2**63 - 1, 32: 2**31 - 1}
"""What warehouses store for dates and timestamps without end, by the bits of the type."""


def json_cells(values: pl.Series) -> list[Cell]:  # noqa: C901, PLR0911, PLR0912 -- one line per type
    """Write the values of a short series for JSON.

    Decimals are text, bytes hex text, dates and times ISO 8601 (instants in UTC with Z); numbers that are not finite
    and times without end are named. Times never go through Python's own types, which know the years 1 to 9999 only.

    >>> json_cells(pl.Series([1.5, float("nan"), None, -0.0]))
    [1.5, 'NaN', None, 0.0]
    """
    # Polars takes the name of a series for a pattern if it looks like one: ^...$
    values = values.alias("")
    match values.dtype:
        case pl.Boolean() | pl.Null():
            return list(values.to_list())
        case pl.Binary():
            return list(values.bin.encode("hex").to_list())
        case pl.Decimal() | pl.String() | pl.Categorical() | pl.Enum():
            return list(values.cast(pl.String).to_list())
        case pl.Date():
            return [None if day is None else date_text(day) for day in values.to_physical()]
        case pl.Datetime(time_unit=unit, time_zone=zone):
            return [None if at is None else time_text(at, unit, "Z" if zone else "") for at in values.to_physical()]
        case pl.Time():
            return [None if at is None else clock_text(at, TICKS["ns"]) for at in values.to_physical()]
        case pl.Duration(time_unit=unit):
            return [None if ticks is None else duration_text(ticks, unit) for ticks in values.to_physical()]
        case pl.List() | pl.Array():
            return [None if cell is None else json_cells(cell) for cell in values]
        case pl.Struct():
            return struct_cells(values)
        case pl.Map():
            return json_cells(values.to_physical())
        case pl.BaseExtension():
            return json_cells(values.ext.storage())
    if values.dtype.is_float():
        return [None if number is None else float_cell(number) for number in values.to_list()]
    if values.dtype.is_integer():
        return list(values.to_list())
    return [None if missing else "(a Python object)" for missing in values.is_null()]


def float_cell(number: float) -> Cell:
    """Name what JSON has no number for; the sign of zero is not told."""
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    return number + 0.0


def struct_cells(values: pl.Series) -> list[Cell]:
    """Write structs as objects."""
    fields = values.struct.unnest()
    columns = [json_cells(field) for field in fields]
    nulls = values.is_null().to_list()
    return [
        None if nulls[row] else {name: column[row] for name, column in zip(fields.columns, columns, strict=True)}
        for row in range(values.len())
    ]


def endless(ticks: int, bits: int) -> str:
    """Name the infinite times of warehouses; empty for any other."""
    return {NEVER[bits]: "infinity", -NEVER[bits]: "-infinity", -NEVER[bits] - 1: "-infinity"}.get(ticks, "")


def date_text(day: int) -> str:
    """Write a day, counted from 1970-01-01, as ISO 8601 in the proleptic Gregorian calendar.

    >>> date_text(0), date_text(2932897), date_text(-719529)
    ('1970-01-01', '+10000-01-01', '-0001-12-31')
    """
    named = endless(day, 32)
    if named:
        return named
    # Howard Hinnant's civil_from_days: eras of 400 years that begin on March 1st.
    era, day_of_era = divmod(day + 719_468, 146_097)
    year_of_era = (day_of_era - day_of_era // 1_460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    month_from_march = (5 * day_of_year + 2) // 153
    month = (month_from_march + 2) % 12 + 1
    year = year_of_era + era * 400 + (month <= 2)  # noqa: PLR2004 -- January and February end an era's year
    sign = "-" if year < 0 else "+" if year > LAST_YEAR else ""
    return f"{sign}{abs(year):04}-{month:02}-{day_of_year - (153 * month_from_march + 2) // 5 + 1:02}"


def time_text(at: int, unit: str, suffix: str) -> str:
    """Write a timestamp as ISO 8601.

    >>> time_text(1_500, "ms", "Z")
    '1970-01-01T00:00:01.500Z'
    """
    named = endless(at, 64)
    if named:
        return named
    per_second = TICKS[unit]
    day, of_day = divmod(at, SECONDS_PER_DAY * per_second)
    return f"{date_text(day)}T{clock_text(of_day, per_second)}{suffix}"


def clock_text(ticks: int, per_second: int) -> str:
    """Write a time of day, with a fraction only where there is one."""
    seconds, fraction = divmod(ticks, per_second)
    text = f"{seconds // 3_600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{text}.{fraction:0{DIGITS[per_second]}}" if fraction else text


def duration_text(ticks: int, unit: str) -> str:
    """Write a duration as ISO 8601 in seconds.

    >>> duration_text(-90_500, "ms")
    '-PT90.500S'
    """
    seconds, fraction = divmod(abs(ticks), TICKS[unit])
    digits = f".{fraction:0{DIGITS[TICKS[unit]]}}" if fraction else ""
    return f"{'-' if ticks < 0 else ''}PT{seconds}{digits}S"
