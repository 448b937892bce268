"""What one text says by itself, wherever it lies: read once for both versions, and remembered across runs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

from pydantic import TypeAdapter, ValidationError
from sqlglot import exp
from sqlglot._version import version as sqlglot_version

from datacanary.memory import FORGETFUL, Memory
from datacanary.model.outline import OutlineOf
from datacanary.model.project import Materialized, Span, Unread
from datacanary.project.fingerprint import text_fingerprint
from datacanary.project.naming import fold
from datacanary.project.references import Reads, reads_of
from datacanary.project.scopes import is_macro, made_by
from datacanary.project.statements import NotReadError, Script, read_script
from datacanary.project.unread import read_otherwise
from datacanary.sql.trees import tokens_of
from datacanary.version import __version__

_KIND = "facts"
_ALGORITHM = 1
"""To be raised with every change of what a text's facts are, or of what is refused."""


@dataclass(frozen=True, slots=True)
class Created:
    """The folded parts of the name behind CREATE TABLE or CREATE VIEW, and where they begin."""

    parts: tuple[str, ...]
    start: int


@dataclass(frozen=True, slots=True)
class Facts:
    """The statements of one text by their places, what they read, and the text's fingerprint.

    `unread` says why only the warehouse's own parser reads the query, if that is so.
    """

    preamble: tuple[Span, ...]
    query: Span
    materialized: Materialized | None
    created: Created | None
    reads: Reads
    fingerprint: str
    unread: Unread | None = None


_FACTS = TypeAdapter(Facts)


class TextReader:
    """Reads texts of one dialect, those that were read before only once; call `keep` when all are read.

    `outline` is asked for a query that our own parser cannot read.
    """

    def __init__(self, dialect: str, memory: Memory = FORGETFUL, outline: OutlineOf | None = None) -> None:
        """Take what is remembered of earlier runs."""
        self._dialect = dialect
        self._memory = memory
        self._outline = outline
        self._known: dict[str, Facts] = {}
        self._new: dict[str, str] = {}

    def recall(self, texts: Iterable[str]) -> None:
        """Look up many texts at once."""
        keys = {self._key(text): text for text in texts if text not in self._known}
        for key, stored in self._memory.get_many(_KIND, keys).items():
            try:
                self._known[keys[key]] = _FACTS.validate_json(stored)
            except ValidationError:
                # Damaged, or not by us: the text is read again.
                continue

    def facts(self, text: str, path: str) -> Facts:
        """Return what a text says; `path` is for messages.

        Raises ProjectError, with file, line and column, for what cannot be understood.
        """
        if text not in self._known:
            try:
                self._known[text] = facts_of(text, path, self._dialect)
                self._new[self._key(text)] = text
            except NotReadError as error:
                self._known[text] = self._otherwise(text, path, error)
        return self._known[text]

    def _otherwise(self, text: str, path: str, error: NotReadError) -> Facts:
        """Ask the warehouse's parser; what it says is not kept, since another version of it may say something else."""
        if self._outline is None:
            raise error
        found = read_otherwise(text, path, self._dialect, error, self._outline)
        facts = facts_of(found.stand_in, path, self._dialect)
        reads = facts.reads
        return replace(
            facts,
            query=found.query,
            reads=replace(reads, names=(*reads.names, *found.names), unpinned=(*reads.unpinned, *found.unpinned)),
            fingerprint=text_fingerprint(tokens_of(text, self._dialect)),
            unread=found.why,
        )

    def keep(self) -> None:
        """Store what was read anew, for the next run."""
        self._memory.put_many(
            _KIND, {key: _FACTS.dump_json(self._known[text]).decode() for key, text in self._new.items()}
        )
        self._new.clear()

    def _key(self, text: str) -> str:
        parts = (str(_ALGORITHM), __version__, sqlglot_version, self._dialect, text)
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def facts_of(text: str, path: str, dialect: str) -> Facts:
    """Read a text; raises as `TextReader.facts` does.

    >>> facts = facts_of("CREATE VIEW v AS SELECT * FROM orders", "v.sql", "duckdb")
    >>> facts.materialized, [name.parts for name in facts.reads.names]
    ('view', [('orders',)])
    """
    script = read_script(text, path, dialect)
    trees = [statement.tree for statement in script.preamble]
    every = [
        # The names in a macro are looked up when it is used: then all temporary tables are there.
        reads_of(tree, text, path, dialect, made_by(trees if is_macro(tree) else trees[:index]))
        for index, tree in enumerate(trees)
    ]
    every.append(reads_of(script.query, text, path, dialect, made_by(trees)))
    return Facts(
        preamble=tuple(statement.span for statement in script.preamble),
        query=script.query_span,
        materialized=script.materialized,
        created=_created(script),
        reads=Reads(
            names=tuple(name for one in every for name in one.names),
            paths=tuple(found for one in every for found in one.paths),
            columns=tuple(column for one in every for column in one.columns),
            unpinned=tuple(what for one in every for what in one.unpinned),
        ),
        fingerprint=text_fingerprint(tokens_of(text, dialect)),
    )


def _created(script: Script) -> Created | None:
    if script.created is None:
        return None
    written = [part for part in (script.created.args.get(key) for key in ("catalog", "db", "this")) if part]
    named = [part for part in written if isinstance(part, exp.Expr)]
    return Created(tuple(fold(part.name) for part in named), named[0].meta["start"])
