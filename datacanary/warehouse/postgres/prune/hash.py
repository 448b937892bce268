"""Hashes of rows in PostgreSQL's SQL: rows that are equal in the comparison's sense have equal ones."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from datacanary.model.basic import Pair
from datacanary.warehouse.postgres import sql

Form = Literal["boolean", "integer", "bigint", "float", "text", "number", "date", "instant", "zoned", "time", "bytes"]
"""In which form the cells of a column are hashed; `number` is text without needless zeros."""

_Kind = Literal[
    "boolean", "integer", "bigint", "numeric", "float", "text", "bytea", "date", "timestamp", "zoned", "time"
]
_KINDS: tuple[tuple[str, _Kind], ...] = (
    (r"boolean", "boolean"),
    (r"smallint|integer", "integer"),
    (r"bigint", "bigint"),
    (r"numeric(?:\(\d+,-?\d+\))?", "numeric"),
    (r"real|double precision", "float"),
    (r"bytea", "bytea"),
    (r"date", "date"),
    (r"timestamp(?:\(\d\))? without time zone", "timestamp"),
    (r"timestamp(?:\(\d\))? with time zone", "zoned"),
    (r"time(?:\(\d\))? without time zone", "time"),
)
_FORMS: dict[_Kind, Form] = {
    "boolean": "boolean",
    "integer": "integer",
    "bigint": "bigint",
    "float": "float",
    "text": "text",
    "bytea": "bytes",
    "date": "date",
    "timestamp": "instant",
    "zoned": "zoned",
    "time": "time",
}
_WHOLE = frozenset({"integer", "bigint"})


@dataclass(frozen=True, slots=True)
class Hashed:
    """A column as it is hashed: its name, quoted, and its form, the same on both sides."""

    name: str
    form: Form

    @classmethod
    def of(cls, name: str, kinds: Pair[str]) -> Hashed | None:
        """Choose the form for a column of these types; None if they have none in common.

        >>> Hashed.of("n", Pair("integer", "numeric(12,2)")), Hashed.of("n", Pair("integer", "double precision"))
        (Hashed(name='"n"', form='number'), None)
        """
        form = _form(kinds)
        return None if form is None else cls(sql.identifier(name), form)

    @property
    def compared(self) -> str:
        """The cell, so that PostgreSQL groups and orders equal ones, and only those, together."""
        match self.form:
            case "text":
                return f'{self.name}::text COLLATE "C"'
            case "float":
                return f"{self.name}::float8"
            case "number":
                return f"{self.name}::numeric"
        return self.name


def _form(kinds: Pair[str]) -> Form | None:
    base, head = kinds.map(_kind)
    if base == head == "numeric":
        # Of one precision all have the same zeros.
        return "text" if kinds.base == kinds.head and "(" in kinds.base and "(-" not in kinds.base else "number"
    if base == head:
        return _FORMS[base]
    both = {base, head}
    if both <= _WHOLE:
        return "bigint"
    return "number" if both <= _WHOLE | {"numeric"} else None


def _kind(words: str) -> _Kind:
    """Say how a type travels: whatever has no kind of its own goes as text."""
    return next((kind for pattern, kind in _KINDS if re.fullmatch(pattern, words)), "text")


@dataclass(frozen=True, slots=True)
class Lane:
    """One of two independent hashes: its seed, and what stands for NULL in each of the types that have no better.

    The `first` one takes of timestamps another part than the other; `sends`: it takes the bytes that they are sent in.
    """

    first: bool
    sends: bool
    seed: int
    integer: int
    bigint: int
    number: float
    text: str
    time: str

    @classmethod
    def new(cls, *, first: bool, sends: bool) -> Lane:
        """Draw the numbers: nobody can make up rows that collide."""
        day = date.fromordinal(1 + secrets.randbelow(date.max.toordinal()))
        return cls(
            first=first,
            sends=sends,
            seed=secrets.randbits(64) - (1 << 63),
            integer=secrets.randbits(31),
            bigint=secrets.randbits(63),
            number=secrets.randbits(52) / 7.0,
            text=secrets.token_hex(16),
            time=f"{day.isoformat()} 00:00:00.{secrets.randbelow(10**6):06}",
        )

    def of(self, columns: Sequence[Hashed]) -> str:
        """Hash the cells of a row, one after the other: what was hashed before is the seed of what follows.

        PostgreSQL's own hash of a row will not do: it adds up those of the cells, so cells may change places unseen. Of
        its hashes for cells, that of a number leaves the sign out, and those of a bigint and a timestamp take 32 bits.
        """
        found = f"({self.seed})::bigint"
        for column in columns:
            found = self._link(column, found)
        return found

    def _seconds(self, name: str, seed: str) -> str:
        return f"hashfloat8extended(coalesce(date_part('epoch', {name}), {self.number!r}), {seed})"

    def roughly(self, columns: Sequence[Hashed]) -> str:
        """Hash cells at less cost: equal ones are equal, others may be."""
        if len(columns) == 1 and columns[0].form in {"integer", "bigint"}:
            return f"coalesce(hashint8extended({columns[0].name}::bigint, ({self.seed})::bigint), 0)"
        return self.of(columns)

    def _link(self, column: Hashed, seed: str) -> str:  # noqa: C901, PLR0911 -- one line per form
        name = column.name
        match column.form:
            case "boolean":
                return f"hashint4extended(coalesce({name}::integer, 2), {seed})"
            case "date":
                # The last numbers of 32 bits are no days; of an endless date no other can be subtracted.
                endless = f"WHEN {name} > '2000-01-01' THEN 2147483647 WHEN {name} IS NOT NULL THEN 2147483646"
                days = f"CASE WHEN isfinite({name}) THEN {name} - '2000-01-01'::date {endless} ELSE 2147483645 END"
                return f"hashint4extended({days}, {seed})"
            case "integer":
                return f"hashint4extended(coalesce({name}::integer, {self.integer}), {seed})"
            case "bigint":
                cell = f"coalesce({name}::bigint, {self.bigint})"
                low = f"hashoidextended(({cell} & 4294967295)::oid, {seed})"
                return f"hashint4extended(({cell} >> 32)::integer, {low})"
            case "float":
                return f"hashfloat8extended(coalesce({name}::float8, {self.number!r}), {seed})"
            case "text":
                return f"hashtextextended(coalesce({name}::text, '{self.text}') COLLATE \"C\", {seed})"
            case "number":
                digits = f"trim_scale({name}::numeric)::text"
                return f"hashtextextended(coalesce({digits}, '{self.text}') COLLATE \"C\", {seed})"
            case "time":
                return self._seconds(name, seed)
            case "instant" | "zoned":
                # The hash of a time takes both halves of its 64 bits for one; the seconds are a double, which far from
                # 1970 neighbours share. No two times share both.
                if self.first and self.sends:
                    sent = "timestamptz_send" if column.form == "zoned" else "timestamp_send"
                    return f"hashbyteaextended(coalesce({sent}({name}), '{self.text}'), {seed})"
                if self.first:
                    return self._seconds(name, seed)
                utc = f"{name} AT TIME ZONE 'UTC'" if column.form == "zoned" else name
                return f"timestamp_hash_extended(coalesce({utc}, '{self.time}'), {seed})"
        # A NULL counts as 0 there: what stands beside it passes the seed on.
        return f"hash_record_extended(ROW({name}, true), {seed})"


def lanes(*, sends: bool) -> tuple[Lane, Lane]:
    """Draw two: both miss a difference with a chance of about 2^-128.

    Of 2^-64 where one is blind: by chance, where NULL and the number that stands for it change places, and for two
    timestamps that differ by whole multiples of 2^32 microseconds and a carry. `sends`: the server hashes bytes.
    """
    return Lane.new(first=True, sends=sends), Lane.new(first=False, sends=sends)
