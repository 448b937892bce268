"""A plan in words: what can differ and why, what is proven equal, and what the rest is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from datacanary.model.plan import Build, Effect, Place, Plan, PlannedTable
from datacanary.model.verdict import nothing_changed
from datacanary.model.words import count
from datacanary.report.encoding import for_terminal
from datacanary.report.impact_words import can_differ, from_where, reached
from datacanary.report.readers import reader_lines
from datacanary.report.style import Style, labelled, titled

_DOES: dict[Effect, str] = {
    "changed": "build both versions, compare",
    "renamed": "build both versions, compare",
    "inherited": "build both versions, compare",
    "added": "build head: there is nothing to compare it with",
    "removed": "nothing to build: deleted in head",
}
_PLACES: dict[Place, str] = {"base": "of base", "head": "of head", "shared": "once for both versions"}
_MOST = 5
"""So many names stand in one line."""


def as_text(plan: Plan, style: Style) -> str:
    """Write a plan for people."""
    affected = [table for table in plan.tables if table.effect != "unaffected"]
    spared = [table for table in plan.tables if table.effect == "unaffected" and table.impact is not None]
    parts = ["\n".join(_head(plan, affected, style))]
    for does in dict.fromkeys(_DOES.values()):
        group = sorted((one for one in affected if _DOES[one.effect] == does), key=_rank)
        parts += ["\n".join([style.paint(does, "bold"), *_all(group, style)])] if group else []
    if spared:
        heading = style.paint("proven equal, so not compared", "bold")
        parts.append("\n".join([heading, *(line for one in spared for line in _titled(one, one.reason, style))]))
    parts += _rest(len(plan.tables) - len(affected) - len(spared), style)
    return "\n\n".join(parts)


def _head(plan: Plan, affected: Sequence[PlannedTable], style: Style) -> Iterator[str]:
    base, head = plan.versions
    if affected:
        first = f"{len(affected):,} of {count(len(plan.tables), 'table')} can differ"
    elif plan.unselected:
        first = "nothing that is selected can have changed"
    else:
        first = nothing_changed(plan.tables)
    yield from labelled("", first, style)
    yield from labelled("base  ", for_terminal(f"{base} -> head  {head}"), style)
    if plan.builds:
        yield from labelled("build ", for_terminal(_builds(plan.builds)), style)
    if plan.in_production:
        read = f"{_few(plan.in_production)} in production, where no change reaches"
        yield from labelled("read  ", for_terminal(read), style)
    for label, lines in (
        ("not pinned", plan.unpinned),
        ("columns not known", plan.unknown_columns),
        ("broken", [build.broken for build in plan.builds if build.broken]),
        ("not selected", [_few(plan.unselected)] if plan.unselected else []),
    ):
        for line in lines[:_MOST]:
            yield from labelled(f"{label}: ", for_terminal(line), style, style.paint(f"{label}:", "yellow"))
        if len(lines) > _MOST:
            yield f"{label}: and {len(lines) - _MOST:,} more, all with --format json"


def _builds(builds: Sequence[Build]) -> str:
    """Say how many models are built where; those that both sides share by name."""
    told = []
    for place, words in _PLACES.items():
        names = [str(build.model.relation) for build in builds if build.place == place]
        shown = f" ({_few(names)})" if place == "shared" else ""
        told += [f"{len(names):,} {words}{shown}"] if names else []
    return f"{count(len(builds), 'model')}: {', '.join(told)}"


def _rank(table: PlannedTable) -> tuple[bool, int, str]:
    """Put what changed before what reads it, near before far."""
    paths = table.impact.paths if table.impact is not None else ()
    return table.effect == "inherited", min(map(len, paths), default=0), table.name


def _all(tables: Sequence[PlannedTable], style: Style) -> Iterator[str]:
    for table in tables:
        yield from _lines(table, style)


def _lines(table: PlannedTable, style: Style) -> Iterator[str]:
    impact = table.impact
    if impact is None:
        yield from _titled(table, table.reason, style)
        yield from reader_lines(table.readers, style, "    ")
        return
    yield from _titled(table, can_differ(impact), style)
    told = [("why", table.reason)]
    told += [("from", from_where(impact))] if len(impact.through) > 1 else []
    told += [("path", path) for path in reached(impact)]
    told += [("doubt", why) for why in impact.unknown if why not in table.reason]
    for label, text in told:
        if text:
            yield from labelled(f"    {label:<6}", for_terminal(text), style)
    yield from reader_lines(table.readers, style, "    ")


def _titled(table: PlannedTable, text: str, style: Style) -> Iterator[str]:
    yield from titled(table.name, text, style, "  ")


def _rest(unaffected: int, style: Style) -> Iterator[str]:
    if unaffected:
        one = unaffected == 1
        told = f"{unaffected:,} more {'table is' if one else 'tables are'} unaffected: neither"
        why = (
            f"{'its query nor anything that it reads' if one else 'their queries nor anything that they read'} changed"
        )
        yield "\n".join(labelled("", f"{told} {why}", style))


def _few(names: Sequence[str]) -> str:
    """Name the first few of many.

    >>> _few(["a", "b"]), _few(list("abcdefg"))
    ('a, b', 'a, b, c, d, e and 2 more')
    """
    more = f" and {len(names) - _MOST:,} more" if len(names) > _MOST else ""
    return f"{', '.join(names[:_MOST])}{more}"
