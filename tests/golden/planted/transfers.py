"""Transfers of a bank: what leaves an account is negative."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import polars as pl

from planted.chance import Chance, kept_where, money, times, where

ROWS = 8_000
KEY = ("transfer_id",)

KINDS = ("card", "sepa", "standing order", "direct debit", "cash", "fee")
PAYEES = ("Stadtwerke München", "Café Zoë", "Łukasz Nowak", "Boulangerie Pâtisserie Dupré", "Tesco", "Ayşe Çağlar")
REASONS = (
    "Rent for the flat at Königstraße 12",
    "thanks!",
    "Invoice no.",
    "Salary",
    "Refund for order no.",
    "Essen gehen",
)


def transfers(seed: int) -> pl.DataFrame:
    """Make the table, ascending by time; its key is random text."""
    chance = Chance(seed, ROWS)
    moments = chance.moments(datetime(2024, 1, 1), datetime(2025, 6, 30))  # noqa: DTZ001
    credit = chance.some(0.3)
    size = np.maximum(chance.lognormal(64, 1.3), 0.01)
    amount = np.where(chance.some(0.01), 0.0, np.where(credit, size * 3, -size))
    booked = times(moments)
    return pl.DataFrame(
        {
            "transfer_id": pl.Series([f"{number:016x}" for number in chance.random.integers(0, 2**63, ROWS)]),
            "account_id": pl.Series(70_000 + chance.ranks(900, 0.7)),
            "counterparty_id": chance.thinned(pl.Series(5_000 + chance.ranks(420, 0.9)), 0.03),
            "booked_at": booked,
            "value_date": booked.dt.date().dt.offset_by(chance.one_of(["0d", "1d", "2d"], 1)),
            "direction": where(credit, pl.Series(["credit"] * ROWS), pl.Series(["debit"] * ROWS)),
            "kind": chance.one_of(KINDS, 0.8),
            "amount": money(amount, 14),
            "fee": money(np.where(chance.some(0.9), 0.0, np.round(size * 0.004, 2)), 8),
            "rate": kept_where(chance.some(0.2), pl.Series(np.round(chance.random.uniform(0.8, 1.3, ROWS), 4))),
            "payee": chance.one_of(PAYEES, 0.4),
            "purpose": purposes(chance),
            "reviewed": kept_where(chance.some(0.5), chance.day(date(2025, 7, 1), date(2025, 7, 31))),
        }
    )


def purposes(chance: Chance) -> pl.Series:
    """Write what people write: often a number behind it, now and then nothing."""
    number = pl.Series(chance.whole(10_000, 99_999)).cast(pl.String)
    reason = chance.one_of(REASONS, 0.3)
    written = where(chance.some(0.7), pl.select(reason + " " + number).to_series(), reason)
    return chance.thinned(where(chance.some(0.08), pl.Series([""] * chance.rows), written), 0.06)
