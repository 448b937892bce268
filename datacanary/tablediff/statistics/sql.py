"""The same counts in SQL, for tables that are too large to read: the statistics that add up, and counts per bin."""

from __future__ import annotations

import polars as pl
from sqlglot import exp

from datacanary.tablediff.jsoncells import SECONDS_PER_DAY, json_cells
from datacanary.tablediff.numeric import scale_of
from datacanary.tablediff.statistics.axis import Real, axis_of
from datacanary.tablediff.statistics.bins import EdgeBins, ValueBins
from datacanary.tablediff.statistics.blank import SPACE
from datacanary.tablediff.totals import decimal_text

SOURCE, LISTED, BIN, VALUE, CELLS = "source", "listed", "bin", "value", "cells"
EPOCHS = {"ms": "epoch_ms", "us": "epoch_us", "ns": "epoch_ns"}


def aggregates(relation: exp.Table, column: str, dtype: pl.DataType) -> exp.Select:
    """Ask for the statistics of a column that Polars reads as this type, in one row.

    `rows` and `nulls`; of types with an order `nan`, `positive_infinity`, `negative_infinity`, and of the finite values
    `minimum`, `maximum`, `total`, times as they are stored, of numbers `zero` and `negative`; of timestamps
    `midnight`; of texts `blank`. DuckDB adds floats up with rounding.

    >>> print(aggregates(exp.to_table("t"), "c", pl.String()).sql("duckdb")[:78])
    SELECT COUNT(*) AS "rows", COUNT(CASE WHEN "source"."c" IS NULL THEN 1 END) AS
    """
    cell = exp.column(column, table=SOURCE, quoted=True)
    asked: dict[str, exp.Expr] = {"rows": exp.Count(this=exp.Star()), "nulls": how_many(missing(cell))}
    axis = axis_of(dtype)
    if axis is not None:
        cases = odd_cases(cell, dtype)
        number = in_order(cell, dtype)
        for condition in cases:
            number = exp.case().when(condition, exp.null()).else_(number)
        names = ("nan", "positive_infinity", "negative_infinity")
        asked |= {name: how_many(condition) for name, condition in zip(names, cases, strict=False)}
        asked |= {"minimum": exp.Min(this=number), "maximum": exp.Max(this=number), "total": exp.Sum(this=number)}
        zero = exp.Literal.number(0)
        if axis.signed:
            asked |= {"zero": how_many(exp.EQ(this=number, expression=zero))}
            asked |= {"negative": how_many(exp.LT(this=number, expression=zero))}
        if isinstance(dtype, pl.Datetime):
            of_day = exp.Mod(this=exp.paren(number), expression=exp.Literal.number(SECONDS_PER_DAY * axis.per_unit))
            asked |= {"midnight": how_many(exp.EQ(this=of_day, expression=zero))}
    elif isinstance(dtype, pl.String):
        trimmed = exp.Trim(this=cell, expression=exp.Literal.string(SPACE))
        asked |= {"blank": how_many(exp.EQ(this=trimmed, expression=exp.Literal.string("")))}
    return exp.select(*(exp.alias_(what, name, quoted=True) for name, what in asked.items())).from_(source(relation))


def bin_counts(relation: exp.Table, column: str, bins: EdgeBins | ValueBins) -> exp.Select:
    """Ask for the cells in each bin that is not empty: columns `bin` and `cells`."""
    cell = exp.column(column, table=SOURCE, quoted=True)
    rows = exp.select().from_(source(relation))
    if isinstance(bins, EdgeBins):
        place = edge_bin(cell, bins)
    else:
        place = value_bin(cell, bins)
        if bins.values.len():
            rows = rows.join(listed(bins), on=exp.EQ(this=cell, expression=of_listed(VALUE)), join_type="left")
    found = rows.select(exp.alias_(place, BIN, quoted=True)).subquery(SOURCE)
    number = exp.column(BIN, table=SOURCE, quoted=True)
    counted = exp.alias_(exp.Count(this=exp.Star()), CELLS, quoted=True)
    return exp.select(number, counted).from_(found).group_by(number)


def source(relation: exp.Table) -> exp.Expr:
    """Call the relation by a name of ours: its own may need its schema and database."""
    return exp.alias_(relation.copy(), SOURCE, table=True, quoted=True)


def how_many(condition: exp.Expr) -> exp.Expr:
    """Count the rows for which something holds."""
    return exp.Count(this=exp.case().when(condition, exp.Literal.number(1)))


def missing(cell: exp.Expr) -> exp.Expr:
    """Ask whether a cell is NULL."""
    return exp.Is(this=cell.copy(), expression=exp.null())


def odd_cases(cell: exp.Expr, dtype: pl.DataType) -> list[exp.Expr]:
    """Ask whether a cell is NaN or infinite, in the order of the bins; nothing if the type has neither."""
    axis = axis_of(dtype)
    if axis is None or axis.ends is None:
        return []
    infinite = exp.func("isinf", cell.copy())
    if dtype.is_float():
        zero: exp.Expr = exp.Literal.number(0)
        not_a_number: exp.Expr = exp.func("isnan", cell.copy())
    else:
        zero = exp.cast(exp.Literal.string("1970-01-01"), "DATE" if isinstance(dtype, pl.Date) else "TIMESTAMP")
        not_a_number = exp.false()
    above = exp.GT(this=cell.copy(), expression=zero)
    return [not_a_number, exp.and_(infinite, above), exp.and_(infinite.copy(), exp.not_(above.copy()))]


def in_order(cell: exp.Expr, dtype: pl.DataType) -> exp.Expr:
    """Write a finite cell as a number: times as they are stored."""
    match dtype:
        case pl.Date():
            return exp.Sub(this=cell.copy(), expression=exp.cast(exp.Literal.string("1970-01-01"), "DATE"))
        case pl.Datetime(time_unit=unit) | pl.Duration(time_unit=unit):
            return exp.func(EPOCHS[unit], cell.copy())
        case pl.Time():
            return exp.func(EPOCHS["ns"], cell.copy())
    return cell.copy()


def literal(number: Real, dtype: pl.DataType) -> exp.Expr:
    """Write a number, as it is stored, to compare cells with it."""
    if dtype.is_float():
        return exp.cast(exp.Literal.string(repr(float(number))), "DOUBLE")
    if isinstance(dtype, pl.Decimal):
        text = exp.Literal.string(decimal_text(int(number), scale_of(dtype)))
        return exp.cast(text, f"DECIMAL({dtype.precision}, {dtype.scale})")
    return exp.Literal.number(int(number))


def edge_bin(cell: exp.Expr, bins: EdgeBins) -> exp.Expr:
    """Find the bin of a cell between edges."""
    dtype, first = bins.edges.dtype, bins.edges.len() + 1
    place = exp.case().when(missing(cell), exp.Literal.number(first))
    for behind, condition in enumerate(odd_cases(cell, dtype), 1):
        place = place.when(condition, exp.Literal.number(first + behind))
    points = [literal(point, dtype) for point in bins.points.tolist()]
    return place.else_(halving(in_order(cell, dtype), points, 0))


def halving(number: exp.Expr, points: list[exp.Expr], first: int) -> exp.Expr:
    """Find a number between points by halves: ten comparisons for a thousand points."""
    if not points:
        return exp.Literal.number(first)
    middle = len(points) // 2
    below = exp.LTE(this=number.copy(), expression=points[middle])
    return (
        exp.case()
        .when(below, halving(number, points[:middle], first))
        .else_(halving(number, points[middle + 1 :], first + middle + 1))
    )


def value_bin(cell: exp.Expr, bins: ValueBins) -> exp.Expr:
    """Find the bin of a cell among listed values, which were joined."""
    null, other = exp.Literal.number(bins.size - 1), exp.Literal.number(bins.size - 2)
    place = exp.func("coalesce", of_listed(BIN), other) if bins.values.len() else other
    return exp.case().when(missing(cell), null).else_(place)


def of_listed(name: str) -> exp.Column:
    """Name a column of the listed values."""
    return exp.column(name, table=LISTED, quoted=True)


def listed(bins: ValueBins) -> exp.Expr:
    """Write the listed values and their bins as a table."""
    rows = [
        exp.Tuple(expressions=[value_literal(cell, bins.values.dtype), exp.Literal.number(place)])
        for place, cell in enumerate(json_cells(bins.values))
    ]
    columns = [exp.to_identifier(name, quoted=True) for name in (VALUE, BIN)]
    alias = exp.TableAlias(this=exp.to_identifier(LISTED, quoted=True), columns=columns)
    return exp.Values(expressions=rows, alias=alias)


def value_literal(cell: object, dtype: pl.DataType) -> exp.Expr:
    """Write a listed value; bytes come as hex."""
    if isinstance(cell, bool):
        return exp.true() if cell else exp.false()
    text = exp.Literal.string(str(cell))
    return exp.func("unhex", text) if isinstance(dtype, pl.Binary) else text
