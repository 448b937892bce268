"""One run of `datacanary check` on the project, and what it leaves behind."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict, cast

from preloaded import PRELOADED

from nycflights.branches import Branch
from nycflights.project import Files, fingerprints

CI_VARIABLES = ("CI", "GITHUB_", "GITLAB_")
SECONDS = 120
"""No run may hang; a usual one takes a few seconds."""


class Sides(TypedDict):
    """A number of each side."""

    base: int
    head: int


class Rows(Sides):
    """Rows per outcome."""

    added: int
    removed: int
    changed: int | None
    unchanged: int


class Key(TypedDict):
    """The key and its health."""

    columns: list[str]
    origin: str
    duplicates: Sides
    nulls: Sides


class Column(TypedDict):
    """What became of a column."""

    name: str
    change: str
    changed: int | None
    forgiven: int


class Table(TypedDict):
    """What became of a table."""

    name: str
    status: str
    comparison: str
    reason: str
    key: Key
    rows: Rows
    columns: list[Column]


class Check(TypedDict):
    """One check."""

    table: str
    check: str
    status: str


class Verdict(TypedDict):
    """The verdict."""

    status: str
    summary: str


class Version(TypedDict):
    """One version of the repository."""

    ref: str
    sha: str
    dirty: bool


class Versions(TypedDict):
    """Both versions."""

    base: Version
    head: Version


class Report(TypedDict):
    """The parts of the JSON that the tests read."""

    run: Versions
    verdict: Verdict
    checks: list[Check]
    tables: list[Table]


@dataclass(frozen=True, slots=True)
class Run:
    """How one run ended; `before` and `after` are the files of the repository, the warehouse among them."""

    branch: Branch
    exit_code: int
    stdout: str
    stderr: str
    before: Files
    after: Files
    repository: Path

    @property
    def report(self) -> Report:
        """The JSON on stdout; what else the program said is in the message if there is none."""
        try:
            return cast("Report", json.loads(self.stdout))
        except json.JSONDecodeError as error:
            error.add_note(f"exit code {self.exit_code}, stderr:\n{self.stderr}")
            raise

    @property
    def tables(self) -> dict[str, Table]:
        """The reported tables by name."""
        tables = self.report["tables"]
        by_name = {table["name"]: table for table in tables}
        assert len(by_name) == len(tables), "a table is reported twice"
        return by_name

    @property
    def compared(self) -> dict[str, Table]:
        """The tables whose rows were compared."""
        return {name: table for name, table in self.tables.items() if table["comparison"] in {"keyed", "keyless"}}


def check(branch: Branch, repository: Path, home: Path, *head: str) -> Run:
    """Run `datacanary check --base main` in `repository`; without `head` it looks at the working tree."""
    before = fingerprints(repository)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(CI_VARIABLES)}
    arguments = ("check", "--base", "main", *head, "--format", "json")
    environment["DATACANARY_HOME"] = str(home)
    ((code, stdout, stderr),) = PRELOADED.run([arguments], repository, environment, SECONDS)
    after = fingerprints(repository)
    return Run(branch, code, stdout, stderr, before, after, repository)
