"""Running the program as a user does: in a repository of its own, with an environment that is nobody's."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_OTHERS = ("CI", "GITHUB_", "GITLAB_", "GIT_", "DATACANARY_")


@dataclass(frozen=True, slots=True)
class Place:
    """A git repository and the folder that the program keeps its runs in."""

    folder: Path
    home: Path

    def environment(self, **more: str) -> dict[str, str]:
        """Return the environment of this machine without all that would steer git or the program."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(_OTHERS)}
        names = {f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        return {**own, **names, "GIT_CONFIG_GLOBAL": "/dev/null", "DATACANARY_HOME": str(self.home), **more}

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run `datacanary` with these arguments."""
        command = [sys.executable, "-m", "datacanary", *arguments]
        environ = self.environment(**environment)
        return subprocess.run(
            command, cwd=self.folder, env=environ, capture_output=True, text=True, check=False, timeout=120
        )

    def git(self, *arguments: str) -> str:
        """Run git, and return what it printed."""
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, env=self.environment(), capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def write(self, files: dict[str, str]) -> None:
        """Write files, given by path and text."""
        for path, text in files.items():
            place = self.folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, "utf-8")

    def commit(self, files: dict[str, str], message: str = "change") -> None:
        """Write files and commit everything."""
        self.write(files)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)


def make_place(folder: Path) -> Place:
    """Make an empty repository with a `main` branch."""
    place = Place(folder / "repository", folder / "runs")
    place.folder.mkdir(parents=True)
    place.git("init", "--quiet", "--initial-branch", "main")
    return place
