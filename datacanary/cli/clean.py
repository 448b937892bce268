"""`datacanary clean`."""

from __future__ import annotations

from typing import Annotated

import typer

from datacanary.cli.asking import asked
from datacanary.cli.console import Console
from datacanary.cli.guard import guarded
from datacanary.cli.options import Config, NoColor, Quiet, Verbose
from datacanary.errors import UsageError


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
    """Drop what runs left behind on this machine; production, and what promotions keep there, stays.

    Example: datacanary clean --expired --dry-run
    """
    console = Console(quiet=quiet, verbose=verbose, no_color=no_color)
    with guarded(console):
        from datacanary.pipeline.housekeeping import drop_runs, runs_to_drop

        if (run is not None) + expired + every > 1:
            raise UsageError("--run, --expired and --all exclude one another.", hint="Give one of them.")
        if run is None and not (expired or every or dry_run):
            raise UsageError(
                "Nothing says what to drop.", hint="Give --run RUN, --expired or --all; or only --dry-run."
            )
        which = run if run is not None else "expired" if expired else "all"
        found = runs_to_drop(asked(config), which)
        for folder in found:
            size = f"{folder.size / 1e6:,.1f} MB"
            console.result(f"{'would drop' if dry_run else 'dropped'} {folder.run_id} ({size})")
        if not dry_run:
            drop_runs(asked(config), found)
        if not found:
            console.result("Nothing to drop.")
