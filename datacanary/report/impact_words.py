"""What the change can do to a table, in words."""

from __future__ import annotations

from collections.abc import Sequence

from datacanary.model.impact import ColumnImpact, Impact
from datacanary.model.words import count

_MOST = 4
"""So many columns of one kind are named; all are in the JSON."""
_MOST_PATHS = 2
_ARROW = " -> "
_ENDS = 2
"""A path of no more tables than these says nothing that the reason does not."""


def can_differ(impact: Impact) -> str:
    """Say what of a table can differ.

    >>> can_differ(Impact(("rows",), ("rows", "columns_added"), True, (ColumnImpact("fee", "added"),)))
    'other rows can come out, so every column can differ; fee is new'
    >>> can_differ(Impact(("expression",), ("expression",), False, (ColumnImpact("fee", "changed"),), ("id", "day")))
    'only fee can differ; the rows and 2 other columns cannot'
    >>> can_differ(Impact(("columns_added",), ("columns_added",), False, (ColumnImpact("fee", "added"),), ("id",)))
    'fee is new; nothing else can differ'
    """
    if impact.nothing:
        return "nothing can differ"
    listed = _listed(impact)
    changed = [one.name for one in impact.columns if one.change == "changed"]
    if impact.rows:
        unknown = "unknown" in impact.kinds
        known = "other rows can come out, so every column can differ"
        told = "what can differ is not known, so all of it may" if unknown else known
        return "; ".join([told, *listed])
    if "unknown" in impact.kinds:
        return "; ".join(["what can differ is not known", *listed, _rest(impact, "")])
    if changed:
        return "; ".join([f"only {_names(changed)} can differ", *listed, _rest(impact, "other ")])
    return "; ".join([*listed, "nothing else can differ"])


def _rest(impact: Impact, other: str) -> str:
    """Say what cannot differ where the rows are the same ones."""
    columns = f" and {count(len(impact.equal), f'{other}column')}" if impact.equal else ""
    return f"the rows{columns} cannot"


def reached(impact: Impact) -> Sequence[str]:
    """Write the shortest ways on which the change comes from a table that is not next to this one.

    >>> reached(Impact(("none",), ("rows",), True, paths=(("stg_orders", "fct_orders", "weekly"), ("rates", "weekly"))))
    ['stg_orders -> fct_orders -> weekly']
    """
    paths = [_ARROW.join(path) for path in impact.paths if len(path) > _ENDS]
    left = len(paths) - _MOST_PATHS
    return [*paths[:_MOST_PATHS], *([f"and {left} more"] if left > 0 else [])]


def from_where(impact: Impact) -> str:
    """Say which columns bring a change to which; empty where rows matter, or the model's own text does it.

    >>> column = ColumnImpact("euros", "changed", through=("rates.rate",))
    >>> from_where(Impact(("none",), ("expression",), False, (column,)))
    'euros from rates.rate'
    """
    moved = [f"{one.name} from {_names(one.through)}" for one in impact.columns if one.through]
    return _names(moved)


def _listed(impact: Impact) -> list[str]:
    """Say what becomes of the list of columns."""
    told = []
    for change, word in (("added", "new"), ("removed", "gone")):
        names = _of(impact.columns, change)
        if names:
            told.append(f"{_names(names)} {'is' if len(names) == 1 else 'are'} {word}")
    renamed = [f"{one.was} is now called {one.name}" for one in impact.columns if one.change == "renamed"]
    if renamed:
        told.append(_names(renamed))
    if "columns_reordered" in impact.kinds:
        told.append("its columns stand in another order")
    return told


def _of(columns: Sequence[ColumnImpact], change: str) -> list[str]:
    return [one.name for one in columns if one.change == change]


def _names(names: Sequence[str]) -> str:
    """Join names.

    >>> _names(["a", "b", "c"]), _names(["a", "b", "c", "d", "e", "f"])
    ('a, b and c', 'a, b, c, d and 2 more')
    """
    if len(names) > _MOST:
        return f"{', '.join(names[:_MOST])} and {len(names) - _MOST} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
