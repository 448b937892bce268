"""What earlier runs found out about the meaning of models."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlglot._version import version as sqlglot_version

from datacanary.impact.meaning.order import Order
from datacanary.impact.meaning.query import Doubt, Result
from datacanary.impact.meaning.table import Table, TableColumn
from datacanary.impact.meaning.value import ALGORITHM, Fingerprint, Value, digest
from datacanary.memory import Memory
from datacanary.model.project import Model
from datacanary.version import __version__

_KIND = "meanings"


class RememberedMeanings:
    """Results by the digest of what they follow from; without their clauses."""

    def __init__(self, memory: Memory, dialect: str) -> None:
        """Take the memory; another version of datacanary or of the parser knows nothing of this one's."""
        self._memory = memory
        self._versions = (ALGORITHM, __version__, sqlglot_version, dialect)
        self._new: dict[str, str] = {}

    def find(self, wanted: Mapping[Fingerprint, Model]) -> dict[Fingerprint, Result]:
        """Return what is known of models, by the digest of what it follows from."""
        keys = {self._key(program, model): program for program, model in wanted.items()}
        found: dict[Fingerprint, Result] = {}
        for key, text in self._memory.get_many(_KIND, keys).items():
            result = _read(text)
            if result is not None:
                found[keys[key]] = result
        return found

    def add(self, program: Fingerprint, model: Model, result: Result) -> None:
        """Take in what was worked out."""
        self._new[self._key(program, model)] = _written(result)

    def keep(self) -> None:
        """Store what is new."""
        self._memory.put_many(_KIND, self._new)
        self._new = {}

    def _key(self, program: Fingerprint, model: Model) -> str:
        # Doubts name a line of the text, so the text itself counts, white space and all.
        return digest(self._versions, program, model.path, model.text)


def _written(result: Result) -> str:
    table = result.table
    content = {
        "rows": _of_value(table.rows),
        "columns": [[column.name, column.type, *_of_value(column.value)] for column in table.columns],
        "rest": _of_value(table.rest) if table.rest is not None else None,
        "keys": [sorted(key) for key in sorted(table.keys, key=sorted)],
        "numbered": {number: sorted(key) for number, key in table.numbered.items()},
        "base": table.base,
        "filters": sorted(table.filters),
        "order": list(table.order),
        "doubts": [[doubt.why, doubt.line] for doubt in result.doubts],
    }
    return json.dumps(content, separators=(",", ":"))


def _of_value(value: Value) -> list[object]:
    return [value.fingerprint, sorted(value.reads), value.settled]


def _read(text: str) -> Result | None:
    """Read a result; None for a text that is damaged."""
    try:
        content = json.loads(text)
        table = Table(
            _value(*content["rows"]),
            tuple(TableColumn(name, _value(*value), type_) for name, type_, *value in content["columns"]),
            _value(*content["rest"]) if content["rest"] is not None else None,
            frozenset(frozenset(key) for key in content["keys"]),
            {number: frozenset(key) for number, key in content["numbered"].items()},
            content["base"],
            frozenset(content["filters"]),
            Order(*content["order"]),
        )
        doubts = tuple(Doubt(why, line) for why, line in content["doubts"])
    except (ValueError, KeyError, TypeError):
        return None
    return Result(table, None, doubts)


def _value(fingerprint: str, reads: list[tuple[str, str]], settled: bool) -> Value:  # noqa: FBT001 -- as stored
    return Value(fingerprint, frozenset((table, column) for table, column in reads), settled)
