"""The nodes of a YAML file: every key and value knows its line and column."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, assert_never

from datacanary.errors import Where

Kind = Literal["text", "number", "true_false", "nothing"]

_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
# The words and numbers that YAML 1.1 or 1.2 or both read as something other than text.
_TRUE_FALSE = re.compile(r"(?i:true|false|yes|no|on|off)")
_NUMBER = re.compile(r"[-+]?(\.?[0-9][0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?|0[box][0-9a-fA-F_]+|\.(?i:inf))|\.(?i:nan)")
_LONGEST_SHOWN = 60
_EACH = "each entry of "


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value. `text` is what holds (variables put in), `written` what stands in the file and may be shown."""

    text: str
    written: str
    quoted: bool
    where: Where
    path: str

    @property
    def varied(self) -> bool:
        """Whether variables stand in it: then quotes, which `{…}` needs around them, say nothing of its type."""
        return self.text != self.written

    @property
    def kind(self) -> Kind:
        """What YAML reads it as."""
        if self.quoted:
            return "text"
        if self.text in _NOTHING:
            return "nothing"
        if _TRUE_FALSE.fullmatch(self.text):
            return "true_false"
        return "number" if _NUMBER.fullmatch(self.text) else "text"


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Node, ...]
    where: Where
    path: str


@dataclass(frozen=True, slots=True)
class Field:
    """A key with its value."""

    key: str
    where: Where
    value: Node

    @property
    def origin(self) -> str:
        """Where the key stands, as `file:line`, or `file` where the line is not known."""
        return str(Where(self.where.file, self.where.line))


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping, in the order of the file."""

    fields: tuple[Field, ...]
    where: Where
    path: str

    def get(self, key: str) -> Field | None:
        """Return the field of that name, None if it is absent."""
        return next((one for one in self.fields if one.key == key), None)


Node = Scalar | Items | Fields


def path_of_field(parent: str, key: str) -> str:
    """Name a value by the keys that lead to it.

    >>> path_of_field("each entry of expect", "reason")
    'expect.reason'
    """
    return f"{parent.removeprefix(_EACH)}.{shown(key)}".removeprefix(".")


def path_of_item(parent: str) -> str:
    """Name an item of a list; its line tells it from its neighbours.

    >>> path_of_item("expect")
    'each entry of expect'
    """
    return _EACH + parent.removeprefix(_EACH)


def shown(text: str) -> str:
    r"""Shorten a text to one line of at most 60 characters that can be seen.

    >>> shown("a\n  b\u200b")
    'a b\\u200b'
    """
    line = " ".join(text.split())
    line = line if len(line) <= _LONGEST_SHOWN else line[: _LONGEST_SHOWN - 1] + "…"
    return "".join(one if one.isprintable() else f"\\u{ord(one):04x}" for one in line)


def found(node: Node) -> str:
    """Say what stands there, as the file has it: what a variable holds is never shown.

    >>> found(Scalar("5", "5", quoted=False, where=Where("datacanary.yml", 1), path="version"))
    'the number 5'
    """
    match node:
        case Fields():
            return "a mapping" if node.fields else "an empty mapping"
        case Items():
            return "a list" if node.items else "an empty list"
        case Scalar():
            return _found_scalar(node)
        case _:
            assert_never(node)


def _found_scalar(node: Scalar) -> str:
    written = shown(node.written)
    match node.kind:
        case "nothing":
            return "nothing" if node.written in _NOTHING else f"nothing in {written}"
        case "true_false":
            return f"{written} (a yes or no)" if written.lower() not in {"true", "false"} else written
        case "number":
            return f"the number {written}"
        case "text":
            if node.text.strip():
                return f"the text '{written}'"
            return f"an empty text{f' in {written}' if written else ''}"
        case _:
            assert_never(node.kind)
