"""Proof that no key of a table occurs twice, without sorting it: for tables that lie about in the order of the key."""

from __future__ import annotations

from itertools import pairwise

from datacanary.model.basic import Pair
from datacanary.warehouse.postgres.prune.asking import Row, rows_of, together, without_sorting
from datacanary.warehouse.postgres.prune.hash import Hashed
from datacanary.warehouse.postgres.session import Connection

ALL_PAGES = "ctid >= '(0,0)'::tid"
_PAGES = "SELECT pg_catalog.pg_relation_size({oid}) / pg_catalog.current_setting('block_size')::bigint"
_FIRST = 64  # pages tell what the others are like
_BITS = 64
_GROUPS = 40_000  # take the memory that a server has for grouping by default
_DENSE = 8  # rows or more share a group, or it does not pay
_WHOLE = frozenset({"integer", "bigint"})


def growing(table: str, key: tuple[Hashed, ...], pages: str = ALL_PAGES) -> str:
    """Ask for a row with a NULL in its key, or whose key is not greater than that before it, as they lie there.

    Other scans may begin where one that runs has come to; one of `pages` does not.
    """
    places = range(len(key))
    now, before = (", ".join(f"{name}{place}" for place in places) for name in "kb")
    keys = ", ".join(f"{one.compared} AS k{place}" for place, one in enumerate(key))
    lagging = ", ".join(f"lag(k{place}) OVER () AS b{place}" for place in places)
    null = " OR ".join(f"k{place} IS NULL" for place in places)
    # Before the first row there is nothing; a NULL before any other is found in its own row.
    return (
        f"SELECT 1 FROM (SELECT {now}, {lagging} "  # noqa: S608 -- quoted
        f"FROM (SELECT {keys} FROM {table} WHERE {pages}) AS keys) AS looked "
        f"WHERE {null} OR (b0 IS NOT NULL AND NOT ({now}) > ({before})) LIMIT 1"
    )


def is_unique(connections: Pair[Connection], oid: int, table: str, key: tuple[Hashed, ...]) -> bool:
    """Prove that no key without NULL occurs twice; False if that is not so, or the table has another order.

    `table` is its name, quoted.
    """
    ((pages,),) = rows_of(connections.base, _PAGES.format(oid=oid))
    if rows_of(connections.base, growing(table, key, _between(0, _FIRST))):
        return False
    if len(key) == 1 and key[0].form in _WHOLE and (parts := _parts(connections.base, table, key[0], int(pages))):
        return _by_bits(connections, table, key[0], parts)
    return _is_growing(connections, table, key, int(pages))


def _is_growing(connections: Pair[Connection], table: str, key: tuple[Hashed, ...], pages: int) -> bool:
    """Prove that each key is greater than that before it: of each half of the pages by itself.

    The last page of the first half is looked at with the second half, too. If it has a row, that joins them.
    """
    joint = pages // 2 - 1
    shared = f"SELECT 1 FROM {table} WHERE {_between(joint, joint + 1)} LIMIT 1"  # noqa: S608 -- quoted
    if joint < 0 or not rows_of(connections.base, shared):
        return not rows_of(connections.base, growing(table, key))
    halves = Pair(growing(table, key, _between(0, joint + 1)), growing(table, key, _from(joint)))
    return not any(together(connections, halves))


def _parts(connection: Connection, table: str, key: Hashed, pages: int) -> list[str]:
    """Divide the pages so that the whole numbers of each part take few groups; none if they lie too far apart."""
    name = key.name
    reach = f"count(*), max({name})::numeric - min({name})"
    ((rows, spread),) = rows_of(connection, f"SELECT {reach} FROM {table} WHERE {_between(0, _FIRST)}")  # noqa: S608 -- quoted
    groups = int(spread or 0) // _BITS + 1
    if not rows or groups * _DENSE > int(rows):
        return []
    wanted = 2 * -(-groups * pages // (2 * _GROUPS * min(_FIRST, pages)))
    ends = [pages * one // wanted for one in range(wanted)]
    return [*map(_between, ends, ends[1:]), _from(ends[-1])]


def _by_bits(connections: Pair[Connection], table: str, key: Hashed, parts: list[str]) -> bool:
    """Set a bit for each number, 64 of them in a group: of a number that occurs twice there are fewer bits than rows.

    No number is in two parts if the groups of each end before those of the next begin, but for one without common bits.
    """
    half = len(parts) // 2
    found: list[Row] = []
    with without_sorting(connections):
        for pair in zip(parts[:half], parts[half:], strict=True):
            asked = together(connections, Pair(*(_bits(table, key, pages) for pages in pair)))
            found += [*asked.base, *asked.head]
            if any(row[2] for row in found):
                return False
    reaches = sorted((tuple(row[0]), tuple(row[1])) for row in found if row[0] is not None)
    return all(_lie_apart(one[1], after[0]) for one, after in pairwise(reaches))


def _lie_apart(last: tuple[int, int], first: tuple[int, int]) -> bool:
    """Tell whether the last group of a part, and its bits, have no number of the first one of the next."""
    return last[0] < first[0] or (last[0] == first[0] and not last[1] & first[1])


def _bits(table: str, key: Hashed, pages: str) -> str:
    number = f"{key.name}::bigint"
    bits = f"bit_or(1::bigint << ({number} & {_BITS - 1})::integer)"
    grouped = f"SELECT {number} >> {_BITS.bit_length() - 1} AS place, {bits} AS bits, count(*) AS rows"
    return (
        "SELECT min(ARRAY[place, bits]), max(ARRAY[place, bits]), bool_or(rows <> bit_count(bits::bit(64))) "  # noqa: S608 -- quoted
        f"FROM ({grouped} FROM {table} WHERE {pages} GROUP BY 1) AS grouped"
    )


def _between(first: int, end: int) -> str:
    return f"{_from(first)} AND ctid < '({end},0)'::tid"


def _from(page: int) -> str:
    return f"ctid >= '({page},0)'::tid"
