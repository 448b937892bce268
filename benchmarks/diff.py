"""Compares datacanary with its peers and with the limit: CPU time, wall time, peak memory, and the answers.

    python benchmarks/diff.py --write

makes the data and the environments that are missing, measures everything, and puts the figures into
benchmarks/README.md. Wants a machine that does nothing else; see README.md for what is measured, and how.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import get_args

import platformdirs
import report
from contests import CONTENDERS, Choice, Contest, Entrant, Kind, contests
from environments import prepare, python_of
from figures import disagreements, failures
from machine import load, machine
from processes import Run, run, tell
from workloads import PART, WORKLOADS, Dataset

README = Path(__file__).with_name("README.md")
PARTS = (*get_args(Kind), "small")
SMALL_ROWS = 1_000


def main() -> int:
    """Measure what the command line asks for; 1 if a contender failed or they disagree."""
    asked = arguments()
    started = load()
    planned = tuple(contests(chosen(asked)))
    for entrant in (entrant for contest in planned for entrant in contest.entrants):
        prepare(entrant.contender.requirements, asked.envs)
        entrant.dataset.prepare(tables=entrant.source == "tables")
    results = {contest: measured(contest, asked.repeat, asked.envs) for contest in planned}
    small = small_calls(asked.data) if "small" in parts_of(asked) else None
    markdown = report.markdown(report.Report(machine(), started, asked.repeat, results, small))
    sys.stdout.write(f"{markdown}\n")
    if asked.write:
        report.write(markdown, README)
    wrong = failures(results) + disagreements(results)
    for line in wrong:
        tell(f"WRONG  {line}")
    return 1 if wrong or (small and small.answer is None) else 0


def arguments() -> argparse.Namespace:
    """Read the command line."""
    cache = platformdirs.user_cache_path("datacanary-benchmarks", appauthor=False)
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--workloads", type=names_of, default=tuple(WORKLOADS), help="W1 to W5; default: all")
    parser.add_argument(
        "--only", type=names_of, default=tuple(CONTENDERS), help=f"{', '.join(CONTENDERS)}; default: all"
    )
    parser.add_argument("--parts", type=names_of, help=f"{', '.join(PARTS)}; default: all; with --rows the first two")
    parser.add_argument("--rows", type=rows_of, help="such as 200k or 10M; default: what the goals are meant for")
    parser.add_argument("--repeat", type=int, default=3, help="rounds; default: 3")
    parser.add_argument("--memory-limit", type=bytes_of, help="what ours may use, such as 2GiB; default: as it is")
    parser.add_argument("--data", type=folder, default=cache / "data", help="folder for the tables, 20 GB when full")
    parser.add_argument("--envs", type=folder, default=cache / "environments", help="folder for the peers, 1 GB")
    parser.add_argument("--write", action="store_true", help="put the figures into benchmarks/README.md")
    asked = parser.parse_args()
    for names, known in ((asked.workloads, WORKLOADS), (asked.only, CONTENDERS), (parts_of(asked), PARTS)):
        if unknown := sorted(set(names) - set(known)):
            parser.error(f"{', '.join(unknown)}: unknown; there are {', '.join(known)}")
    if asked.repeat < 1:
        parser.error("--repeat: one round is the least")
    if asked.rows and asked.rows > PART and (asked.workloads != ("W1",) or asked.rows % PART):
        parser.error("--rows: only W1 has more than 10M, in parts of 10M")
    return asked


def names_of(text: str) -> tuple[str, ...]:
    """Read names with commas between them.

    >>> names_of("W1,W2")
    ('W1', 'W2')
    """
    return tuple(text.split(","))


def folder(text: str) -> Path:
    """Read a path; absolute, because the contenders run in a folder of their own."""
    return Path(text).absolute()


def rows_of(text: str) -> int:
    """Read a number of rows.

    >>> rows_of("200k"), rows_of("10M"), rows_of("7")
    (200000, 10000000, 7)
    """
    return amount(text, {"": 1, "k": 10**3, "M": 10**6})


def bytes_of(text: str) -> int:
    """Read an amount of memory.

    >>> bytes_of("2GiB")
    2147483648
    """
    return amount(text, {"MiB": 1024**2, "GiB": 1024**3})


def amount(text: str, units: Mapping[str, int]) -> int:
    """Read a number with its unit."""
    found = re.fullmatch("([0-9]+)([A-Za-z]*)", text)
    if found is None or found[2] not in units:
        raise argparse.ArgumentTypeError(f"{text} is no number with one of the units {', '.join(filter(None, units))}")
    return int(found[1]) * units[found[2]]


def parts_of(asked: argparse.Namespace) -> Sequence[str]:
    """Name the parts to measure: growth and small have sizes of their own."""
    return asked.parts or (("parquet", "tables") if asked.rows else PARTS)


def chosen(asked: argparse.Namespace) -> Choice:
    """Put the names of the command line into values."""
    return Choice(
        workloads=tuple(WORKLOADS[name] for name in asked.workloads),
        rows=asked.rows,
        kinds=[kind for kind in get_args(Kind) if kind in parts_of(asked)],
        contenders=tuple(CONTENDERS[name] for name in CONTENDERS if name in asked.only),
        memory_limit=asked.memory_limit,
        data=asked.data,
    )


def measured(contest: Contest, rounds: int, environments: Path) -> dict[Entrant, list[Run]]:
    """Run the entrants in turn, round by round, with their files in the system's cache."""
    for file in sorted({file for entrant in contest.entrants for file in entrant.files()}):
        read_through(file)
    runs: dict[Entrant, list[Run]] = {entrant: [] for entrant in contest.entrants}
    for number in range(1, rounds + 1):
        for entrant, so_far in runs.items():
            done = run(entrant.command(environments))
            so_far.append(done)
            told = done.error or f"{done.cpu:.2f} s CPU, {done.wall:.2f} s, {done.rss / 1024**2:,.0f} MiB"
            tell(f"{contest.kind} {number}/{rounds}  {entrant.dataset.label}  {entrant.title}: {told}")
    return runs


def read_through(file: Path) -> None:
    """Bring a file into the system's cache."""
    with file.open("rb") as stream:
        while stream.read(1 << 24):
            pass


def small_calls(data: Path) -> Run:
    """Call ours on 1,000 rows, many times in one process."""
    dataset = Dataset(WORKLOADS["W1"], SMALL_ROWS, data)
    dataset.prepare(tables=False)
    script = Path(__file__).with_name("peers") / "run_small.py"
    return run([python_of(None, data), script, dataset.side("base"), dataset.side("head")])


if __name__ == "__main__":
    sys.exit(main())
