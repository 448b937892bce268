"""What a project reads from outside, and which columns that has."""

from __future__ import annotations

from dataclasses import dataclass

from datacanary.model.basic import Column, Relation
from datacanary.model.project import ReadKind


@dataclass(frozen=True, slots=True)
class Leaf:
    """A relation that no model makes, or what stands in FROM where a query names data files itself.

    `paths` are those files' paths or globs, and `call` the text before, between and behind them: empty twice for a path
    that stands alone. The same leaf can have other columns in the other version, where its files differ.

    >>> str(Leaf("file", None, ("a.csv",), ("read_csv(", ", header = true)")))
    'read_csv(a.csv, header = true)'
    """

    kind: ReadKind
    relation: Relation | None
    paths: tuple[str, ...] = ()
    call: tuple[str, ...] = ()

    def __str__(self) -> str:
        return str(self.relation) if self.relation is not None else self.written(self.paths)

    def written(self, places: tuple[str, ...]) -> str:
        """Write what stands in FROM with these words in place of its paths."""
        pairs = zip(self.call, (*places, ""), strict=True)
        return "".join(text + place for text, place in pairs)


@dataclass(frozen=True, slots=True)
class LeafColumns:
    """The columns of a leaf in their order, or None and why they are not known, with the file and line that names it.

    A type says a collation, too: `varchar collate nocase`, or `varchar collate unknown`.
    """

    columns: tuple[Column, ...] | None
    problem: str = ""
