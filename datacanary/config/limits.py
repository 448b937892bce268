"""Limits: `{warn: "> 0", fail: "> 1%"}` or one word."""

from __future__ import annotations

from datacanary.config import read
from datacanary.config.amounts import Amount, as_threshold, example, same_unit, threshold
from datacanary.config.checks import CHECKS, Check
from datacanary.config.nodes import Field, Fields, Scalar
from datacanary.errors import ConfigError
from datacanary.model.config import CheckName, Limit, SwitchStatus

_WORDS: dict[str, SwitchStatus] = {"pass": "pass", "warn": "warn", "inconclusive": "inconclusive", "fail": "fail"}
_NEVER_JUDGED = ("pass", "ignore")


def limits(fields: Fields) -> dict[CheckName, Limit]:
    """Read every limit among `fields`; the others are left to the caller."""
    return {CHECKS[field.key].name: limit(field) for field in fields.fields if field.key in CHECKS}


def limit(field: Field) -> Limit:
    """Read one limit; `field.key` is the name of its check."""
    check = CHECKS[field.key]
    return _measured(field, check) if check.units else _switch(field, check)


def _switch(field: Field, check: Check) -> Limit:
    node = field.value
    if not isinstance(node, Scalar):
        raise read.wrong(node, "one word", f"{check.name} is a yes or no. Valid: {', '.join(_WORDS)}.")
    status = _WORDS[read.choice(node, tuple(_WORDS))]
    if status == "pass" and check.name in {"table_added", "table_removed"}:
        raise ConfigError(
            f"{node.path} cannot be pass: what was not compared is never a pass.",
            hint="Valid: warn, inconclusive, fail.",
            where=node.where,
        )
    return Limit(status=status, origin=field.origin)


def _measured(field: Field, check: Check) -> Limit:
    node = field.value
    if isinstance(node, Scalar) and node.text in _NEVER_JUDGED:
        return Limit(status="pass", origin=field.origin)
    if isinstance(node, Scalar) or (isinstance(node, Fields) and not node.fields):
        raise read.wrong(
            node, f'a limit, as {{fail: "> {example(check)}"}}', "Keys: warn, fail; or one word: pass (never judged)."
        )
    both = read.fields(node, ("warn", "fail"))
    warn, fail = _threshold(both, "warn", check), _threshold(both, "fail", check)
    unit = same_unit(tuple(one[0] for one in (warn, fail) if one), node, check)
    if warn and fail and warn[0].value > fail[0].value:
        raise ConfigError(
            f"{node.path} warns above {warn[1][2:]} but fails above {fail[1][2:]} already.",
            hint="warn must be below fail, or equal to it.",
            where=node.where,
        )
    return Limit(as_threshold(warn, unit), as_threshold(fail, unit), origin=field.origin)


def _threshold(both: Fields, name: str, check: Check) -> tuple[Amount, str] | None:
    field = both.get(name)
    if field is None:
        return None
    if not isinstance(field.value, Scalar):
        raise read.wrong(field.value, "a limit")
    return threshold(field.value.text, field.value, check)
