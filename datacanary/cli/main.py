"""The program: its commands by name. Each command imports what it needs when it runs, so that --help is instant."""

from __future__ import annotations

from typing import Annotated

import typer

from datacanary.cli.check import check
from datacanary.cli.clean import clean
from datacanary.cli.comment import comment
from datacanary.cli.demo import demo
from datacanary.cli.deploy import deploy
from datacanary.cli.diff import diff
from datacanary.cli.doctor import doctor
from datacanary.cli.history import history
from datacanary.cli.init import init
from datacanary.cli.plan import plan
from datacanary.cli.promote import promote
from datacanary.cli.report import report
from datacanary.cli.resume import resume
from datacanary.cli.rollback import rollback
from datacanary.cli.status import status
from datacanary.cli.unlock import unlock
from datacanary.cli.validate import validate
from datacanary.version import __version__

app = typer.Typer(
    name="datacanary",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_COMMANDS = (
    *(init, validate, plan, check, diff, promote, rollback, deploy, resume, unlock, status, history, report, comment),
    *(clean, doctor, demo),
)
for _command in _COMMANDS:
    app.command()(_command)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"datacanary {__version__}")
        raise typer.Exit


@app.callback()
def _program(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Show and judge what a git branch does to the data, before it ships.

    Start with `datacanary demo`, or in your own repository with `datacanary init` and `datacanary check`.
    """
    del version
