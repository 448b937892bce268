"""SQL text for DuckDB, built from sqlglot's nodes."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from datacanary.model.basic import Column, Physical

DIALECT = "duckdb"

# Arrow or Polars would lose or refuse these (facts: INTERVAL and UNION fail, TIMETZ drops its offset, UHUGEINT
# wraps, ENUM compares by code): they travel as text, exactly as DuckDB writes them.
_AS_TEXT = ("INTERVAL", "UNION(", "TIME WITH TIME ZONE", "UHUGEINT", "ENUM(", "BIT", "BIGNUM", "VARIANT", "GEOMETRY")


def identifier(name: str) -> str:
    """Quote a name.

    >>> print(identifier('say "hi" twice'))
    "say ""hi"" twice"
    """
    return exp.to_identifier(name, quoted=True).sql(DIALECT)


def text(value: str) -> str:
    """Write a text literal, for the few places where DuckDB binds no values."""
    return exp.Literal.string(value).sql(DIALECT)


def table(relation: Physical) -> str:
    """Name a relation with its database and schema."""
    return exp.table_(relation.name, db=relation.schema, catalog=relation.catalog, quoted=True).sql(DIALECT)


def schema(catalog: str, name: str) -> str:
    """Name a schema with its database."""
    return f"{identifier(catalog)}.{identifier(name)}"


def read_all(relation: Physical, columns: Sequence[Column]) -> str:
    """Select every column, in a form that survives Arrow."""
    parts = [_readable(column).sql(DIALECT) for column in columns]
    return f"SELECT {', '.join(parts)} FROM {table(relation)}"  # noqa: S608 -- quoted by sqlglot


def _readable(column: Column) -> exp.Expr:
    name = exp.column(exp.to_identifier(column.name, quoted=True))
    kind = column.type.upper()
    nested = kind.endswith((")", "]"))
    lossy = any(word in kind for word in _AS_TEXT) if nested else kind.startswith(_AS_TEXT)
    if lossy:
        return exp.alias_(exp.cast(name, "VARCHAR"), column.name, quoted=True)
    if kind.startswith("MAP(") and kind.endswith(")"):
        # Polars' maps do not compare; a list of entries does.
        return exp.alias_(exp.func("map_entries", name), column.name, quoted=True)
    return name
