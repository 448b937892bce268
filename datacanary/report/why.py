"""What explains a table's difference, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from datacanary.model.cause import Cause
from datacanary.report.encoding import for_terminal
from datacanary.report.style import Style, labelled

MOST = 3
"""So many causes are told; all are in the JSON."""


def why_lines(causes: Sequence[Cause], style: Style) -> Iterator[str]:
    """Write the best causes, of many that are alike only the first: a lost filter is not hidden by ten wrong units."""
    for sentence in why_sentences(causes):
        label = "  why   "
        yield from labelled(label, for_terminal(sentence), style, style.paint(label.rstrip(), "bold"))


def why_sentences(causes: Sequence[Cause]) -> Iterator[str]:
    """Say the best causes."""
    for cause, alike in _chosen(causes):
        yield f"{in_words(cause)}{f'; and {alike} more like it' if alike else ''}"


def in_words(cause: Cause) -> str:
    """Say a cause; a number at its beginning that comes from a part only does not stand there as if it were exact.

    >>> told = "99.1 % of the changed cells of a are base x 100"
    >>> in_words(Cause(kind="ratio", about="changed", columns=("a",), count=991, of=1000, message=told, estimated=True))
    'about 99.1 % of the changed cells of a are base x 100'
    """
    return f"about {cause.message}" if cause.estimated and cause.message[:1].isdigit() else cause.message


def _chosen(causes: Sequence[Cause]) -> Iterator[tuple[Cause, int]]:
    if len(causes) <= MOST:
        yield from ((cause, 0) for cause in causes)
        return
    groups: dict[tuple[str, str], list[Cause]] = {}
    for cause in causes:
        groups.setdefault((cause.kind, cause.about), []).append(cause)
    yield from ((group[0], len(group) - 1) for group in list(groups.values())[:MOST])
