"""What earlier runs worked out, by the content that it follows from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol


class Memory(Protocol):
    """Keeps JSON texts under keys that are digests of all that they follow from; it may forget any of them.

    Who reads must bear a text that is damaged. No secret and no cell value goes into it.
    """

    def get_many(self, kind: str, keys: Iterable[str]) -> dict[str, str]:
        """Return those of the texts that are known."""

    def put_many(self, kind: str, texts: Mapping[str, str]) -> None:
        """Keep texts; whoever has the same key has the same text."""


class _Forgetful:
    def get_many(self, kind: str, keys: Iterable[str]) -> dict[str, str]:  # noqa: ARG002 -- as the protocol has it
        return {}

    def put_many(self, kind: str, texts: Mapping[str, str]) -> None:
        """Keep nothing."""


FORGETFUL: Memory = _Forgetful()
"""Remembers nothing: for a reading that stands alone."""
