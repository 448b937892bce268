"""Runs on this machine: a private folder each, registered before anything is made in it, and expiring."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import platformdirs
from pydantic import TypeAdapter, ValidationError

from datacanary.errors import CanaryError, RunError, Where
from datacanary.model.release import Judged, ReleasePlan
from datacanary.model.reuse import Kept
from datacanary.model.run import Report
from datacanary.version import __version__

KEEP_DAYS = 3
"""How long a run's tables are kept, in days; its result stays until `clean` drops it."""

_RESULT, _STARTED, _TABLES = "run.json", "started.json", "tables.json"
_KILLED = "killed.txt"
_DROPPED = ".dropped"
"""How the folder's name ends of a run that is dropped: it is none any more, whatever of it is still on the disk."""
_KEPT = TypeAdapter(tuple[Kept, ...])


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A finished run: its report, and what it may promote (None after a discard, or if nothing can be).

    `judged` is None for a run that an earlier version of datacanary stored.
    """

    tool_version: str
    report: Report
    release: ReleasePlan | None
    production: str
    judged: Judged | None = None


@cache
def form_of_runs() -> TypeAdapter[StoredRun]:
    """Say how a run is written; to work that out takes a moment, once."""
    return TypeAdapter(StoredRun)


@dataclass(frozen=True, slots=True)
class RunFolder:
    """One run's folder; `finished` says whether it has a result, `pid` who works on it otherwise."""

    run_id: str
    path: Path
    started_at: datetime
    pid: int

    @property
    def finished(self) -> bool:
        """Whether the run came to a result."""
        return (self.path / _RESULT).exists()

    @property
    def expired(self) -> bool:
        """Whether the run's tables are past their time."""
        return datetime.now(UTC) - self.started_at > timedelta(days=KEEP_DAYS)

    @property
    def working(self) -> bool:
        """Whether a process of this machine still works on it; after days its number is another's."""
        return not self.finished and not self.expired and _alive(self.pid)

    @property
    def size(self) -> int:
        """Bytes on disk; of a run that is dropped meanwhile, those that were still there."""
        return sum(_size(Path(folder, name)) for folder, _, names in os.walk(self.path) for name in names)


class Runs:
    """All runs of one project on this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def start(self) -> RunFolder:
        """Register a new run and make its folder, readable by the user alone.

        Raises CanaryError if the folder cannot be made.
        """
        now = datetime.now(UTC)
        run_id = f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(4)[:7]}"
        path = self.folder / run_id
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.mkdir(mode=0o700)
            started = {"started_at": now.isoformat(), "pid": os.getpid()}
            _write(path / _STARTED, json.dumps(started).encode())
        except OSError as error:
            shutil.rmtree(path, ignore_errors=True)
            raise _unwritable(self.folder, error) from error
        return RunFolder(run_id, path, now, os.getpid())

    def finish(self, folder: RunFolder, run: StoredRun) -> None:
        """Store a run's result, whole or not at all; raises CanaryError if it cannot be written."""
        content = form_of_runs().dump_json(run, indent=1)
        try:
            _write(folder.path / _RESULT, content)
            _make_private(folder.path)
        except OSError as error:
            raise _unwritable(folder.path, error) from error

    def register(self, folder: RunFolder, tables: tuple[Kept, ...]) -> None:
        """Write down what later runs may read of a run, once it is finished; raises CanaryError if that cannot be."""
        if not tables:
            return
        try:
            _write(folder.path / _TABLES, _KEPT.dump_json(tables))
        except OSError as error:
            raise _unwritable(folder.path, error) from error

    def registered(self) -> Iterator[tuple[RunFolder, tuple[Kept, ...]]]:
        """Read what finished runs registered, the newest first; not of those that are past their time."""
        for folder in reversed(self.all()):
            if folder.finished and not folder.expired:
                yield folder, _registered(folder)

    def all(self) -> tuple[RunFolder, ...]:
        """List the runs, oldest first."""
        return tuple(sorted(self._folders(), key=lambda folder: (folder.started_at, folder.run_id)))

    def _folders(self) -> Iterator[RunFolder]:
        for path in self.folder.glob("*/"):
            if path.name.endswith(_DROPPED):
                continue
            # A run that somebody drops at this moment is none any more.
            with suppress(FileNotFoundError):
                yield _read_folder(path)

    def find(self, run_id: str) -> RunFolder:
        """Find a run by its id or the unique beginning or end of it; `last` is the newest finished one.

        Raises RunError for one that is not there, or not unique.
        """
        every = self.all()
        if run_id == "last":
            found = [folder for folder in every if folder.finished][-1:]
        else:
            found = [f for f in every if f.run_id == run_id] or [
                f for f in every if run_id and (f.run_id.startswith(run_id) or f.run_id.endswith(run_id))
            ]
        if len(found) == 1:
            return found[0]
        known = ", ".join(folder.run_id for folder in every[-3:]) or "none yet"
        problem = "is not unique" if found else "is not known on this machine"
        raise RunError(
            f"The run {run_id!r} {problem}.", hint=f"Newest runs here: {known}; `datacanary history` lists all."
        )

    def load(self, folder: RunFolder) -> StoredRun:
        """Read a run's result.

        Raises RunError if the run never finished, or if the result is damaged or of another version.
        """
        file = folder.path / _RESULT
        if not file.exists():
            state = "is still working" if folder.working else "did not finish"
            raise RunError(
                f"The run {folder.run_id} {state}.",
                hint="" if folder.working else f"Drop it with: datacanary clean --run {folder.run_id}",
            )
        try:
            return form_of_runs().validate_json(file.read_bytes())
        except ValidationError as error:
            raise RunError(
                f"The result of {folder.run_id} is damaged, was edited, or is from another version of datacanary.",
                hint=f"This is {__version__}. Run `datacanary check` again.",
            ) from error

    def drop(self, folder: RunFolder) -> None:
        """Remove a run with everything that it made: at one moment it is a run no longer, and then its files go.

        Raises CanaryError if that is not allowed.
        """
        gone = folder.path.with_name(f"{folder.run_id}{_DROPPED}")
        # Somebody else may drop it at the same time.
        with suppress(FileNotFoundError):
            try:
                folder.path.rename(gone)
            except PermissionError as error:
                raise _not_removable(folder.path, error) from error
            _remove(gone)

    def sweep(self) -> None:
        """Remove the files of dropped runs that something kept from being removed; raises CanaryError as `drop`."""
        for gone in self.folder.glob(f"*{_DROPPED}/"):
            with suppress(FileNotFoundError):
                _remove(gone)

    def drop_killed(self, folder: RunFolder) -> None:
        """Remove a run that was killed, and remember that there was one; raises CanaryError if that cannot be."""
        try:
            _write(self.folder / _KILLED, "".join(f"{one}\n" for one in (*self.killed(), folder.run_id)).encode())
        except OSError as error:
            raise _unwritable(self.folder, error) from error
        self.drop(folder)

    def killed(self) -> tuple[str, ...]:
        """List the ids of the runs that were removed since they were killed, oldest first."""
        file = self.folder / _KILLED
        return tuple(dict.fromkeys(file.read_text("utf-8").split())) if file.exists() else ()

    def discard(self, folder: RunFolder, run: StoredRun) -> None:
        """Remove a run's tables and keep its result."""
        self.finish(folder, run)
        _drop_tables(folder.path)

    def expire(self) -> None:
        """Remove the tables of runs that are past their time, and all of those that never finished.

        Results stay. Every check calls this, so that runs do not fill the disk of somebody who never cleans.
        """
        for folder in self.all():
            if folder.expired and folder.finished:
                # Another check may do the same at this moment.
                with suppress(FileNotFoundError):
                    _drop_tables(folder.path)
            elif folder.expired:
                self.drop(folder)


def runs_of(project: Path, environ: Mapping[str, str]) -> Runs:
    """Return the runs of the project whose config lies in `project`.

    They live under DATACANARY_HOME, else in the user's state folder: never in the repository, which stays as it is.
    """
    home = environ.get("DATACANARY_HOME") or platformdirs.user_state_dir("datacanary", appauthor=False)
    place = project.resolve()
    mark = hashlib.sha256(str(place).encode()).hexdigest()[:8]
    return Runs(Path(home).expanduser() / f"{place.name}-{mark}")


def _registered(folder: RunFolder) -> tuple[Kept, ...]:
    """Read what a run registered: nothing if it is dropped at this moment, or from another version of datacanary."""
    try:
        return _KEPT.validate_json((folder.path / _TABLES).read_bytes())
    except (OSError, ValidationError):
        return ()


def _drop_tables(path: Path) -> None:
    for entry in path.iterdir():
        if entry.name in {_RESULT, _STARTED}:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _read_folder(path: Path) -> RunFolder:
    try:
        found = json.loads((path / _STARTED).read_text("utf-8"))
        return RunFolder(path.name, path, datetime.fromisoformat(found["started_at"]), int(found["pid"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        # Killed while it was registered: nothing was made yet, and its age is the folder's.
        return RunFolder(path.name, path, datetime.fromtimestamp(path.stat().st_mtime, UTC), 0)


def _write(file: Path, content: bytes) -> None:
    temporary = file.with_suffix(".tmp")
    temporary.touch(mode=0o600)
    temporary.write_bytes(content)
    temporary.replace(file)


def _make_private(folder: Path) -> None:
    """Leave everything to the user alone: the folder keeps others out, but somebody may move what is in it."""
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o700 if path.is_dir() else 0o600)


def _size(file: Path) -> int:
    try:
        return file.lstat().st_size
    except FileNotFoundError:
        return 0


def _remove(gone: Path) -> None:
    try:
        shutil.rmtree(gone)
    except PermissionError as error:
        raise _not_removable(gone, error) from error


def _not_removable(folder: Path, error: OSError) -> CanaryError:
    run_id = folder.name.removesuffix(_DROPPED)
    return CanaryError(
        f"The run {run_id} cannot be removed: {error.strerror}.",
        where=Where(str(folder)),
        hint="Remove that folder as the user who owns what is in it.",
    )


def _unwritable(folder: Path, error: OSError) -> CanaryError:
    return CanaryError(
        f"The folder for runs cannot be written: {error.strerror}. Production is untouched.",
        where=Where(str(folder)),
        hint="Free some space there, or set DATACANARY_HOME to another folder.",
    )


def _alive(pid: int) -> bool:
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
