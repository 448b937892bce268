"""A run as JUnit XML, as GitLab and Jenkins read it: a test case for each check of each table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal
from xml.etree.ElementTree import Element, SubElement, tostring

from datacanary.model.run import Report, TableReport
from datacanary.model.verdict import DBT_TEST, Check
from datacanary.model.words import count
from datacanary.report.encoding import for_xml
from datacanary.report.folding import rank
from datacanary.report.story import is_missing

BUDGET = 5_000_000
"""So many bytes the whole file may have: GitLab reads none of 30 MB, and some versions none of 250,000 members."""
_RESERVED = 2_000
"""Bytes for what holds the test suites together, and for the one that says what was left out."""
_DIGITS = 24
"""So many more the numbers of a suite may have than those of an empty one."""
_LONGEST_NAME = 200

Outcome = Literal["failure", "error", "system-out", "skipped", "passed"]
"""What stands in a test case; nothing in one that passed."""

_OUTCOMES: Mapping[Outcome, tuple[int, str]] = {
    "failure": (0, "failed"),
    "error": (0, "not judged"),
    "system-out": (1, "with a warning"),
    "skipped": (2, "skipped"),
    "passed": (2, "passed"),
}
"""How early a case is left out, the highest number first, and the word for many of a kind."""


@dataclass(frozen=True, slots=True)
class _Case:
    """A test case before it is written; `kind` is what broke, `path` the model's file as the repository has it."""

    table: str
    name: str
    path: str
    kind: str = ""
    outcome: Outcome = "passed"
    text: str = ""


def render(report: Report) -> str:
    """Write a report as JUnit XML: a broken limit is a failure, what could not be judged is an error.

    What only warns passes, and says so in the output of its test case; checks of a dry run do so, too. A table that
    cannot differ is a skipped case: nothing was tested, and nothing had to be. Where `BUDGET` has no room for all,
    cases that passed go first, then those that warn, the least important table's first; how many is told.
    """
    moment = report.started_at[:19]
    cases = list(_cases(report))
    made = _fitting(cases, moment)
    root = Element("testsuites", {"name": "datacanary"})
    for table, places in groupby(range(len(cases)), key=lambda place: cases[place].table):
        elements = [made[place] for place in places if place in made]
        if elements:
            root.append(_suite(table, elements, moment))
    if len(made) < len(cases):
        left = _left_out([case for place, case in enumerate(cases) if place not in made])
        root.append(_suite(left.table, [_element(left)], moment))
    _total(root, report.seconds)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode")


def _cases(report: Report) -> Iterator[_Case]:
    """Say what is tested of each table, the worst table first, and of none."""
    checks = report.verdict.by_table
    for table in sorted(report.tables, key=rank):
        path = table.paths.head or table.paths.base
        place = report.in_repository(path) if path else ""
        found = [_case(table.name, check, place) for check in checks.get(table.name, ())]
        yield from _told_apart(found or [_without_checks(table, place)])
    known = {table.name for table in report.tables}
    for name in checks:
        if name not in known:
            yield from _told_apart([_case(name or "run", check, "") for check in checks[name]])


def _without_checks(table: TableReport, path: str) -> _Case:
    case = _Case(table.name, "compared", path)
    if is_missing(table):
        return replace(case, outcome="error", text=table.diff.reason, kind="not compared")
    if table.diff.comparison in {"unaffected", "not_compared"}:
        return replace(case, outcome="skipped", text=table.diff.reason)
    return case


def _case(table: str, check: Check, path: str) -> _Case:
    case = _Case(table, _name(check), path, kind=check.check)
    limit = f" ({check.limit_origin})" if check.limit_origin not in {"", "default", "dbt"} else ""
    text = f"{check.message}{limit}"
    if check.dry_run and check.status != "pass":
        return replace(case, outcome="system-out", text=f"dry run, {check.status}: {text}")
    match check.status:
        case "fail":
            return replace(case, outcome="failure", text=text)
        case "inconclusive":
            return replace(case, outcome="error", text=text)
        case "warn":
            return replace(case, outcome="system-out", text=f"warn: {text}")
    return case


def _name(check: Check) -> str:
    """Name a check by what it looks at; a test of the project by its own name."""
    found = _TEST.match(check.message) if check.check == DBT_TEST else None
    if found:
        return found[1]
    return f"{check.check}: {check.column}" if check.column else check.check


_TEST = re.compile(r"test (\S+)")


def _told_apart(cases: Sequence[_Case]) -> Iterator[_Case]:
    """Add numbers to names that come again: hosts take two cases of one name for the same one."""
    seen: dict[str, int] = {}
    for case in cases:
        name = for_xml(case.name, _LONGEST_NAME)
        seen[name] = seen.get(name, 0) + 1
        yield replace(case, name=f"{name} ({seen[name]})" if seen[name] > 1 else name)


def _fitting(cases: Sequence[_Case], moment: str) -> Mapping[int, Element]:
    """Make elements of the cases that there is room for, by their places, the most important first."""
    made: dict[int, Element] = {}
    begun: set[str] = set()
    room = BUDGET - _RESERVED
    for place in sorted(range(len(cases)), key=lambda place: _OUTCOMES[cases[place].outcome][0]):
        case = cases[place]
        element = _element(case)
        room -= _size(element) + (0 if case.table in begun else _size(_suite(case.table, (), moment)) + _DIGITS)
        if room < 0:
            break
        begun.add(case.table)
        made[place] = element
    return made


def _size(element: Element) -> int:
    return len(tostring(element, encoding="unicode").encode())


def _left_out(left: Sequence[_Case]) -> _Case:
    """Count what had no room, in a case of its own."""
    kinds = {kind: sum(case.outcome == kind for case in left) for kind in _OUTCOMES}
    told = ", ".join(f"{number:,} {_OUTCOMES[kind][1]}" for kind, number in kinds.items() if number)
    tables = count(len({case.table for case in left}), "table")
    text = f"left out to fit: {count(len(left), 'case')} of {tables} ({told}); datacanary report --format json has all"
    return _Case("left out", "left out", "", outcome="skipped", text=text)


def _suite(name: str, cases: Sequence[Element], moment: str) -> Element:
    suite = Element("testsuite", {"name": for_xml(name, _LONGEST_NAME), "timestamp": moment})
    suite.extend(cases)
    for kind, tag in _COUNTED.items():
        suite.set(kind, str(len(suite.findall("testcase" if tag == "testcase" else f"testcase/{tag}"))))
    suite.set("time", "0")
    return suite


_COUNTED = {"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"}


def _total(root: Element, seconds: float) -> None:
    for kind in _COUNTED:
        root.set(kind, str(sum(int(suite.get(kind, "0")) for suite in root)))
    root.set("time", f"{seconds:.3f}")


def _element(case: _Case) -> Element:
    found = {"classname": for_xml(case.table, _LONGEST_NAME) or "run", "name": case.name, "time": "0"}
    element = Element("testcase", {**found, **({"file": for_xml(case.path)} if case.path else {})})
    match case.outcome:
        case "failure" | "error":
            told = {"type": for_xml(case.kind), "message": for_xml(case.text)}
            SubElement(element, case.outcome, told).text = for_xml(case.text)
        case "system-out":
            SubElement(element, "system-out").text = for_xml(case.text)
        case "skipped":
            SubElement(element, "skipped", {"message": for_xml(case.text)})
    return element
