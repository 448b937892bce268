"""`datacanary promote`."""

from __future__ import annotations

from typing import Annotated

import typer

from datacanary.cli.asking import asked
from datacanary.cli.console import Console
from datacanary.cli.guard import guarded
from datacanary.cli.options import Config, NoColor, Quiet, RunId, Verbose
from datacanary.errors import UsageError

Approve = Annotated[
    str | None,
    typer.Option("--approve", metavar="REASON", help="Promote although a policy is against it; REASON is recorded."),
]


def promote(
    run: RunId,
    approve: Approve = None,
    config: Config = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> None:
    """Swap the very tables that RUN judged into production, all or none; what they replace is kept.

    Refused (exit code 4) if the run did not pass, if its base lacks what was promoted last, or if head, production or
    the input moved since.

    Example: datacanary promote last
    """
    console = Console(quiet=quiet, verbose=verbose, no_color=no_color)
    with guarded(console):
        from datacanary.pipeline.release import promote_run
        from datacanary.report.release import promoted

        if approve is not None and not approve.strip():
            raise UsageError("--approve needs a reason.", hint='As in: --approve "DATA-412, seen by Ada"')
        record = promote_run(asked(config), run, (approve or "").strip(), console.tell)
        console.settle()
        console.result(promoted(record))
