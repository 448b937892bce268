"""A comment never exceeds its host's limit, and what it leaves out it leaves out whole."""

from __future__ import annotations

import re
from dataclasses import replace

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from full_report import full_report
from hypothesis import given, settings
from hypothesis import strategies as st

from datacanary.model.run import Report
from datacanary.model.verdict import Check, Status
from datacanary.report import markdown

STATUSES: tuple[Status, ...] = ("pass", "warn", "inconclusive", "fail")


def wide_report(tables: int, length: int) -> Report:
    """Make a report of many tables with long names, everything told of each."""
    report = full_report()
    one = report.tables[0]
    names = [f"{'|' * length}{number}" for number in range(tables)]
    made = tuple(
        replace(one, name=name, effect="changed", status=STATUSES[number % 4]) for number, name in enumerate(names)
    )
    checks = tuple(
        Check(table.name, "amount", "values_changed", table.status, 0.5, 0.1, "default", "amount changed")
        for table in made
    )
    return replace(report, secret="5" * 32, tables=made, verdict=replace(report.verdict, checks=checks))


@settings(max_examples=30)
@given(
    tables=st.integers(0, 60),
    length=st.integers(1, 120),
    budget=st.integers(26_000, 80_000),
    host=st.sampled_from(["github", "bitbucket"]),
)
def test_the_size_never_exceeds_the_budget_and_sections_are_whole(
    tables: int, length: int, budget: int, host: markdown.Host
) -> None:
    text = markdown.render(wide_report(tables, length), replace(markdown.MarkdownTarget.of(host), budget=budget))
    assert len(text.encode()) <= budget
    assert text.count("<details>") == text.count("</details>") == text.count("<summary>")
    assert text.count("```") % 2 == 0
    page = cmarkgfm.github_flavored_markdown_to_html(text, Options.CMARK_OPT_UNSAFE)
    assert page.count("<table>") == page.count("</table>")
    told = len(re.findall(r"<summary>|^#### ", text, re.MULTILINE))
    if told < tables:
        assert "Left out to fit" in text


def test_what_is_left_out_is_counted_and_examples_go_before_columns() -> None:
    whole = markdown.render(wide_report(6, 3), markdown.MarkdownTarget())
    assert "Left out" not in whole
    assert whole.count("| column |") == 6
    size = len(whole.encode())
    less = markdown.render(wide_report(6, 3), markdown.MarkdownTarget(budget=size - 1))
    assert re.search(r"\*\*Left out to fit:\*\*.* examples of", less)
    assert "**Examples**" not in less or less.count("| column |") == 6
    assert less.count("| column |") >= 5
    assert markdown.render(wide_report(6, 3), markdown.MarkdownTarget(budget=size + 2)) == whole
    little = markdown.render(wide_report(6, 3), markdown.MarkdownTarget(budget=size // 2))
    assert "details of" in little or "columns of 6" in little


@pytest.mark.parametrize("number", [1, 20, 21, 300])
def test_every_table_is_in_the_overview_or_counted(number: int) -> None:
    text = markdown.render(wide_report(number, 2), markdown.MarkdownTarget.of("summary"))
    rows = re.findall(r"^\| (?:❌|⚠️|❔|✅) \w+ \| <code>", text, re.MULTILINE)
    more = re.search(r"\| ([\d,]+) more \|", text)
    assert len(rows) + (int(more[1]) if more else 0) == number
    assert len(rows) <= 20


def test_what_was_not_compared_never_looks_like_a_pass() -> None:
    report = full_report()
    table = replace(report.tables[0], effect="changed", status="pass")
    missing = replace(table, diff=replace(table.diff, comparison="not_compared", failed=True, reason="no such column"))
    text = markdown.render(replace(report, tables=(missing,)), markdown.MarkdownTarget())
    assert "1 NOT compared" in text
    assert "✅" not in text.split("| Verdict")[1]
