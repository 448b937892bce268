"""The demo: a small project made from nothing, and the main job on its branch with the bug."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from datacanary.demo.repository import BUG, MAIN, make_repository, refuse_without_git, write_files
from datacanary.demo.warehouse import Size, make_warehouse
from datacanary.errors import CanaryError, UsageError, Where
from datacanary.pipeline.check import check
from datacanary.pipeline.home import Asked, Tell
from datacanary.pipeline.reporting import Checked


@dataclass(frozen=True, slots=True)
class Demo:
    """What was made in `folder`, and what the check of its branch found."""

    folder: Path
    size: Size
    checked: Checked


def demo(asked: Asked, folder: Path, tell: Tell) -> Demo:
    """Make the project in a new or empty folder and check its branch with the bug; what fails leaves no project.

    Raises UsageError for a folder that cannot be used, and CanaryError if the bug is not found.
    """
    place = asked.start / folder
    _refuse_used(place, folder)
    refuse_without_git()
    tell(f"making a shop in {folder}")
    with _all_or_nothing(place):
        size = _make(place, folder)
        # By name, since the CI that we may run in is about another repository.
        there = replace(asked, start=place, config=None, base=MAIN.name, head=BUG.name, select=())
        checked = check(there, "check", tell)
    if checked.report.verdict.status != "fail":
        raise CanaryError(
            f"The verdict on the demo's bug is {checked.report.verdict.status}, not fail.",
            hint="That is a mistake of ours: please report it.",
        )
    return Demo(folder, size, checked)


def _refuse_used(place: Path, shown: Path) -> None:
    hint = "Name another: datacanary demo some-other-folder"
    if place.is_dir():
        if any(place.iterdir()):
            raise UsageError("The folder for the demo is not empty.", where=Where(str(shown)), hint=hint)
    elif place.exists() or place.is_symlink():
        raise UsageError("The demo needs a folder, and this is none.", where=Where(str(shown)), hint=hint)


@contextmanager
def _all_or_nothing(place: Path) -> Iterator[None]:
    there = place.exists()
    try:
        yield
    except BaseException:
        _empty(place, there=there)
        raise


def _empty(place: Path, *, there: bool) -> None:
    """Take away what was made; a folder that was there before stays, as empty as it was."""
    if not there:
        shutil.rmtree(place, ignore_errors=True)
        return
    for entry in place.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)


def _make(place: Path, shown: Path) -> Size:
    try:
        place.mkdir(parents=True, exist_ok=True)
        write_files(MAIN, place)
        size = make_warehouse(place)
        make_repository(place)
    except OSError as error:
        raise UsageError(
            f"The demo cannot be written: {error.strerror or error}.",
            where=Where(str(shown)),
            hint="Name a folder that you may write to: datacanary demo some-other-folder",
        ) from error
    return size
