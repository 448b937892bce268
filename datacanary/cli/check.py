"""`datacanary check`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from datacanary.cli.asking import asked, extent
from datacanary.cli.console import Console
from datacanary.cli.guard import guarded
from datacanary.cli.options import (
    Attribute,
    Base,
    Comment,
    CommentMode,
    Config,
    Format,
    Head,
    NoColor,
    NoiseCheck,
    NoStatistics,
    Output,
    ProjectName,
    Quiet,
    Select,
    Verbose,
)

if TYPE_CHECKING:
    from datacanary.model.run import Report
    from datacanary.pipeline.home import Asked


def check(
    base: Base = None,
    head: Head = None,
    select: Select = None,
    noise_check: NoiseCheck = False,
    attribute: Attribute = False,
    no_statistics: NoStatistics = False,
    format: Format = "terminal",  # noqa: A002 -- the option's name
    output: Output = None,
    comment: Comment = False,
    comment_mode: CommentMode = "update",
    project: ProjectName = "",
    config: Config = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> None:
    """Build both versions in isolation, compare them exactly, and judge: the pre-merge check.

    Production and the repository are only read. Exit code: 0 pass or warn, 1 fail, 3 inconclusive.

    Example: datacanary check --base main
    """
    console = Console(quiet=quiet, verbose=verbose, no_color=no_color)
    with guarded(console):
        from datacanary.pipeline.check import check as run

        how_far = extent(noise_check=noise_check, attribute=attribute, no_statistics=no_statistics)
        ask = asked(config, base, head, select, how_far)
        done = run(ask, "check", console.tell)
        # What is shown is imported when there is something: until then, something may have begun.
        from datacanary.cli.reporting import exit_code, show, timing

        console.settle()
        show(done.report, format, output, console)
        if comment:
            _comment(done.report, ask, comment_mode, project, console)
        console.detail(timing(done, console))
        if done.trouble:
            console.detail(done.trouble)
        raise typer.Exit(exit_code(done.report.verdict.status))


def _comment(report: Report, ask: Asked, mode: CommentMode, project: str, console: Console) -> None:
    from datacanary.cli.commenting import from_here, hand_over

    told = hand_over(report, from_here(ask, mode, project), console).told
    if told:
        console.note(told)
