"""A run as JUnit XML, as GitLab and Jenkins read it: a test case for each check of each table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from datacanary.model.run import Report, TableReport
from datacanary.model.verdict import DBT_TEST, Check
from datacanary.report.encoding import for_xml
from datacanary.report.story import is_missing, rank

_LONGEST_NAME = 200


def render(report: Report) -> str:
    """Write a report as JUnit XML: a broken limit is a failure, what could not be judged is an error.

    What only warns passes, and says so in the output of its test case; checks of a dry run do so, too. A table that
    cannot differ is a skipped case: nothing was tested, and nothing had to be.
    """
    checks: dict[str, list[Check]] = {}
    for check in report.verdict.checks:
        checks.setdefault(check.table, []).append(check)
    root = Element("testsuites", {"name": "datacanary"})
    known = {table.name for table in report.tables}
    for table in sorted(report.tables, key=rank):
        _suite(root, table.name, list(_cases(table, checks.get(table.name, []))), report)
    for name in checks.keys() - known:
        _suite(root, name or "run", [_case(name or "run", check) for check in checks[name]], report)
    _total(root, report)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode")


def _suite(root: Element, name: str, cases: Sequence[Element], report: Report) -> None:
    _tell_apart(cases)
    suite = SubElement(root, "testsuite", {"name": for_xml(name, _LONGEST_NAME), "timestamp": report.started_at[:19]})
    suite.extend(cases)
    for kind, tag in _COUNTED.items():
        suite.set(kind, str(len(suite.findall("testcase") if tag == "testcase" else suite.findall(f"testcase/{tag}"))))
    suite.set("time", "0")


def _tell_apart(cases: Sequence[Element]) -> None:
    """Add numbers to names that come again: hosts take two cases of one name for the same one."""
    seen: dict[str, int] = {}
    for case in cases:
        name = case.get("name", "")
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            case.set("name", f"{name} ({seen[name]})")


_COUNTED = {"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"}


def _total(root: Element, report: Report) -> None:
    for kind in _COUNTED:
        root.set(kind, str(sum(int(suite.get(kind, "0")) for suite in root)))
    root.set("time", f"{report.seconds:.3f}")


def _cases(table: TableReport, checks: Sequence[Check]) -> Iterator[Element]:
    yield from (_case(table.name, check, table.paths.head or table.paths.base) for check in checks)
    if checks:
        return
    case = _element(table.name, "compared", table.paths.head or table.paths.base)
    if is_missing(table):
        _told(case, "error", "not compared", table.diff.reason)
    elif table.diff.comparison in {"unaffected", "not_compared"}:
        SubElement(case, "skipped", {"message": for_xml(table.diff.reason)})
    yield case


def _case(table: str, check: Check, path: str | None = None) -> Element:
    case = _element(table, _name(check), path)
    limit = f" ({check.limit_origin})" if check.limit_origin not in {"", "default", "dbt"} else ""
    text = f"{check.message}{limit}"
    if check.dry_run and check.status != "pass":
        _output(case, f"dry run, {check.status}: {text}")
    elif check.status == "fail":
        _told(case, "failure", check.check, text)
    elif check.status == "inconclusive":
        _told(case, "error", check.check, text)
    elif check.status == "warn":
        _output(case, f"warn: {text}")
    return case


def _name(check: Check) -> str:
    """Name a check by what it looks at; a test of the project by its own name."""
    found = _TEST.match(check.message) if check.check == DBT_TEST else None
    if found:
        return found[1]
    return f"{check.check}: {check.column}" if check.column else check.check


_TEST = re.compile(r"test (\S+)")


def _element(table: str, name: str, path: str | None) -> Element:
    found = {"classname": for_xml(table, _LONGEST_NAME) or "run", "name": for_xml(name, _LONGEST_NAME), "time": "0"}
    return Element("testcase", {**found, **({"file": for_xml(path)} if path else {})})


def _told(case: Element, tag: str, kind: str, text: str) -> None:
    SubElement(case, tag, {"type": kind, "message": for_xml(text)}).text = for_xml(text)


def _output(case: Element, text: str) -> None:
    SubElement(case, "system-out").text = for_xml(text)
