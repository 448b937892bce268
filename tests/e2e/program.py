"""Running the program as a user does: in a repository of its own, with an environment that is nobody's."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from preloaded import PRELOADED

SECONDS = 120
"""No run may hang; a usual one takes two seconds."""

IDENTITY = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
}


@dataclass(frozen=True, slots=True)
class Completed:
    """How one run of the program ended."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        """Stdout as JSON; where it is none, the failure shows what else was said."""
        try:
            return json.loads(self.stdout)
        except json.JSONDecodeError as error:
            error.add_note(f"exit code {self.exit_code}, stderr:\n{self.stderr}")
            raise


@dataclass(frozen=True, slots=True)
class Place:
    """A git repository, and the folder beside it that the program keeps its runs in."""

    folder: Path
    home: Path

    @property
    def environment(self) -> dict[str, str]:
        """The environment of every run: this one without CI, with its own folder for runs and no user's git."""
        strange = ("CI", "GITHUB_", "GITLAB_", "DATACANARY_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(strange)}
        return kept | IDENTITY | {"DATACANARY_HOME": str(self.home), "DATACANARY_USER": "ada"}

    def run(self, *arguments: str, **environment: str) -> Completed:
        """Run the program in the repository and wait."""
        return self.run_at_once([arguments], **environment)[0]

    def run_at_once(self, commands: Sequence[Sequence[str]], **environment: str) -> list[Completed]:
        """Run the program with each of these arguments, all at the same time, and wait for them all."""
        ended = PRELOADED.run(commands, self.folder, self.environment | environment, SECONDS)
        return [Completed(*one) for one in ended]

    def crash(
        self, *arguments: str, at: int | None = None, how: str = "kill", log: Path | None = None, **environment: str
    ) -> Completed:
        """Run the program so that it fails at moment number `at` of `crashing.py`; `log` gets the moments."""
        options = ["--how", how, *(["--at", str(at)] if at else []), *(["--log", str(log)] if log else [])]
        return self.run(*options, "--", *arguments, **environment)

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start the program in the repository."""
        # Tests that a shell runs in the background ignore Ctrl-C, and what they start would, too.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        return subprocess.Popen(
            [sys.executable, "-m", "datacanary", *arguments],
            cwd=self.folder,
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def git(self, *arguments: str) -> str:
        """Run git and return what it prints."""
        command = ["git", "-C", str(self.folder), *arguments]
        done = subprocess.run(command, env=self.environment, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def write(self, files: Mapping[str, str | None]) -> None:
        """Write files of the repository; None deletes one."""
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                path.unlink()
            else:
                path.write_text(text, encoding="utf-8")

    def commit(self, files: Mapping[str, str | None], branch: str | None = None) -> str:
        """Write files and commit them, on a new branch if one is named; return the commit's id."""
        if branch is not None:
            self.git("switch", "--quiet", "--create", branch)
        self.write(files)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", f"Change {', '.join(files)}")
        return self.git("rev-parse", "HEAD")

    def branch_off(self, name: str, files: Mapping[str, str | None]) -> str:
        """Commit files on a branch of `main`, made anew whatever is checked out; return the commit's id."""
        self.git("checkout", "--quiet", "--force", "-B", name, "main")
        return self.commit(files)


def plain_sql_config(warehouse: str, rest: str) -> str:
    """Write the config of a plain-SQL project in `models`, whose production is the schema `analytics`."""
    return f"""\
version: 1
project: {{kind: sql, path: models}}
warehouse: {warehouse}
production: analytics
base: main
{rest}"""


def make_place(folder: Path) -> Place:
    """Make an empty repository with a `main` branch."""
    place = Place(folder / "repository", folder / "runs")
    place.folder.mkdir(parents=True)
    place.git("init", "--quiet", "--initial-branch", "main")
    return place
