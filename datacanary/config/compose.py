"""YAML text → nodes: only plain YAML, nothing that grows, runs or hides."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import yaml

from datacanary.config.nodes import Field, Fields, Items, Node, Scalar, path_of_field, path_of_item, shown
from datacanary.config.syntax import character_error, syntax_error
from datacanary.errors import ConfigError, Where

_LARGEST = 1024 * 1024
_DEEPEST = 20
_TAGS = "tag:yaml.org,2002:"
_SCALAR_TAGS = frozenset({"str", "int", "float", "bool", "null"})
# They reorder what a reviewer sees.
_BIDIRECTIONAL = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def compose(text: str, file: str) -> Node | None:
    """Read the one YAML document in `text` (at most 1 MiB, nested at most 20 deep); None if it is empty.

    ConfigError for wrong syntax, a key that stands twice, anchors and aliases, and tags that make other than plain
    values.

    >>> compose("version: 1", "datacanary.yml").get("version").where
    Where(file='datacanary.yml', line=1, column=1)
    """
    if len(text.encode("utf-8", "surrogatepass")) > _LARGEST:
        raise ConfigError("The file is larger than 1 MiB.", hint="No config is.", where=Where(file, 1))
    events = _events(text, file)
    root = None
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            if root is not None:
                raise ConfigError(
                    "A second YAML document begins here ('---').", hint="Keep one.", where=_where(event, file)
                )
            root = _node(next(events), events, file=file, path="", depth=1)
    return root


def _events(text: str, file: str) -> Iterator[yaml.Event]:
    reached = Where(file, 1, 1)
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            reached = _where(event, file)
            yield event
    except yaml.reader.ReaderError as error:
        raise character_error(error, text, file) from None
    except yaml.MarkedYAMLError as error:
        raise syntax_error(error, text, file) from None
    except (ValueError, OverflowError):
        # PyYAML leaves "\UFFFFFFFF" and over-long version numbers to Python.
        raise ConfigError("After this, a number or an escape is too large for YAML.", where=reached) from None


def _where(event: yaml.Event, file: str) -> Where:
    mark = event.start_mark
    return Where(file, mark.line + 1, mark.column + 1) if mark else Where(file, 1)


def _node(event: yaml.Event, events: Iterator[yaml.Event], *, file: str, path: str, depth: int) -> Node:
    where = _where(event, file)
    _refuse_anchor(event, where)
    if depth > _DEEPEST:
        raise ConfigError(f"This is nested more than {_DEEPEST} deep.", hint="No config is.", where=where)
    if isinstance(event, yaml.MappingStartEvent):
        _refuse_tag(event.tag, frozenset({"map"}), where)
        return Fields(_fields(events, file=file, path=path, depth=depth), where, path)
    if isinstance(event, yaml.SequenceStartEvent):
        _refuse_tag(event.tag, frozenset({"seq"}), where)
        items = []
        while not isinstance(following := next(events), yaml.SequenceEndEvent):
            items.append(_node(following, events, file=file, path=path_of_item(path), depth=depth + 1))
        return Items(tuple(items), where, path)
    return _scalar(event, where, path)


def _fields(events: Iterator[yaml.Event], *, file: str, path: str, depth: int) -> tuple[Field, ...]:
    fields: dict[str, Field] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        where = _where(event, file)
        key = _key(event, where)
        if key in fields:
            raise ConfigError(
                f"Key '{shown(key)}' stands twice{f' under {path}' if path else ''}: in line {fields[key].where.line}"
                f" and in line {where.line}.",
                hint="Keep one.",
                where=where,
            )
        value = _node(next(events), events, file=file, path=path_of_field(path, key), depth=depth + 1)
        fields[key] = Field(key, where, value)
    return tuple(fields.values())


def _key(event: yaml.Event, where: Where) -> str:
    """Keys are names, taken as they stand: `on` and `2024` are names of columns too."""
    _refuse_anchor(event, where)
    if not isinstance(event, yaml.ScalarEvent):
        raise ConfigError("A key must be a name; found a list or a mapping.", where=where)
    scalar = _scalar(event, where, "")
    if scalar.kind == "nothing" or not scalar.text:
        raise ConfigError("A key must be a name; found nothing.", where=where)
    if scalar.text == "<<" and not scalar.quoted:
        raise ConfigError("Merge keys (<<) are not supported.", hint="Write the values out.", where=where)
    return scalar.text


def _scalar(event: yaml.Event, where: Where, path: str) -> Scalar:
    if not isinstance(event, yaml.ScalarEvent):  # pragma: no cover -- the other events were told apart above
        raise TypeError(event)
    _refuse_tag(event.tag, _SCALAR_TAGS, where)
    text: str = event.value
    for character in text:
        if character in _BIDIRECTIONAL or (unicodedata.category(character) in {"Cc", "Cs"} and character not in "\n\t"):
            raise ConfigError(
                f"This text holds the character U+{ord(character):04X}, which cannot be seen.",
                hint="Remove it.",
                where=where,
            )
    quoted = event.tag == _TAGS + "str" or (event.tag is None and bool(event.style))
    return Scalar(text, text, quoted, where, path)


def _refuse_anchor(event: yaml.Event, where: Where) -> None:
    alias = isinstance(event, yaml.AliasEvent)
    if alias or (isinstance(event, yaml.NodeEvent) and event.anchor is not None):
        raise ConfigError(
            "Anchors (&name) and aliases (*name) are not supported.",
            hint="Write the value out; if it is a text that begins with '*' or '&', put quotes around it.",
            where=where,
        )


def _refuse_tag(tag: str | None, plain: frozenset[str], where: Where) -> None:
    if tag is not None and tag.removeprefix(_TAGS) not in plain:
        name = tag.replace(_TAGS, "!!")
        raise ConfigError(
            f"The tag '{shown(name)}' is not supported here.",
            hint="Remove it; if the text begins with '!', put quotes around it.",
            where=where,
        )
