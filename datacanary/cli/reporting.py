"""A report to stdout or to a file, and the exit code of its verdict."""

from __future__ import annotations

import time
from pathlib import Path
from typing import assert_never

from datacanary.cli.console import Console
from datacanary.cli.options import ReportFormat
from datacanary.errors import UsageError
from datacanary.model.run import Report
from datacanary.model.verdict import Status
from datacanary.pipeline.reporting import Checked
from datacanary.report.encoding import for_terminal
from datacanary.report.style import Style

_EXIT_CODES: dict[Status, int] = {"pass": 0, "warn": 0, "fail": 1, "inconclusive": 3}


def exit_code(status: Status) -> int:
    """Return the contract's exit code of a verdict."""
    return _EXIT_CODES[status]


def show(report: Report, format: ReportFormat, output: Path | None, console: Console) -> None:  # noqa: A002 -- as the option
    """Print a report, or write it to a file and say where; if it cannot be written, say so and print it.

    Nothing is raised: the exit code is the verdict's, whether or not a report could be delivered.
    """
    if output is not None:
        try:
            console.save(rendered(report, format, Style()), output)
        except UsageError as error:
            console.error(error)
        else:
            summary = for_terminal(report.verdict.summary)
            console.result(f"{report.verdict.status.upper()}  {summary}\nreport in {output}")
            return
    console.result(rendered(report, format, console.style))


def rendered(report: Report, format: ReportFormat, style: Style) -> str:  # noqa: A002 -- as the option
    """Write a report; only the renderer that is asked for is imported."""
    match format:
        case "terminal":
            from datacanary.report import terminal

            return terminal.render(report, style)
        case "json":
            from datacanary.report import json

            return json.render(report)
        case "markdown":
            from datacanary.report import markdown

            return markdown.render(report, markdown.MarkdownTarget.of("summary"))
        case "html":
            from datacanary.report import html

            return html.render(report)
        case "junit":
            from datacanary.report import junit

            return junit.render(report)
    assert_never(format)


def timing(done: Checked, console: Console) -> str:
    """Say where the time went, from the command's start to its report, in seconds."""
    total, building = time.perf_counter() - console.started, done.warehouse_seconds
    return f"time: {total:.2f} s, of it {building:.2f} s in {done.tool} and {total - building:.2f} s our own"
