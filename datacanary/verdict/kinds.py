"""What kind of values a column has, by the words of its type: those of warehouses and of Polars."""

from __future__ import annotations

import re
from typing import Literal

Kind = Literal["number", "time", "other", "unknown"]
"""`other` is known to be neither number nor time: text, truth values, bytes, nested values."""

_NUMBER = re.compile(
    r"u?(tiny|small|medium|big|huge)?int(eger)?[0-9]*|float[0-9]*|double( precision)?|real|byteint"
    r"|(decimal|numeric|number|bignumeric)(\s*\([0-9, ]*\))?"
)
_TIME = re.compile(r"(date(time)?[0-9]*|time(stamp)?(tz|_tz|_ntz|_ltz|_s|_ms|_ns|_us)?|duration)([ \[(].*)?")
_OTHER = re.compile(
    r"(var|n|nvar|bp)?char(acter)?( varying)?|text|string|str|bool(ean)?|(var)?binary|blob|bytea|bytes|uuid|jsonb?"
    r"|interval|bit|enum|categorical|list|array|struct|map|union|variant|geometry|object|xml"
)


def kind_of(words: str) -> Kind:
    """Tell the kind of a type.

    >>> [kind_of(words) for words in ("decimal(12,2)", "timestamp with time zone", "varchar(20)", "int64[]", "null")]
    ['number', 'time', 'other', 'other', 'unknown']
    """
    plain = words.strip().lower()
    if plain.endswith("]") and not plain.startswith(("timestamp[", "duration[")):
        return "other"
    if _NUMBER.fullmatch(plain):
        return "number"
    if plain.startswith("time with time zone"):
        # It has no order that its text keeps.
        return "other"
    if _TIME.fullmatch(plain):
        return "time"
    return "other" if _OTHER.fullmatch(re.split(r"[\[(<]", plain, maxsplit=1)[0].strip()) else "unknown"
