"""What a Markdown report tells of one table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from datacanary.model.verdict import DBT_TEST
from datacanary.model.words import count
from datacanary.report.encoding import cut
from datacanary.report.examples import Cells, Examples, examples_of
from datacanary.report.markdown_piece import Group, Piece
from datacanary.report.markdown_words import ICONS, Dialect
from datacanary.report.readers import named
from datacanary.report.signs import DASH
from datacanary.report.story import Chapter, Line, Story
from datacanary.report.tableview import HEADERS, column_cells

_MOST_FINDINGS = 12
_MOST_COLUMNS = 15
_MOST_NOTES = 4
_MOST_KEYS = 5
_MOST_CELLS = 20
_BAR = 24
"""So many characters draw how the rows are divided."""


def chapter_pieces(story: Story, dialect: Dialect) -> Iterator[Group]:
    """Write each table that has something to tell, the worst first."""
    for number, chapter in enumerate(story.chapters()):
        yield _group(chapter, dialect, f"table {number}")


def bullets(lines: Sequence[str]) -> str:
    """Write a list."""
    return "\n".join(f"- {line}" for line in lines)


def icon(line: Line) -> str:
    """Return the sign beside a table's word."""
    return ICONS["inconclusive" if line.only_looks_passed else line.word]


def _group(chapter: Chapter, dialect: Dialect, group: str) -> Group:
    line = chapter.line
    told = dialect.prose(cut(chapter.table.diff.reason if chapter.table.diff.failed else line.why, 160))
    title = f"{icon(line)} {line.word}: {dialect.code(line.table.name, 80)}: {told}"
    begin = f"<details><summary>{title}</summary>" if dialect.html else f"#### {title}"
    pieces = [Piece(bullets(list(_sentences(chapter, dialect))), "details", group)]
    if chapter.columns:
        pieces.append(Piece(_columns(chapter, dialect), "columns", group))
    examples = examples_of(chapter.table.diff)
    if examples:
        pieces.append(Piece(_examples(examples, dialect), "examples", group))
    end = "</details>" if dialect.html else "---"
    return Group(Piece(begin, "", group), tuple(pieces), Piece(end, "", group))


def _sentences(chapter: Chapter, dialect: Dialect) -> Iterator[str]:
    """Write what is known, in the order of the report at a terminal."""
    table, diff = chapter.table, chapter.table.diff
    path = table.paths.head or table.paths.base
    reason = f"{diff.reason}{f' ({path})' if path and path not in diff.reason else ''}"
    yield f"Compared because: {dialect.prose(reason)}" if diff.comparison != "not_compared" else dialect.prose(reason)
    if table.read_by:
        yield f"**Read by:** {dialect.prose(named(table.read_by))}"
    found = [one for one in chapter.findings if not diff.failed or one[0].check == DBT_TEST]
    for check, text in found[:_MOST_FINDINGS]:
        dry = "dry run, " if check.dry_run else ""
        yield f"{ICONS[check.status]} {dry}{check.status}: {dialect.prose(text)}"
    if len(found) > _MOST_FINDINGS:
        yield count(len(found) - _MOST_FINDINGS, "more finding")
    rows = diff.rows
    if rows.base is not None and rows.head is not None and rows.unchanged is not None:
        yield f"Rows: {_balance(chapter)}"
    yield from (f"**Why:** {dialect.prose(why)}" for why in chapter.whys)
    yield from (f"**Can differ:** {dialect.prose(told)}" for told in chapter.impact)
    yield from (dialect.prose(told) for told in chapter.attribution)
    yield from (f"**Noise:** {dialect.prose(told)}" for told in chapter.noise)
    if chapter.key:
        yield f"Key: {dialect.prose(chapter.key)}"
    yield from (dialect.prose(note) for note in diff.notes[:_MOST_NOTES])
    for line in chapter.inheriting[:_MOST_FINDINGS]:
        why = dialect.prose(cut(line.why, 160))
        yield f"Inherited by {dialect.code(line.table.name, 80)}: {ICONS[line.word]} {line.word}: {why}"
    if len(chapter.inheriting) > _MOST_FINDINGS:
        yield f"Inherited by {len(chapter.inheriting) - _MOST_FINDINGS:,} more"


def _balance(chapter: Chapter) -> str:
    """Draw how rows are divided, and say it.

    The bar is of all rows of either side; what is there at all has at least one character.
    """
    rows = chapter.table.diff.rows
    parts = [("░", rows.removed or 0), ("▓", rows.changed or 0), ("█", rows.unchanged or 0), ("▒", rows.added or 0)]
    whole = sum(number for _, number in parts)
    bar = "".join(sign * max(1, round(_BAR * number / whole)) for sign, number in parts if number) if whole else "∅"
    words = [f"{rows.removed or 0:,} only in base (░)"]
    words += [f"{rows.changed:,} changed (▓)"] if rows.changed is not None else []
    words += [f"{rows.unchanged or 0:,} the same (█)", f"{rows.added or 0:,} only in head (▒)"]
    return f"`{bar}` {', '.join(words)}"


def _columns(chapter: Chapter, dialect: Dialect) -> str:
    rows = [column_cells(column, chapter.table.diff) for column in chapter.columns[:_MOST_COLUMNS]]
    told = [place for place in range(len(HEADERS)) if any(row[place] for row in rows)]
    lines = [
        f"| {' | '.join(HEADERS[place] for place in told)} |",
        f"|{'|'.join('---' if place < _WORDS else '--:' for place in told)}|",
    ]
    for row in rows:
        cells = [_cell(row[place], place, dialect) for place in told]
        lines.append(f"| {' | '.join(cells)} |")
    left = chapter.more + len(chapter.columns) - len(rows)
    return "\n".join([*lines, *([f"\n{left:,} more columns"] if left else [])])


_WORDS = 2


def _cell(text: str, place: int, dialect: Dialect) -> str:
    if not text:
        return ""
    return dialect.code(text, 80) if place == 0 else dialect.prose(text, 120)


def _examples(examples: Examples, dialect: Dialect) -> str:
    told = []
    for what, keys in examples.rows:
        shown = ", ".join(dialect.code(key, 80) for key in keys[:_MOST_KEYS])
        told.append(f"{dialect.prose(what)}: {shown}")
    parts = [f"**Examples**\n\n{bullets(told)}"] if told else []
    if examples.cells:
        lines = ["| Row | Key | Column | Base → head |", "|---|---|---|---|"]
        lines += [_example(cells, dialect) for cells in examples.cells[:_MOST_CELLS]]
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _example(cells: Cells, dialect: Dialect) -> str:
    sides = " → ".join(DASH if one is None else dialect.code(one, 80) for one in (cells.base, cells.head))
    key = dialect.code(cells.key, 80) if cells.key else DASH
    return f"| {cells.kind} | {key} | {dialect.code(cells.column, 80)} | {sides} |"
