"""The texts that DuckDB keeps of views."""

from __future__ import annotations

from datacanary.sql.trees import behind_as, statements_of
from datacanary.warehouse.duckdb.sql import DIALECT


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
