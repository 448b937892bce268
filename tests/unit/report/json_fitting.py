"""Results as JSON, and how they are broken to see that the schema notices."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import cast

from jsonschema import Draft202012Validator

from datacanary.report.json import schema

Node = dict[str, object]


def the_schema() -> Node:
    """Read the schema."""
    return cast("Node", json.loads(schema()))


def problems(result: object, against: Node | None = None) -> list[str]:
    """Say where a result does not fit."""
    validator = Draft202012Validator(against or the_schema())
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(result)]


def follow(node: object, path: tuple[str | int, ...]) -> object:
    """Go down to a member."""
    for part in path:
        node = cast("Node", node)[cast("str", part)]
    return node


def put(value: object, *path: str | int) -> Callable[[Node], None]:
    """Make a change that puts a value in a place of a result."""

    def change(result: Node) -> None:
        cast("Node", follow(result, path[:-1]))[cast("str", path[-1])] = value

    return change


def nodes(found: object) -> list[Node]:
    """Take a member as a list of objects."""
    return cast("list[Node]", found)
