"""`datacanary resume`."""

from __future__ import annotations

from datacanary.cli.asking import asked
from datacanary.cli.console import Console
from datacanary.cli.guard import guarded
from datacanary.cli.options import Config, NoColor, Quiet, RunId, Verbose


def resume(
    run: RunId, config: Config = None, quiet: Quiet = False, verbose: Verbose = False, no_color: NoColor = False
) -> None:
    """Finish or undo what a crash left half done of RUN, and say what is true; the second time there is nothing to do.

    Refused (exit code 4) if somebody still works on RUN, or changes production just now.

    Example: datacanary resume last
    """
    console = Console(quiet=quiet, verbose=verbose, no_color=no_color)
    with guarded(console):
        from datacanary.pipeline.resuming import resume_run
        from datacanary.report.release import resumed

        run_id, settlement = resume_run(asked(config), run, console.tell)
        console.settle()
        console.result(resumed(run_id, settlement.told, settlement.next_step))
