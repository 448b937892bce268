"""`meta.datacanary` of a dbt project: the words of `tables:`, beside the model that they are about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from datacanary.config import read
from datacanary.config.nodes import Field, Fields, Items, Node, Scalar, path_of_field, path_of_item, shown
from datacanary.config.tables import COLUMN_KEYS, TABLE_KEYS, table
from datacanary.errors import ConfigError, Where
from datacanary.model.config import TablePolicy
from datacanary.model.dbt import Json

_ROOT = "meta.datacanary"
_MASK = "mask"
# dbt's YAML takes 1e-9 for a text, as it lacks a dot; nobody means it as one.
_POWER = re.compile(r"[0-9]+[eE][-+]?[0-9]+")


def table_policy(
    meta: Mapping[str, Json], columns: Mapping[str, Mapping[str, Json]], where: Where, model: str = ""
) -> TablePolicy:
    """Read `meta.datacanary` of a model, and of its columns by name; `where` is the file that describes it.

    The words are those of an entry under `tables:`, and under `columns:` there; beside them `mask: true` or `false`,
    which is no policy and is only checked. `model` is what messages call the model. ConfigError for whatever is wrong.

    >>> table_policy({"key": "id"}, {"amount": {"tolerance": 0.01}}, Where("models/shop.yml")).key
    ('id',)
    """
    path = path_of_field(model, _ROOT) if model else _ROOT
    own = _without_mask(_mapping(meta, path, where), TABLE_KEYS)
    each = {
        name: _without_mask(_mapping(said, f"{path_of_field(model, name)}.{_ROOT}", where), COLUMN_KEYS)
        for name, said in columns.items()
    }
    # A column that is only masked has no policy, and need not be among those of the table.
    return table(_joined(own, tuple(Field(name, where, node) for name, node in each.items() if node.fields), where))


def _joined(own: Fields, each: tuple[Field, ...], where: Where) -> Fields:
    """Put what the columns say of themselves beside what the model says of them."""
    if not each:
        return own
    said = own.get("columns")
    there = read.named_fields(said.value, "a mapping from columns to what holds for them") if said else None
    twice = {field.key for field in there.fields} if there else set()
    for field in each:
        if field.key in twice:
            raise ConfigError(
                f"{field.value.path} and {own.path}.columns both speak of column '{shown(field.key)}'.",
                hint="Keep one.",
                where=where,
            )
    joined = Fields((*(there.fields if there else ()), *each), where, f"{own.path}.columns")
    others = tuple(field for field in own.fields if field.key != "columns")
    return replace(own, fields=(*others, Field("columns", where, joined)))


def _without_mask(node: Fields, keys: tuple[str, ...]) -> Fields:
    known = read.fields(node, (*keys, _MASK))
    mask = known.get(_MASK)
    if mask is not None:
        read.true_or_false(mask.value)
    return replace(known, fields=tuple(field for field in known.fields if field.key != _MASK))


def _mapping(value: Mapping[str, Json], path: str, where: Where) -> Fields:
    return Fields(
        tuple(Field(key, where, _node(inner, path_of_field(path, key), where)) for key, inner in value.items()),
        where,
        path,
    )


def _node(value: Json, path: str, where: Where) -> Node:
    """Lay out a JSON value as the same value of a YAML file."""
    if isinstance(value, dict):
        return _mapping(value, path, where)
    if isinstance(value, list):
        return Items(tuple(_node(item, path_of_item(path), where) for item in value), where, path)
    if isinstance(value, str):
        return Scalar(value, value, quoted=_POWER.fullmatch(value) is None, where=where, path=path)
    written = "" if value is None else str(value).lower() if isinstance(value, bool) else repr(value)
    return Scalar(written, written, quoted=False, where=where, path=path)
