"""SQL text for DuckDB, built from sqlglot's nodes."""

from __future__ import annotations

from sqlglot import exp

from datacanary.model.basic import Physical
from datacanary.sql.trees import behind_as, statements_of

DIALECT = "duckdb"
OF_THE_TABLE = "lower(database_name) = lower(?) AND lower(schema_name) = lower(?) AND lower(table_name) = lower(?)"
"""What finds a relation in DuckDB's own tables, by the three values of `place`."""


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


def place(relation: Physical) -> list[str]:
    """Return the values that `OF_THE_TABLE` asks for."""
    return [relation.catalog, relation.schema, relation.name]


def schema(catalog: str, name: str) -> str:
    """Name a schema with its database."""
    return f"{identifier(catalog)}.{identifier(name)}"


def query_of_view(definition: str) -> str:
    """Return the query of CREATE VIEW … AS, an empty text of an empty one.

    >>> query_of_view("CREATE VIEW main.v (a) AS SELECT 1 AS a;")
    'SELECT 1 AS a'
    """
    if not definition:
        return ""
    statement = statements_of(definition, DIALECT)[0]
    after = behind_as(statement.tokens)
    return definition[statement.tokens[after].start : statement.span.end]
