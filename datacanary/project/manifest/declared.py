"""What a project says of a table beside its query: which columns are personal, and what of it is judged how."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from datacanary.errors import ConfigError, Where
from datacanary.model.dbt import DbtNode, Json

OWN_META = "datacanary"
"""The key of `meta` that speaks to this program."""

_PERSONAL = ("pii", "contains_pii")
_TAG = re.compile(rf"(?:{'|'.join(_PERSONAL)})(?::.*)?", re.IGNORECASE | re.DOTALL)
_DENIALS = frozenset({"", "false", "no", "none", "0"})


@dataclass(frozen=True, slots=True)
class Masked:
    """Columns whose values are never shown, in lower case; with `all` those of every column, named or not."""

    all: bool = False
    columns: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class OwnMeta:
    """`meta.datacanary` of a model and, by name, of its columns; `where` is the file that describes the model."""

    table: Mapping[str, Json]
    columns: Mapping[str, Mapping[str, Json]]
    where: Where

    def __bool__(self) -> bool:
        return bool(self.table or self.columns)


def masked_columns(node: DbtNode) -> Masked:
    """Return what a project marks as personal: by the tag or meta key `pii` or `contains_pii`, or by `mask: true`.

    Tags may go on (`pii:email`); a meta key counts whatever it holds but a no. Those of the model mask all of it.
    `mask: false` takes back what the tags and meta beside it say: that of a column never what the model's do.
    """
    masked = frozenset(name.lower() for name, column in node.columns.items() if _is_masked(column.tags, column.meta))
    return Masked(_is_masked(node.tags, node.meta), masked)


def own_meta(node: DbtNode) -> OwnMeta:
    """Return what a project writes under `meta.datacanary`, empty if it writes nothing there.

    Raises ConfigError for what is no mapping.
    """
    where = Where(node.patch_path or node.path)
    columns = {
        name: found
        for name, column in node.columns.items()
        if (found := _own(_spelt_out(column.meta), f"{node.name}.{name}", where)) is not None
    }
    return OwnMeta(_own(node.meta, node.name, where) or {}, columns, where)


def _spelt_out(meta: Mapping[str, Json]) -> Mapping[str, Json]:
    """Of a column one word may stand for a mapping, as under `columns:`."""
    return {OWN_META: {"ignore": True}} if meta.get(OWN_META) == "ignore" else meta


def _own(meta: Mapping[str, Json], name: str, where: Where) -> Mapping[str, Json] | None:
    found = meta.get(OWN_META)
    if found is None:
        return None
    if not isinstance(found, dict):
        raise ConfigError(
            f"meta.{OWN_META} of {name} must be a mapping.",
            hint="Its words are those of an entry under tables: in datacanary.yml, or under columns: there.",
            where=where,
        )
    return found


def _is_masked(tags: tuple[str, ...], meta: Mapping[str, Json]) -> bool:
    own = meta.get(OWN_META)
    said = own.get("mask") if isinstance(own, dict) else None
    if said is False:
        return False
    return said is not None or any(_TAG.fullmatch(tag.strip()) for tag in tags) or any(_personal(meta))


def _personal(meta: Mapping[str, Json]) -> Iterator[bool]:
    for key, value in meta.items():
        if key.lower() in _PERSONAL:
            # A word such as `email` says what kind it is: only a no is a no.
            denied = value.strip().lower() in _DENIALS if isinstance(value, str) else not value
            yield not denied
