"""`datacanary status`."""

from __future__ import annotations

from datacanary.cli.asking import asked
from datacanary.cli.console import Console
from datacanary.cli.guard import guarded
from datacanary.cli.options import Config, Format, NoColor, Quiet, Verbose


def status(
    format: Format = "terminal",  # noqa: A002 -- the option's name
    config: Config = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> None:
    """Show what is live in production, and what runs left on this machine.

    Example: datacanary status
    """
    console = Console(quiet=quiet, verbose=verbose, no_color=no_color)
    with guarded(console):
        from datacanary.pipeline.housekeeping import look
        from datacanary.report import history as history_report

        state = look(asked(config))
        console.result(history_report.status_json(state) if format == "json" else history_report.status_text(state))
