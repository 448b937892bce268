"""The streams that somebody reads from a warehouse at this moment."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Protocol, TypeVar


class Closable(Protocol):
    """What can be ended before it is read to its end."""

    def close(self) -> None:
        """End it; more than once does no harm."""


S = TypeVar("S", bound=Closable)


class Readings:
    """Knows what is read; threads may share it."""

    def __init__(self) -> None:
        self._streams: set[Closable] = set()
        self._lock = threading.Lock()

    @contextmanager
    def of(self, stream: S) -> Iterator[S]:
        """Have a stream read while the block runs, and end it then."""
        with closing(stream):
            with self._lock:
                self._streams.add(stream)
            try:
                yield stream
            finally:
                with self._lock:
                    self._streams.discard(stream)

    def stop(self) -> None:
        """End what is still read: who stopped asking for rows may hold on to a reading, and so to the warehouse."""
        with self._lock:
            streams = list(self._streams)
        for stream in streams:
            stream.close()
