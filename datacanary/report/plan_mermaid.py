"""The part of a plan that a change reaches, drawn as a Mermaid flowchart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from datacanary.model.basic import Pair
from datacanary.model.plan import Plan, PlannedTable
from datacanary.model.project import Project
from datacanary.model.verdict import nothing_changed
from datacanary.report.encoding import for_terminal

_MOST_TABLES = 120
_MOST_EDGES = 450
"""Mermaid draws no more than 500 edges unless it is told to."""
_MOST_READERS = 40
_MOST_COLUMNS = 3
"""More columns than these are not written on an edge."""
_LONGEST = 60
_PLAIN = frozenset(" _-.,/()…")

_CLASSES = {
    "changed": "fill:#fff1cc,stroke:#b07a00,color:#222",
    "inherited": "fill:#fff9e8,stroke:#c9a24d,color:#222",
    "added": "fill:#ddf4e0,stroke:#2b7a3b,color:#222",
    "removed": "fill:#fbdcdc,stroke:#a83232,color:#222",
    "renamed": "fill:#e3e0f7,stroke:#5a4fb0,color:#222",
    "unaffected": "fill:#eeeeee,stroke:#8a8a8a,color:#444",
    "source": "fill:#dcebfb,stroke:#2f6bb0,color:#222",
    "reader": "fill:#f3e6f5,stroke:#8a3b99,color:#222",
}
"""How each effect looks; the unaffected ones here are proven equal. Readers are exposures."""


_Kind = Literal["source", "equal", "differs"]
"""What is read: changed data from outside, a table that is proven equal, or one that can differ."""


@dataclass(frozen=True, slots=True)
class _Edge:
    reader: str
    read: str
    label: str
    carries: bool


def as_mermaid(plan: Plan, projects: Pair[Project]) -> str:
    """Draw what can differ: changed sources, changed tables, what inherits, and what is proven equal beside them.

    Beside these stand the exposures that read what can differ. A dotted edge carries no change. On the others stand the
    columns that carry it, if they are few.
    """
    graph = _graph(plan, projects)
    if not graph.nodes:
        return f"flowchart LR\n  n0[{quoted(nothing_changed(plan.tables), 2 * _LONGEST)}]"
    ids = {name: f"n{number}" for number, name in enumerate(graph.nodes)}
    lines = ["flowchart LR"]
    lines += [f"  {ids[name]}{shape}:::{kind}" for name, (shape, kind) in graph.nodes.items()]
    for edge in graph.edges[:_MOST_EDGES]:
        label = f"|{quoted(edge.label)}|" if edge.label else ""
        lines.append(f"  {ids[edge.read]} {'-->' if edge.carries else '-.->'}{label} {ids[edge.reader]}")
    exposures = {name: f"r{number}" for number, name in enumerate(dict.fromkeys(name for _, name in graph.readers))}
    lines += [f"  {number}([{quoted(name)}]):::reader" for name, number in exposures.items()]
    lines += [f"  {ids[table]} --> {exposures[name]}" for table, name in graph.readers]
    if graph.left:
        lines.append(f"  more[{quoted(f'and {graph.left} more tables')}]:::unaffected")
    used = {kind for _, kind in graph.nodes.values()} | ({"unaffected"} if graph.left else set())
    used |= {"reader"} if exposures else set()
    lines += [f"  classDef {kind} {look}" for kind, look in _CLASSES.items() if kind in used]
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class _Graph:
    """What is drawn, by name: each node's shape and class, the edges between them, and how many tables are left out.

    `readers` are pairs of a table and an exposure that reads it.
    """

    nodes: Mapping[str, tuple[str, str]]
    edges: Sequence[_Edge]
    readers: Sequence[tuple[str, str]]
    left: int


def _graph(plan: Plan, projects: Pair[Project]) -> _Graph:
    """Choose what to draw: what can differ, the nearest first, and what is proven equal right beside it."""
    reads = _reads(plan, projects)
    sources = _changed_sources(projects)
    affected = sorted((one for one in plan.tables if one.effect != "unaffected"), key=_rank)
    spared = [one for one in plan.tables if one.effect == "unaffected" and one.impact is not None]
    drawn = {one.name for one in affected[:_MOST_TABLES]}
    near = {name for one in drawn for name in reads[one]}
    beside = [one for one in spared if one.name in near or not reads[one.name].isdisjoint(drawn)]
    shown = {one.name: one for one in (*affected[:_MOST_TABLES], *beside[:_MOST_TABLES])}
    read = {name for one in shown for name in reads[one]}
    nodes = {name: (f"[({quoted(name)})]", "source") for name in sorted(sources & read)}
    nodes |= {name: (f"[{quoted(_label(one))}]", one.effect) for name, one in shown.items()}
    edges = [
        _edge(
            table, name, "source" if name in sources else "equal" if shown[name].effect == "unaffected" else "differs"
        )
        for table in shown.values()
        for name in sorted(reads[table.name])
        if name in nodes
    ]
    room = max(0, _MOST_EDGES - len(edges))
    return _Graph(nodes, edges, _readers(shown)[:room], len(affected) + len(beside) - len(shown))


def _readers(shown: Mapping[str, PlannedTable]) -> list[tuple[str, str]]:
    """Say which exposures read which of the tables that are drawn, as far as there is room for exposures."""
    names = list(dict.fromkeys(name for table in shown.values() for name in table.readers))[:_MOST_READERS]
    return [(table.name, name) for table in shown.values() for name in table.readers if name in names]


def _rank(table: PlannedTable) -> tuple[bool, int, str]:
    paths = table.impact.paths if table.impact is not None else ()
    return table.effect == "inherited", min(map(len, paths), default=0), table.name


def _reads(plan: Plan, projects: Pair[Project]) -> Mapping[str, frozenset[str]]:
    """Name what each table reads in either version: tables as the plan calls them, sources, and paths of files."""
    names = {relation: one.name for one in plan.tables for relation in one.relations if relation is not None}
    found: dict[str, set[str]] = {table.name: set() for table in plan.tables}
    for table in plan.tables:
        for relation, project in zip(table.relations, projects, strict=True):
            model = project.models.get(relation) if relation is not None else None
            if model is not None:
                found[table.name] |= {names[read] for read in model.reads("model") if read in names}
                found[table.name] |= {str(read) for read in model.reads("source")} | set(model.files())
    return {name: frozenset(reads - {name}) for name, reads in found.items()}


def _changed_sources(projects: Pair[Project]) -> frozenset[str]:
    """Name the sources and files whose rows differ between the versions, or that one version alone has."""
    base, head = projects
    identities = [
        {str(name): source.identity for name, source in project.sources.items()}
        | {path: source.identity for path, source in project.files.items()}
        for project in (base, head)
    ]
    return frozenset(
        name
        for name in identities[0].keys() | identities[1].keys()
        if identities[0].get(name) != identities[1].get(name)
    )


def _edge(table: PlannedTable, read: str, kind: _Kind) -> _Edge:
    """Say what of a table or source brings the change to a reader, if it can differ itself."""
    impact = table.impact
    if impact is None or impact.nothing or kind == "equal":
        return _Edge(table.name, read, "", carries=impact is None and kind != "equal")
    columns = [one.removeprefix(f"{read}.") for one in impact.through if one.startswith(f"{read}.")]
    if columns and read not in impact.through:
        return _Edge(table.name, read, ", ".join(columns) if len(columns) <= _MOST_COLUMNS else "", carries=True)
    # What a doubt hides may well come from here; of a file only its call is named.
    sure = read in impact.through or "unknown" in impact.kinds or kind == "source"
    return _Edge(table.name, read, "", carries=sure)


def _label(table: PlannedTable) -> str:
    old = table.relations.base
    return f"{table.name} (was {old.name})" if table.effect == "renamed" and old is not None else table.name


def quoted(text: str, most: int = _LONGEST) -> str:
    """Write a text so that no name can be read as Mermaid or Markdown: what is no letter or digit becomes an entity.

    So does what it begins with, if that is no letter: `1.` would begin a list.

    >>> quoted('a"]; click n0'), quoted("größe #1"), quoted("1. x")
    ('"a#34;#93;#59; click n0"', '"größe #35;1"', '"#49;. x"')
    """
    # Mermaid takes no empty text.
    shown = for_terminal(text) or " "
    shown = shown if len(shown) <= most else f"{shown[: most - 1]}…"
    written = (
        one if one.isalpha() or (place and _is_plain(one)) else f"#{ord(one)};" for place, one in enumerate(shown)
    )
    return f'"{"".join(written)}"'


def _is_plain(character: str) -> bool:
    return character.isalnum() or character in _PLAIN
