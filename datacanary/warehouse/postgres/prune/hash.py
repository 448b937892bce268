"""Hashes of rows in PostgreSQL's SQL: rows that are equal in the comparison's sense have equal ones."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from datacanary.model.basic import Pair
from datacanary.warehouse.postgres import sql

Form = Literal[
    "boolean",
    "integer",
    "bigint",
    "float",
    "text",
    "decimal",
    "number",
    "day",
    "date",
    "instant",
    "zoned",
    "time",
    "bytes",
]
"""In which form the cells of a column are hashed; a `number` and a `date` may be infinite, a `decimal`, a `day` not."""

_Kind = Literal[
    "boolean", "integer", "bigint", "decimal", "numeric", "float", "text", "bytea", "date", "timestamp", "zoned", "time"
]
_KINDS: tuple[tuple[str, _Kind], ...] = (
    (r"boolean", "boolean"),
    (r"smallint|integer", "integer"),
    (r"bigint", "bigint"),
    (r"numeric\(\d+,-?\d+\)", "decimal"),
    (r"numeric", "numeric"),
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
    "decimal": "decimal",
    "numeric": "number",
    "float": "float",
    "text": "text",
    "bytea": "bytes",
    "date": "date",
    "timestamp": "instant",
    "zoned": "zoned",
    "time": "time",
}
_NO_DAY = 2147483645
_WHOLE = frozenset({"integer", "bigint"})
_ADDED: frozenset[Form] = frozenset({"decimal", "number"})
_SENT: dict[Form, str] = {"date": "date_send", "instant": "timestamp_send", "zoned": "timestamptz_send"}


@dataclass(frozen=True, slots=True)
class Hashed:
    """A column as it is hashed: its name, quoted, and its form, the same on both sides."""

    name: str
    form: Form

    @classmethod
    def of(cls, name: str, kinds: Pair[str], *, odd: bool = False) -> Hashed | None:
        """Choose the form for a column of these types; None if they have none in common. `odd`: days may be infinite.

        >>> Hashed.of("n", Pair("integer", "numeric(12,2)")), Hashed.of("n", Pair("integer", "double precision"))
        (Hashed(name='"n"', form='decimal'), None)
        """
        form = _form(kinds)
        if form == "date" and not odd:
            form = "day"
        return None if form is None else cls(sql.identifier(name), form)

    @property
    def compared(self) -> str:
        """The cell, so that PostgreSQL groups and orders equal ones, and only those, together."""
        match self.form:
            case "text":
                return f'{self.name}::text COLLATE "C"'
            case "float":
                return f"{self.name}::float8"
            case "decimal" | "number":
                return f"{self.name}::numeric"
        return self.name


def _form(kinds: Pair[str]) -> Form | None:
    base, head = kinds.map(_kind)
    if base == head:
        return _FORMS[base]
    both = {base, head}
    if both <= _WHOLE:
        return "bigint"
    if both <= _WHOLE | {"decimal"}:
        return "decimal"
    return "number" if both <= _WHOLE | {"decimal", "numeric"} else None


def _kind(words: str) -> _Kind:
    """Say how a type travels: whatever has no kind of its own goes as text."""
    return next((kind for pattern, kind in _KINDS if re.fullmatch(pattern, words)), "text")


@dataclass(frozen=True, slots=True)
class Salt:
    """What a hash begins with, and what stands for NULL among numbers, texts and days.

    `negative`, `endless` and `nan` are mixed in for numbers that PostgreSQL hashes like others. `sends`: the server
    hashes bytes, so that times are hashed as they are sent.
    """

    seed: int
    number: float
    text: str
    negative: int
    endless: int
    nan: int
    sends: bool

    @classmethod
    def new(cls, *, sends: bool) -> Salt:
        """Draw the numbers: nobody can make up rows that collide."""
        seed, negative, endless, nan = (secrets.randbits(64) - (1 << 63) for _ in range(4))
        number = (0.5 + secrets.randbits(52) / 2**53) * 2.0 ** (secrets.randbits(10) - 512)
        return cls(seed, number, secrets.token_hex(16), negative, endless, nan, sends)

    def of(self, columns: Sequence[Hashed]) -> str:
        """Hash the cells of a row, one after the other: what was hashed before is the seed of what follows.

        PostgreSQL's own hash of a row will not do: it adds up those of the cells, so cells may change places with those
        of another row unseen. Of its hashes for cells, those of a bigint and of a timestamp take 32 bits for all 64,
        and that of a number leaves out the sign; each link makes up for that. The weight of a number is only added to
        its hash, so none stays the last.
        """
        found = f"({self.seed})::bigint"
        ordered = sorted(columns, key=lambda column: column.form not in _ADDED)
        for column in ordered:
            found = self._link(column, found)
        return f"hashint4extended(0, {found})" if ordered[-1].form in _ADDED else found

    def bucket(self, columns: Sequence[Hashed], buckets: int, neighbours: int) -> str:
        """Choose one of so many buckets; equal cells are in the same. Both numbers are powers of two.

        So many whole numbers that are `neighbours` share it: they often lie together, and a server is quicker to add to
        the sums that it has just added to.
        """
        if len(columns) == 1 and columns[0].form in {"integer", "bigint"}:
            number = f"coalesce({columns[0].name}::bigint, 0) >> {neighbours.bit_length() - 1}"
            found = f"hashint8extended({number}, ({self.seed})::bigint)"
        else:
            found = self.of(columns)
        return f"({found} & {buckets - 1})"

    def _link(self, column: Hashed, seed: str) -> str:  # noqa: C901, PLR0911 -- one line per form
        name = column.name
        if self.sends and column.form in _SENT:
            return f"hashbyteaextended(coalesce({_SENT[column.form]}({name}), '{self.text}'), {seed})"
        match column.form:
            case "boolean":
                return f"hashint4extended(coalesce({name}::integer, 2), {seed})"
            case "day":
                return f"hashint4extended(coalesce({name} - '2000-01-01'::date, {_NO_DAY}), {seed})"
            case "date":
                # The last numbers of 32 bits are no days; of an endless date no other can be subtracted.
                endless = f"WHEN {name} > '2000-01-01' THEN 2147483647 WHEN {name} IS NOT NULL THEN 2147483646"
                days = f"CASE WHEN isfinite({name}) THEN {name} - '2000-01-01'::date {endless} ELSE {_NO_DAY} END"
                return f"hashint4extended({days}, {seed})"
            case "integer":
                # As a double, since no whole number is a half.
                return f"hashfloat8extended(coalesce({name}::float8, 0.5), {seed})"
            case "bigint":
                low = f"hashoidextended((coalesce({name}::bigint, 0) & 4294967295)::oid, {seed})"
                return f"hashfloat8extended(coalesce(({name}::bigint >> 32)::float8, 0.5), {low})"
            case "float":
                return f"hashfloat8extended(coalesce({name}::float8, {self.number!r}), {seed})"
            case "text":
                return f"hashtextextended(coalesce({name}::text, '{self.text}') COLLATE \"C\", {seed})"
            case "decimal" | "number":
                return self._number(f"{name}::numeric", column.form, seed)
            case "time":
                return self._seconds(name, seed)
            case "instant" | "zoned":
                # The seconds are a double, which far from 1970 neighbours share; those have not the same 32 bits.
                utc = f"{name} AT TIME ZONE 'UTC'" if column.form == "zoned" else name
                hashed = f"timestamp_hash_extended(coalesce({utc}, 'infinity'), {seed})"
                return self._seconds(name, hashed)
        # A NULL counts as 0 there: what stands beside it passes the seed on.
        return f"hash_record_extended(ROW({name}, true), {seed})"

    def _seconds(self, name: str, seed: str) -> str:
        return f"hashfloat8extended(coalesce(date_part('epoch', {name}), {self.number!r}), {seed})"

    def _number(self, number: str, form: Literal["decimal", "number"], seed: str) -> str:
        """Hash the digits; for the sign, and for what has no digits, the seed is another."""
        rest = "ELSE 0::bigint"
        if form == "number":
            endless = f"WHEN {number} = 'Infinity' THEN ({self.endless})::bigint ELSE ({self.nan})::bigint"
            rest = f"WHEN {number} < 'Infinity' THEN 0::bigint {endless}"
        kind = f"CASE WHEN {number} < 0 THEN ({self.negative})::bigint {rest} END"
        return f"hash_numeric_extended(coalesce({number}, 0.{int(self.text, 16)}), {seed} # {kind})"
