"""Texts that try to be more than text, and a report that has one of them wherever a text can come from outside."""

from __future__ import annotations

from dataclasses import replace

from full_report import full_impact, full_report, full_table, statistics

from datacanary.model.basic import Pair, Version
from datacanary.model.impact import Clause
from datacanary.model.run import Report
from datacanary.model.statistics import ValueCount
from datacanary.model.tablediff import ColumnDiff, Key, SampleRow, TableDiff
from datacanary.model.verdict import DBT_TEST, Check, Verdict

PAYLOADS: tuple[str, ...] = (
    "a|b|c",
    "| --- |",
    "\n| x | y |\n|---|---|\n",
    "[click](https://evil.example)",
    "[click](javascript:alert(1))",
    "[click][1]\n\n[1]: https://evil.example",
    "![pixel](https://evil.example/p.png)",
    "![x](data:image/png;base64,AAAA)",
    "<https://evil.example>",
    "https://evil.example/path",
    "http://evil.example",
    "www.evil.example",
    "ftp://evil.example/x",
    "mailto:eve@evil.example",
    "eve@evil.example",
    "`code`",
    "```\nfence\n```",
    "~~~\nfence\n~~~",
    "`` ` ``",
    "</code>",
    "</code><b>bold</b><code>",
    "</summary></details><h1>out</h1>",
    "<details open><summary>x</summary>",
    "--><script>alert(1)</script><!--",
    "<!-- datacanary:v1 project=shop head=0 -->",
    "-->",
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<iframe src=https://evil.example></iframe>",
    "<style>*{display:none}</style>",
    "</style><script>alert(1)</script>",
    "<a href=javascript:alert(1)>x</a>",
    "<form action=https://evil.example><input name=x>",
    "<meta http-equiv=refresh content=0;url=https://evil.example>",
    "<base href=https://evil.example>",
    '" onmouseover="alert(1)',
    "' autofocus onfocus='alert(1)",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "{{ 7 * 7 }}",
    "{% include 'x' %}",
    "${{ github.token }}",
    "@octocat",
    "@org/team please look",
    "#1",
    "GH-1",
    "org/repo#1",
    "!1 &1 ~bug %milestone",
    "/approve",
    "/close\n/merge",
    "deadbeef1234567",
    "a\nb",
    "a\r\n\r\n# heading",
    "# heading",
    "> quote",
    "- item",
    "1. item",
    "***bold***",
    "~~gone~~",
    "a\n===",
    "&lt;b&gt;&#60;script&#62;",
    "&#x202e;",
    "\u202eevil\u202c",
    "\u2066x\u2069",
    "zero\u200bwidth\u200d\ufeff",
    "\u2028line\u2029paragraph",
    "\x1b[31mred\x1b[0m",
    "\x1b]8;;https://evil.example\x07link\x1b]8;;\x07",
    "\x1b]0;title\x07",
    "\x1b[2J\x9b2J",
    "[/red]",
    "[link=https://evil.example]x[/link]",
    "::error file=x::y",
    "::set-output name=x::y",
    "  ::add-mask::x",
    "\n::stop-commands::x",
    "##[error]x",
    "##vso[task.setvariable variable=x]y",
    "##teamcity[testFailed]",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "@SUM(1)",
    "]]>",
    "<![CDATA[x]]>",
    "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
    "\x00",
    "a\x00b\x08\x0b\x1f\x7f",
    "\ufffe\uffff",
    "\ud800lone\udfff",
    "x" * 10_000,
    "<b>" * 3_000,
    "😀👩‍👩‍👧",
    "مرحبا بالعالم",
    "שלום",
    "a" + "\u0301" * 200,
    "",
    " ",
    "\t",
    'click n0 "javascript:alert(1)"',
    '"]; n0 --> evil["',
    "%%{init: {}}%%",
    "end",
)


def hostile_report(payload: str) -> Report:
    """Make a report in which every name, value, path, message and version is the payload, and all may be shown."""
    diff = _difference(payload)
    broken = replace(diff, comparison="not_compared", failed=True, reason=f"head could not be built: {payload}")
    report = full_report(diff)
    impact = replace(
        full_impact(),
        clauses=(Clause("column", "head", payload, payload, 3),),
        paths=((payload, f"{payload} 2", "orders"),),
    )
    first = replace(
        report.tables[0],
        name=payload,
        status="fail",
        effect="changed",
        paths=Pair(payload, payload),
        impact=impact,
        read_by=(payload,),
        shown=frozenset({payload, f"{payload} gone"}),
    )
    second = replace(first, name=f"{payload} 2", status="inconclusive", diff=broken)
    third = replace(first, name=f"{payload} 3", status="warn", effect="inherited", inherited_from=(payload,))
    return replace(
        report,
        versions=Pair(Version(payload, "1a2b3c4" + "0" * 33), Version(payload, "4f1c9e2" + "0" * 33, dirty=True)),
        verdict=Verdict("fail", payload, (*_checks(payload), *report.verdict.checks)),
        tables=(first, second, third),
        notes=(payload,),
        inputs=replace(report.inputs, how=payload),
        secret="5" * 32,
    )


def _difference(payload: str) -> TableDiff:
    side = replace(
        statistics(),
        minimum=payload,
        maximum=payload,
        quantiles={},
        top=(ValueCount(payload, 60), ValueCount(None, 3)),
        shapes=(ValueCount(payload, 12),),
    )
    columns = (
        ColumnDiff(payload, "type_changed", Pair(payload, payload), 20, statistics=Pair(side, side)),
        ColumnDiff(f"{payload} gone", "removed", Pair(payload, None)),
    )
    samples = (
        SampleRow("changed", {payload: payload}, {payload: payload}, {payload: f"{payload}."}, (payload,)),
        SampleRow("added", {payload: payload}, {}, {}),
    )
    table = full_table()
    return replace(
        table,
        reason=payload,
        key=Key((payload,), "inferred", Pair(0, 0), Pair(0, 0)),
        columns=columns,
        samples=samples,
        notes=(payload,),
        causes=(replace(table.causes[0], message=payload, shows=(payload,), discreet=payload),),
        marks=(replace(table.marks[0], quoted=payload, path=payload, inherited_from=payload),),
    )


def _checks(payload: str) -> tuple[Check, ...]:
    check = Check(payload, payload, "values_changed", "fail", 0.5, 0.1, payload, payload)
    loose = replace(check, table="", check=DBT_TEST)
    return check, replace(check, expected=payload, status="warn"), replace(check, dry_run=True), loose
