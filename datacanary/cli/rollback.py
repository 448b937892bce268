"""`datacanary rollback`."""

from __future__ import annotations

from typing import Annotated

import typer

from datacanary.cli.asking import asked
from datacanary.cli.console import Console
from datacanary.cli.guard import guarded
from datacanary.cli.options import Config, NoColor, Quiet, Verbose


def rollback(
    run: Annotated[str | None, typer.Argument(metavar="RUN", help="The promoted run. [default: the last]")] = None,
    config: Config = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> None:
    """Put back what this production's last promotion, or that of RUN, replaced: the very tables, at once.

    Refused (exit code 4) if production is no longer what was promoted.

    Example: datacanary rollback
    """
    console = Console(quiet=quiet, verbose=verbose, no_color=no_color)
    with guarded(console):
        from datacanary.pipeline.release import roll_back_run
        from datacanary.report.release import rolled_back

        done = roll_back_run(asked(config), run, console.tell)
        console.settle()
        console.result(rolled_back(done.record, done.readers, done.later))
