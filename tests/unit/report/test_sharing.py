"""What leaves the machine: no value that base's config does not allow, whatever else the report holds."""

from __future__ import annotations

import re
from dataclasses import replace

from full_report import full_report
from hypothesis import given, settings
from hypothesis import strategies as st
from test_masking import MARKS, NAMES, differences

from datacanary.model.run import Report
from datacanary.model.tablediff import SampleRow, TableDiff
from datacanary.report import html, junit, markdown
from datacanary.report.annotations import annotations_of
from datacanary.report.json import render as as_json
from datacanary.report.sharing import HASHED, share_table

SECRET = "5ec7e7" * 5


def written(report: Report) -> dict[str, str]:
    """Write everything that may leave the machine."""
    hosts: tuple[markdown.Host, ...] = ("github", "bitbucket")
    texts: dict[str, str] = {host: markdown.render(report, markdown.MarkdownTarget.of(host)) for host in hosts}
    remarks = "\n".join(one.command() for one in annotations_of(replace_status(report)))
    return {**texts, "html": html.render(report), "junit": junit.render(report), "annotations": remarks}


def replace_status(report: Report) -> Report:
    return replace(report, tables=tuple(replace(table, status="fail") for table in report.tables))


@settings(max_examples=25)
@given(diff=differences(), shown=st.sets(st.sampled_from(NAMES)))
def test_no_value_leaves_that_may_not_though_nothing_was_masked_before(diff: TableDiff, shown: set[str]) -> None:
    report = full_report(diff)
    table = replace(report.tables[0], shown=frozenset(shown))
    texts = written(replace(report, tables=(table,), secret=SECRET))
    for name in set(NAMES) - shown:
        found = [where for where, text in texts.items() for one in MARKS[name].written if encoded(one, text)]
        assert found == [], name


def encoded(value: str, text: str) -> bool:
    """Tell whether a value stands in a text, be it in entities."""
    plain = re.sub(r"&#(\d+);", lambda found: chr(int(found[1])), text)
    return value in plain or value.replace("!", "") in plain


def shareable(report: Report) -> Report:
    return replace(report, tables=tuple(share_table(table, report.secret) for table in report.tables))


def test_keys_are_hashed_with_the_secret_of_the_run_which_is_never_written() -> None:
    report = replace(full_report(), secret=SECRET)
    (row,) = shareable(report).tables[0].diff.samples
    assert re.fullmatch("k-[0-9a-f]{6}", str(row.key[HASHED]))
    assert shareable(report) == shareable(shareable(report))
    other = shareable(replace(report, secret=SECRET[::-1]))
    assert other.tables[0].diff.samples[0].key != row.key
    texts = [*written(report).values(), as_json(report), repr(report)]
    assert [text for text in texts if SECRET in text] == []
    assert str(row.key[HASHED]) in html.render(report)


def test_the_same_row_has_the_same_name_all_over_a_run() -> None:
    report = replace(full_report(), secret=SECRET)
    first = report.tables[0]
    second = replace(first, name="other")
    names = [table.diff.samples[0].key for table in shareable(replace(report, tables=(first, second))).tables]
    assert names[0] == names[1]


def test_a_key_that_may_be_shown_is_shown_and_without_a_secret_none_is_hashed() -> None:
    report = full_report()
    table = replace(report.tables[0], shown=frozenset({"id"}))
    assert shareable(replace(report, tables=(table,))).tables[0].diff.samples[0].key == {"id": 1}
    assert shareable(report).tables[0].diff.samples[0].key == {}


def test_a_name_that_sounds_personal_is_hidden_though_it_is_listed() -> None:
    report = replace(full_report(), secret=SECRET)
    row = SampleRow("changed", {"id": 1}, {"email": "ana@b.example"}, {"email": "bob@c.example"}, ("email",))
    diff = replace(report.tables[0].diff, samples=(row,))
    table = replace(report.tables[0], diff=diff, shown=frozenset({"email", "id"}))
    texts = written(replace(report, tables=(table,)))
    assert [where for where, text in texts.items() if encoded("b.example", text) or encoded("c.example", text)] == []
