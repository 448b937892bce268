"""SQL text for DuckDB, built from sqlglot's nodes."""

from __future__ import annotations

from sqlglot import exp

from datacanary.model.basic import Physical

DIALECT = "duckdb"


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
