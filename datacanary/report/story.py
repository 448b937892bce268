"""What every report beside a change tells, before anybody writes it down: one model, a renderer for each kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from datacanary.model.run import Report, TableReport
from datacanary.model.tablediff import ColumnDiff
from datacanary.model.verdict import DBT_TEST, Check
from datacanary.model.words import count, percent
from datacanary.report.attribution import attribution_sentences
from datacanary.report.checklines import check_sentences, declared_sentences, loose_sentences, short_finding
from datacanary.report.folding import Section, rank, sections, worth_telling
from datacanary.report.impact_words import can_differ, reached
from datacanary.report.next_step import next_step
from datacanary.report.noise import noise_sentences
from datacanary.report.section import key_sentence
from datacanary.report.sharing import share_table
from datacanary.report.signs import DASH, MINUS
from datacanary.report.tableview import telling_columns
from datacanary.report.why import why_sentences

MOST_COLUMNS = 40
"""So many columns of a table are told of."""

Found = tuple[Check, str]
"""A check and the sentence about it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A table in the overview; `word` is its status, or what it is where there was nothing to compare."""

    table: TableReport
    word: str
    rows: str
    changed: str
    schema: str
    why: str

    @property
    def only_looks_passed(self) -> bool:
        """Whether the table should have been compared and was not, though no check says so."""
        return self.table.status == "pass" and is_missing(self.table)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many tables were compared, are new or gone, could not be compared, or are proven or known not to differ."""

    compared: int
    alone: int
    not_compared: int
    unaffected: int


@dataclass(frozen=True, slots=True)
class Chapter:
    """All that is told of one table, without any value that may not leave this machine; most of it is sentences.

    `columns` are the most changed ones, of which there are `more`. `inheriting` are tables that only show this one's
    change.
    """

    line: Line
    table: TableReport
    findings: tuple[Found, ...]
    whys: tuple[str, ...]
    impact: tuple[str, ...]
    attribution: tuple[str, ...]
    noise: tuple[str, ...]
    key: str
    columns: tuple[ColumnDiff, ...]
    more: int
    inheriting: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """A report in the order in which it is told, the worst first; `spared` are names of tables that are proven equal.

    Nothing in it is a value of a cell but what `chapters` tells of: these are made one by one, since a comment has room
    for a few of many.
    """

    report: Report
    next_step: str
    coverage: Coverage
    declared: tuple[Found, ...]
    lines: tuple[Line, ...]
    spared: tuple[str, ...]
    tests: tuple[Found, ...]
    sections: tuple[Section, ...]

    def chapters(self) -> Iterator[Chapter]:
        """Tell of each table that has something to tell, and of those that inherit it in a line each."""
        yield from self._told(self.sections)

    def unfolded(self) -> Iterator[Chapter]:
        """Tell of the same tables and, behind each, in full of those that inherit from it."""
        yield from self._told(
            one for section in self.sections for one in (section, *(Section(table, ()) for table in section.inheriting))
        )

    def _told(self, told: Iterable[Section]) -> Iterator[Chapter]:
        lines = {line.table.name: line for line in self.lines}
        checks = self.report.verdict.by_table
        for section in told:
            yield _chapter(section, lines, checks.get(section.table.name, ()), self.report)


def story_of(report: Report) -> Story:
    """Choose and order what is told of a report."""
    ordered = sorted(report.tables, key=rank)
    shown = [table for table in ordered if table.diff.comparison != "unaffected"]
    checks = report.verdict.by_table
    told = sections([table for table in shown if len(ordered) == 1 or worth_telling(table)])
    names = {section.table.name for section in told}
    loose = [one for one in report.verdict.checks if one.check == DBT_TEST and one.table not in names]
    return Story(
        report=report,
        next_step=next_step(report),
        coverage=_coverage(ordered),
        declared=tuple(declared_sentences(report.verdict.declared)),
        lines=tuple(_line(table, checks.get(table.name, ())) for table in shown),
        spared=tuple(one.name for one in ordered if one.diff.comparison == "unaffected" and one.impact is not None),
        tests=tuple(loose_sentences(loose)),
        sections=told,
    )


def coverage_words(coverage: Coverage) -> tuple[str, str, str]:
    """Say what was compared, what was not, and what need not be; empty where there is none.

    >>> coverage_words(Coverage(4, 1, 1, 2))
    ('6 tables can differ: 4 compared, 1 new or gone', '1 NOT compared', '2 more cannot differ')
    >>> coverage_words(Coverage(0, 0, 0, 3))
    ('no table can differ', '', '3 tables unaffected, so not compared')
    """
    affected = coverage.compared + coverage.alone + coverage.not_compared
    if not affected:
        return "no table can differ", "", f"{count(coverage.unaffected, 'table')} unaffected, so not compared"
    told = f"{count(affected, 'table')} can differ: {coverage.compared:,} compared"
    told += f", {coverage.alone:,} new or gone" if coverage.alone else ""
    missing = f"{coverage.not_compared:,} NOT compared" if coverage.not_compared else ""
    return told, missing, f"{coverage.unaffected:,} more cannot differ" if coverage.unaffected else ""


def is_missing(table: TableReport) -> bool:
    """Tell whether a table should have been compared and was not."""
    return table.diff.comparison == "not_compared" and (table.diff.failed or table.effect not in {"added", "removed"})


def _coverage(tables: Sequence[TableReport]) -> Coverage:
    return Coverage(
        compared=sum(one.diff.comparison in {"keyed", "keyless"} for one in tables),
        alone=sum(one.diff.comparison == "not_compared" and not is_missing(one) for one in tables),
        not_compared=sum(map(is_missing, tables)),
        unaffected=sum(one.diff.comparison == "unaffected" for one in tables),
    )


def _line(table: TableReport, checks: Sequence[Check]) -> Line:
    return Line(table, _word(table), _rows(table), _changed(table), _schema(table), _why(table, checks))


def _word(table: TableReport) -> str:
    """Name a table's status; what was not compared never looks as if it had passed."""
    if table.status != "pass" or table.diff.comparison != "not_compared":
        return table.status
    return {"added": "new", "removed": "gone"}.get(table.effect, "not compared")


def _rows(table: TableReport) -> str:
    """Say how many rows there were and are.

    The share is of base's rows: an emptied table has lost all of them.
    """
    rows = table.diff.rows
    if rows.base is None or rows.head is None:
        known = rows.head if rows.base is None else rows.base
        return DASH if known is None else f"{known:,} {'in head' if rows.base is None else 'in base'}"
    told = f"{rows.base:,}" if rows.base == rows.head else f"{rows.base:,} → {rows.head:,}"
    if rows.base != rows.head and rows.base:
        told += f" ({MINUS if rows.head < rows.base else '+'}{percent(abs(rows.head - rows.base) / rows.base)})"
    elif rows.added or rows.removed:
        told += f", {rows.removed or 0:,} others"
    return told


def _changed(table: TableReport) -> str:
    rows = table.diff.rows
    if rows.changed is None:
        return DASH
    matched = rows.changed + (rows.unchanged or 0)
    return f"{rows.changed:,} ({percent(rows.changed / matched)})" if rows.changed and matched else f"{rows.changed:,}"


def _schema(table: TableReport) -> str:
    if table.diff.comparison not in {"keyed", "keyless"}:
        return DASH
    words = {"added": "new", "removed": "gone", "type_changed": "retyped"}
    found = {word: sum(one.change == change for one in table.diff.columns) for change, word in words.items()}
    told = [f"{number:,} {word}" for word, number in found.items() if number]
    return ", ".join(told) or ("other order" if table.diff.column_order_changed else "same")


def _why(table: TableReport, checks: Sequence[Check]) -> str:
    if table.diff.comparison == "not_compared":
        return table.diff.reason
    if table.status == "pass" and not worth_telling(table):
        return "no difference"
    return short_finding(checks)


def _chapter(section: Section, lines: Mapping[str, Line], checks: Sequence[Check], report: Report) -> Chapter:
    told = telling_columns(section.table.diff)
    # What is not told need not be masked either: that takes its time for hundreds of columns.
    short = replace(section.table, diff=replace(section.table.diff, columns=tuple(told[:MOST_COLUMNS])))
    table = share_table(short, report.secret)
    impact = table.impact
    can = [] if impact is None or impact.rows or "unknown" in impact.kinds else [can_differ(impact)]
    return Chapter(
        line=lines[table.name],
        table=table,
        findings=tuple(check_sentences(checks)),
        whys=tuple(why_sentences(table.diff.causes)),
        impact=(*can, *(reached(impact) if impact is not None else ())),
        attribution=attribution_sentences(table) or (),
        noise=tuple(noise_sentences(section.table.diff, checks)),
        key=key_sentence(table, report),
        columns=table.diff.columns,
        more=len(told) - len(table.diff.columns),
        inheriting=tuple(lines[one.name] for one in section.inheriting),
    )
