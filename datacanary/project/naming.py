"""How the path of a file becomes the name of a relation."""

from __future__ import annotations

import re
import string
from pathlib import PurePosixPath

from sqlglot import exp

from datacanary.errors import ProjectError, Where
from datacanary.model.basic import Relation
from datacanary.sql.trees import dialect_of

_FOLDED = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def fold(name: str) -> str:
    """Fold a name as the warehouse does; DuckDB ignores the case of A to Z, quoted or not, and of nothing else.

    >>> fold("Orders"), fold("GRÖSSE")
    ('orders', 'grÖsse')
    """
    return name.lower() if name.isascii() else name.translate(_FOLDED)


def quoted(name: str, dialect: str) -> str:
    """Return a name in the quotes of a dialect.

    >>> quoted("Total", "duckdb"), quoted('a"b', "duckdb"), quoted("a b", "bigquery")
    ('"Total"', '"a""b"', '`a b`')
    """
    spoken = dialect_of(dialect)
    begin, end = spoken.IDENTIFIER_START, spoken.IDENTIFIER_END
    # The slow way only for what must be escaped; a name may have a backslash, too.
    if name.replace("_", "").isalnum():
        return f"{begin}{name}{end}"
    return exp.to_identifier(name, quoted=True).sql(dialect)


def relation_of(path: str, layout: str | None, production: str, shown: str) -> Relation | None:
    """Return the relation that the file at `path` (below the project's folder) makes; None where the layout skips it.

    Without a layout: folder = schema and file = table, or `schema.table.sql`; a file in no folder goes to the
    production schema. `shown` is the path for messages. Raises ProjectError for a name with too many dots.

    >>> relation_of("staging/orders.sql", None, "analytics", "")
    Relation(schema='staging', name='orders')
    >>> relation_of("orders.sql", None, "analytics", "")
    Relation(schema='analytics', name='orders')
    >>> relation_of("x/raw/orders/query.sql", "x/{schema}/{table}/query.sql", "analytics", "")
    Relation(schema='raw', name='orders')
    """
    if layout is not None:
        found = re.fullmatch(_pattern(layout), path)
        if found is None:
            return None
        groups = found.groupdict()
        return Relation(fold(groups.get("schema") or production), fold(groups["table"]))
    place = PurePosixPath(path)
    parts = place.stem.split(".")
    if len(parts) > 2 or not all(parts):  # noqa: PLR2004 -- schema.table
        raise ProjectError(
            f"The file name {place.name!r} is not of the form table.sql or schema.table.sql.",
            where=Where(shown),
            hint="Rename it, or describe your paths with project.layout.",
        )
    if len(parts) == 1:
        parts = [place.parent.name or production, parts[0]]
    return Relation(fold(parts[0]), fold(parts[1]))


def _pattern(layout: str) -> str:
    pieces = re.split(r"\{(\w+)\}", layout)
    return "".join(
        re.escape(piece) if index % 2 == 0 else f"(?P<{piece}>[^/]+?)" if piece in {"schema", "table"} else "[^/]+?"
        for index, piece in enumerate(pieces)
    )
