"""`datacanary unlock`."""

from __future__ import annotations

from typing import Annotated

import typer

from datacanary.cli.asking import asked
from datacanary.cli.console import Console
from datacanary.cli.guard import guarded
from datacanary.cli.options import Config, NoColor, Quiet, Verbose


def unlock(
    lease: Annotated[str, typer.Argument(metavar="LEASE", help="The lease's id, as `datacanary status` shows it.")],
    config: Config = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> None:
    """Take LEASE from a holder that is dead, so that production can be changed again before it expires.

    Should the holder live after all, it changes nothing any more. Refused (exit code 4) for any other lease.

    Example: datacanary unlock 5f0c2d1e
    """
    console = Console(quiet=quiet, verbose=verbose, no_color=no_color)
    with guarded(console):
        from datacanary.pipeline.resuming import unlock as take

        take(asked(config), lease)
        console.result(f"UNLOCKED  {lease}: production can be changed again")
