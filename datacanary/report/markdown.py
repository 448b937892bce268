"""A run as Markdown for a comment or a job summary: the verdict, the next step, what was compared, then each table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from datacanary.model.basic import Version
from datacanary.model.run import Report
from datacanary.report.encoding import cut
from datacanary.report.lineage import lineage_of
from datacanary.report.markdown_chapter import bullets, chapter_pieces, icon
from datacanary.report.markdown_lineage import as_mermaid
from datacanary.report.markdown_piece import Parts, Piece, fitted
from datacanary.report.markdown_words import ICONS, Dialect
from datacanary.report.story import Line, Story, coverage_words, story_of

Host = Literal["github", "gitlab", "bitbucket", "azure", "summary"]

BUDGETS: Mapping[Host, int] = {
    "github": 60_000,
    "gitlab": 60_000,
    "bitbucket": 30_000,
    "azure": 60_000,
    "summary": 900_000,
}
"""How many bytes we write: below each host's limit, some of which count otherwise than they say."""

_MERMAID: Mapping[Host, int] = {"github": 12_000, "summary": 12_000, "gitlab": 1_800}
"""How many characters of a picture a host draws; the others draw none."""
_MOST_NODES = 20
_MOST_ROWS = 20
_MOST_NOTES = 5
_MOST_TESTS = 10
_URL = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(?:/[A-Za-z0-9._~:/?#@!$&'*+,;=%-]*)?")
_SHA = re.compile(r"[0-9a-f]{7,64}")
_HEADINGS = ("Verdict", "Table", "Rows base → head", "Changed", "Columns", "Why")


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkdownTarget:
    """Where a text goes: its host, how many bytes fit there, and what only the host's side knows.

    `link` leads to the full report, `project` tells several projects of a repository apart. Both may be empty.
    """

    host: Host = "github"
    budget: int = BUDGETS["github"]
    link: str = ""
    project: str = ""

    @classmethod
    def of(cls, host: Host, *, link: str = "", project: str = "") -> MarkdownTarget:
        """Make a target with the host's usual budget."""
        return cls(host=host, budget=BUDGETS[host], link=link, project=project)

    @property
    def dialect(self) -> Dialect:
        """How the host reads Markdown."""
        return Dialect(html=self.host != "bitbucket")


_USUAL = MarkdownTarget()


def render(report: Report, target: MarkdownTarget = _USUAL) -> str:
    """Write a report for a host: no value of a cell in it but those that may leave this machine, within the budget.

    Sections are left out whole, the least important first, and counted. The result ends without a line end.
    """
    story = story_of(report)
    pieces = list(_opening(story, target))
    pieces += _overview(story, target.dialect)
    pieces += _tests(story, target.dialect)
    pieces += _picture(story, target)
    closing = list(_closing(story, target))
    return fitted(Parts(pieces, chapter_pieces(story, target.dialect), len(story.sections), closing), target.budget)


def _opening(story: Story, target: MarkdownTarget) -> Iterator[Piece]:
    report, dialect = story.report, target.dialect
    status = report.verdict.status
    summary = cut(report.verdict.summary, 300)
    yield Piece(f"### {ICONS[status]} {status.upper()}: {dialect.prose(summary)}")
    if story.next_step:
        yield Piece(f"**Next:** {dialect.prose(_sentence(story.next_step))}")
    yield Piece(" · ".join(_coverage(story, target)))
    notes = [dialect.prose(note) for note in report.notes[:_MOST_NOTES]]
    more = len(report.notes) - len(notes)
    if notes:
        yield Piece(bullets([*notes, *([f"{more:,} more notes"] if more else [])]), "notes")
    if story.declared:
        told = [f"{ICONS[check.status]} {check.status}: {dialect.prose(text)}" for check, text in story.declared]
        yield Piece(f"**Declared by this change**\n\n{bullets(told[:_MOST_TESTS])}", "declarations")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _coverage(story: Story, target: MarkdownTarget) -> Iterator[str]:
    report, dialect = story.report, target.dialect
    told, missing, rest = coverage_words(story.coverage)
    yield f"{told}, **{missing}**" if missing else told
    if rest:
        proven = f", {len(story.spared):,} of them proven equal" if story.spared else ""
        yield f"{rest}{proven}"
    base, head = report.versions
    yield f"head {_version(head, dialect)}, base {_version(base, dialect)}"
    yield "exact, no sampling"
    if not report.inputs.pinned:
        yield "**inputs NOT pinned**"
    if _URL.fullmatch(target.link):
        yield f"[full report](<{target.link}>)"


def _version(version: Version, dialect: Dialect) -> str:
    """Write a commit, or for a plain diff what is compared."""
    if not _SHA.fullmatch(version.sha):
        return dialect.code(version.ref)
    return f"`{version.sha[:7]}`{' + uncommitted changes' if version.dirty else ''}"


def _overview(story: Story, dialect: Dialect) -> Iterator[Piece]:
    """Write the table of tables, the worst first, and count those that are too many."""
    if not story.lines:
        return
    shown, rest = story.lines[:_MOST_ROWS], story.lines[_MOST_ROWS:]
    heading = f"| {' | '.join(_HEADINGS)} |\n|---|---|--:|--:|---|---|"
    rows = [_row(line, dialect) for line in shown]
    more = [f"| {_words(rest)} | {len(rest):,} more | | | | |"] if rest else []
    yield Piece("\n".join([heading, *rows, *more]))


def _row(line: Line, dialect: Dialect) -> str:
    word = f"{icon(line)} {line.word}"
    name = dialect.code(line.table.name, 80)
    schema, why = dialect.prose(line.schema, 60), dialect.prose(cut(line.why, 200))
    return f"| {word} | {name} | {line.rows} | {line.changed} | {schema} | {why} |"


def _words(lines: Sequence[Line]) -> str:
    """Count lines by their word: `3 fail, 11 warn`."""
    words = dict.fromkeys(line.word for line in lines)
    return ", ".join(f"{sum(line.word == word for line in lines):,} {word}" for word in words)


def _tests(story: Story, dialect: Dialect) -> Iterator[Piece]:
    if story.tests:
        told = [f"{ICONS[check.status]} {check.status}: {dialect.prose(text)}" for check, text in story.tests]
        more = [f"{len(told) - _MOST_TESTS:,} more"] if len(told) > _MOST_TESTS else []
        yield Piece(f"**dbt tests**\n\n{bullets([*told[:_MOST_TESTS], *more])}", "tests")


def _picture(story: Story, target: MarkdownTarget) -> Iterator[Piece]:
    room = _MERMAID.get(target.host, 0)
    words = {line.table.name: line.word for line in story.lines}
    tables = [line.table for line in story.lines]
    for most in (_MOST_NODES, _MOST_NODES // 2):
        drawn = lineage_of(tables, words, most)
        if not room or not drawn.edges:
            return
        text = as_mermaid(drawn)
        if len(text) <= room:
            fence = f"```mermaid\n{text}\n```"
            yield Piece(f"<details><summary>How the change spreads</summary>\n\n{fence}\n\n</details>", "pictures")
            return


def _closing(story: Story, target: MarkdownTarget) -> Iterator[Piece]:
    report, dialect = story.report, target.dialect
    parts = [f"datacanary {dialect.plain(report.tool_version)}".strip()]
    parts += [f"project {dialect.plain(target.project)}"] if target.project else []
    parts += [f"run {dialect.plain(report.run_id)}"]
    footer = " · ".join(parts)
    yield Piece(f"<sub>{footer}</sub>" if dialect.html else footer)
