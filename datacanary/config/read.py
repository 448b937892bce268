"""Nodes → values of a type, or an error that says what was expected and what was found."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Sequence
from typing import TypeGuard

from datacanary.config.nodes import Fields, Items, Node, Scalar, found, shown
from datacanary.errors import ConfigError, Where

_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")
_NAME_PART = re.compile(r"[^\s.\"'`;]+")


def wrong(node: Node, expected: str, hint: str = "") -> ConfigError:
    """Say what was expected and what was found."""
    path = f"{node.path[:1].upper()}{node.path[1:]}" if node.path.startswith("each ") else node.path
    return ConfigError(f"{path or 'The file'} must be {expected}; found {found(node)}.", hint=hint, where=node.where)


def nearest(word: str, valid: Sequence[str]) -> str:
    """Return a hint: the nearest valid word, if one is near, and all of them.

    >>> nearest("rows_removd", ["rows_added", "rows_removed"])
    "Did you mean 'rows_removed'? Valid: rows_added, rows_removed."
    """
    close = difflib.get_close_matches(shown(word).lower(), valid, n=1)
    return f"{f'Did you mean {close[0]!r}? ' if close else ''}Valid: {', '.join(valid)}."


def fields(node: Node, valid: Sequence[str]) -> Fields:
    """Return a mapping whose keys are all among `valid`."""
    named = named_fields(node, "a mapping")
    for field in named.fields:
        if field.key not in valid:
            under = f"under {named.path.removeprefix('each entry of ')}" if named.path else "at the top level"
            raise ConfigError(
                f"Unknown key '{shown(field.key)}' {under}.", hint=nearest(field.key, valid), where=field.where
            )
    return named


def named_fields(node: Node, expected: str) -> Fields:
    """Return a mapping whose keys are names that the user chose."""
    if not isinstance(node, Fields):
        raise wrong(node, expected)
    return node


def items(node: Node, expected: str) -> tuple[Node, ...]:
    """Return the items of a list."""
    if not isinstance(node, Items):
        raise wrong(node, expected)
    return node.items


def text(node: Node, expected: str = "a text") -> str:
    """Return a text that is not empty."""
    if not isinstance(node, Scalar):
        raise wrong(node, expected)
    if node.kind in {"number", "true_false"} and not node.varied:
        raise wrong(node, expected, f'If it is meant as text, put quotes around it: "{shown(node.written)}".')
    if not node.text.strip() or (node.kind == "nothing" and not node.varied):
        raise wrong(node, expected)
    return node.text


def texts(node: Node, expected: str, each: str) -> tuple[str, ...]:
    """Return a list of texts without repetition; a single text stands for a list of one."""
    if isinstance(node, Scalar):
        return (text(node, expected),)
    seen: list[str] = []
    for item in items(node, expected):
        word = text(item, each)
        if word in seen:
            raise ConfigError(
                f"'{shown(written(item))}' stands twice in {node.path}.", hint="Keep one.", where=item.where
            )
        seen.append(word)
    return tuple(seen)


def choice(node: Node, valid: Sequence[str], hint: str = "") -> str:
    """Return one of the `valid` words."""
    expected = valid[0] if len(valid) == 1 else f"{', '.join(valid[:-1])} or {valid[-1]}"
    if not isinstance(node, Scalar) or node.text not in valid:
        raise wrong(node, expected, hint)
    return node.text


def _is_plain(node: Node) -> TypeGuard[Scalar]:
    """Tell a value that may be other than text."""
    return isinstance(node, Scalar) and (node.varied or not node.quoted)


def true_or_false(node: Node) -> bool:
    """Return a yes or no, spelt `true` or `false`."""
    if not _is_plain(node) or node.text.lower() not in {"true", "false"}:
        raise wrong(node, "true or false")
    return node.text.lower() == "true"


def number(node: Node, expected: str) -> float:
    """Return a finite number, 0 or above."""
    if not _is_plain(node) or not _NUMBER.fullmatch(node.text) or not math.isfinite(float(node.text)):
        raise wrong(node, expected)
    return float(node.text)


def whole_number(node: Node) -> int:
    """Return a whole number, 0 or above."""
    if not _is_plain(node) or not _WHOLE_NUMBER.fullmatch(node.text):
        raise wrong(node, "a whole number, 0 or above")
    return int(node.text)


def table_name(name: str, written: str, where: Where) -> str:
    """Check a name of one part or two; more parts, blanks and quotes are errors. `written` is what may be shown."""
    parts = name.split(".")
    if len(parts) > 2 or not all(_NAME_PART.fullmatch(part) for part in parts):  # noqa: PLR2004 -- schema and table
        raise ConfigError(
            f"'{shown(written)}' is no name of a table.",
            hint="Write 'table' or 'schema.table', without quotes or spaces inside.",
            where=where,
        )
    return name


def named_table(node: Node) -> str:
    """Return a value that names a table."""
    name = text(node, "a table's name, 'table' or 'schema.table'")
    return table_name(name, written(node), node.where)


def written(node: Node) -> str:
    """Return what stands in the file, for messages."""
    return node.written if isinstance(node, Scalar) else ""
