"""What the engine says of two versions of a query, and whether what came out agrees."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from datacanary import config as config_room
from datacanary.impact.difference import difference
from datacanary.impact.meaning.query import read_sql
from datacanary.impact.meaning.table import Table, source_table
from datacanary.impact.nondeterminism.marks import marks_of
from datacanary.model.basic import Version
from datacanary.project.plain_sql import parse
from datacanary.sql.trees import MisreadError
from proof.draft import DIALECT, Schema
from proof.execution import Result, nearly_same, same

CONFIG = "version: 1\nwarehouse: duckdb:///proof.duckdb\nproduction: main\n"


@dataclass(frozen=True, slots=True)
class Claim:
    """What is said of base and head, by folded names; `nothing` can differ, other letters of a name apart."""

    rows: bool
    changed: frozenset[str]
    equal: frozenset[str]
    open: bool
    renamed: tuple[tuple[str, str], ...]
    nothing: bool

    def proven(self, common: frozenset[str]) -> frozenset[str]:
        """Return those of the columns that both have which cannot differ, jointly."""
        return frozenset() if self.rows else common & self.equal


UNREAD = Claim(rows=True, changed=frozenset(), equal=frozenset(), open=True, renamed=(), nothing=False)
"""Nothing is said of a query that cannot be read."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What came out, over all datasets: what both have, which of that differs by itself, and whether anything does."""

    common: frozenset[str]
    differing: frozenset[str]
    differs: bool
    non_empty: bool


Judgement = Literal["holds", "forgiven", "noise", "refuted"]
"""`forgiven`: but for the order of addition of floats; `noise`: the lint says that it can differ each time."""


def tables_of(schema: Schema, unknown: Collection[str] = ()) -> dict[str, Table]:
    """Return the tables of a schema as the engine takes them; `unknown` are those whose columns it is not told."""
    return {name.lower(): source_table(name, None if name in unknown else columns) for name, columns in schema.items()}


def meaning(sql: str, tables: Mapping[str, Table], salt: str) -> Table | None:
    """Read a query; None if the engine says that it cannot."""
    try:
        return read_sql(sql, tables, DIALECT, salt=salt).table
    except MisreadError:
        return None


def claim(base: Table | None, head: Table | None) -> Claim:
    """Say what cannot differ."""
    if base is None or head is None:
        return UNREAD
    found = difference(base, head, DIALECT)
    # The same name in other letters is the same name: the contract folds them.
    renamed = tuple((old.lower(), new.lower()) for old, new in found.renamed if old.lower() != new.lower())
    listed = found.rows or found.changed or found.added or found.removed or found.reordered or found.open
    nothing = not listed and not renamed
    return Claim(found.rows, found.changed, found.equal, found.open, renamed, nothing)


def truth(base: Sequence[Result], head: Sequence[Result]) -> Truth:
    """Compare what came out on each dataset."""
    common = frozenset(map(str.lower, base[0].names)) & frozenset(map(str.lower, head[0].names))
    listed = sorted(common)
    pairs = list(zip(base, head, strict=True))
    alike = len(common) == len(base[0].names) == len(head[0].names) and all(same(*pair, listed) for pair in pairs)
    differing = frozenset(
        name
        for name in ([] if alike else listed)
        if any(not same(*pair, [name]) and not nearly_same(*pair, [name]) for pair in pairs)
    )
    apart = not alike and not all(nearly_same(*pair, listed) for pair in pairs)
    added = len(common) < max(len(base[0].names), len(head[0].names))
    return Truth(common, differing, apart or added, any(one.rows for one in (*base, *head)))


def judged(claimed: Claim, base: Sequence[Result], head: Sequence[Result], texts: Sequence[str] = ()) -> Judgement:
    """Hold a claim against what came out: the rows over all that is proven, jointly, and the types.

    A difference is noise if the lint says of one of the texts that all that differs can differ each time.
    """
    if claimed.rows:
        return "holds"
    worst: Judgement = "holds"
    common = frozenset(map(str.lower, base[0].names)) & frozenset(map(str.lower, head[0].names))
    proven = sorted(claimed.proven(common))
    moved = [pair for pair in claimed.renamed if _has(base[0], pair[0]) and _has(head[0], pair[1])]
    old = [*proven, *(name for name, _ in moved)]
    new = [*proven, *(name for _, name in moved)]
    for left, right in zip(base, head, strict=True):
        before, after = chosen(left, old), chosen(right, new)
        if before.types != after.types:
            return "refuted"
        places = range(len(old))
        if before.bag(places) == after.bag(places):
            continue
        if not nearly_same(before, after, before.names):
            return "noise" if noisy(texts, before, after, old) else "refuted"
        worst = "forgiven"
    return worst


def _has(result: Result, name: str) -> bool:
    return name in map(str.lower, result.names)


def chosen(result: Result, names: Sequence[str]) -> Result:
    """Return some columns of a result, called by their places."""
    places = result.places(names)
    rows = tuple(tuple(row[place] for place in places) for row in result.rows)
    return Result(tuple(f"c{number}" for number in range(len(places))), tuple(result.types[p] for p in places), rows)


def noisy(texts: Sequence[str], base: Result, head: Result, names: Sequence[str]) -> bool:
    """Tell whether the lint says of all that differs that it can differ each time."""
    differing = {
        name
        for name, code in zip(names, base.names, strict=True)
        if not same(base, head, [code]) and not nearly_same(base, head, [code])
    }
    for text in texts:
        reached = set[str]()
        for mark in _marks(text):
            if mark is None:
                return True
            reached |= mark
        if reached and differing <= reached:
            return True
    return False


def _marks(sql: str) -> list[set[str] | None]:
    config = config_room.parse(CONFIG, "datacanary.yml", {})
    version = Version("proof", "0" * 40)
    models = parse({"models/m.sql": sql}, config, (), version, dialect=DIALECT, catalog="proof").models
    return [
        None if mark.columns is None else {name.lower() for name in mark.columns}
        for model in models.values()
        for mark in marks_of(model, DIALECT, {})
        if mark.kind != "float_sum"
    ]
