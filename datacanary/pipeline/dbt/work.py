"""Both versions' private folders, and the user's own dbt at work in them."""

from __future__ import annotations

import json
import os
import shutil
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from datacanary.dbt.clock import STARTED, now
from datacanary.dbt.events import Invocation, NodeEvent
from datacanary.dbt.executable import find_dbt
from datacanary.dbt.invoke import Call, run
from datacanary.dbt.profiles import Profile
from datacanary.dbt.room import Room
from datacanary.model.basic import Pair, Side
from datacanary.model.config import DbtEntry
from datacanary.model.dbt import NodeStatus
from datacanary.model.spans import covered
from datacanary.pipeline.choosing import Chosen
from datacanary.pipeline.home import Tell, dbt_folder, find_profile

T = TypeVar("T")
_SECONDS_BETWEEN_LOOKS = 0.1
_SECONDS_BETWEEN_GLANCES = 0.01
_SIDES: tuple[Side, ...] = ("base", "head")
_PARSED = "partial_parse.msgpack"
# What a project can ask for, to leave out what only production should do.
_UNDER_US = {"DATACANARY": "1"}


def idle() -> None:
    """Do nothing in the meantime."""


@dataclass(frozen=True, slots=True)
class Work:
    """What it takes to run dbt for both versions.

    `user` is the folder of the project in the user's working tree. `kept` is where what dbt has parsed stays between
    runs; None where nothing is to stay. `started` is the one time that both versions' snapshots have. `calls` are the
    sides that dbt was started for so far.
    """

    dbt: Path
    profile: Profile
    entry: DbtEntry
    rooms: Pair[Room]
    user: Path
    environ: Mapping[str, str]
    tell: Tell
    kept: Path | None = None
    started: str = field(default_factory=now)
    stopped: threading.Event = field(default_factory=threading.Event)
    spans: list[tuple[float, float]] = field(default_factory=list)
    calls: list[Side] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """How long at least one dbt ran."""
        return covered(self.spans)

    def both(self, step: Callable[[Side], T], meanwhile: Callable[[], object] = idle) -> Pair[T]:
        """Do a step for both versions side by side; what fails, or an interrupt, stops the other one too.

        `meanwhile` is done here while they run.
        """
        before = len(self.calls)
        with ThreadPoolExecutor(2) as pool:
            futures: Pair[Future[T]] = Pair(pool.submit(step, "base"), pool.submit(step, "head"))
            try:
                self._wait_for_dbt(futures, before)
                meanwhile()
                # Polars has waits go on after a Ctrl-C, so none may be long.
                while wait(futures, _SECONDS_BETWEEN_LOOKS, FIRST_EXCEPTION).not_done:
                    if any(one.done() and one.exception() is not None for one in futures):
                        break
            except BaseException:
                self.stopped.set()
                raise
            failed = next((one for one in futures if one.done() and one.exception() is not None), None)
            if failed is not None:
                self.stopped.set()
                failed.result()
            return futures.map(Future.result)

    def _wait_for_dbt(self, futures: Pair[Future[T]], before: int) -> None:
        """Wait until dbt is at work for both versions, or something came to its end: until then, time is theirs."""
        while len(self.calls) < before + len(_SIDES) and not any(one.done() for one in futures):
            time.sleep(_SECONDS_BETWEEN_GLANCES)

    def run(self, side: Side, command: str, more: Sequence[str], environ: Mapping[str, str]) -> Invocation:
        """Run a command for one version, with `environ` besides the user's own.

        Raises ProjectError if it takes too long, and as `Call.run` does.
        """
        room = self.rooms.of(side)
        arguments = room.arguments(command, self.profile.target, *self._options(), *more)
        return self._call(side, arguments, environ)

    def deps(self, side: Side) -> Invocation:
        """Install a version's packages."""
        return self._call(side, self.rooms.of(side).deps(), {})

    def parsed_before(self, side: Side) -> tuple[str, ...]:
        """Return the option that has dbt begin with what an earlier run has parsed of that side."""
        file = self._parsed_file(side)
        return ("--partial-parse-file-path", str(file)) if file is not None and file.exists() else ()

    def keep_parsed(self, side: Side) -> None:
        """Keep what was parsed, for the next run."""
        file, made = self._parsed_file(side), self.rooms.of(side).target / _PARSED
        if file is not None and made.exists():
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            temporary = file.with_name(f"{file.name}.{os.getpid()}")
            shutil.copyfile(made, temporary)
            temporary.chmod(0o600)
            temporary.replace(file)

    def _parsed_file(self, side: Side) -> Path | None:
        return None if self.kept is None else self.kept / f"dbt-{side}.msgpack"

    def _options(self) -> tuple[str, ...]:
        options: tuple[str, ...] = ()
        if self.entry.vars:
            options += ("--vars", json.dumps(dict(self.entry.vars)))
        if self.entry.threads is not None:
            options += ("--threads", str(self.entry.threads))
        return options

    def _call(self, side: Side, arguments: tuple[str, ...], environ: Mapping[str, str]) -> Invocation:
        room = self.rooms.of(side)
        call = Call(
            dbt=self.dbt,
            arguments=arguments,
            folder=room.project,
            environ={**self.environ, **_UNDER_US, STARTED: self.started, **environ},
            timeout_seconds=self.entry.timeout,
            log=room.folder / "dbt.log",
            stopped=self.stopped,
        )
        began = time.perf_counter()
        self.calls.append(side)
        try:
            return run(call, lambda event: self._heard(side, event))
        finally:
            self.spans.append((began, time.perf_counter()))

    def _heard(self, side: Side, event: NodeEvent) -> None:
        # What is skipped now may be built in the next round.
        if event.status in _WORDS and not event.unique_id.startswith("operation."):
            self.tell(f"{side} {event.name} {_WORDS[event.status]}")


_WORDS: Mapping[NodeStatus | None, str] = {"success": "done", "error": "NOT built", "fail": "FAILS", "warn": "warns"}


def work_of(chosen: Chosen, environ: Mapping[str, str], folder: Path, tell: Tell, kept: Path | None = None) -> Work:
    """Find dbt and the profile; nothing is made or run yet. Raises UsageError or ConfigError."""
    config = chosen.configs.head
    user = dbt_folder(config, chosen.home)
    below = chosen.home.repository.relative(user).strip("/.")
    return Work(
        dbt=find_dbt(config.project.dbt.executable, user, environ),
        profile=find_profile(config, chosen.home, environ),
        entry=config.project.dbt,
        rooms=Pair(Room(folder / "dbt" / "base", below), Room(folder / "dbt" / "head", below)),
        user=user,
        environ=environ,
        tell=tell,
        kept=kept,
    )
