"""A run as one HTML file to look at: no script, no network, nothing to load."""

from __future__ import annotations

import base64
import hashlib
import importlib.resources
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from datacanary.model.run import Report
from datacanary.model.verdict import DBT_TEST
from datacanary.report.encoding import for_html
from datacanary.report.examples import examples_of
from datacanary.report.html_columns import column_view
from datacanary.report.html_lineage import drawn
from datacanary.report.html_pictures import balance
from datacanary.report.lineage import lineage_of
from datacanary.report.story import Chapter, Line, Story, coverage_words, story_of
from datacanary.report.tableview import HEADERS, column_cells

BUDGET = 9_500_000
"""So many bytes the whole file may have."""

_MOST_NODES = 40
_MOST_LINES = 5_000
_FILTERS = ("fail", "inconclusive", "warn", "pass")


@dataclass(frozen=True, slots=True)
class _Depth:
    """How much is told of a table while the file has fewer than `until` bytes: columns, and those with pictures."""

    until: int
    columns: int
    pictures: int


_DEPTHS = (_Depth(3_000_000, 40, 12), _Depth(6_500_000, 12, 0), _Depth(BUDGET - 300_000, 0, 0))


def render(report: Report) -> str:
    """Write a report as HTML: no value of a cell in it but those that may leave this machine.

    The worst tables come first and are told in full; of hundreds, the last are told in short, and counted if even that
    has no room.
    """
    story, environment = story_of(report), _environment()
    style = _style()
    page = environment.get_template("report.html.j2")
    top = _page(story, style)
    before, after = page.render(top, chapters=_MARK).split(_MARK)
    chapters, left = _chapters(story, environment, len(before.encode("utf-8", "replace")))
    told = environment.get_template("left.html.j2").render(left=left) if left else ""
    return f"{before}{chapters}{told}{after}"


_MARK = Markup("<!-- chapters -->")


def _chapters(story: Story, environment: Environment, size: int) -> tuple[str, int]:
    """Write tables until there is no room, and count the others."""
    template = environment.get_template("chapter.html.j2")
    written: list[str] = []
    numbers = _numbers(story)
    for number, chapter in enumerate(story.unfolded()):
        depth = next((one for one in _DEPTHS if size < one.until), None)
        if depth is None:
            return "".join(written), len(numbers) - number
        text = template.render(_chapter(chapter, depth, numbers[chapter.table.name]), open=number < _OPEN)
        size += len(text.encode("utf-8", "replace"))
        written.append(text)
    return "".join(written), 0


def _numbers(story: Story) -> Mapping[str, int]:
    """Give each table that has a part of its own a number."""
    told = [table for section in story.sections for table in (section.table, *section.inheriting)]
    return {table.name: number for number, table in enumerate(told)}


_OPEN = 3
"""So many tables are unfolded at first."""


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("datacanary.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_harmless,
    )


def _harmless(value: object) -> object:
    """Make visible what cannot be seen, in every text that a template writes; a number stays with its unit."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return for_html(value).replace(" %", "\N{NO-BREAK SPACE}%")
    return value


def _style() -> Markup:
    text = importlib.resources.files("datacanary.report").joinpath("templates", "report.css").read_text("utf-8")
    return Markup(text)  # noqa: S704 -- a file of ours


def _page(story: Story, style: Markup) -> Mapping[str, object]:
    """Gather what stands before the tables' own parts."""
    report = story.report
    told, missing, rest = coverage_words(story.coverage)
    words = {line.table.name: line.word for line in story.lines}
    lineage = lineage_of([line.table for line in story.lines], words, _MOST_NODES)
    numbers = _numbers(story)
    counts = {status: sum(_filter(line) == status for line in story.lines) for status in _FILTERS}
    return {
        "report": report,
        "status": report.verdict.status,
        "step": story.next_step,
        "told": told,
        "missing": missing,
        "rest": rest,
        "versions": report.versions.map(lambda one: str(one) if one.sha else one.ref),
        "declared": story.declared,
        "tests": story.tests,
        "lines": [_line(line, numbers.get(line.table.name)) for line in story.lines[:_MOST_LINES]],
        "counts": counts,
        "spared": [one for one in report.tables if one.diff.comparison == "unaffected"][:_MOST_LINES],
        "picture": drawn(lineage),
        "lineage": lineage,
        "style": style,
        "digest": base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    }


@dataclass(frozen=True, slots=True)
class _LineView:
    """A line of the overview; `filter` is the status under which it is found, `number` that of its table's part."""

    line: Line
    number: int | None
    filter: str
    balance: Markup


def _line(line: Line, number: int | None) -> _LineView:
    return _LineView(line, number, _filter(line), balance(line.table.diff.rows))


def _filter(line: Line) -> str:
    """Name the status under which a table is found: one that was not compared never stands with those that passed."""
    return "inconclusive" if line.only_looks_passed else line.table.status


def _chapter(chapter: Chapter, depth: _Depth, number: int) -> Mapping[str, object]:
    table = chapter.table
    columns = [column_cells(column, table.diff) for column in chapter.columns[: depth.columns]]
    views = [column_view(column, shown=column.name in table.shown) for column in chapter.columns[: depth.pictures]]
    told = [place for place in range(1, len(HEADERS)) if any(column[place] for column in columns)]
    return {
        "chapter": chapter,
        "table": table,
        "number": number,
        "filter": _filter(chapter.line),
        "path": table.paths.head or table.paths.base or "",
        "balance": balance(table.diff.rows),
        "findings": [one for one in chapter.findings if not table.diff.failed or one[0].check == DBT_TEST],
        "headings": [(place, HEADERS[place]) for place in told],
        "columns": columns,
        "pictured": views,
        "more": chapter.more + len(chapter.columns) - len(columns),
        "examples": examples_of(table.diff),
    }
