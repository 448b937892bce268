"""Measures what it costs to explain a difference: a comparison with statistics and causes, and one without.

    python benchmarks/explain.py --write

makes the data that is missing, measures, and puts the figures into benchmarks/README.md. Wants a machine that does
nothing else.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import platformdirs
from contests import CONTENDERS, Contender, Contest, Entrant
from diff import README, bytes_of, folder, measured, rows_of
from figures import cpu, disagreements, failures, median, ratio
from goals import Goal
from machine import load, machine
from processes import Run, tell
from report import Measured, judged_number, table, took, write
from workloads import PART, WORKLOADS, Dataset

MARKS = ("<!-- cost of explaining -->", "<!-- end of the cost of explaining -->")
COUNTED = CONTENDERS["ours"]
EXPLAINED = Contender("explained", "datacanary with statistics", None, ("parquet",), "statistics and causes, too")
MORE = Goal("≤", 1.3)
"""CPU time of statistics and causes, divided by that of the comparison without them."""


def main() -> int:
    """Measure both; 1 if one failed or their counts differ."""
    asked = arguments()
    started = load()
    dataset = Dataset(WORKLOADS["W1"], asked.rows, asked.data)
    dataset.prepare(tables=False)
    contest = contest_on(dataset, asked.memory_limit)
    # Both run in the benchmark's own Python: no environment is needed.
    results = {contest: measured(contest, asked.repeat, asked.data)}
    wrong = failures(results) + disagreements(results)
    opening = f"{machine()}; rounds: {asked.repeat}; load before the first: {started:.1f}."
    markdown = "\n\n".join([opening, *(f"- **{line}**" for line in wrong), figures(results[contest])])
    sys.stdout.write(f"{markdown}\n")
    if asked.write:
        write(markdown, README, MARKS)
    for line in wrong:
        tell(f"WRONG  {line}")
    return 1 if wrong else 0


def arguments() -> argparse.Namespace:
    """Read the command line."""
    cache = platformdirs.user_cache_path("datacanary-benchmarks", appauthor=False)
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--rows", type=rows_of, default=WORKLOADS["W1"].rows, help="default: 10M, as the goal is meant")
    parser.add_argument("--repeat", type=int, default=5, help="rounds; default: 5")
    parser.add_argument(
        "--memory-limit",
        type=bytes_of,
        default=bytes_of("1GiB"),
        help="what both may use in a second try; default: 1GiB",
    )
    parser.add_argument("--data", type=folder, default=cache / "data", help="folder for the tables")
    parser.add_argument("--write", action="store_true", help="put the figures into benchmarks/README.md")
    asked = parser.parse_args()
    if asked.repeat < 1:
        parser.error("--repeat: one round is the least")
    if asked.rows > PART and asked.rows % PART:
        parser.error("--rows: more than 10M come in parts of 10M")
    return asked


def contest_on(dataset: Dataset, memory_limit: int) -> Contest:
    """Let both run in turn: with the memory that they take by themselves, and with little."""
    return Contest(
        "parquet",
        tuple(
            Entrant(contender, dataset, "parquet", limit)
            for limit in (None, memory_limit)
            for contender in (COUNTED, EXPLAINED)
        ),
    )


def figures(results: Measured) -> str:
    """Write a row for each; `more CPU` is what explaining adds, as a fraction of the comparison without it."""
    headings = ["", "", "CPU s", "of it start", "wall s", "peak MiB", "more CPU", "in single rounds"]
    rows = []
    for entrant, runs in results.items():
        more = ("-", "-")
        if entrant.contender is EXPLAINED:
            without = next(
                other_runs
                for other, other_runs in results.items()
                if other.contender is COUNTED and other.memory_limit == entrant.memory_limit
            )
            more = added(entrant.dataset, runs, without)
        rows.append([entrant.dataset.label, entrant.title, *took(runs), *more])
    return table(headings, rows)


def added(dataset: Dataset, explained: Sequence[Run], counted: Sequence[Run]) -> tuple[str, str]:
    """Write what is added to the median, with the goal at the size that it is meant for; and the rounds' extremes."""
    with_, without, by_round = median(explained, cpu), median(counted, cpu), ratio(explained, counted)
    if with_ is None or without is None or by_round is None:
        return "failed", "failed"
    more = with_ / without - 1
    goal = MORE if dataset.rows == dataset.workload.rows else None
    return judged_number(f"{more:.2f}", more, goal), f"{by_round.low - 1:.2f} to {by_round.high - 1:.2f}"


if __name__ == "__main__":
    sys.exit(main())
