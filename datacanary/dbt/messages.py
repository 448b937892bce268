"""dbt's messages in one line, and where they point."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

Shorten: TypeAlias = Callable[[str], str]
"""Makes one line without cells of a database's message."""

_HEADER = re.compile(
    r"\s*(?P<kind>[A-Z][A-Za-z]*(?: [A-Z][A-Za-z]*)* Error)"
    r"(?: in (?P<what>[\w ]+?) (?P<name>\S+)(?: \((?P<path>[^()\n]+)\))?)?\s*(?:\n|$)"
)
_ENCOUNTERED = re.compile(r"\s*Encountered an error:\s*\n?")
_FROM_DATABASE = frozenset({"Database Error", "Runtime Error"})
_OF_DATABASE = re.compile(r"[A-Z][A-Za-z]*(?: [A-Za-z]+){0,3} (?:Error|Exception): ")
_NOISE = re.compile(r"\s*(?:-{5,}|\d+ +\| .*|compiled code at .*|> in .*|> called by .*)?\s*$")
_PLACES = (
    re.compile(r"\(([\w./ -]+\.(?:sql|py|csv|ya?ml|md))\)"),
    re.compile(r"[Rr]eading [\w.]+: (\S+\.ya?ml)"),
    re.compile(r"([\w./-]*\bdbt_project\.yml|[\w./-]*\b(?:packages|dependencies|profiles)\.yml)"),
)
_LONG = 500


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence or two of dbt's or of the database, and the node and file they are about; empty where unknown."""

    text: str
    node: str = ""
    path: str = ""
    kind: str = ""


def of_node(written: str, shorten: Shorten) -> Message:
    r"""Read what dbt says of a node that failed; all that may come from the database goes through `shorten`.

    >>> of_node("Runtime Error in model a (models/a.sql)\n  Binder Error: no column x", str)
    Message(text='Binder Error: no column x', node='a', path='models/a.sql', kind='Runtime Error')
    """
    head, body = _split(written)
    text = shorten(body) if head.kind in _FROM_DATABASE or not head.kind else one_line(body)
    return Message(text or head.kind, head.node, head.path, head.kind)


def of_invocation(written: str, shorten: Shorten) -> Message:
    r"""Read what dbt says when it gives up altogether; a database's message in it goes through `shorten`.

    >>> of_invocation("Encountered an error:\nCompilation Error\n  Model 'm' (models/m.sql) depends on\n  'x'", str)
    Message(text="Model 'm' (models/m.sql) depends on 'x'", node='', path='models/m.sql', kind='Compilation Error')
    """
    head, body = _split(_ENCOUNTERED.sub("", written, count=1))
    # A "Runtime Error" that is no node's may be about dbt_project.yml as well as a database's.
    certain = head.kind == "Database Error" or (head.kind in _FROM_DATABASE and head.node)
    from_database = certain or (head.kind in {*_FROM_DATABASE, ""} and _OF_DATABASE.match(body))
    text = shorten(body) if from_database else one_line(body)
    return Message(text or head.kind or "it gave no reason", head.node, head.path or _place(body), head.kind)


def one_line(text: str) -> str:
    """Join the lines of a text without its rulers and excerpts, cut after 500 characters."""
    joined = " ".join(line.strip() for line in text.splitlines() if not _NOISE.match(line))
    return joined if len(joined) <= _LONG else f"{joined[: _LONG - 1]}…"


def _split(written: str) -> tuple[Message, str]:
    """Take the headings off; they say the kind and the node, and each is indented below another."""
    head, body = Message(""), written
    while found := _HEADER.match(body):
        head = Message("", found["name"] or head.node, found["path"] or head.path, found["kind"])
        body = textwrap.dedent(body[found.end() :])
    lines = [line for line in body.splitlines() if not line.strip().startswith("compiled code at ")]
    return head, textwrap.dedent("\n".join(lines)).strip()


def _place(body: str) -> str:
    for expression in _PLACES:
        found = expression.search(body)
        if found:
            return found[1]
    return ""
