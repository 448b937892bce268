"""A warehouse that is open only while something is read from it."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from datacanary.errors import DataError, Where
from datacanary.protocols.warehouse import Warehouse
from datacanary.protocols.workspace import Workspace
from datacanary.tablediff.scratch import Scratch
from datacanary.tablediff.spooled import SHARE

LEAST = 64 << 20
"""The bytes that an engine needs at least."""


class Access:
    """Opens a warehouse for the first of its readers and closes it after the last.

    Rows that are found are read again when somebody asks for them, perhaps much later: until then nobody else should
    find the warehouse locked. DataError if somebody wrote to it in between. The engine gets a share of `memory` bytes.
    """

    def __init__(self, warehouse: Warehouse, scratch: Scratch, memory: int) -> None:
        self._warehouse, self._scratch = warehouse, scratch
        self._memory = max(memory // SHARE, LEAST)
        self._state: str | None = None
        self._lock = threading.Lock()
        self._opened: _Opened | None = None

    def unchanged(self) -> None:
        """Raise DataError if somebody wrote to the warehouse since it was first opened.

        While it is open nobody can, or what they write is not seen there.
        """
        if self._opened is None and self._state is not None and self._warehouse.state() != self._state:
            raise DataError(
                "The warehouse changed while its tables were read.",
                where=Where(self._warehouse.shown),
                hint="Compare when nobody writes to it, or compare a copy.",
            )

    @contextmanager
    def lend(self) -> Iterator[Workspace]:
        """Lend the open warehouse while the block runs."""
        opened = self._borrow()
        try:
            yield opened.workspace
        finally:
            with self._lock:
                opened.readers -= 1
                if opened.readers == 0:
                    self._close(opened)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep it open while the block runs, then close it whoever may still read: opening takes time."""
        opened = self._borrow()
        try:
            yield
        finally:
            with self._lock:
                self._close(opened)

    def _borrow(self) -> _Opened:
        with self._lock:
            if self._opened is None:
                self.unchanged()
                self._state = self._state or self._warehouse.state()
                self._opened = _Opened(self._warehouse, self._scratch)
                self._opened.workspace.limit_memory(self._memory)
            self._opened.readers += 1
            return self._opened

    def _close(self, opened: _Opened) -> None:
        if self._opened is opened:
            self._opened = None
        opened.stack.close()


class _Opened:
    """An open workspace, with how many read from it."""

    def __init__(self, warehouse: Warehouse, scratch: Scratch) -> None:
        self.readers = 0
        with ExitStack() as stack:
            folder = Path(tempfile.mkdtemp(prefix="warehouse-", dir=scratch.folder))
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            self.workspace = stack.enter_context(warehouse.workspace(folder, "diff", "main"))
            self.stack = stack.pop_all()
