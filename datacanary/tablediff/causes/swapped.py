"""Two columns that hold each other's values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import polars as pl

from datacanary.model.cause import Cause
from datacanary.tablediff.causes.case import Case
from datacanary.tablediff.causes.chance import Odds
from datacanary.tablediff.causes.wording import Part, all_called
from datacanary.tablediff.meeting import is_plain
from datacanary.tablediff.samples import CHANGED, PLACES
from datacanary.tablediff.spread import spread_places
from datacanary.tablediff.views import rows_at

MOST = 0.9
"""So many of the rows in which either column changed must be crosswise equal."""
GLANCE = 2_048
LEAST_AT_A_GLANCE = 0.8
"""So many pairs of rows show whether two columns are worth a full look, if so many are crosswise equal."""
SHIFTS = 8
"""Rows are also compared with so many others, to learn how often cells are crosswise equal by chance."""


@dataclass(frozen=True, slots=True)
class Coded:
    """The cells of a column as numbers that are equal if the values are: of base, of head, and where they changed."""

    base: npt.NDArray[np.int64]
    head: npt.NDArray[np.int64]
    changed: npt.NDArray[np.bool_]


def swapped(case: Case, changed: pl.DataFrame | None) -> tuple[Cause, ...]:
    """Find pairs of columns of one type whose changed cells are crosswise equal; each column is in one pair at most.

    `changed` are the kept pairs of rows that differ.
    """
    if changed is None:
        return ()
    found: list[Cause] = []
    taken: set[str] = set()
    pairs = list(alike(case, changed))
    for pair in likely(changed, pairs):
        if not taken & set(pair) and (cause := proven(case, changed, pair, len(pairs))):
            found.append(cause)
            taken |= set(pair)
    return tuple(found)


def alike(case: Case, changed: pl.DataFrame) -> Iterator[tuple[str, str]]:
    """Give the pairs of columns that have the same types and nearly as many changed cells."""
    counts = {code: case.changes(code) for code in case.most_changed}
    schema = changed.schema
    types = {code: [schema[prefix + code] for prefix in PLACES.values()] for code in counts}
    for one, other in combinations(counts, 2):
        same = len({*types[one], *types[other]}) == 1 and is_plain(types[one][0]) and not types[one][0].is_nested()
        # The columns come with the most changed cells first.
        if same and counts[other] >= MOST * counts[one]:
            yield one, other


def likely(changed: pl.DataFrame, pairs: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Choose the pairs that are crosswise equal at a glance."""
    glance = rows_at(changed, pl.Series(spread_places(changed.height, GLANCE))) if pairs else changed
    schema = changed.schema
    by_type: dict[pl.DataType, dict[str, None]] = {}
    for pair in pairs:
        by_type.setdefault(schema[PLACES["base"] + pair[0]], {}).update(dict.fromkeys(pair))
    coded = {code: cells for codes in by_type.values() for code, cells in coded_cells(glance, list(codes)).items()}
    for one, other in pairs:
        either = coded[one].changed | coded[other].changed
        if either.any() and crossed(coded[one], coded[other])[either].mean() >= LEAST_AT_A_GLANCE:
            yield one, other


def coded_cells(changed: pl.DataFrame, codes: Sequence[str]) -> Mapping[str, Coded]:
    """Give each value of some columns of one type a number, the same in all of them; 0 is NULL."""
    places = [prefix + code for code in codes for prefix in PLACES.values()]
    values = pl.concat([plain(changed[place]) for place in places])
    numbers = values.rank("dense").fill_null(0).cast(pl.Int64).to_numpy().reshape(len(places), changed.height)
    return {
        code: Coded(numbers[2 * place], numbers[2 * place + 1], changed[CHANGED + code].to_numpy())
        for place, code in enumerate(codes)
    }


def plain(cells: pl.Series) -> pl.Series:
    """Give categories as text: their numbers need not be the same in two columns."""
    text = isinstance(cells.dtype, pl.Categorical | pl.Enum)
    return (cells.cast(pl.String) if text else cells).alias("")


def crossed(one: Coded, other: Coded, shift: int = 0) -> npt.NDArray[np.bool_]:
    """Tell where both columns of head hold what the other had, in base `shift` rows before."""
    first, second = (np.roll(side.base, shift) if shift else side.base for side in (one, other))
    return np.equal(one.head, second) & np.equal(other.head, first)


def proven(case: Case, changed: pl.DataFrame, pair: tuple[str, str], tries: int) -> Cause | None:
    """Say that two columns are swapped, if they are and it is no chance."""
    cells = coded_cells(changed, pair)
    either = cells[pair[0]].changed | cells[pair[1]].changed
    one, other = (Coded(side.base[either], side.head[either], side.changed[either]) for side in cells.values())
    seen = int(either.sum())
    hits = int(crossed(one, other).sum())
    shifts = {max(1, seen * turn // (SHIFTS + 1)) for turn in range(1, SHIFTS + 1)}
    chance = max(float(np.mean([crossed(one, other, shift).mean() for shift in shifts])), 1 / (seen * len(shifts)))
    if hits < MOST * seen or not Odds(hits, seen, chance, tries).surprising:
        return None
    part = Part(hits, seen, seen if case.changed.complete else max(seen, *map(case.changes, pair)))
    names = tuple(case.names[code] for code in pair)
    return Cause(
        kind="swapped",
        about="changed",
        columns=names,
        count=part.count,
        of=part.of,
        message=f"{all_called(names)} are swapped in {part.told('rows where they changed')}",
        estimated=part.estimated,
    )
