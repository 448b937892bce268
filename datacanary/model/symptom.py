"""What `doctor` finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Symptom:
    """One thing that was looked at; `cure` says what to do about a `bad` or `odd` one."""

    state: Literal["good", "odd", "bad"]
    what: str
    cure: str = ""
