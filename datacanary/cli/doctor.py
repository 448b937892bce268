"""`datacanary doctor`."""

from __future__ import annotations

import typer

from datacanary.cli.asking import asked
from datacanary.cli.console import Console
from datacanary.cli.guard import guarded
from datacanary.cli.options import Base, Config, Head, NoColor, Quiet, Verbose
from datacanary.report.encoding import for_terminal

_BAD = 2


def doctor(
    base: Base = None,
    head: Head = None,
    config: Config = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> None:
    """Look at git, config, both versions, warehouse and disk; say how to mend what is wrong.

    Exit code: 0 if a check can run, 2 if not.

    Example: datacanary doctor
    """
    console = Console(quiet=quiet, verbose=verbose, no_color=no_color)
    with guarded(console):
        from datacanary.pipeline.doctor import examine

        style, bad = console.style, False
        marks = {
            "good": style.paint("ok  ", "green"),
            "odd": style.paint("note", "yellow"),
            "bad": style.paint("BAD ", "red", "bold"),
        }
        for symptom in examine(asked(config, base, head)):
            bad = bad or symptom.state == "bad"
            console.result(f"{marks[symptom.state]}  {for_terminal(symptom.what)}")
            if symptom.cure:
                console.result(f"      {for_terminal(symptom.cure)}")
        raise typer.Exit(_BAD if bad else 0)
