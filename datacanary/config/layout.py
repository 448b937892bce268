"""`project.layout`: how a path becomes a schema and a table."""

from __future__ import annotations

import re

from datacanary.config import read
from datacanary.config.nodes import Node

_EXAMPLE = "a path under project.path such as {schema}/{table}.sql"
_PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


def layout(node: Node) -> str:
    """Read a layout; ConfigError says which of its rules is broken."""
    text = read.text(node, _EXAMPLE)
    if broken := _broken_rule(text):
        raise read.wrong(node, _EXAMPLE, broken)
    return text


def _broken_rule(text: str) -> str:
    """Name the rule that `text` breaks, "" if it keeps all.

    >>> _broken_rule("sql/{project}/{schema}/{table}/query.sql")
    ''
    >>> _broken_rule("{schema}.sql")
    'It needs {table} exactly once.'
    """
    names = _PLACEHOLDER.findall(text)
    outside = text.startswith("/") or "\\" in text or not {"", ".", ".."}.isdisjoint(text.split("/"))
    rules = (
        (names.count("table") == 1, "It needs {table} exactly once."),
        (names.count("schema") <= 1, "It may hold {schema} only once."),
        (
            not re.search(r"[{}*?\[\]]", _PLACEHOLDER.sub("", text)),
            "Placeholders are names in braces, as {team}; there are no wildcards.",
        ),
        ("}{" not in text, "Between two placeholders something must stand."),
        (text.endswith(".sql"), "It must end with .sql."),
        (not outside, "It is relative, with '/' between its parts and without '.' and '..'."),
    )
    return next((rule for kept, rule in rules if not kept), "")
