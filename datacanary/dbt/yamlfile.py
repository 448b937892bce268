"""dbt's YAML files, as far as we look into them."""

from __future__ import annotations

from pathlib import Path

import yaml

from datacanary.errors import CanaryError, ProjectError, Where
from datacanary.model.dbt import Json


def read_mapping(file: Path, error: type[CanaryError] = ProjectError) -> dict[str, Json]:
    """Return what a file holds, empty if it is missing or empty; `error` is raised for one that cannot be read."""
    where = Where(str(file))
    try:
        held = yaml.safe_load(file.read_text("utf-8-sig"))
    except FileNotFoundError:
        return {}
    except OSError as problem:
        raise error(f"The file cannot be read: {problem.strerror}.", where=where) from problem
    except UnicodeDecodeError as problem:
        raise error("The file is not UTF-8.", hint="Save it as UTF-8.", where=where) from problem
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        place = Where(str(file), mark.line + 1, mark.column + 1) if mark else where
        # PyYAML's own message may show the line, and a profile's line may be a password.
        raise error("This is not valid YAML.", hint="dbt cannot read it either: try dbt debug.", where=place) from None
    if held is None:
        return {}
    if not isinstance(held, dict):
        raise error("This file must hold `key: value` lines.", where=where)
    return held


def mapping(value: Json) -> dict[str, Json]:
    """Return a value that should be a mapping; empty for anything else."""
    return value if isinstance(value, dict) else {}
