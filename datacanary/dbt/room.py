"""The private folder of one version."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from datacanary.model.dbt import DbtTarget


@dataclass(frozen=True, slots=True)
class Room:
    """Where dbt reads and writes for one version; `folder` is absolute, `below` the project's place in its repository.

    The version's files lie as they do there, so that a package beside the project is found where it is said to be.
    """

    folder: Path
    below: str = ""

    @property
    def files(self) -> Path:
        """The folder that stands for the repository's."""
        return self.folder / "project"

    @property
    def project(self) -> Path:
        """The version's dbt project; dbt's working folder."""
        return self.files / self.below

    @property
    def database(self) -> Path:
        """The folder of the warehouse's copy."""
        return self.folder / "database"

    @property
    def profiles(self) -> Path:
        """The folder of profiles.yml."""
        return self.folder / "profiles"

    @property
    def target(self) -> Path:
        """The folder of dbt's artifacts."""
        return self.folder / "target"

    @property
    def logs(self) -> Path:
        """The folder of dbt's own log."""
        return self.folder / "logs"

    def deps(self) -> tuple[str, ...]:
        """Return the arguments that install packages."""
        return ("deps", *self._common())

    def arguments(self, command: str, target: DbtTarget, *more: str) -> tuple[str, ...]:
        """Return the arguments of a command that reads or builds the project."""
        chosen = ("--profile", target.profile, "--target", target.target)
        return (command, *self._common(), "--target-path", str(self.target), *chosen, *more)

    def _common(self) -> tuple[str, ...]:
        return (
            *("--project-dir", str(self.project)),
            *("--profiles-dir", str(self.profiles)),
            *("--log-path", str(self.logs)),
            *("--no-version-check", "--no-use-colors", "--log-format", "json"),
        )
