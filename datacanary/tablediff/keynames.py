"""What the name of a column says about it: a key, a date, a measure, or nothing."""

from __future__ import annotations

import re
from typing import Literal, get_args

Naming = Literal["id", "own_id", "uuid", "some_id", "code", "number", "date", "other", "measure"]
"""From the surest sign of a key to the surest sign of none."""

ID_ENDINGS = {"id", "key", "uuid", "guid", "sk", "pk"}
CODE_ENDINGS = {"code", "slug", "sku", "iso"}
NUMBER_ENDINGS = {"no", "nr", "number"}
DATE_WORDS = {
    "date",
    "day",
    "week",
    "month",
    "quarter",
    "year",
    "hour",
    "minute",
    "time",
    "timestamp",
    "period",
    "at",
    "on",
    "ts",
}
MEASURES = frozenset(
    "amount total sum count cnt num n avg average mean median min max std stddev var price qty quantity rate ratio "  # noqa: SIM905 -- one line of words reads better than sixty
    "share pct percent percentage revenue cost costs sales delay duration distance balance tax discount margin profit "
    "fee weight height width length volume lat latitude lon lng longitude temperature speed elapsed seconds".split()
)


def naming_of(column: str, table: str = "") -> Naming:  # noqa: PLR0911 -- one line per naming
    """Judge a column by its name.

    >>> [naming_of(name, "fct_orders") for name in ("id", "orderId", "shop_id", "n_orders", "order_date", "Zip Code")]
    ['id', 'own_id', 'some_id', 'measure', 'date', 'code']
    """
    words = words_of(column)
    if not words:
        return "other"
    if words in (["id"], ["key"], ["pk"]):
        return "id"
    if words[-1] in ID_ENDINGS and len(words) > 1:
        return "own_id" if names_table(words[:-1], words_of(table)) else "some_id"
    if words in (["uuid"], ["guid"]):
        return "uuid"
    if words[-1] in CODE_ENDINGS:
        return "code"
    if words[-1] in NUMBER_ENDINGS:
        return "number"
    if MEASURES.intersection(words) and words[-1] not in DATE_WORDS:
        return "measure"
    return "date" if words[-1] in DATE_WORDS or words[0] in DATE_WORDS else "other"


def words_of(name: str) -> list[str]:
    """Split a name into lower-case words, at humps too."""
    return re.findall(r"[a-z0-9]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower())


def names_table(words: list[str], table: list[str]) -> bool:
    """Tell whether the words are the table's name or its end, in singular or plural."""
    ending = table[-len(words) :]
    return len(ending) == len(words) and words[:-1] == ending[:-1] and words[-1] in {ending[-1], *singulars(ending[-1])}


def singulars(word: str) -> set[str]:
    """Guess the singular of an English plural.

    >>> sorted(singulars("categories"))
    ['categori', 'categorie', 'category']
    """
    found = {word.removesuffix("s"), word.removesuffix("es")}
    return found | {word.removesuffix("ies") + "y"} if word.endswith("ies") else found


def rank(naming: Naming) -> int:
    """Order namings from the surest sign of a key."""
    return get_args(Naming).index(naming)
