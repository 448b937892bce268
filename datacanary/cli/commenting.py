"""What `comment` and `check --comment` have in common: where the report went is told, never raised."""

from __future__ import annotations

import sys
import traceback

from datacanary.cli.console import Console
from datacanary.forge.sticky import Mode
from datacanary.model.run import Report
from datacanary.pipeline.comment import Commenting, Delivered, deliver, folder_of
from datacanary.pipeline.home import Asked


def from_here(asked: Asked, mode: Mode, project: str) -> Commenting:
    """Return how a report of the project here is to be written."""
    return Commenting(environ=asked.environ, mode=mode, project=project, folder=folder_of(asked))


def hand_over(report: Report, how: Commenting, console: Console) -> Delivered:
    """Bring a report to the pull request and the job; say on stderr what did not work."""
    delivered = deliver(report, how, console.tell)
    console.settle()
    for command in delivered.commands:
        sys.stderr.write(f"{command}\n")
    if delivered.trouble is not None:
        if console.verbose and delivered.trouble.__cause__ is not None:
            traceback.print_exception(delivered.trouble.__cause__)
        console.error(delivered.trouble)
    if delivered.detail:
        console.detail(delivered.detail)
    return delivered
