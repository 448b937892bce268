"""What can differ between two meanings of one relation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from datacanary.impact.meaning.names import names_of
from datacanary.impact.meaning.table import NAMELESS, Table
from datacanary.impact.meaning.value import Value

Fold = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Difference:
    """If not `rows`, the same rows are there as often, in all columns that both have and that are not `changed`.

    Columns by folded name, `renamed` as old and new name as they are spelled. `open` says that one of the tables has
    columns whose names nobody knows, which can differ, too. `order` tells that the rows can come in another order,
    which is no difference of data.
    """

    rows: bool
    changed: frozenset[str]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    reordered: bool
    equal: frozenset[str] = frozenset()
    open: bool = False
    order: bool = False

    @property
    def nothing(self) -> bool:
        """Whether both are the same data under the same names, in the same order."""
        listed = self.changed or self.added or self.removed or self.renamed
        return not (self.rows or listed or self.reordered or self.open)


def difference(base: Table, head: Table, dialect: str = "duckdb") -> Difference:
    """Compare two meanings of a relation.

    A column that is new has another name for one that is gone if both are the same, and no other is.
    """
    fold = names_of(dialect).stored
    old, new = _columns(base, fold), _columns(head, fold)
    both = [name for name in old if name in new]
    doubled = {name for table in (base, head) for name in _doubled(table, fold)}
    changed = {n for n in both if n in doubled or old[n][1].fingerprint != new[n][1].fingerprint}
    respelled = [(old[name][0], new[name][0]) for name in both if old[name][0] != new[name][0]]
    gone, come = [n for n in old if n not in new], [n for n in new if n not in old]
    known = base.complete and head.complete
    # Where not all names are known, nobody can say whose a new name is.
    renamed = {} if not known else _renamed({n: old[n][1] for n in gone}, {n: new[n][1] for n in come})
    rest = (base.rest and base.rest.fingerprint, head.rest and head.rest.fingerprint)
    return Difference(
        rows=base.rows.fingerprint != head.rows.fingerprint,
        changed=frozenset(changed),
        added=tuple(new[name][0] for name in come if name not in renamed.values()),
        removed=tuple(old[name][0] for name in gone if name not in renamed),
        renamed=(*((old[one][0], new[other][0]) for one, other in renamed.items()), *respelled),
        reordered=both != [name for name in new if name in old],
        equal=frozenset(name for name in both if name not in changed and not name.startswith(NAMELESS)),
        open=rest[0] != rest[1],
        order=base.order != head.order,
    )


def _columns(table: Table, fold: Fold) -> dict[str, tuple[str, Value]]:
    return {fold(column.name): (column.name, column.value) for column in table.columns}


def _doubled(table: Table, fold: Fold) -> set[str]:
    names = [fold(column.name) for column in table.columns]
    return {name for name in names if names.count(name) > 1}


def _renamed(gone: dict[str, Value], come: dict[str, Value]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in gone.items():
        same = [new for new, other in come.items() if other.fingerprint == value.fingerprint]
        twins = [old for old, other in gone.items() if other.fingerprint == value.fingerprint]
        if len(same) == 1 and len(twins) == 1:
            found[name] = same[0]
    return found
