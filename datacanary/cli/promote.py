"""`datacanary promote`."""

from __future__ import annotations

from datacanary.cli.asking import asked
from datacanary.cli.console import Console
from datacanary.cli.guard import guarded
from datacanary.cli.options import Config, NoColor, Quiet, RunId, Verbose


def promote(
    run: RunId, config: Config = None, quiet: Quiet = False, verbose: Verbose = False, no_color: NoColor = False
) -> None:
    """Swap the very tables that RUN judged into production, all or none; what they replace is kept.

    Refused (exit code 4) if the run did not pass, or if production or the input moved since.

    Example: datacanary promote last
    """
    console = Console(quiet=quiet, verbose=verbose, no_color=no_color)
    with guarded(console):
        from datacanary.pipeline.release import promote_run
        from datacanary.report.release import promoted

        record = promote_run(asked(config), run, console.tell)
        console.settle()
        console.result(promoted(record))
