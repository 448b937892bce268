"""How a change spreads, as inline SVG: tables in layers from left to right, what is read before its readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from markupsafe import Markup

from datacanary.report.encoding import for_html
from datacanary.report.lineage import Lineage

_BOX, _LINE = 204, 42
_GAP_X, _GAP_Y = 70, 16
_EDGE = 12
_LONGEST = 25

_NODE = Markup(
    '<g class="node s-{look}"><title>{name}: {state}</title><rect x="{x}" y="{y}" width="{w}" height="{h}" rx="8"/>'
    '<text x="{tx}" y="{ty}">{short}</text><text class="state" x="{tx}" y="{sy}">{state}</text></g>'
)


def drawn(lineage: Lineage) -> Markup:
    """Draw it; empty where nothing is read by anything, since a picture would say nothing then."""
    if not lineage.edges:
        return Markup("")
    layers = _layers(lineage)
    places = _places(layers)
    width = len(layers) * (_BOX + _GAP_X) - _GAP_X + 2 * _EDGE
    height = max(map(len, layers)) * (_LINE + _GAP_Y) - _GAP_Y + 2 * _EDGE
    inner = Markup("").join(_edge(places[read], places[reader]) for read, reader in lineage.edges)
    inner += Markup("").join(_node(name, lineage.states[name], places[name]) for layer in layers for name in layer)
    return Markup(
        '<svg class="lineage" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" aria-label="{told}">'
        "{inner}</svg>"
    ).format(w=width, h=height, told="How the change spreads; the list below says the same", inner=inner)


def _layers(lineage: Lineage) -> list[list[str]]:
    """Put each table one layer behind the last of those that it reads, near to them."""
    reads: dict[str, list[str]] = {name: [] for name in lineage.states}
    for read, reader in lineage.edges:
        reads[reader].append(read)
    depth = _depths(reads)
    layers: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
    for name in reads:
        layers[depth[name]].append(name)
    for before, layer in pairwise(layers):
        at = {name: place for place, name in enumerate(before)}
        middles = {name: _middle([at[one] for one in reads[name] if one in at]) for name in layer}
        layer.sort(key=middles.__getitem__)
    return layers


def _middle(places: Sequence[int]) -> float:
    return sum(places) / len(places) if places else float("inf")


def _depths(reads: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return the length of the longest way to each; edges that close a circle count for nothing."""
    depth = dict.fromkeys(reads, 0)
    for _ in range(len(reads)):
        moved = False
        for name, before in reads.items():
            deepest = max((depth[one] + 1 for one in before), default=0)
            if depth[name] < deepest < len(reads):
                depth[name], moved = deepest, True
        if not moved:
            break
    used = {one: place for place, one in enumerate(sorted(set(depth.values())))}
    return {name: used[one] for name, one in depth.items()}


def _places(layers: Sequence[Sequence[str]]) -> dict[str, tuple[int, int]]:
    highest = max(map(len, layers))
    return {
        name: (
            _EDGE + column * (_BOX + _GAP_X),
            _EDGE + (highest - len(layer)) * (_LINE + _GAP_Y) // 2 + row * (_LINE + _GAP_Y),
        )
        for column, layer in enumerate(layers)
        for row, name in enumerate(layer)
    }


def _edge(start: tuple[int, int], end: tuple[int, int]) -> Markup:
    x, y = start[0] + _BOX, start[1] + _LINE // 2
    to_x, to_y = end[0], end[1] + _LINE // 2
    middle = (x + to_x) // 2
    return Markup('<path class="edge" d="M{} {}C{} {} {} {} {} {}"/>').format(x, y, middle, y, middle, to_y, to_x, to_y)


def _node(name: str, state: str, place: tuple[int, int]) -> Markup:
    shown = for_html(name)
    short = shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"
    x, y = place
    look = state.replace(" ", "-")
    return _NODE.format(
        look=look, name=shown, state=state, x=x, y=y, w=_BOX, h=_LINE, tx=x + 12, ty=y + 18, sy=y + 34, short=short
    )
