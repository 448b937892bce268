"""SQL text for DuckDB."""

from __future__ import annotations

from datacanary.model.basic import Physical

DIALECT = "duckdb"
OF_THE_TABLE = "lower(database_name) = lower(?) AND lower(schema_name) = lower(?) AND lower(table_name) = lower(?)"
"""What finds a relation in DuckDB's own tables, by the three values of `place`."""


def identifier(name: str) -> str:
    """Quote a name.

    >>> print(identifier('say "hi" twice'))
    "say ""hi"" twice"
    """
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def text(value: str) -> str:
    """Write a text literal, for the few places where DuckDB binds no values.

    >>> print(text("it's"))
    'it''s'
    """
    escaped = value.replace("'", "''")
    return f"'{escaped}'"


def table(relation: Physical) -> str:
    """Name a relation with its database and schema."""
    return ".".join(identifier(part) for part in (relation.catalog, relation.schema, relation.name) if part)


def place(relation: Physical) -> list[str]:
    """Return the values that `OF_THE_TABLE` asks for."""
    return [relation.catalog, relation.schema, relation.name]


def schema(catalog: str, name: str) -> str:
    """Name a schema with its database."""
    return f"{identifier(catalog)}.{identifier(name)}"
