"""How a change gets from one table to another."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping

from datacanary.model.basic import Relation

_MOST = 5
"""So many paths to one table are told: the shortest, from as many changed tables."""

Path = tuple[Relation, ...]


def paths_from(
    roots: Collection[Relation], reads: Mapping[Relation, Collection[Relation]]
) -> Mapping[Relation, tuple[Path, ...]]:
    """Return, per table, the shortest way to it from each changed table whose change reaches it.

    `reads` are what of a table's reads brings it the change.
    """
    readers: dict[Relation, list[Relation]] = {}
    for relation in sorted(reads):
        for read in reads[relation]:
            readers.setdefault(read, []).append(relation)
    found: dict[Relation, list[Path]] = {}
    for root in sorted(roots):
        for relation, path in _reached(root, readers).items():
            found.setdefault(relation, []).append(path)
    return {
        relation: tuple(sorted(paths, key=lambda path: (len(path), path))[:_MOST]) for relation, paths in found.items()
    }


def _reached(root: Relation, readers: Mapping[Relation, Collection[Relation]]) -> Mapping[Relation, Path]:
    found: dict[Relation, Path] = {}
    pending: deque[Path] = deque([(root,)])
    while pending:
        path = pending.popleft()
        for reader in readers.get(path[-1], ()):
            if reader not in found and reader != root:
                found[reader] = (*path, reader)
                pending.append(found[reader])
    return found
