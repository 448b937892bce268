"""Drawing pairs of tables, and what a slow plain-Python comparison makes of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl
from hypothesis import strategies as st
from tablediff_kinds import FAMILIES, NOTHING, Kind, Meaning

from datacanary.model.basic import Pair
from datacanary.tablediff.table import Table

NUMBER = "row number"
"""An ignored column that tells rows apart when they come back."""
MISSING = object()


@dataclass(frozen=True)
class Drawn:
    """Two tables cell by cell: rows of Python values, None for NULL."""

    kinds: Mapping[str, Pair[Kind]]
    rows: Pair[list[list[object]]]

    def tables(self) -> Pair[Table]:
        """Build the tables, with the number of each row."""
        names = list(self.kinds)

        def frame(kinds: Sequence[Kind], rows: list[list[object]]) -> pl.DataFrame:
            columns = {
                name: kind.build([row[place] for row in rows])
                for place, (name, kind) in enumerate(zip(names, kinds, strict=True))
            }
            return pl.DataFrame({NUMBER: pl.Series(range(len(rows)), dtype=pl.Int64), **columns})

        return Pair(
            Table.of(frame([kind.base for kind in self.kinds.values()], self.rows.base)),
            Table.of(frame([kind.head for kind in self.kinds.values()], self.rows.head)),
        )

    def meanings(self) -> Pair[list[dict[str, Meaning]]]:
        """Say what every cell stands for."""

        def side(kinds: Sequence[Kind], rows: list[list[object]]) -> list[dict[str, Meaning]]:
            return [
                {
                    name: None if cell is None else kind.meaning(cell)
                    for name, kind, cell in zip(self.kinds, kinds, row, strict=True)
                }
                for row in rows
            ]

        return Pair(
            side([kind.base for kind in self.kinds.values()], self.rows.base),
            side([kind.head for kind in self.kinds.values()], self.rows.head),
        )


NAMES = ("id", "^.*$", "^a$", "*", "", 'a"b.c d', "row", "literal", "c0")


@st.composite
def drawn_tables(draw: st.DrawFn, *, families: Sequence[str] = tuple(FAMILIES), most_rows: int = 7) -> Drawn:
    """Draw two tables of the same columns, of kinds that can be compared, with many equal rows."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True))
    kinds: dict[str, Pair[Kind]] = {}
    for name in names:
        family = FAMILIES[draw(st.sampled_from(families))]
        base = draw(st.sampled_from(family))
        # The same type on both sides is the common case, and takes its own way through the code.
        head = base if draw(st.booleans()) else draw(st.sampled_from((*family, NOTHING)))
        kinds[name] = draw(st.sampled_from((Pair(base, head), Pair(head, base))))
    base_rows = draw(rows_of([kind.base for kind in kinds.values()], most_rows))
    head_rows = draw(rows_of([kind.head for kind in kinds.values()], most_rows))
    for row in base_rows:
        copied = draw(st.sampled_from(("not", "whole", "in part")))
        twin = [counterpart(cell, kind) for cell, kind in zip(row, kinds.values(), strict=True)]
        if copied == "not" or any(cell is MISSING for cell in twin):
            continue
        if copied == "in part":
            place = draw(st.integers(0, len(names) - 1))
            twin[place] = draw(cells_of(kinds[names[place]].head))
        head_rows.insert(draw(st.integers(0, len(head_rows))), twin)
    return Drawn(kinds, Pair(base_rows, head_rows))


def cells_of(kind: Kind) -> st.SearchStrategy[object]:
    return st.sampled_from((None, *kind.values))


def rows_of(kinds: Sequence[Kind], most: int) -> st.SearchStrategy[list[list[object]]]:
    return st.lists(st.tuples(*map(cells_of, kinds)).map(list), max_size=most)


def counterpart(cell: object, kinds: Pair[Kind]) -> object:
    """Find the head value that means the same."""
    if cell is None:
        return None
    meaning = kinds.base.meaning(cell)
    return next((value for value in kinds.head.values if kinds.head.meaning(value) == meaning), MISSING)


@dataclass
class Expected:
    """What the comparison should find; rows by number, multisets of rows by meaning."""

    removed: Counter[tuple[Meaning, ...]]
    added: Counter[tuple[Meaning, ...]]
    pairs: set[tuple[int, int]]
    changed: dict[str, int]
    unchanged: int
    duplicates: Pair[int]
    nulls: Pair[int]


def whole(row: Mapping[str, Meaning]) -> tuple[Meaning, ...]:
    return tuple(row.values())


def expect_keyless(drawn: Drawn) -> Expected:
    """Cancel equal rows one by one."""
    base, head = (Counter(map(whole, side)) for side in drawn.meanings())
    return Expected(base - head, head - base, set(), {}, (base & head).total(), Pair(0, 0), Pair(0, 0))


def expect_keyed(drawn: Drawn, key: Sequence[str]) -> Expected:
    """Go through all key values, one after the other."""
    sides = drawn.meanings()
    places: Pair[dict[tuple[Meaning, ...], list[int]]] = Pair({}, {})
    for found, rows in zip(places, sides, strict=True):
        for place, row in enumerate(rows):
            found.setdefault(tuple(row[name] for name in key), []).append(place)
    result = Expected(
        Counter(),
        Counter(),
        set(),
        dict.fromkeys(drawn.kinds, 0),
        0,
        places.map(lambda found: sum(len(rows) > 1 for rows in found.values())),
        sides.map(lambda rows: sum(any(row[name] is None for name in key) for row in rows)),
    )
    for value in {**places.base, **places.head}:
        base = [sides.base[place] for place in places.base.get(value, [])]
        head = [sides.head[place] for place in places.head.get(value, [])]
        if len(base) == 1 and len(head) == 1:
            differing = [name for name in drawn.kinds if base[0][name] != head[0][name]]
            for name in differing:
                result.changed[name] += 1
            if differing:
                result.pairs.add((places.base[value][0], places.head[value][0]))
            else:
                result.unchanged += 1
        else:
            before, after = Counter(map(whole, base)), Counter(map(whole, head))
            result.removed += before - after
            result.added += after - before
            result.unchanged += (before & after).total()
    return result
