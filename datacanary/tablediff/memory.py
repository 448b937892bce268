"""How much memory a comparison may take."""

from __future__ import annotations

import os
import re
from decimal import Decimal
from pathlib import Path

from datacanary.errors import UsageError

UNITS = {"": 1, "B": 1} | {
    f"{letter}{unit}": (1024 if unit == "iB" else 1000) ** power
    for power, letter in enumerate("KMGT", 1)
    for unit in ("", "B", "iB")
}
LEAST = 64 << 20
"""Bytes below which no comparison can work."""
UNKNOWN = 4 << 30
"""Taken for free where the system does not say."""
CGROUPS = (
    (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")),
    (Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"), Path("/sys/fs/cgroup/memory/memory.usage_in_bytes")),
)


def parse_limit(written: str) -> int:
    """Read a number of bytes, as `4GiB`, `500MB` or `1073741824`; UsageError for anything else, and for too little.

    >>> parse_limit("1.5 GiB"), parse_limit("500MB")
    (1610612736, 500000000)
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*", written)
    units = {unit.lower(): size for unit, size in UNITS.items()}
    if found is None or found[2].lower() not in units:
        raise UsageError(
            f"The memory limit {written!r} cannot be read.", hint="Write a number and a unit: 4GiB, 500MiB or 2GB."
        )
    return checked_limit(int(Decimal(found[1]) * units[found[2].lower()]))


def checked_limit(limit: int) -> int:
    """Refuse a limit that nothing can work in."""
    if limit < LEAST:
        raise UsageError(
            f"The memory limit of {limit:,} bytes is too small to work in.",
            hint=f"Allow at least {LEAST >> 20} MiB: --memory-limit {LEAST >> 20}MiB",
        )
    return limit


def usual_limit() -> int:
    """Return half of the bytes that are free now, but never too little to work in."""
    return max(LEAST, free_memory() // 2)


def free_memory() -> int:
    """Return the bytes that are free: of the machine, or of the container if that has fewer."""
    found = [
        machine_memory(),
        *(left for limit, used in CGROUPS if (left := container_memory(limit, used)) is not None),
    ]
    return max(0, min(found))


def machine_memory() -> int:
    """Return the bytes that the machine can give; where only their total is known, half of that."""
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
    except OSError:
        try:
            return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
        except (ValueError, OSError, AttributeError):
            return UNKNOWN
    sizes = dict(line.split(":", 1) for line in lines if ":" in line)
    return int(sizes["MemAvailable"].split()[0]) * 1024 if "MemAvailable" in sizes else UNKNOWN


def container_memory(limit: Path, used: Path) -> int | None:
    """Return the bytes that a container has left; None if it has no limit."""
    try:
        return int(limit.read_text("ascii")) - int(used.read_text("ascii"))
    except (OSError, ValueError):
        return None
