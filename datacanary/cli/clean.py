"""`datacanary clean`."""

from __future__ import annotations

from typing import Annotated

import typer

from datacanary.cli.asking import asked
from datacanary.cli.console import Console
from datacanary.cli.guard import guarded
from datacanary.cli.options import Config, NoColor, Quiet, Verbose
from datacanary.errors import UsageError
from datacanary.report.encoding import for_terminal


def clean(
    run: Annotated[str | None, typer.Option("--run", metavar="RUN", help="Drop this run.")] = None,
    expired: Annotated[bool, typer.Option("--expired", help="Drop runs past their time, and killed ones.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Drop all runs of this project.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be dropped.")] = False,
    config: Config = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> None:
    """Drop what runs left behind, on this machine and in the warehouse, and what promotions keep past its time.

    Production stays, and what a rollback needs until then. Of other machines' runs only what has expired is dropped.

    Example: datacanary clean --expired --dry-run
    """
    console = Console(quiet=quiet, verbose=verbose, no_color=no_color)
    with guarded(console):
        from datacanary.pipeline.housekeeping import drop, what_to_drop

        if (run is not None) + expired + every > 1:
            raise UsageError("--run, --expired and --all exclude one another.", hint="Give one of them.")
        if run is None and not (expired or every or dry_run):
            raise UsageError(
                "Nothing says what to drop.", hint="Give --run RUN, --expired or --all; or only --dry-run."
            )
        which = run if run is not None else "expired" if expired else "all"
        found = what_to_drop(asked(config), which)
        lines = [f"{folder.run_id} ({folder.size / 1e6:,.1f} MB)" for folder in found.folders]
        if found.unseen:
            console.note(f"what lies in the warehouse stays: {found.unseen}")
        there = found.registered if dry_run else drop(asked(config), found)
        lines += [for_terminal(f"{one.name} of {one.run_id} in the warehouse") for one in there]
        for line in lines:
            console.result(f"{'would drop' if dry_run else 'dropped'} {line}")
        if not lines:
            console.result("Nothing to drop.")
