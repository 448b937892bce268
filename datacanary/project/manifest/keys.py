"""The columns by which a dbt project says that it tells rows apart: constraints, tests, `unique_key`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from datacanary.model.dbt import DbtManifest, DbtNode, Json
from datacanary.model.declared import DeclaredKey, DeclaredOrigin

_PLAIN = re.compile(r"[^\W\d][\w$]*")
_QUOTED = re.compile(r'"([^"]+)"')
_ANY_FAILURE = frozenset({"!=0", "<>0", ">0", ">=1"})
_COMBINATIONS: Mapping[tuple[str, str], tuple[str, DeclaredOrigin]] = {
    ("dbt_utils", "unique_combination_of_columns"): (
        "combination_of_columns",
        "dbt_utils.unique_combination_of_columns",
    ),
    ("dbt_expectations", "expect_compound_columns_to_be_unique"): (
        "column_list",
        "dbt_expectations.expect_compound_columns_to_be_unique",
    ),
}
"""Tests of several columns, by package and name: the argument that holds the columns, and what reports say."""


def declared_keys(manifest: DbtManifest) -> Mapping[str, DeclaredKey]:
    """Return the key of every node that declares one, by unique id."""
    tests: dict[str, list[DbtNode]] = defaultdict(list)
    for node in manifest.nodes.values():
        if node.kind == "test":
            tests[node.attached].append(node)
    keys = {name: _key_of(node, tests[name]) for name, node in manifest.nodes.items() if node.makes_relation}
    return {name: key for name, key in keys.items() if key is not None}


def declared_key(node: DbtNode, manifest: DbtManifest) -> DeclaredKey | None:
    """Return the key that a project declares of one node, None if it declares none.

    A primary key goes before unique columns that are never NULL, these before tests `unique` and `not_null` of the
    same column, before a test of a combination of columns, before `unique_key`. Of several of a kind the table's own
    id goes first, else the first in the order of the columns. A test with `where`, or that only warns, says nothing
    of all rows.
    """
    return _key_of(node, [one for one in manifest.nodes.values() if one.attached == node.unique_id])


def _key_of(node: DbtNode, tests: Sequence[DbtNode]) -> DeclaredKey | None:
    strict = [one for one in tests if one.kind == "test" and _is_strict(one)]
    rungs: tuple[Callable[[DbtNode, Sequence[DbtNode]], Iterable[DeclaredKey]], ...] = (
        _primary,
        _unique,
        _tested,
        _combined,
        _configured,
    )
    for rung in rungs:
        found = sorted(rung(node, strict), key=lambda one: _nearness(node, one.columns))
        if found:
            return found[0]
    return None


def _primary(node: DbtNode, _: Sequence[DbtNode]) -> Iterator[DeclaredKey]:
    yield from (DeclaredKey(columns, "constraint") for columns in _constrained(node, "primary_key"))


def _unique(node: DbtNode, _: Sequence[DbtNode]) -> Iterator[DeclaredKey]:
    never_null = {name.lower() for columns in _constrained(node, "not_null") for name in columns}
    for columns in _constrained(node, "unique"):
        if all(name.lower() in never_null for name in columns):
            yield DeclaredKey(columns, "constraint")


def _constrained(node: DbtNode, kind: str) -> Iterator[tuple[str, ...]]:
    for constraint in node.constraints:
        if constraint.get("type") == kind:
            columns = tuple(_quoted_or_not(name) for name in _texts(constraint.get("columns")))
            if columns:
                yield columns
    single = [name for name, found in node.column_constraints.items() if any(one.get("type") == kind for one in found)]
    # A table has one primary key: several columns that each claim to be it are a mistake, not a key of several.
    if kind != "primary_key" or len(single) == 1:
        yield from ((name,) for name in single)


def _tested(_: DbtNode, tests: Sequence[DbtNode]) -> Iterator[DeclaredKey]:
    named: dict[str, dict[str, str]] = {"unique": {}, "not_null": {}}
    for test in tests:
        kind, column = test.test.get("name"), _plain_name(test.test_column)
        if test.test.get("namespace") in {None, "dbt"} and isinstance(kind, str) and kind in named and column:
            named[kind][column.lower()] = column
    for folded, column in named["unique"].items():
        if folded in named["not_null"]:
            yield DeclaredKey((column,), "tests unique and not_null")


def _combined(_: DbtNode, tests: Sequence[DbtNode]) -> Iterator[DeclaredKey]:
    for test in tests:
        known = _COMBINATIONS.get((str(test.test.get("namespace")), str(test.test.get("name"))))
        arguments = test.test.get("kwargs")
        if known is None or not isinstance(arguments, dict):
            continue
        argument, origin = known
        in_part = arguments.get("row_condition") or arguments.get("ignore_row_if") == "any_value_is_missing"
        columns = _plain_names(arguments.get(argument))
        if columns and not in_part:
            yield DeclaredKey(columns, origin)


def _configured(node: DbtNode, _: Sequence[DbtNode]) -> Iterator[DeclaredKey]:
    written = node.config.get("unique_key")
    columns = _plain_names(written)
    if node.kind == "snapshot" and written:
        # Of one key a snapshot has a row for each time that it was seen to change.
        whole = (*columns, _of_snapshot(node, "dbt_valid_from")) if columns else (_of_snapshot(node, "dbt_scd_id"),)
        yield DeclaredKey(whole, "unique_key")
    elif node.materialized == "incremental" and columns:
        yield DeclaredKey(columns, "unique_key")


def _of_snapshot(node: DbtNode, name: str) -> str:
    """Return what a project calls one of the columns that dbt adds to a snapshot."""
    renamed = node.config.get("snapshot_meta_column_names")
    found = renamed.get(name) if isinstance(renamed, dict) else None
    return found if isinstance(found, str) and found else name


def _is_strict(test: DbtNode) -> bool:
    """Tell whether a test fails as soon as one row of all breaks it."""
    config = test.config
    severity, threshold = str(config.get("severity") or "error"), str(config.get("error_if") or "!= 0")
    return (
        config.get("enabled") is not False
        and not config.get("where")
        and severity.lower() == "error"
        and "".join(threshold.split()) in _ANY_FAILURE
        and str(config.get("fail_calc") or "count(*)") == "count(*)"
    )


def _nearness(node: DbtNode, columns: tuple[str, ...]) -> tuple[int, tuple[int, ...], tuple[str, ...]]:
    """Order keys of one kind: the table's own id first, then in the order of the columns."""
    places = {name.lower(): place for place, name in enumerate(node.columns)}
    folded = tuple(name.lower() for name in columns)
    own = max(_owned(folded[0], node.name), 0) if len(folded) == 1 else 0
    return -own, tuple(places.get(name, len(places)) for name in folded), folded


def _owned(column: str, table: str) -> int:
    """Tell how surely a column is named as a table's own id; 0 if it is not.

    >>> [_owned(name, "fct_order_items") for name in ("id", "order_item_id", "item_key", "order_id", "email")]
    [100, 2, 1, 0, 0]
    """
    words, of_table = re.findall(r"[^\W_]+", column), re.findall(r"[^\W_]+", table.lower())
    if words in (["id"], ["key"], ["pk"]):
        return 100
    if len(words) < 2 or words[-1] not in {"id", "key", "sk", "pk", "uuid", "guid"}:  # noqa: PLR2004 -- a name and "id"
        return 0
    named, ending = words[:-1], of_table[-len(words) + 1 :]
    same = len(ending) == len(named) and ending[:-1] == named[:-1] and named[-1] in _singulars(ending[-1])
    return len(named) if same else 0


def _singulars(word: str) -> set[str]:
    """Return an English word and what its singular may be."""
    found = {word, word.removesuffix("s"), word.removesuffix("es")}
    return found | {word.removesuffix("ies") + "y"} if word.endswith("ies") else found


def _texts(value: Json) -> tuple[str, ...]:
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def _plain_names(value: Json) -> tuple[str, ...]:
    """Return names of columns; nothing if one of them is an expression."""
    written = [value] if isinstance(value, str) else value
    if not isinstance(written, list):
        return ()
    names = [_plain_name(one) if isinstance(one, str) else "" for one in written]
    return tuple({name.lower(): name for name in names}.values()) if all(names) else ()


def _plain_name(text: str) -> str:
    """Return the column that a text names, without quotes; nothing for an expression.

    >>> [_plain_name(text) for text in ("order_id", '"Order Id"', "a || b", "a, b", "md5(a)")]
    ['order_id', 'Order Id', '', '', '']
    """
    stripped = text.strip()
    return stripped if _PLAIN.fullmatch(stripped) else _inner(stripped)


def _quoted_or_not(text: str) -> str:
    return _inner(text.strip()) or text.strip()


def _inner(text: str) -> str:
    quoted = _QUOTED.fullmatch(text)
    return quoted[1] if quoted else ""
