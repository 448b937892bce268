"""One time for both versions' snapshots: by dbt's own clock each would begin its rows at another moment."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from datacanary.dbt.yamlfile import read_mapping

STARTED = "DATACANARY_STARTED"
"""The variable that holds the time, in the words that databases read."""

_FILE = "datacanary_snapshot_time.sql"
_MACRO = "snapshot_get_time"


def now() -> str:
    """Return this moment as the machine's clocks show it, which is what databases on it call the present time."""
    return datetime.now().astimezone().replace(tzinfo=None).isoformat(sep=" ")


def pin_snapshot_time(project: Path, adapter: str) -> None:
    """Add a macro to a private copy of a project: its snapshots take the time from the environment.

    Nothing is added to a project without snapshots, nor to one that has such a macro of its own.
    """
    said = read_mapping(project / "dbt_project.yml")
    snapshots, macros = (_folders(project, said.get(f"{kind}-paths"), f"{kind}s") for kind in ("snapshot", "macro"))
    files = [file for folder in macros for file in folder.rglob("*.sql")]
    if not any(folder.is_dir() for folder in snapshots):
        return
    if any(_MACRO in file.read_text("utf-8", errors="replace") for file in files):
        return
    macros[0].mkdir(parents=True, exist_ok=True)
    (macros[0] / _FILE).write_text(
        f"{{% macro {adapter}__{_MACRO}() -%}}cast('{{{{ env_var('{STARTED}') }}}}' as timestamp){{%- endmacro %}}\n",
        encoding="utf-8",
    )


def _folders(project: Path, said: object, usual: str) -> list[Path]:
    named = [one for one in said if isinstance(one, str)] if isinstance(said, list) else []
    return [project / one for one in named or [usual]]
