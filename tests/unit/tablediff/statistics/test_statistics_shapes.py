"""The most frequent shapes of texts, of each side its own."""

import polars as pl
import pytest

from datacanary.model.basic import Pair
from datacanary.model.statistics import ValueCount
from datacanary.tablediff.statistics import shapes as looked_at
from datacanary.tablediff.statistics.shapes import MOST, shapes, shapes_of_both


def test_ties_are_in_the_order_of_text_and_the_first_are_kept() -> None:
    texts = pl.Series(["f", "ee!", "d?", "c.", "b,", "a;", "-", "f", None])
    assert shapes(texts) == (
        ValueCount("a", 2),
        *(ValueCount(shape, 1) for shape in sorted(("-", "a,", "a.", "a;", "a?", "aa!"))[: MOST - 1]),
    )


def test_each_side_has_its_own() -> None:
    found = shapes_of_both(Pair(pl.Series(["n/a", "12"]), pl.Series(["n/a", "x"])))
    assert found == Pair(
        (ValueCount("99", 1), ValueCount("a/a", 1)),
        (ValueCount("a", 1), ValueCount("a/a", 1)),
    )


def test_sides_that_are_the_same_are_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def look(texts: pl.Series) -> tuple[ValueCount, ...]:
        seen.append(texts.len())
        return ()

    monkeypatch.setattr(looked_at, "shapes", look)
    shapes_of_both(Pair(pl.Series(["a", None]), pl.Series(["a", None])))
    assert seen == [2]


def test_a_side_without_the_column_or_without_texts_has_none() -> None:
    assert shapes_of_both(Pair(None, pl.Series(["a"]))) == Pair((), (ValueCount("a", 1),))
    assert shapes_of_both(Pair(pl.Series([1]), None)) == Pair((), ())
