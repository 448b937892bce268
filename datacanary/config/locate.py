"""Where the config of a folder is."""

from __future__ import annotations

from pathlib import Path

from datacanary.errors import ConfigError, Where

NAMES = ("datacanary.yml", "datacanary.yaml")


def find(start: Path, root: Path) -> Path | None:
    """Return the config that holds for `start`: the nearest one on the way up to `root`, both included.

    None if there is none, or if `start` does not lie in `root`. ConfigError if a folder holds both spellings.
    """
    top = root.resolve()
    here = start.resolve()
    for folder in (here, *here.parents):
        if not folder.is_relative_to(top):
            return None
        present = [folder / name for name in NAMES if (folder / name).is_file()]
        if len(present) > 1:
            raise ConfigError(
                f"Both {NAMES[0]} and {NAMES[1]} are in this folder.",
                hint="Keep one of them.",
                where=Where(str(present[0])),
            )
        if present:
            return present[0]
    return None
