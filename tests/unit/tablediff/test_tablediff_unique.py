"""Uniqueness and repeats, against a dict of tuples, whatever the hash, the memory and the batches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from unittest.mock import patch

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.io.plugins import register_io_source
from tablediff_kinds import FAMILIES, NOTHING, Kind, Meaning, integers

from datacanary.tablediff import hashpile
from datacanary.tablediff.detach import detached
from datacanary.tablediff.hashing import Hashing
from datacanary.tablediff.hashpile import LEAST_ROOM, Hashes, Pile, piles
from datacanary.tablediff.unique import COUNT, is_unique, repeats

examples = settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])

TEN = integers(pl.Int64(), *range(3, 40))
KINDS = [TEN, TEN, NOTHING, *chain.from_iterable(FAMILIES.values())]
ENOUGH = 1 << 20


@dataclass(frozen=True)
class Drawn:
    """Rows of a few columns, and what each stands for."""

    frame: pl.LazyFrame
    codes: list[str]
    meanings: list[tuple[Meaning, ...]]

    def counts(self) -> dict[tuple[Meaning, ...], int]:
        """Say how often each value occurs that does so more than once, in order of appearance."""
        return {value: count for value, count in Counter(self.meanings).items() if count > 1}


@st.composite
def drawn_rows(draw: st.DrawFn, kinds: Sequence[Kind] = tuple(KINDS)) -> Drawn:
    """Draw rows that are in order for a while, or not at all, with few or many repeats."""
    chosen = draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=3))
    places = [st.integers(-1, len(kind.values) - 1) for kind in chosen]
    pool = draw(st.lists(st.tuples(*places), min_size=1, max_size=30, unique=True))
    rows = draw(st.one_of(st.just(pool), st.lists(st.sampled_from(pool), max_size=30)))
    ordered = draw(st.integers(0, len(rows)))
    rows = [*sorted(rows[:ordered], reverse=draw(st.booleans())), *rows[ordered:]]
    columns = {
        f"c{number}": kind.build([None if row[number] < 0 else kind.values[row[number]] for row in rows])
        for number, kind in enumerate(chosen)
    }
    meanings = [
        tuple(None if place < 0 else kind.meaning(kind.values[place]) for kind, place in zip(chosen, row, strict=True))
        for row in rows
    ]
    return Drawn(pl.DataFrame(columns).lazy(), list(columns), meanings)


HASHINGS = st.sampled_from([Hashing(3), Hashing(4, bits=2), Hashing(5, bits=1)])
MEMORIES = st.sampled_from([0, 40, 100, ENOUGH])
BATCHES = st.sampled_from([1, 2, 7, 1_000])


@examples
@given(drawn_rows(), HASHINGS, MEMORIES, BATCHES)
def test_uniqueness_is_that_of_the_values(drawn: Drawn, hashing: Hashing, memory: int, batch: int) -> None:
    unique = not drawn.counts()
    with patch.object(hashpile, "FIRST_ROOM", 5):
        assert is_unique(drawn.frame, drawn.codes, memory, hashing=hashing, batch=batch) == unique


@examples
@given(drawn_rows(), HASHINGS, MEMORIES, BATCHES)
def test_repeats_are_those_of_the_values(drawn: Drawn, hashing: Hashing, memory: int, batch: int) -> None:
    with patch.object(hashpile, "FIRST_ROOM", 5):
        found = repeats(drawn.frame, drawn.codes, memory, hashing=hashing, batch=batch)
    assert found.columns == [*drawn.codes, COUNT]
    assert found[COUNT].to_list() == list(drawn.counts().values())
    first = [drawn.meanings.index(value) for value in drawn.counts()]
    values = drawn.frame.collect()[first]
    for code in drawn.codes:
        assert not found[code].ne_missing(values[code]).any()


def test_equal_means_what_it_means_everywhere() -> None:
    nan = float("nan")
    floats = pl.LazyFrame({"c0": [nan, 0.0, None, -0.0, nan, None, 1.0]})
    assert repeats(floats, ["c0"], ENOUGH)[COUNT].to_list() == [2, 2, 2]
    assert is_unique(pl.LazyFrame({"c0": [nan, None, 0.0, 1.0]}), ["c0"], ENOUGH)
    assert is_unique(pl.LazyFrame({"c0": ["a", "ab"], "c1": ["bc", "c"]}), ["c0", "c1"], ENOUGH)
    assert not is_unique(pl.LazyFrame({"c0": [None, 1, None]}), ["c0"], ENOUGH)


@examples
@given(st.lists(st.lists(st.integers(0, 12), max_size=9)), st.integers(0, 12), st.integers(1, 9))
def test_a_pile_never_outgrows_its_room_and_misses_nothing(parts: list[list[int]], most: int, first: int) -> None:
    given_hashes = [hashes(part) for part in parts]
    every = Counter(chain.from_iterable(part.tolist() for part in given_hashes))
    found: list[int] = []
    with patch.object(hashpile, "FIRST_ROOM", first):
        for pile in piles(repeat(given_hashes), most):
            repeated = pile.repeated().tolist()
            assert pile.room.size <= max(most, LEAST_ROOM)
            assert all(every[value] > 1 for value in repeated)
            found += repeated if pile.complete else []
    assert sorted(found) == sorted(value for value, count in every.items() if count > 1)


def hashes(values: list[int]) -> Hashes:
    """Spread values from the lowest hash to the highest."""
    return np.array([value * (hashpile.HIGHEST // 12) for value in values], np.uint64)


def test_many_equal_hashes_are_moved_in_order() -> None:
    pile = Pile(0, 10)
    pile.room = np.repeat(np.arange(100_000, dtype=np.uint64), 3)
    pile.used = pile.room.size
    pile.sort()
    assert pile.room[: pile.used].tolist() == np.repeat(np.arange(100_000), 2).tolist()


class Source:
    """A frame that can be scanned again and again, and remembers how often it was, and how many rows were read."""

    def __init__(self, parts: Callable[[], Iterator[pl.DataFrame]]) -> None:
        self.parts = parts
        self.scans = 0
        self.rows = 0
        self.frame = register_io_source(self.read, schema=next(parts()).schema, is_pure=True)

    def read(
        self, with_columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, batch_size: int | None
    ) -> Iterator[pl.DataFrame]:
        """Give the rows; the engine may ask for the first ones only."""
        del batch_size
        self.scans += 1
        for part in self.parts():
            given = part if n_rows is None else part.head(n_rows)
            n_rows = None if n_rows is None else n_rows - given.height
            if given.height == 0:
                return
            self.rows += given.height
            chosen = given if with_columns is None else given.select(with_columns)
            yield chosen if predicate is None else chosen.filter(predicate)


def counting(parts: int, step: int = 1) -> Iterator[pl.DataFrame]:
    for part in range(parts):
        yield pl.DataFrame({"c0": pl.int_range(part * 1_000, (part + 1) * 1_000, eager=True) * step})


@pytest.mark.parametrize("step", [1, -1])
def test_values_in_order_are_read_once_and_none_is_kept(step: int) -> None:
    source = Source(lambda: counting(5, step))
    with patch("datacanary.tablediff.unique.piles", side_effect=AssertionError):
        assert is_unique(source.frame, ["c0"], ENOUGH, batch=700)
        assert repeats(source.frame, ["c0"], ENOUGH, batch=700).height == 0
    assert source.scans == 2


def test_without_order_all_is_read_once_and_what_was_in_order_again() -> None:
    source = Source(lambda: chain(counting(5), [pl.DataFrame({"c0": [-1]})]))
    assert is_unique(source.frame, ["c0"], ENOUGH, batch=1_000)
    assert (source.scans, source.rows) == (2, 5_001 + 5_000)


def test_little_memory_takes_more_passes() -> None:
    source = Source(lambda: chain(counting(5), [pl.DataFrame({"c0": [-1]})]))
    assert is_unique(source.frame, ["c0"], 8 * 1_000, batch=1_000)
    assert source.scans > 5


def test_a_value_that_repeats_soon_is_known_soon() -> None:
    source = Source(lambda: chain([pl.DataFrame({"c0": [5, 3, 5]})], counting(10_000)))
    assert not is_unique(source.frame, ["c0"], ENOUGH, batch=1_000)
    assert source.rows < 5_000_000


def test_a_full_pile_is_looked_through_before_more_is_read() -> None:
    source = Source(lambda: chain([pl.DataFrame({"c0": [9_500, -3]})], counting(1_000)))
    with patch.object(hashpile, "FIRST_ROOM", 20_000):
        assert not is_unique(source.frame, ["c0"], ENOUGH, batch=1_000)
    assert source.scans < 4
    assert source.rows < 2 * 1_000_000


@pytest.mark.parametrize("last", [5_000, -1])
def test_a_look_is_given_every_row_once(last: int) -> None:
    frame = pl.concat([*counting(5), pl.DataFrame({"c0": [last]})]).lazy()
    seen: list[int] = []
    assert is_unique(frame, ["c0"], 8_000, look=lambda batch: seen.extend(batch["c0"]), batch=1_000)
    assert seen == [*range(5_000), last]


def test_what_a_look_raises_ends_the_proof() -> None:
    def look(batch: pl.DataFrame) -> None:
        raise KeyError(batch.height)

    with pytest.raises(KeyError):
        is_unique(pl.LazyFrame({"c0": [1]}), ["c0"], ENOUGH, look=look)


def test_a_detached_row_lets_go_of_the_others() -> None:
    text = pl.DataFrame({"c0": [f"a text of some length, {number}" for number in range(10_000)]})
    few = text[[3, 5_000]]
    assert bytes_held(few) > 100_000
    assert detached(few).equals(few)
    assert bytes_held(detached(few)) < 1_000


def bytes_held(frame: pl.DataFrame) -> int:
    """Count the bytes of all buffers that the first column refers to."""
    array = frame.to_arrow(compat_level=pl.CompatLevel.newest())["c0"].chunk(0)
    return sum(buffer.size for buffer in array.buffers() if buffer is not None)
