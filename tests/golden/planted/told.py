"""What is said first about each planted mistake, whether it is right, and all of it as one text to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from textwrap import wrap

from datacanary.api import diff
from datacanary.model.cause import Cause
from planted.plant import Plant

NOTHING = "(nothing)"
WIDTHS = (46, 64)
"""Letters of the columns of what was done and of what is said."""


@dataclass(frozen=True, slots=True)
class Told:
    """A planted mistake, and the first explanation of it: None if nothing is claimed."""

    plant: Plant
    first: Cause | None

    @property
    def right(self) -> bool:
        """Whether the explanation names the kind of the mistake and its columns, or claims nothing if there is none."""
        if self.first is None or self.plant.kind is None:
            return self.first is None and self.plant.kind is None
        said = self.first.where or self.first.columns
        # What describes the same rows as well is named, too.
        described = self.first.kind == "segment" and set(self.plant.columns) <= set(said)
        fits = not self.plant.columns or described or sorted(self.plant.columns) == sorted(said)
        return self.first.kind == self.plant.kind and fits


def examined(plant: Plant) -> Told:
    """Compare the two sides as a Python user does."""
    base, head = plant.sides()
    causes = diff(base, head, key=plant.key, statistics=True).causes
    return Told(plant, causes[0] if causes else None)


def written(all_told: Iterable[Told]) -> str:
    """Write what was planted beside what is said about it, and how many are right."""
    told = list(all_told)
    lines = [line for about, some in groupby(told, lambda one: one.plant.about) for line in section(about, some)]
    caused, quiet = ([one for one in told if (one.plant.kind is None) is none] for none in (False, True))
    claimed = sum(one.first is not None for one in quiet)
    lines += [
        f"{sum(one.right for one in caused)} of {len(caused)} planted mistakes are found out.",
        f"Of {len(quiet)} differences without a common cause, or without any difference, {claimed} are explained.",
    ]
    return "\n".join(lines) + "\n"


def section(about: str, told: Iterable[Told]) -> Iterator[str]:
    """Write the mistakes of one sort: what was done on the left, what is said in the middle, right or wrong."""
    left, middle = WIDTHS
    yield f"{about.upper():{left}}  {'first explanation':{middle}}  right?"
    yield f"{'-' * left}  {'-' * middle}  ------"
    for one in told:
        done = wrap(f"{one.plant.table}: {one.plant.done}", left)
        said = wrap(one.first.message if one.first else NOTHING, middle)
        verdict = ["yes" if one.right else f"NO, {expected(one.plant)}"]
        for number in range(max(len(done), len(said))):
            cells = (part[number] if number < len(part) else "" for part in (done, said, verdict))
            yield "  ".join(f"{cell:{width}}" for cell, width in zip(cells, (*WIDTHS, 0), strict=True)).rstrip()
        yield ""


def expected(plant: Plant) -> str:
    """Name what should have been said."""
    return " ".join(filter(None, (plant.kind or "nothing", ", ".join(plant.columns))))
