"""SQLMesh's and Recce's categorisers on the same pairs, each in an environment of its own."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from environments import REQUIREMENTS, prepare, python_of
from processes import tell
from tabulate import tabulate

from proof.claims import Claim
from proof.draft import Schema
from proof.sitting import Trial
from proof.tally import share

PEERS = ("sqlmesh", "recce")
"""Names of their requirements and scripts in benchmarks/peers."""
HEADINGS = ("", "pairs", "wrong", "meaning kept", "of it recognised", "columns called affected", "of it differed")


@dataclass(frozen=True, slots=True)
class Pair:
    """A trial that ran, and whose tables it reads; `recognised` says whether its query is equal to itself for us."""

    corpus: str
    trial: Trial
    recognised: bool


def compared(pairs: Sequence[Pair], schemas: Mapping[str, Schema], environments: Path) -> str:
    """Ask the peers, and write a table of all."""
    ours = [pair.trial.claim for pair in pairs if pair.trial.claim is not None]
    rows = [_row("datacanary", pairs, ours)]
    for peer in PEERS:
        prepare(peer, environments)
        tell(f"asking {peer} about {len(pairs)} pairs")
        version = (REQUIREMENTS / f"{peer}.txt").read_text("utf-8").strip().replace("==", " ")
        rows.append(_row(version, pairs, _asked(peer, pairs, schemas, environments)))
    return tabulate(rows, headers=HEADINGS, tablefmt="pipe", colalign=("left", *["right"] * (len(HEADINGS) - 1)))


def _asked(peer: str, pairs: Sequence[Pair], schemas: Mapping[str, Schema], environments: Path) -> list[Claim]:
    tables = {corpus: {name: dict(columns) for name, columns in schema.items()} for corpus, schema in schemas.items()}
    asked = [{"corpus": one.corpus, "base": one.trial.texts[0], "head": one.trial.texts[1]} for one in pairs]
    lines = "".join(json.dumps(line) + "\n" for line in (tables, *asked))
    command = [python_of(peer, environments), REQUIREMENTS / f"run_{peer}.py"]
    run = subprocess.run(command, input=lines, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
    return [_claim(json.loads(line)) for line in run.stdout.splitlines()]


def _claim(told: Mapping[str, object]) -> Claim:
    listed = told["changed"]
    changed = frozenset(str(name).lower() for name in (listed if isinstance(listed, list) else []))
    rows = bool(told["rows"])
    return Claim(rows, changed, frozenset(), open=False, renamed=(), nothing=not rows and not changed)


def _row(name: str, pairs: Sequence[Pair], claims: Sequence[Claim]) -> list[object]:
    counts = Counter[str]()
    for pair, claim in zip(pairs, claims, strict=True):
        trial, truth = pair.trial, pair.trial.truth
        if truth is None:
            continue
        proven = claim.proven(truth.common)
        affected = truth.common - proven
        counts["pairs"] += 1
        # A column by itself: to compare them jointly, as we do with ours, would find more.
        counts["wrong"] += bool(proven & truth.differing) and trial.judgement != "noise"
        if trial.kind == "keeping" and pair.recognised and not truth.differs:
            counts.update({"kept": 1, "recognised": int(claim.nothing)})
        if trial.kind == "changing" and truth.non_empty:
            counts.update({"affected": len(affected), "differed": len(affected & truth.differing)})
    return [
        name,
        *(f"{counts[one]:,}" for one in ("pairs", "wrong", "kept")),
        share(counts["recognised"], counts["kept"]),
        f"{counts['affected']:,}",
        share(counts["differed"], counts["affected"]),
    ]
