"""Measures what it costs to plan a project of a thousand models: cold, remembered, after one change, as it grows.

    python benchmarks/plan.py --write

makes the projects, measures, and puts the figures into benchmarks/README.md. Wants a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlglot
from goals import Goal
from machine import load, machine
from plan_models import COLUMNS, changed, make_repository, models, most_read, write
from processes import Run, run, tell
from report import MIB, judged_number, table
from report import write as write_figures

MARKS = ("<!-- cost of a plan -->", "<!-- end of the cost of a plan -->")
ONCE = Path(__file__).with_name("plan_once.py")
SIZE = 1000
GROWN = (250, 500, 1000, 2000)
README = Path(__file__).with_name("README.md")
DIALECTS = ("duckdb", "postgres", "snowflake", "bigquery", "spark", "redshift", "trino")
LINEAGE_MODELS = 50
COLD, CHANGED, WORST = Goal("≤", 3), Goal("≤", 0.5), Goal("≤", 10)
"""CPU seconds for 1,000 models, without the start of the process; `WORST` is for any dialect."""
GROWTH = Goal("≤", 1.15)
"""CPU time per model with the most models, divided by that with 1,000."""


@dataclass(frozen=True, slots=True)
class Planned:
    """The runs of one project: nothing known, all known, and one more file changed, round by round."""

    size: int
    cold: tuple[Run, ...]
    again: tuple[Run, ...]
    changed: tuple[Run, ...]


def main() -> int:
    """Measure everything; 1 if a run failed."""
    asked = arguments()
    started = load()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        planned = [plans(size, asked.repeat, folder) for size in asked.sizes]
        spoken = {dialect: meanings(dialect, asked.repeat, folder) for dialect in asked.dialects}
        naive = lineage(asked.repeat, folder) if asked.dialects else ()
    every = [*naive, *(one for runs in spoken.values() for one in runs)]
    every += [one for each in planned for one in (*each.cold, *each.again, *each.changed)]
    wrong = [one.error for one in every if one.answer is None]
    opening = f"{machine()}; rounds: {asked.repeat}; load before the first: {started:.1f}."
    sections = [plans_table(planned), dialects_table(spoken, naive)] if spoken else [plans_table(planned)]
    markdown = "\n\n".join([opening, *(f"- **{line}**" for line in wrong), *sections])
    sys.stdout.write(f"{markdown}\n")
    if asked.write:
        write_figures(markdown, README, MARKS)
    return 1 if wrong else 0


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--sizes", type=numbers, default=GROWN, help="numbers of models; default: 250,500,1000,2000")
    parser.add_argument("--dialects", type=words, default=DIALECTS, help="default: all; '' leaves them out")
    parser.add_argument("--repeat", type=int, default=3, help="rounds; default: 3")
    parser.add_argument("--write", action="store_true", help="put the figures into benchmarks/README.md")
    asked = parser.parse_args()
    if asked.repeat < 1:
        parser.error("--repeat: one round is the least")
    return asked


def numbers(said: str) -> tuple[int, ...]:
    """Read numbers with commas between."""
    return tuple(int(part) for part in said.split(","))


def words(said: str) -> tuple[str, ...]:
    """Read words with commas between."""
    return tuple(part for part in said.split(",") if part)


def plans(size: int, repeat: int, folder: Path) -> Planned:
    """Plan a project: the model that most others depend on has changed, later one of the last layer, too."""
    texts, repository = models(size), folder / f"project_{size}"
    repository.mkdir()
    make_repository(texts, repository)
    first = most_read(texts)
    last = [name for name in texts if name.startswith("m11")]
    found: list[tuple[Run, Run, Run]] = []
    for turn in range(repeat):
        tell(f"{size} models, round {turn + 1}")
        home = folder / f"home_{size}_{turn}"
        command: list[str | Path] = ["env", f"DATACANARY_HOME={home}", sys.executable, ONCE, "plan", repository]
        write(changed(texts, [first]), repository)
        cold, again = run(command), run(command)
        write(changed(texts, [first, last[turn % len(last)]]), repository)
        found.append((cold, again, run(command)))
    return Planned(size, *(tuple(one) for one in zip(*found, strict=True)))


def meanings(dialect: str, repeat: int, folder: Path) -> tuple[Run, ...]:
    """Work out all rows and columns of 1,000 models in one dialect's SQL."""
    tell(f"{SIZE} models in {dialect}")
    file = folder / f"{dialect}.json"
    texts = {
        name: sqlglot.transpile(text, read="duckdb", write=dialect, pretty=True)[0]
        for name, text in models(SIZE).items()
    }
    file.write_text(json.dumps(texts), "utf-8")
    return tuple(run([sys.executable, ONCE, "meanings", file, dialect]) for _ in range(repeat))


def lineage(repeat: int, folder: Path) -> tuple[Run, ...]:
    """Ask sqlglot.lineage for the columns of a part of the models."""
    tell("sqlglot.lineage")
    file = folder / "lineage.json"
    file.write_text(json.dumps(models(SIZE)), "utf-8")
    return tuple(run([sys.executable, ONCE, "lineage", file, str(LINEAGE_MODELS)]) for _ in range(repeat))


def plans_table(planned: Sequence[Planned]) -> str:
    """Write a row for each size."""
    headings = [
        "models",
        "affected",
        "cold CPU s",
        "again",
        "one more file changed",
        "ms per model",
        "start",
        "peak MiB",
    ]
    whole = middle(next((each.cold for each in planned if each.size == SIZE), ()), inside)
    rows = []
    for each in planned:
        cold, later = middle(each.cold, inside), middle(each.changed, inside)
        goals = (COLD, CHANGED) if each.size == SIZE else (None, None)
        growth = f"{1000 * cold / each.size:.2f}"
        if whole and each.size == max(GROWN):
            ratio = cold / each.size / (whole / SIZE)
            growth += f"; {judged_number(f'{ratio:.2f}', ratio, GROWTH)} of that with {SIZE:,}"
        rows.append(
            [
                f"{each.size:,}",
                f"{middle(each.cold, lambda one: answer(one, 'affected')):.0f}",
                judged_number(f"{cold:.2f}", cold, goals[0]),
                f"{middle(each.again, inside):.2f}",
                judged_number(f"{later:.2f}", later, goals[1]),
                growth,
                f"{middle(each.cold, lambda one: answer(one, 'before')):.2f}",
                f"{middle(each.cold, lambda one: one.rss / MIB):,.0f}",
            ]
        )
    return table(headings, rows)


def dialects_table(spoken: dict[str, tuple[Run, ...]], naive: Sequence[Run]) -> str:
    """Write a row for each dialect, and one for sqlglot.lineage, extrapolated to all columns."""
    columns = SIZE * COLUMNS
    rows = []
    first = middle(next(iter(spoken.values())), inside)
    for dialect, runs in spoken.items():
        taken = middle(runs, inside)
        goal = COLD if dialect == DIALECTS[0] else WORST
        doubts = middle(runs, lambda one: answer(one, "doubts"))
        shown = judged_number(f"{taken:.2f}", taken, goal)
        rows.append([dialect, shown, f"{taken / first:.2f}", f"{doubts:.0f}"])
    part = middle(naive, lambda one: answer(one, "columns"))
    if part:
        naively = middle(naive, inside) / part * columns
        rows.append([f"sqlglot.lineage per column, from {part:,.0f}", f"{naively:,.0f}", f"{naively / first:.1f}", "-"])
    return table([f"{columns:,} columns", "CPU s", "against the first", "models in doubt"], rows)


def inside(one: Run) -> float:
    """CPU seconds without the start of the interpreter and the imports."""
    return answer(one, "inside")


def answer(one: Run, what: str) -> float:
    """Take a number out of what a process said."""
    return float(one.answer[what]) if one.answer is not None else 0.0


def middle(runs: Sequence[Run], measure: Callable[[Run], float]) -> float:
    """Take the middle of the runs that did not fail; 0 if there is none."""
    return statistics.median([measure(one) for one in runs if one.answer is not None] or [0.0])


if __name__ == "__main__":
    sys.exit(main())
