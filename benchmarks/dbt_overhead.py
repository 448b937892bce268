"""What a check of a dbt project costs on top of its dbt, and beside building both versions whole by hand.

    python benchmarks/dbt_overhead.py --dbt PATH [--models 13 500] [--repeat 3]

makes a project of so many models (a view of each seed, tables over these, two tests each), builds its production and
changes a filter of a table that two others read. It measures `datacanary check` in wall seconds, of it the time in
which dbt ran and the rest, which is ours; how often dbt was started; and `dbt build` of one version in full: twice that
is what people do by hand. Wants a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tabulate import tabulate

TIMING = re.compile(r"of it ([0-9.]+) s in dbt")
ROWS = 2_000


@dataclass(frozen=True, slots=True)
class Measured:
    """One check, in seconds; `starts` is how often dbt was started."""

    wall: float
    dbt: float
    starts: int

    @property
    def own(self) -> float:
        """What is not dbt's."""
        return self.wall - self.dbt


def main() -> None:
    """Print the table."""
    asked = arguments()
    rows = []
    for models in asked.models:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            make_project(folder / "project", models)
            build = build_production(folder, asked.dbt)
            checks = [measure(folder, asked.dbt) for _ in range(asked.repeat)]
        rows.append((models, build, *(median(checks, what) for what in ("wall", "dbt", "own", "starts"))))
        rows[-1] = (*rows[-1], rows[-1][2] / (2 * build))
    headers = ("models", "dbt build, s", "check, s", "of it dbt, s", "ours, s", "dbt starts", "check / two builds")
    print(tabulate(rows, headers, floatfmt=".2f", tablefmt="github"))


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dbt", type=Path, required=True, help="the dbt to run")
    parser.add_argument("--models", type=int, nargs="*", default=[13, 500])
    parser.add_argument("--repeat", type=int, default=3)
    return parser.parse_args()


def median(checks: Sequence[Measured], what: str) -> float:
    """Return the median of one figure."""
    return float(statistics.median(getattr(one, what) for one in checks))


def make_project(root: Path, models: int) -> None:
    """Write a project whose last tables stand on views of seeds, and commit it twice: main, and a branch."""
    views = max(1, models // 10)
    files = {
        "dbt_project.yml": "name: big\nprofile: big\nversion: '1.0'\n",
        "profiles.yml": "big: {target: dev, outputs: {dev: {type: duckdb, path: big.duckdb, threads: 4}}}\n",
        ".gitignore": "target/\nlogs/\n*.duckdb\n*.wal\n.user.yml\n",
        "models/schema.yml": "version: 2\nmodels:\n" + "".join(map(described, range(models))),
    }
    for number in range(views):
        lines = "".join(f"{row},{row * 7 % 13},{row % 5}\n" for row in range(ROWS))
        files[f"seeds/s{number}.csv"] = f"id,v,w\n{lines}"
        files[f"models/m{number}.sql"] = query(number, f"s{number}", "view")
    for number in range(views, models):
        # Each of the views has some readers; of the first table after them there are two.
        read = views if number in {views + 1, views + 2} else number % views
        files[f"models/m{number}.sql"] = query(number, f"m{read}", "table")
    for path, text in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
    git(root, "init", "--quiet", "--initial-branch", "main")
    commit(root, "production")
    git(root, "checkout", "--quiet", "-b", "branch")
    changed = root / f"models/m{views}.sql"
    changed.write_text(changed.read_text("utf-8").replace("v >= 0", "v >= 1"), "utf-8")
    commit(root, "a filter")


def described(number: int) -> str:
    """Return the properties of a model: a key with both tests."""
    return f"  - name: m{number}\n    columns: [{{name: id, data_tests: [unique, not_null]}}]\n"


def query(number: int, read: str, materialized: str) -> str:
    """Return a model's file."""
    config = f"{{{{ config(materialized='{materialized}') }}}}\n"
    return f"{config}select id, v + {number % 3} as v, w, {number} as n\nfrom {{{{ ref('{read}') }}}}\nwhere v >= 0\n"


def git(root: Path, *words: str) -> None:
    """Run git."""
    subprocess.run(["git", *words], cwd=root, check=True, capture_output=True)  # noqa: S607 -- the user's


def commit(root: Path, message: str) -> None:
    """Commit everything."""
    git(root, "add", ".")
    git(root, "-c", "user.name=b", "-c", "user.email=b@example.com", "commit", "--quiet", "--message", message)


def build_production(folder: Path, dbt: Path) -> float:
    """Build main's tables in full; return the seconds."""
    root = folder / "project"
    git(root, "checkout", "--quiet", "main")
    started = time.perf_counter()
    subprocess.run([dbt, "build", "--quiet"], cwd=root, env=environ(folder), check=True, capture_output=True)
    seconds = time.perf_counter() - started
    git(root, "checkout", "--quiet", "branch")
    return seconds


def environ(folder: Path) -> dict[str, str]:
    """Return the user's environment without what CI says, and with a home of its own."""
    others = ("CI", "GITHUB_", "GITLAB_", "DBT_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(others)}
    return {**kept, "DBT_SEND_ANONYMOUS_USAGE_STATS": "0", "DATACANARY_HOME": str(folder / "home")}


def measure(folder: Path, dbt: Path) -> Measured:
    """Run one check as a user does."""
    counted = folder / "bin" / "dbt"
    counted.parent.mkdir(exist_ok=True)
    counted.write_text(f'#!/bin/sh\necho start >> "{folder}/starts"\nexec "{dbt}" "$@"\n', "utf-8")
    counted.chmod(0o755)
    (folder / "starts").unlink(missing_ok=True)
    path = f"{counted.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "datacanary", "check", "--verbose"],
        cwd=folder / "project",
        env={**environ(folder), "PATH": path, "VIRTUAL_ENV": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    wall = time.perf_counter() - started
    found = TIMING.search(done.stderr)
    if found is None:
        raise SystemExit(done.stderr)
    return Measured(wall, float(found[1]), len((folder / "starts").read_text("utf-8").splitlines()))


if __name__ == "__main__":
    main()
