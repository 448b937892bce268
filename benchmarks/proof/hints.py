"""What a query's own text says about the values that its filters and joins let through."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp

from proof.draft import parsed, plain

PREDICATES = (exp.Predicate, exp.In, exp.Between, exp.Func, exp.Case, exp.Binary)


@dataclass(frozen=True, slots=True)
class Hints:
    """By folded column name: the texts of the literals it meets; and the names of columns that are joined."""

    literals: Mapping[str, tuple[str, ...]]
    joined: frozenset[str]


def hints_of(sql: str) -> Hints:
    """Read the literals of a query, with the columns that they are compared with."""
    tree = parsed(sql)
    meanings = _meanings(tree)
    found: defaultdict[str, list[str]] = defaultdict(list)
    for literal in tree.find_all(exp.Literal):
        place = literal.find_ancestor(*PREDICATES)
        columns = list[exp.Column]()
        while place is not None and not columns:
            columns = [one for one in place.find_all(exp.Column) if plain(one)]
            place = place.find_ancestor(*PREDICATES)
        for column in columns:
            for name in meanings.get(column.name.lower(), ()) or (column.name.lower(),):
                if literal.name not in found[name]:
                    found[name].append(literal.name)
    joined = {name for equal in tree.find_all(exp.EQ) for name in _joined(equal, meanings)}
    joined |= {one.name.lower() for join in tree.find_all(exp.Join) for one in join.args.get("using") or []}
    return Hints({name: tuple(literals) for name, literals in found.items()}, frozenset(joined))


def _meanings(tree: exp.Expr) -> dict[str, set[str]]:
    """Return for each alias the columns that it is made of."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for alias in tree.find_all(exp.Alias):
        found[alias.alias.lower()] |= {one.name.lower() for one in alias.this.find_all(exp.Column)}
    for name in list(found):
        for inner in list(found[name]):
            found[name] |= found.get(inner, set())
    return found


def _joined(equal: exp.EQ, meanings: Mapping[str, set[str]]) -> Iterator[str]:
    sides = equal.left.unnest(), equal.right.unnest()
    if all(isinstance(side, exp.Column) for side in sides):
        for side in sides:
            yield side.name.lower()
            yield from meanings.get(side.name.lower(), ())
