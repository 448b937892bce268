"""What hooks say, as far as that can be known without running dbt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from datacanary.model.dbt import DbtNode, Json

ASKS = "DATACANARY"
"""What dbt's environment holds while we run it."""

_THIS = re.compile(r"\{\{-?\s*this\s*-?\}\}")
_TEXT = re.compile(r"'(?:[^']|'')*'")
_OTHER = re.compile(r'(?<![\w$])(?!THIS\b)("(?:[^"]|"")+"|[A-Za-z_][\w$]*)\s*\.\s*["\w]')
_HARMLESS = re.compile(
    r"""(?:
      create\s+(?:unique\s+)?index\s+(?:concurrently\s+)?(?:if\s+not\s+exists\s+)?(?:[^\s(;]+\s+)?
        on\s+(?:only\s+)?THIS\b.*
    | (?:analyze|cluster|vacuum(?:\s*\([^)]*\)|\s+(?:full|analyze))*)\s+THIS\b.*
    | comment\s+on\s+(?:table|view|column|materialized\s+view)\s+THIS\b.*
    | grant\s+[\w\s,]+\s+on\s+(?:table\s+)?THIS\s+to\b.*
    | alter\s+table\s+(?:if\s+exists\s+)?THIS\s+
        (?:add\s+(?!.*\breferences\b)|alter\s+|owner\s+to\s+|set\s*\(|set\s+(?:un)?logged).*
    | update\s+THIS\s+set\b.* | (?:delete\s+from|insert\s+into|truncate(?:\s+table)?)\s+THIS\b(?!.*\bcascade\b).*
    | set\s+(?:local\s+)?(?!role\b|session\s+authorization\b|search_path\b)\w+\s*(?:=|to)[^;]*
    )""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)


def hooks_of(node: DbtNode) -> Iterator[tuple[str, str]]:
    """Yield the statements around and before a node's query, each with the name of its key, as written."""
    for key in ("pre-hook", "post-hook"):
        found = node.config.get(key)
        for hook in found if isinstance(found, list) else [found]:
            text: Json = hook.get("sql") if isinstance(hook, Mapping) else hook
            if isinstance(text, str) and text.strip():
                yield key, text
    header = node.config.get("sql_header")
    if isinstance(header, str) and header.strip():
        yield "sql_header", header


def is_left_out(hook: str, macros: Iterable[str] = ()) -> bool:
    """Tell whether nothing of a hook is left where the environment says that it is us who run dbt.

    `macros` are the texts of those that it calls: one that asks for DATACANARY is taken to know what it does.

    >>> is_left_out("{% if env_var('DATACANARY', '') == '' %} insert into audit.runs … {% endif %}")
    True
    >>> is_left_out("{{ audit() }}")
    False
    """
    if any(ASKS in one for one in macros):
        return True

    def env_var(name: str, default: str = "") -> str:
        del default
        return {ASKS: "1"}[name]

    # It takes a while to import, and dbt is started before.
    from jinja2 import StrictUndefined, TemplateError  # noqa: PLC0415
    from jinja2.sandbox import SandboxedEnvironment  # noqa: PLC0415

    jinja = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    jinja.globals.update(env_var=env_var)
    try:
        return not jinja.from_string(hook).render().strip()
    except (TemplateError, LookupError, TypeError, ValueError, ArithmeticError):
        return False


def of_this_alone(hook: str) -> bool:
    """Tell whether a hook, as written, speaks of its model's own table and of nothing else.

    >>> of_this_alone("create index on {{ this }} (id); analyze {{ this }}")
    True
    >>> of_this_alone("insert into audit.runs select count(*) from {{ this }}")
    False
    """
    text = _TEXT.sub("''", _THIS.sub("THIS", hook))
    if "{{" in text or "{%" in text or "--" in text or "/*" in text or "$" in text:
        return False
    statements = [one.strip() for one in text.split(";") if one.strip()]
    return all(_HARMLESS.fullmatch(one) is not None and not _OTHER.search(one) for one in statements)
