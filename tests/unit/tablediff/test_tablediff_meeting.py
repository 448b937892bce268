"""Every value of every type against every value of every type that it can be compared with."""

from __future__ import annotations

from itertools import product

import polars as pl
import pytest
from tablediff_kinds import FAMILIES, NOTHING, Kind

from datacanary.model.basic import Pair
from datacanary.tablediff.meeting import IncomparableError, meet


def pairs_of(family: str) -> list[Pair[Kind]]:
    return [Pair(base, head) for base, head in product((*FAMILIES[family], NOTHING), repeat=2)]


def values_of(kind: Kind) -> list[object]:
    return [None, *kind.values]


def written(kinds: Pair[Kind]) -> Pair[pl.Series]:
    """Write all values of both kinds in their common form."""
    given = kinds.map(lambda kind: kind.build(values_of(kind)))
    writers = meet(given.base.dtype, given.head.dtype)
    return Pair(
        given.base.to_frame("v").select(writers.base(pl.col("v"))).to_series(),
        given.head.to_frame("v").select(writers.head(pl.col("v"))).to_series(),
    )


@pytest.mark.parametrize("family", FAMILIES)
def test_values_are_equal_if_they_mean_the_same(family: str) -> None:
    for kinds in pairs_of(family):
        forms = written(kinds)
        assert forms.base.dtype == forms.head.dtype
        places = list(product(range(forms.base.len()), range(forms.head.len())))
        base = forms.base.gather([place for place, _ in places])
        equal = base.eq_missing(forms.head.gather([place for _, place in places]))
        meanings = kinds.map(lambda kind: [None if cell is None else kind.meaning(cell) for cell in values_of(kind)])
        assert equal.to_list() == [meanings.base[one] == meanings.head[other] for one, other in places], kinds


@pytest.mark.parametrize("family", FAMILIES)
def test_values_group_hash_and_join_as_they_compare(family: str) -> None:
    for kinds in pairs_of(family):
        both = pl.concat([form.to_frame("v") for form in written(kinds)])
        different = {None if cell is None else kind.meaning(cell) for kind in kinds for cell in values_of(kind)}
        assert both.n_unique() == both.with_columns(one=1).n_unique() == len(different), kinds
        assert both.hash_rows().n_unique() == len(different), kinds
        assert both.join(both.unique(), on="v", nulls_equal=True).height == both.height, kinds


def test_types_of_different_families_do_not_compare() -> None:
    for (one, base), (other, head) in product(FAMILIES.items(), repeat=2):
        # Times without a zone are a family of their own, empty lists are not.
        if one == other or (one.startswith("lists") and other.startswith("lists")):
            continue
        with pytest.raises(IncomparableError):
            meet(base[0].build([]).dtype, head[-1].build([]).dtype)
