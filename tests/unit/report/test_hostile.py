"""Hostile data: whatever a name, a value or an error says, no report becomes anything but a report of it."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache
from html.parser import HTMLParser
from json import loads as read_json
from xml.etree import ElementTree as ET

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from hostile import PAYLOADS, hostile_report

from datacanary.report import html, json, junit, markdown, terminal
from datacanary.report.annotations import annotations_of
from datacanary.report.style import Style

HOSTS: tuple[markdown.Host, ...] = ("github", "bitbucket")
"""One of each kind: with elements of HTML and without; the others differ in their budgets alone."""
HARMLESS = "harmless"
IDS = [ascii(payload)[:50] for payload in PAYLOADS]
_CHECKED = ("declared", "dry run", "broken", "loose", "of orders", "second", "third")
"""The test cases of the report: five checks, and two tables without any."""


class Seen(HTMLParser):
    """What a page consists of, as a parser of HTML sees it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: Counter[str] = Counter()
        self.attributes: set[tuple[str, str, str]] = set()
        self.comments: list[str] = []
        self.outside = ""
        """The text that does not stand in code: there, hosts look for mentions and links."""
        self._code = 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in an element."""
        self.elements[tag] += 1
        self.attributes |= {(tag, name, value or "") for name, value in attrs}
        self._code += tag in {"code", "pre"}

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        self._code -= tag in {"code", "pre"}

    def handle_data(self, data: str) -> None:
        """Take in a text."""
        self.outside += "" if self._code else data

    def handle_comment(self, data: str) -> None:
        """Take in a comment."""
        self.comments.append(data)


def read_markdown(text: str) -> Seen:
    """Read Markdown as GitHub does, raw HTML and all."""
    options = Options.CMARK_OPT_UNSAFE
    return Seen(cmarkgfm.github_flavored_markdown_to_html(text.encode("utf-8", "replace").decode(), options))


@cache
def harmless(host: markdown.Host) -> Seen:
    return read_markdown(markdown.render(hostile_report(HARMLESS), target_of(host)))


def target_of(host: markdown.Host) -> markdown.MarkdownTarget:
    return markdown.MarkdownTarget.of(host, link="https://ci.example/1", project="shop")


@pytest.mark.parametrize("payload", PAYLOADS, ids=IDS)
@pytest.mark.parametrize("host", HOSTS)
def test_no_element_mention_or_link_in_markdown_comes_from_data(host: markdown.Host, payload: str) -> None:
    target = target_of(host)
    written = markdown.render(hostile_report(payload), target)
    seen, usual = read_markdown(written), harmless(host)
    assert without_text(seen) <= without_text(usual)
    assert [one for one in seen.attributes if one[1] in {"href", "src"}] == [("a", "href", "https://ci.example/1")]
    assert {(tag, name) for tag, name, _ in seen.attributes} <= {(tag, name) for tag, name, _ in usual.attributes}
    assert seen.comments == []
    assert_plain(seen.outside)
    assert len(written.encode("utf-8", "replace")) <= target.budget
    assert not [line for line in written.splitlines() if line.strip().startswith("::")]


def without_text(seen: Seen) -> Counter[str]:
    """Leave out what may differ: how many pieces of a sentence are code, and what had no room."""
    text = {"code", "wbr", "p", "strong", "tr", "td", "th", "li", "ul", "table", "tbody", "thead"}
    return Counter({name: number for name, number in seen.elements.items() if name not in text})


def assert_plain(told: str) -> None:
    """Hold what stands outside of code against what hosts make mentions, links and commands of."""
    assert "@" not in told
    assert not re.search(r"(?:^|[^&\w])[#!~&][\w]", told)
    assert not re.search(r"\w+://|www\.|mailto:|javascript:", told)
    assert not re.search(r"\bGH-\d", told)
    assert not re.search(r"\b[0-9a-f]{7,40}\b", told.replace("20261120-101500-4f1c9e2", ""))
    assert not re.search(r"^\s*/\w", told, re.MULTILINE)
    assert hidden_in(told) == set()


def hidden_in(text: str) -> set[str]:
    """Return the characters that are not seen and do something."""
    return {one for one in text if unicodedata.category(one) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and one not in "\n\r\t"}


@pytest.mark.parametrize("payload", PAYLOADS, ids=IDS)
def test_html_has_the_elements_and_attributes_of_a_harmless_report(payload: str) -> None:
    written = html.render(hostile_report(payload))
    seen, usual = Seen(written), harmless_page()
    # A name that sounds personal is masked, which is told; a path that is empty is not written.
    masked = Counter({"small": 9})
    assert seen.elements <= usual.elements + masked
    assert seen.comments == usual.comments == []
    assert {(tag, name) for tag, name, _ in seen.attributes} <= {(tag, name) for tag, name, _ in usual.attributes}
    links = [value for _, name, value in seen.attributes if name in {"href", "src", "action", "http-equiv"}]
    assert {one for one in links if not re.fullmatch(r"#t\d+|#tables|Content-Security-Policy", one)} == set()
    scripted = [one for one in seen.attributes if one[1].startswith("on") or one[1] == "style"]
    assert scripted == []
    assert seen.elements["script"] == 0
    assert hidden_in(written) == set()
    assert written.encode()


@cache
def harmless_page() -> Seen:
    return Seen(html.render(hostile_report(HARMLESS)))


@pytest.mark.parametrize("payload", PAYLOADS, ids=IDS)
def test_junit_is_xml_of_the_usual_elements(payload: str) -> None:
    written = junit.render(hostile_report(payload))
    root = ET.fromstring(written)  # noqa: S314 -- our own text
    assert {one.tag for one in root.iter()} <= {
        *("testsuites", "testsuite", "testcase", "failure", "error", "skipped", "system-out")
    }
    assert len(root.findall("testsuite/testcase")) == len(_CHECKED)
    assert hidden_in(written) == set()
    assert written.encode()


@pytest.mark.parametrize("payload", PAYLOADS, ids=IDS)
@pytest.mark.parametrize("style", [Style(width=80), Style()], ids=["narrow", "free"])
def test_a_terminal_gets_no_escape_and_a_job_no_command(style: Style, payload: str) -> None:
    written = terminal.render(hostile_report(payload), style)
    assert hidden_in(written) == set()
    assert [line for line in written.splitlines() if line.strip().startswith("::")] == []
    assert not re.search(r"##(?:\[|vso\[|teamcity\[)", written)


@pytest.mark.parametrize("payload", PAYLOADS, ids=IDS)
def test_an_annotation_is_one_command(payload: str) -> None:
    found = annotations_of(hostile_report(payload))
    assert found or not payload
    for one in found:
        command = one.command()
        assert "\n" not in command
        assert "\r" not in command
        assert re.fullmatch(r"::(?:error|warning|notice) file=[^,:]*,line=\d+,title=[^,:]*::.*", command)
        assert hidden_in(command + one.title + one.message) == set()


@pytest.mark.parametrize("payload", PAYLOADS, ids=IDS)
def test_a_result_is_text_that_can_be_written(payload: str) -> None:
    written = json.render(hostile_report(payload))
    assert read_json(written.encode())
    assert not [line for line in written.splitlines() if line.strip().startswith("::")]


def test_there_are_enough_of_them() -> None:
    assert len(set(PAYLOADS)) >= 60
