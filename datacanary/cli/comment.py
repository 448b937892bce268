"""`datacanary comment`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from datacanary.cli.asking import asked
from datacanary.cli.console import Console
from datacanary.cli.guard import guarded
from datacanary.cli.options import Config, Mode, NoColor, ProjectName, Quiet, RunId, Verbose


def comment(
    run: RunId = "last",
    mode: Mode = "update",
    from_file: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="A result of --format json from another job, instead of RUN."),
    ] = None,
    project: ProjectName = "",
    config: Config = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> None:
    """Create or update the one comment on the pull or merge request that this job of CI is about.

    Where that cannot be, the exit code is 2, and the report is in the job's summary or on stdout.

    Example: datacanary comment last
    """
    console = Console(quiet=quiet, verbose=verbose, no_color=no_color)
    with guarded(console):
        from datacanary.cli.commenting import from_here, hand_over
        from datacanary.pipeline.comment import Commenting, read_result
        from datacanary.pipeline.housekeeping import stored_report
        from datacanary.report import terminal

        ask = asked(config)
        if from_file is None:
            report = stored_report(ask, run)
            how = from_here(ask, mode, project)
        else:
            # The job that posts needs no repository, and must not have the pull request's.
            report = read_result(from_file)
            how = Commenting(environ=ask.environ, mode=mode, project=project, own=False)
        delivered = hand_over(report, how, console)
        if delivered.trouble is None:
            console.result(delivered.told)
            return
        if not delivered.in_summary:
            console.result(terminal.render(report, console.style))
        raise typer.Exit(delivered.trouble.exit_code)
