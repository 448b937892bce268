"""Results that were worked out before, in this run for the other version or in an earlier one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from sqlglot._version import version as sqlglot_version

from datacanary.impact.nondeterminism.flow import Field, Flow, Places
from datacanary.memory import FORGETFUL, Memory
from datacanary.model.noise import NoiseMark
from datacanary.version import __version__

_KIND = "flows"
_ALGORITHM = 1
"""To be raised with every change of what a rule finds, or of where it can get to."""


class KnownFlows:
    """Flows by a digest of all that they follow from: texts, names, keys, and the flows of what is read."""

    def __init__(self, memory: Memory = FORGETFUL) -> None:
        """Take what is remembered of earlier runs."""
        self._memory = memory
        self._known: dict[str, Flow] = {}
        self._new: list[str] = []

    def recall(self, keys: Iterable[str]) -> None:
        """Look up many flows at once."""
        wanted = [key for key in keys if key not in self._known]
        for key, text in self._memory.get_many(_KIND, wanted).items():
            flow = decoded(text)
            if flow is not None:
                self._known[key] = flow

    def find(self, key: str) -> Flow | None:
        """Return a flow that is known."""
        return self._known.get(key)

    def add(self, key: str, flow: Flow) -> None:
        """Take in a flow that was worked out."""
        self._known[key] = flow
        self._new.append(key)

    def keep(self) -> None:
        """Store what is new, for the next run."""
        self._memory.put_many(_KIND, {key: encoded(self._known[key]) for key in self._new})
        self._new.clear()


def key_of(*parts: object) -> str:
    """Return the digest of all that a flow follows from, this program's own version among it."""
    said = repr((_ALGORITHM, __version__, sqlglot_version, *parts))
    return hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()


def encoded(flow: Flow) -> str:
    """Write a flow as JSON: each place once, and by its number where it reaches."""
    numbers: dict[NoiseMark, int] = {}

    def of(places: Places) -> list[int]:
        return sorted(numbers.setdefault(place, len(numbers)) for place in places)

    fields = [[field.name, of(field.places), int(field.is_float)] for field in flow.fields]
    rest, rows = of(flow.rest), of(flow.rows)
    keys = sorted(sorted(key) for key in flow.keys)
    marks = [[one.kind, one.columns, one.quoted, one.path, one.line, one.inherited_from] for one in numbers]
    return json.dumps([marks, fields, int(flow.complete), rest, rows, keys], separators=(",", ":"))


def decoded(text: str) -> Flow | None:
    """Read a flow; None if the text is none.

    >>> flow = Flow((Field("a", is_float=True),), rows=frozenset({NoiseMark("limit", None, "LIMIT 1", "a.sql", 3)}))
    >>> decoded(encoded(flow)) == flow, decoded("[1]")
    (True, None)
    """
    try:
        marks, fields, complete, rest, rows, keys = json.loads(text)
        places = [
            NoiseMark(kind, None if columns is None else tuple(columns), quoted, path, line, origin)
            for kind, columns, quoted, path, line, origin in marks
        ]
        return Flow(
            tuple(Field(name, frozenset(places[one] for one in found), bool(real)) for name, found, real in fields),
            bool(complete),
            frozenset(places[one] for one in rest),
            frozenset(places[one] for one in rows),
            frozenset(frozenset(key) for key in keys),
        )
    except (ValueError, TypeError, LookupError):
        return None
