"""`${NAME}` in values: the environment's part of a config."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import assert_never

from datacanary.config.nodes import Fields, Items, Node, Scalar
from datacanary.model.variables import expand


def with_environment(node: Node, environ: Mapping[str, str]) -> Node:
    """Put the environment's values into every value below `node`; keys stay as they are.

    ConfigError names the file, the line and the variable that is not set.
    """
    match node:
        case Scalar():
            return replace(node, text=expand(node.written, environ, node.where))
        case Items():
            return replace(node, items=tuple(with_environment(item, environ) for item in node.items))
        case Fields():
            return replace(
                node,
                fields=tuple(replace(field, value=with_environment(field.value, environ)) for field in node.fields),
            )
        case _:
            assert_never(node)
