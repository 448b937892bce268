"""The limits that hold where the config says nothing, and `defaults:`, which changes them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from datacanary.config import read
from datacanary.config.checks import CHECKS
from datacanary.config.compose import compose
from datacanary.config.limits import limits
from datacanary.config.nodes import Fields, Node
from datacanary.config.tolerances import tolerance
from datacanary.model.config import Policy

_KEYS = (*CHECKS, "float_tolerance", "max_warnings")


@dataclass(frozen=True, slots=True)
class DefaultLine:
    """One line of `defaults:`: its key, its value as YAML, what it is about."""

    key: str
    value: str
    about: str


def describe_defaults() -> tuple[DefaultLine, ...]:
    """Return every default, in the order in which `datacanary init` writes them."""
    return (
        *(DefaultLine(check.name, check.default, check.about) for check in CHECKS.values()),
        DefaultLine("float_tolerance", "{rel: 1e-9, abs: 0}", "floats closer than this are equal"),
        DefaultLine("max_warnings", "20", "more of them: inconclusive, ask a human"),
    )


def defaults_yaml() -> str:
    """Return all defaults as the block `defaults:` of a config, with comments.

    >>> print(defaults_yaml().splitlines()[1])
      key_problems:    {fail: "> 0"}                     # duplicate keys, or NULLs in the key
    """
    lines = [f"  {line.key + ':':<17}{line.value:<34}# {line.about}" for line in describe_defaults()]
    return "\n".join(["defaults:", *lines, ""])


def default_policy() -> Policy:
    """Return what holds without a config; the origin of every limit is `default`.

    >>> default_policy().defaults["values_changed"].fail
    Threshold(value=0.01, unit='share', text='> 1%')
    """
    root = compose(defaults_yaml(), "default")
    policy = with_defaults(Policy(), root.fields[0].value) if isinstance(root, Fields) else Policy()
    plain = {name: replace(limit, origin="default") for name, limit in policy.defaults.items()}
    return replace(policy, defaults=plain)


def with_defaults(policy: Policy, node: Node) -> Policy:
    """Return `policy` as `defaults:` changes it: a limit that is named replaces the whole limit of that check."""
    fields = read.fields(node, _KEYS)
    floats, warnings = fields.get("float_tolerance"), fields.get("max_warnings")
    return replace(
        policy,
        defaults={**policy.defaults, **limits(fields)},
        float_tolerance=tolerance(floats.value) if floats else policy.float_tolerance,
        max_warnings=read.whole_number(warnings.value) if warnings else policy.max_warnings,
    )
