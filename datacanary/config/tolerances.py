"""Tolerances: `0.005`, or `{abs: 0.005, rel: 1e-9}`."""

from __future__ import annotations

from datacanary.config import read
from datacanary.config.nodes import Node, Scalar
from datacanary.model.config import Tolerance

_EXPECTED = "a number, 0 or above, or {abs: …, rel: …}"


def tolerance(node: Node) -> Tolerance:
    """Read a tolerance: a number is an absolute one; what is not named is 0. ConfigError for anything else."""
    if isinstance(node, Scalar):
        return Tolerance(absolute=read.number(node, _EXPECTED))
    both = read.fields(node, ("abs", "rel"))
    if not both.fields:
        raise read.wrong(node, _EXPECTED)
    absolute, relative = both.get("abs"), both.get("rel")
    return Tolerance(
        absolute=read.number(absolute.value, "a number, 0 or above") if absolute else 0.0,
        relative=_relative(relative.value) if relative else 0.0,
    )


def _relative(node: Node) -> float:
    expected = "a fraction from 0 to below 1, as 1e-9"
    value = read.number(node, expected)
    if value >= 1:
        raise read.wrong(node, expected, "At 1 any two numbers of one sign would count as equal.")
    return value
