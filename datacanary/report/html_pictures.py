"""The pictures of the HTML report, as inline SVG: numbers alone decide them, words in them are escaped."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from markupsafe import Markup

from datacanary.model.tablediff import RowCounts
from datacanary.report.distribution import Shapes

_WIDTH, _HEIGHT = 360, 72
_ROWS_WIDTH, _ROWS_HEIGHT = 600, 14
_BAR_WIDTH = 160

_PICTURE = Markup(
    '<svg class="{kind}" viewBox="0 0 {width} {height}" preserveAspectRatio="none" role="img" aria-label="{told}">'
    "{inner}</svg>"
)


def overlaid(shapes: Shapes, name: str) -> Markup:
    """Draw the values of base and head over one another."""
    highest = max(*shapes.bins.base, *shapes.bins.head) or 1.0
    base, head = (_steps(side, highest) for side in shapes.bins)
    inner = Markup('<path class="b" d="{}"/><path class="h" d="{}"/><path class="axis" d="M0 {}H{}"/>').format(
        base, head, _HEIGHT - 0.5, _WIDTH
    )
    told = f"Distribution of {name}: base filled, head as a line, from {shapes.low} to {shapes.high}"
    return _PICTURE.format(kind="shape", width=_WIDTH, height=_HEIGHT, told=told[:300], inner=inner)


def _steps(shares: Sequence[float], highest: float) -> str:
    """Write the outline of a histogram; heights are square roots of shares, so that what is rare is seen."""
    width = _WIDTH / len(shares)
    path = [f"M0 {_HEIGHT}"]
    for place, share in enumerate(shares):
        top = _HEIGHT - (_HEIGHT - 4) * sqrt(max(share, 0.0) / highest)
        path.append(f"V{top:.1f}H{(place + 1) * width:.0f}")
    return f"{''.join(path)}V{_HEIGHT}Z"


def balance(rows: RowCounts) -> Markup:
    """Draw how the rows of both sides are divided; what is there at all can be seen."""
    parts = [("gone", rows.removed or 0), ("changed", rows.changed or 0), ("same", rows.unchanged or 0)]
    parts.append(("new", rows.added or 0))
    whole = sum(number for _, number in parts)
    if not whole:
        return Markup("")
    widths = [(kind, max(3.0, _ROWS_WIDTH * number / whole)) for kind, number in parts if number]
    scale = _ROWS_WIDTH / sum(width for _, width in widths)
    at, drawn = 0.0, Markup("")
    for kind, width in widths:
        drawn += Markup('<rect class="{}" x="{}" width="{}" height="{}"/>').format(
            kind, f"{at:.1f}", f"{width * scale - 1:.1f}", _ROWS_HEIGHT
        )
        at += width * scale
    told = f"{rows.removed or 0:,} rows only in base, {rows.changed or 0:,} changed, {rows.unchanged or 0:,} the same, "
    told += f"{rows.added or 0:,} only in head"
    return _PICTURE.format(kind="balance", width=_ROWS_WIDTH, height=_ROWS_HEIGHT, told=told, inner=drawn)


def two_bars(base: float | None, head: float | None) -> Markup:
    """Draw one share of each side, fractions of 1, over one another; the numbers stand beside it."""
    drawn = "".join(
        f'<rect class="{kind}" y="{at}" width="{max(1.0, _BAR_WIDTH * min(share, 1.0)):.1f}" height="6"/>'
        for kind, share, at in (("b", base, 0), ("h", head, 7))
        if share is not None
    )
    return Markup(f'<svg class="bars" viewBox="0 0 {_BAR_WIDTH} 13" aria-hidden="true">{drawn}</svg>')  # noqa: S704 -- numbers of ours
