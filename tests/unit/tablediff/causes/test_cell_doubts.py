"""Explanations that suggest themselves and are wrong are not given; those that look odd and are right, are."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from cell_columns import LAWS, cells_of

from datacanary.model.cause import CauseKind
from datacanary.tablediff.causes.cells import Claim, cell_claims

ROWS = 2_000


def explained(column: pl.Series, head: pl.Series, places: pl.Series | None = None) -> tuple[Claim, ...]:
    """Explain new cells at some places of a column, or at all."""
    return cell_claims(cells_of(column, pl.int_range(column.len(), eager=True) if places is None else places, head))


def kinds(column: pl.Series, head: pl.Series) -> set[CauseKind]:
    return {claim.kind for claim in explained(column, head)}


def best(column: pl.Series, head: pl.Series) -> str:
    return explained(column, head)[0].message


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(11)


def test_another_meaning_is_not_another_unit(random: np.random.Generator) -> None:
    """A score from 0 to 1000 gives way to a yes or no; most are what the score / 1000 rounds to."""
    score = pl.Series(random.integers(1, 1_000, ROWS))
    head = pl.Series(
        np.where(random.random(ROWS) < 0.85, score.to_numpy() >= 500, score.to_numpy() < 500).astype(np.int64)
    )
    assert "ratio" not in kinds(score, head)


def test_one_value_that_became_another_is_no_unit(random: np.random.Generator) -> None:
    column = pl.Series(random.integers(0, 10**6, 500).tolist() + [5] * 1_500)
    head = pl.Series(column.head(500).to_list() + [21] * 1_500)
    assert [claim.message for claim in explained(column, head)] == ["went from 5 to 21"]


def test_what_all_became_zero_was_not_divided(random: np.random.Generator) -> None:
    assert best(pl.Series(random.integers(1, 400, ROWS)), pl.Series([0] * ROWS)) == "became 0"


def test_what_is_only_rounded_is_not_multiplied_by_nearly_one(random: np.random.Generator) -> None:
    amounts = pl.Series(np.round(random.lognormal(8, 0.5, ROWS), 2))
    assert kinds(amounts, amounts.floor()) == {"rounding"}


@pytest.mark.parametrize("factor", [2, 100, 1.19])
def test_base_may_have_been_rounded_before(random: np.random.Generator, factor: float) -> None:
    amounts = random.lognormal(5, 1, ROWS)
    base, head = (pl.Series(np.round(one, 2)).cast(pl.Decimal(14, 2)) for one in (amounts, amounts * factor))
    claim = explained(base, head)[0]
    assert claim.message.startswith(f"are base x {factor}")
    assert claim.share > 0.99


def test_years_that_moved_by_one_were_not_multiplied(random: np.random.Generator) -> None:
    years = LAWS["years"].draw(random, ROWS)
    assert best(years, years + 1) == "are base + 1"


def test_small_moves_within_a_step_were_not_rounded_away(random: np.random.Generator) -> None:
    whole = pl.Series(random.integers(0, 1_000, ROWS).astype(float))
    moved = whole + pl.Series(random.integers(1, 10, ROWS) / 100)
    assert kinds(whole, moved) == set()


def test_base_had_fewer_digits(random: np.random.Generator) -> None:
    amounts = LAWS["money"].draw(random, ROWS)
    euros = amounts.cast(pl.Float64).round(0).cast(pl.Int64)
    assert best(euros, amounts) == "have more digits: base was rounded to whole numbers"
    assert best(amounts.cast(pl.Float64).floor(), amounts.cast(pl.Float64)).endswith("base was cut to whole numbers")


def test_that_base_had_no_time_of_day_shows_among_other_changes(random: np.random.Generator) -> None:
    moments = LAWS["seconds"].draw(random, ROWS)
    for count, expected in ((40, set()), (ROWS, {"truncation"})):
        days = moments.dt.truncate("1d").head(count)
        others = pl.Series(random.random(count) < 0.3)
        head = days.gather(random.integers(0, count, count)).zip_with(others, moments.head(count))
        assert kinds(days, head) == expected


def test_base_had_no_time_of_day(random: np.random.Generator) -> None:
    moments = LAWS["seconds"].draw(random, ROWS)
    assert best(moments.dt.truncate("1d"), moments) == "are finer: base was cut to the day"
    assert best(moments.dt.date(), moments) == "are finer: base was cut to the day"
    assert best(moments.dt.truncate("1h"), moments) == "are finer: base was cut to the hour"


def test_base_was_cut(random: np.random.Generator) -> None:
    texts = LAWS["sentences"].draw(random, ROWS)
    cut = texts.str.head(25)
    assert cut.str.len_chars().n_unique() > 3
    assert best(cut, texts) == "are longer: base was cut after 25 characters"


def test_codes_that_got_a_suffix_had_not_been_cut(random: np.random.Generator) -> None:
    codes = LAWS["codes"].draw(random, ROWS)
    suffix = pl.Series(random.integers(1, 10**6, ROWS)).cast(pl.String)
    assert "truncation" not in kinds(codes, codes + "-" + suffix)


def test_white_space_that_is_gone_was_not_cut_off() -> None:
    codes = pl.Series([f"{n:06}  " for n in range(ROWS)])
    assert kinds(codes, codes.str.strip_chars()) == {"trimming"}


def test_times_of_one_season_are_of_no_named_zone(random: np.random.Generator) -> None:
    summer = pl.Series(random.integers(1_655_000_000, 1_660_000_000, ROWS) * 10**6).cast(pl.Datetime("us"))
    later = summer.dt.offset_by("1h")
    assert best(summer, later) == "are 1 h later, as in a zone of +01:00 instead of UTC"


def test_times_that_changed_in_summer_alone_are_of_a_named_zone(random: np.random.Generator) -> None:
    moments = LAWS["seconds"].draw(random, ROWS)
    local = moments.dt.replace_time_zone("UTC").dt.convert_time_zone("Europe/London").dt.replace_time_zone(None)
    assert best(moments, local) == "are in the time of Europe/London instead of UTC"


def test_times_at_any_hour_are_of_no_zone(random: np.random.Generator) -> None:
    moments = LAWS["quarters"].draw(random, ROWS)
    moved = moments.to_physical() + pl.Series(random.integers(1, 40, ROWS) * 900 * 10**6)
    assert kinds(moments, moved.cast(pl.Datetime("us"))) == set()


def test_instants_are_cut_at_the_midnight_of_their_zone(random: np.random.Generator) -> None:
    instants = LAWS["seconds"].draw(random, ROWS).dt.replace_time_zone("UTC").dt.convert_time_zone("Asia/Tokyo")
    assert best(instants, instants.dt.truncate("1d")) == "are base cut to the day"


def test_no_float_is_near_the_end_of_its_range_by_rule() -> None:
    huge = pl.Series([1e300, -1e308, 5e-324, 1.0] * 50)
    assert kinds(huge, pl.Series([5e-324, 1e300, 7.0, -1e308] * 50)) == set()
    assert kinds(pl.Series([2.0**63]), pl.Series([5e-324])) == set()


@pytest.mark.parametrize("factor", [10, 1_000])
def test_decimals_beyond_64_bits_are_reckoned_with_as_floats(random: np.random.Generator, factor: int) -> None:
    wide = pl.Series([f"{n}.{n % 10**9:010}" for n in random.integers(10**16, 10**17, ROWS)]).cast(pl.Decimal(38, 10))
    assert best(wide, wide * factor) == f"are base x {factor:,}: another unit?"
    assert best(wide, -wide) == "are base with a minus"


def test_a_value_that_is_frequent_anyway_is_no_multiple() -> None:
    column = pl.Series([math.pi, 100 * math.pi] * 2_000)
    assert explained(column, pl.Series([100 * math.pi]), pl.Series([0])) == ()


def test_a_null_that_became_the_only_other_value_proves_nothing() -> None:
    column = pl.Series([None, 0.0] * 2_000)
    assert explained(column, pl.Series([0.0]), pl.Series([0])) == ()


@pytest.mark.parametrize("law", ["dates", "years", "seconds"])
def test_three_cells_that_moved_by_one_step_prove_nothing(random: np.random.Generator, law: str) -> None:
    column = LAWS[law].draw(random, ROWS)
    step = {"dates": 1, "years": 1, "seconds": 10**6}[law]
    moved = (column.head(3).to_physical() + step).cast(column.dtype)
    assert explained(column, moved, pl.Series([0, 1, 2])) == ()


def test_null_is_not_a_number_that_was_rounded_or_negated(random: np.random.Generator) -> None:
    column = LAWS["money or NULL"].draw(random, ROWS)
    places = column.is_null().arg_true()
    claims = explained(column, pl.Series([0] * places.len(), dtype=column.dtype), places)
    assert {claim.kind for claim in claims} == {"nulls", "constant"}


def test_integers_of_different_widths_meet(random: np.random.Generator) -> None:
    small = pl.Series(random.integers(1, 120, ROWS)).cast(pl.Int8)
    assert best(small, (small.cast(pl.Int64) * 1_000).cast(pl.Int128)) == "are base x 1,000: another unit?"
    assert best(small, small.cast(pl.Decimal(10, 2)) / 100) == "are base / 100: another unit?"
    wide = pl.Series(random.integers(2**62, 2**63, ROWS, dtype=np.uint64))
    assert best(wide, wide.cast(pl.Float64) / 1_000) == "are base / 1,000: another unit?"


def test_a_single_padded_text_is_enough_to_tell(random: np.random.Generator) -> None:
    names = LAWS["names"].draw(random, ROWS)
    (claim,) = explained(names, names.gather([7]) + " ", pl.Series([7]))
    assert (claim.kind, claim.message) == ("trimming", "are base with white space at its end")
