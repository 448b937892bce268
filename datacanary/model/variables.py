"""`${NAME}` and `${NAME:-default}` in a text; `$${` stands for a plain `${`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from datacanary.errors import ConfigError, Where

_MARKED = re.compile(r"\$\$\{|\$\{(?P<inside>[^}]*)(?P<end>\}?)")
_INSIDE = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>.*))?", re.DOTALL)
Written = Callable[[str, str, str], str]
"""Writes a value: takes what stands before it, the value, and what stands behind it."""

_SPELLING = "Write ${NAME} or ${NAME:-default}, or $${ for a plain ${."


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the environment; `default` is what stands in where it is unset or empty."""

    name: str
    default: str | None


def pieces(text: str, where: Where) -> tuple[str | Variable, ...]:
    """Split `text` into plain parts and variables; ConfigError where a `${` cannot be read.

    >>> pieces("duckdb:///${DIR}/a.duckdb", Where("datacanary.yml", 3))
    ('duckdb:///', Variable(name='DIR', default=None), '/a.duckdb')
    """
    found: list[str | Variable] = []
    end = 0
    for match in _MARKED.finditer(text):
        found += [text[end : match.start()], _piece(match, where)]
        end = match.end()
    return tuple(piece for piece in (*found, text[end:]) if piece != "")


def _piece(match: re.Match[str], where: Where) -> str | Variable:
    if match["inside"] is None:
        return "${"
    inside = _INSIDE.fullmatch(match["inside"])
    if not match["end"] or inside is None:
        raise ConfigError("This '${' begins no variable that can be read.", hint=_SPELLING, where=where)
    if "${" in (inside["default"] or ""):
        raise ConfigError(f"The default of ${{{inside['name']}}} holds a variable.", hint=_SPELLING, where=where)
    return Variable(inside["name"], inside["default"])


def expand(text: str, environ: Mapping[str, str], where: Where, written: Written | None = None) -> str:
    """Put the variables' values in; ConfigError names the variable that is not set.

    What a variable holds is not searched for variables again. `written` says how it is written between the text that
    stands before it and what the file has behind it; otherwise it is taken as it is.

    >>> expand("${SCHEMA:-analytics}_$${x}", {}, Where("datacanary.yml", 3))
    'analytics_${x}'
    """
    found, every = "", pieces(text, where)
    for place, piece in enumerate(every):
        if isinstance(piece, str):
            found += piece
            continue
        value = _value(piece, environ, where)
        behind = "".join(one for one in every[place + 1 :] if isinstance(one, str))
        found += value if written is None else written(found, value, behind)
    return found


def _value(variable: Variable, environ: Mapping[str, str], where: Where) -> str:
    if variable.default is not None:
        return environ.get(variable.name) or variable.default
    if variable.name not in environ:
        raise ConfigError(
            f"The environment variable {variable.name} is not set.",
            hint=f"Set it, or give a default: ${{{variable.name}:-…}}.",
            where=where,
        )
    return environ[variable.name]


def exposed(text: str, where: Where) -> str:
    """Return what the file itself gives away: variables left out, their defaults as they stand.

    >>> exposed("postgresql://${USER:-me}:${PASSWORD}@host/db", Where("datacanary.yml", 3))
    'postgresql://me:@host/db'
    """
    return "".join(piece if isinstance(piece, str) else piece.default or "" for piece in pieces(text, where))
