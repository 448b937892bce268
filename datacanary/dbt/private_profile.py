"""The profiles.yml of a private folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import yaml

from datacanary.dbt.profiles import Profile
from datacanary.model.dbt import Json


def write_profile(profile: Profile, into: Path, changes: Mapping[str, Json]) -> Path:
    """Write the one output, unrendered and under its own names, with `changes` in it, for this user alone.

    A change should read the same in every run, such as a path relative to dbt's working folder: dbt parses a project
    anew whenever what it connects to has changed.
    """
    target = profile.target
    output = {**profile.output, **changes}
    held = {target.profile: {"target": target.target, "outputs": {target.target: output}}}
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    into.chmod(0o700)
    file = into / "profiles.yml"
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        yaml.safe_dump(held, stream, sort_keys=False, allow_unicode=True)
    return file
