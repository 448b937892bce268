"""The environment that dbt runs in."""

from __future__ import annotations

from collections.abc import Mapping

_OURS = {"DBT_SEND_ANONYMOUS_USAGE_STATS": "0", "DO_NOT_TRACK": "1", "PYTHONUNBUFFERED": "1"}

# dbt's own settings that would move what it reads and writes, choose other nodes, or make its output unreadable.
_SETTINGS = (
    *("PROJECT_DIR", "PROFILES_DIR", "TARGET_PATH", "LOG_PATH", "PROFILE", "TARGET"),
    *("STATE", "ARTIFACT_STATE_PATH", "DEFER", "DEFER_STATE", "DEFER_TO_STATE", "FAVOR_STATE", "FAVOR_STATE_MODE"),
    *("INDIRECT_SELECTION", "RESOURCE_TYPES", "EXCLUDE_RESOURCE_TYPES", "FAIL_FAST", "FULL_REFRESH", "STORE_FAILURES"),
    *("EMPTY", "SAMPLE", "EVENT_TIME_START", "EVENT_TIME_END", "INTROSPECT", "SINGLE_THREADED"),
    *("EXPORT_SAVED_QUERIES", "INCLUDE_SAVED_QUERY", "UPLOAD_TO_ARTIFACTS_INGEST_API"),
    *("WARN_ERROR", "WARN_ERROR_OPTIONS", "VERSION_CHECK", "WRITE_JSON"),
    *("PARTIAL_PARSE_FILE_DIFF", "PARTIAL_PARSE_FILE_PATH", "CLEAN_PROJECT_FILES_ONLY"),
    *("LOG_FORMAT", "LOG_FORMAT_FILE", "LOG_LEVEL", "LOG_LEVEL_FILE", "LOG_CACHE_EVENTS", "USE_COLORS"),
    *("USE_COLORS_FILE", "QUIET", "DEBUG", "PRINT", "NO_PRINT", "PRINTER_WIDTH", "SHOW_RESOURCE_REPORT"),
    *("MACRO_DEBUGGING", "RECORDER_MODE", "SEND_ANONYMOUS_USAGE_STATS"),
)

SETTINGS = frozenset(f"{prefix}{name}" for prefix in ("DBT_", "DBT_ENGINE_") for name in _SETTINGS)
"""The variables that dbt would take for its own options, under their new and their old names."""


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the user's environment without dbt's own settings; the variables of the user's models stay.

    >>> sorted(environment({"DBT_TARGET": "dev", "DBT_ENGINE_DEFER": "1", "DBT_USER": "me"}))
    ['DBT_SEND_ANONYMOUS_USAGE_STATS', 'DBT_USER', 'DO_NOT_TRACK', 'PYTHONUNBUFFERED']
    """
    return {name: value for name, value in environ.items() if name not in SETTINGS} | _OURS
