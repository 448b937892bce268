"""SQL text for PostgreSQL."""

from __future__ import annotations

from datacanary.model.basic import Physical

DIALECT = "postgres"


def identifier(name: str) -> str:
    """Quote a name.

    >>> print(identifier('say "hi" twice'))
    "say ""hi"" twice"
    """
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def table(relation: Physical) -> str:
    """Name a relation with its schema; a connection knows one database only."""
    return f"{identifier(relation.schema)}.{identifier(relation.name)}"


def setting(name: str, value: str) -> str:
    r"""Write one setting as libpq's `options` takes it.

    >>> print(setting("search_path", "a, b"))
    -c search_path=a,\ b
    """
    escaped = value.replace("\\", "\\\\").replace(" ", "\\ ")
    return f"-c {name}={escaped}"


def text(value: str) -> str:
    r"""Write a text as a literal, whatever the server makes of backslashes.

    >>> print(text("it's"), text("C:\\x"))
    'it''s' E'C:\\x'
    """
    doubled = value.replace("'", "''")
    return f"'{doubled}'" if "\\" not in value else "E'" + doubled.replace("\\", "\\\\") + "'"
