"""`datacanary demo`."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from datacanary.cli.asking import asked
from datacanary.cli.console import Console
from datacanary.cli.guard import guarded
from datacanary.cli.options import NoColor, Quiet, Verbose

if TYPE_CHECKING:
    from datacanary.pipeline.demo import Demo
    from datacanary.report.style import Style

_REPORT, _PAGE = "report.json", "report.html"


def demo(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Where to make it: a new or an empty folder.")
    ] = Path("datacanary-demo"),
    open: Annotated[bool, typer.Option("--open", help="Open the report in a browser.")] = False,  # noqa: A002 -- the option's name
    config: Annotated[
        Path | None, typer.Option("--config", metavar="PATH", help="Not used: the demo brings its own.")
    ] = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> None:
    """Make a small git project with real-looking data and a bug on a branch, and check that branch.

    Exit code: 0 if all went as planned, although the verdict on that branch is fail: this is its point.
    Nothing outside of the folder is written but the run, as by `datacanary check`. --config is not used.

    Example: datacanary demo
    """
    del config
    console = Console(quiet=quiet, verbose=verbose, no_color=no_color)
    with guarded(console):
        from datacanary.cli.reporting import rendered, show, timing
        from datacanary.pipeline.demo import demo as run

        made = run(asked(None), folder, console.tell)
        console.save(rendered(made.checked.report, "json", console.style), folder / _REPORT)
        console.save(rendered(made.checked.report, "html", console.style), folder / _PAGE)
        console.settle()
        console.result(_introduction(made, console.style))
        show(made.checked.report, "terminal", None, console)
        console.result(_farewell(made, console.style))
        console.detail(timing(made.checked, console))
        if open:
            _open(folder / _PAGE, console)


def _open(page: Path, console: Console) -> None:
    """Open the report in the user's browser; its path is printed in any case."""
    import webbrowser

    if not webbrowser.open(page.resolve().as_uri()):
        console.note("no browser could be started; open the report yourself")


def _introduction(made: Demo, style: Style) -> str:
    from datacanary.demo.repository import BUG, GOOD, MAIN
    from datacanary.report.encoding import for_terminal

    size = made.size
    rows = f"{size.customers:,} customers, {size.orders:,} orders and {size.order_lines:,} order lines"
    branches = {
        MAIN.name: "five models, as they are in production",
        BUG.name: "one of them rewritten to be faster: it looks fine, and is not",
        GOOD.name: "a new column for the same one: this branch is fine",
    }
    width = max(map(len, branches))
    lines = [
        f"A tea shop with {rows}",
        f"is now in the folder {for_terminal(str(made.folder))}, with three branches in git:",
        "",
    ]
    lines += [f"  {style.paint(name.ljust(width), 'bold')}  {about}" for name, about in branches.items()]
    lines += ["", style.paint(f"datacanary check, on the branch {BUG.name}:", "bold"), ""]
    return "\n".join(lines)


def _farewell(made: Demo, style: Style) -> str:
    from datacanary.demo.repository import GOOD, MAIN
    from datacanary.report.encoding import for_terminal

    steps = {
        "See the bug in the code: a factor of 100, and a filter that got lost.": (
            f"cd {shlex.quote(str(made.folder))} && git diff {MAIN.name}"
        ),
        "Check the other branch: it passes.": f"git checkout {GOOD.name} && datacanary check",
        "Swap its tables into production, and the old ones back.": "datacanary promote last && datacanary rollback",
    }
    lines = [
        "",
        "That was `datacanary check`. Its exit code is 1, so CI would stop the merge.",
        f"report  {for_terminal(str(made.folder / _PAGE))}",
        f"result  {for_terminal(str(made.folder / _REPORT))}",
        f"run     {for_terminal(str(made.checked.folder.path))}",
        "",
        style.paint("Three commands to try next, in this order:", "bold"),
    ]
    for about, command in steps.items():
        lines += ["", f"  {about}", f"    {for_terminal(command)}"]
    return "\n".join(lines)
