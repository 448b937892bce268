"""The errors that datacanary tells its user.

```
CanaryError            exit 2   anything below
├── UsageError         exit 2   the command line does not make sense
├── ConfigError        exit 2   datacanary.yml
├── GitError           exit 2   the repository, a ref, a file of a version
├── ProjectError       exit 2   the SQL files of a project
├── DataError          exit 2   a table or file that is to be compared
├── WarehouseError     exit 2   the warehouse: missing, locked, corrupt, newer
│   ├── StatementError exit 2   the warehouse refused one statement
│   └── UnknownOutcome exit 2   the warehouse was lost during a commit
├── RunError           exit 2   a stored run: unknown, incomplete, of another version
├── ForgeError         exit 2   the host of the repository: no token, no right, out of reach
├── Refused            exit 4   a policy, a lock, or production moved
├── OwnMistake         exit 2   a mistake of datacanary
└── Interrupted        exit 130 or 143
```
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a file; lines and columns count from 1, None where unknown.

    >>> str(Where("models/a.sql", 3, 7))
    'models/a.sql:3:7'
    """

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)


class CanaryError(Exception):
    """A problem told in one sentence, with where it is and what to do about it.

    >>> print(ConfigError("Unknown key 'kye'.", where=Where("datacanary.yml", 4), hint="Did you mean 'key'?"))
    datacanary.yml:4: Unknown key 'kye'. Did you mean 'key'?
    """

    exit_code = 2

    def __init__(self, problem: str, *, hint: str = "", where: Where | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.hint = hint
        self.where = where

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.problem} {self.hint}".rstrip()


class UsageError(CanaryError):
    """The command line does not make sense."""


class ConfigError(CanaryError):
    """`datacanary.yml` is missing, unreadable or wrong."""


class GitError(CanaryError):
    """The repository, a ref or a file of a version cannot be used."""


class ProjectError(CanaryError):
    """The SQL files of a project cannot be used."""


class DataError(CanaryError):
    """A table or file cannot be read or compared."""


class WarehouseError(CanaryError):
    """The warehouse cannot be used."""


class StatementError(WarehouseError):
    """The warehouse refused one statement; `problem` is its message."""


class UnknownOutcome(WarehouseError):  # noqa: N818 -- nobody knows yet whether anything went wrong
    """The warehouse was lost during a commit: the step is wholly done, or nothing of it."""


class RunError(CanaryError):
    """A stored run is unknown, incomplete or from another version of the tool."""


class ForgeError(CanaryError):
    """The host of the repository (GitHub, GitLab, ...) cannot be used, or does not take what it is sent."""


class Refused(CanaryError):  # noqa: N818 -- the contract's word for exit code 4
    """A lock or a policy forbids the step, or production moved since the comparison."""

    exit_code = 4


class InUse(Refused):
    """Somebody is at work on what would be changed: the same step may succeed later."""


class OwnMistake(CanaryError):  # noqa: N818 -- it is a mistake that is told, not one that somebody made
    """Something that nobody foresaw went wrong, and who tells it knows what is true now."""


class Interrupted(CanaryError):  # noqa: N818 -- not a mistake of anybody
    """A signal stopped the run; `exit_code` is 128 plus the signal's number."""

    def __init__(self, problem: str, *, signal_number: int, hint: str = "") -> None:
        super().__init__(problem, hint=hint)
        self.exit_code = 128 + signal_number
