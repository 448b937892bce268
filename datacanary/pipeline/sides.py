"""What a user names as one side of a comparison: a frame, files, or a table or query of a warehouse."""

from __future__ import annotations

import os
import re
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from datacanary.errors import DataError, UsageError, Where
from datacanary.model.basic import Pair, Physical, Relation
from datacanary.model.location import filled_in
from datacanary.model.tablediff import DiffOptions
from datacanary.protocols.tables import Query
from datacanary.protocols.workspace import Workspace
from datacanary.tablediff.compare import Difference, compare
from datacanary.tablediff.inputs import TableLike, table_of
from datacanary.tablediff.means import Means
from datacanary.tablediff.table import Table

_QUERY = re.compile(r"\s*((select|with)\s|\()", re.IGNORECASE)
_URL = re.compile(r"(?P<url>[a-z][a-z0-9+.-]*://[^#]*)(?:#(?P<relation>.*))?", re.DOTALL)


def difference_of(sides: Pair[TableLike], options: DiffOptions, means: Means) -> Difference:
    """Compare two sides; relative paths and URLs are relative to the current folder.

    Raises DataError, UsageError or WarehouseError.
    """
    with ExitStack() as held:
        tables = sides.map(lambda side: _opened(side, means, held))
        return compare(tables, replace(options, name=options.name or name_of(sides.head)), means)


def _opened(side: TableLike, means: Means, held: ExitStack) -> Table:
    """Open one side; a warehouse stays open until `held` ends."""
    found = _URL.fullmatch(str(side)) if isinstance(side, str | Path) else None
    if found is None:
        return table_of(side, means.scratch, means.memory)
    if not found["relation"]:
        raise UsageError(
            f"{shown(side)} names a warehouse, but no table.",
            hint="Put it behind a #: duckdb:///path/to/file.duckdb#schema.table, postgresql://host/database#schema.table",
        )
    # Who compares frames or files need not wait until the drivers of warehouses are imported.
    from datacanary.pipeline.access import Access  # noqa: PLC0415
    from datacanary.pipeline.relations import table_of_lent  # noqa: PLC0415
    from datacanary.warehouse.connect import connect  # noqa: PLC0415

    # Single quotes keep a shell from putting variables in, which would have to be escaped besides.
    url = filled_in(found["url"], os.environ, Where(shown(side)))
    warehouse = connect(url, Path.cwd())
    access = Access(warehouse, means.scratch, means.memory)
    held.enter_context(access.held())
    with access.lend() as workspace:
        relation = _relation(workspace, found["relation"], warehouse.shown)
    return table_of_lent(access.lend, relation, means.scratch, means.memory, access.unchanged)


def _relation(workspace: Workspace, written: str, place: str) -> Physical | Query:
    """Find the table, or understand the query, that stands behind a URL."""
    if _QUERY.match(written):
        return workspace.query(written)
    schema, _, table = written.rpartition(".")
    found = workspace.locate(Relation(schema, table))
    if found is None:
        nearest = workspace.nearest(Relation(schema, table))
        raise DataError(
            f"There is no table {written}.",
            where=Where(place),
            hint=f"Did you mean {nearest}?" if nearest else "",
        )
    return workspace.production(found)


_SERVER = re.compile(r"postgres(?:ql)?://(?:[^@?]*@)?([\w.,:\[\]-]*(?:/[^?@:]*)?)(?:\?.*)?", re.IGNORECASE | re.DOTALL)


def shown(side: TableLike) -> str:
    """Name a side for people: a URL without who logs in, and that of a server without its options.

    >>> shown("postgresql://me:secret@host:5432/shop?sslmode=require#public.orders")
    'postgresql://host:5432/shop#public.orders'
    >>> shown("postgresql://me:p@ss#word@host/shop#public.orders")
    'postgresql://…'
    """
    if not isinstance(side, str | Path):
        return f"a {type(side).__name__}"
    url, mark, relation = str(side).partition("#")
    scheme, separator, _ = url.partition("://")
    if not separator or scheme.lower() not in {"postgresql", "postgres"}:
        return re.sub(r"(?<=://)[^/@]*@", "", str(side))
    found = _SERVER.fullmatch(url)
    # Where a password was not escaped, it may be anywhere.
    plain = found is not None and "@" not in relation.partition(" ")[0]
    return f"{scheme}://{found[1]}{mark}{relation}" if found is not None and plain else f"{scheme}://…"


def name_of(side: TableLike) -> str:
    """Name a table after where it comes from.

    >>> name_of("data/orders/*.parquet"), name_of("duckdb:///w.duckdb#main.orders")
    ('orders', 'orders')
    """
    if not isinstance(side, str | Path):
        return "table"
    found = _URL.fullmatch(str(side))
    if found is not None and found["relation"]:
        return "query" if _QUERY.match(found["relation"]) else found["relation"].rpartition(".")[2]
    path = Path(str(side))
    if any(letter in path.name for letter in "*?["):
        path = path.parent
    return path.name.partition(".")[0] or "table"
