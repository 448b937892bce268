"""What PyYAML could not read, told in one sentence."""

from __future__ import annotations

import re

import yaml

from datacanary.errors import ConfigError, Where

_UNQUOTED_LIMIT = re.compile(r":\s*>")
_UNQUOTED_GLOB = re.compile(r"(?:^|[:{,])\s*\*")


def syntax_error(error: yaml.MarkedYAMLError, text: str, file: str) -> ConfigError:
    """Say where the YAML breaks, why, and which usual slip it looks like."""
    mark = error.problem_mark or error.context_mark
    where = Where(file, mark.line + 1, mark.column + 1) if mark else Where(file, 1)
    reason = " ".join((error.problem or error.context or "it cannot be read").split())
    lines = text.splitlines()
    line = lines[mark.line] if mark and mark.line < len(lines) else ""
    return ConfigError(f"This is not valid YAML: {reason}.", hint=_hint(reason, line), where=where)


def _hint(reason: str, line: str) -> str:
    if "\\t" in reason or line.startswith("\t"):
        return "Indent with spaces, not with tabs."
    if _UNQUOTED_LIMIT.search(line):
        return 'Put quotes around a limit: "> 1%".'
    if "${" in line and "{" in line.replace("${", ""):
        return 'Between { and }, put quotes around a value with a variable: "${NAME}".'
    if _UNQUOTED_GLOB.search(line):
        return "Put quotes around a text that begins with '*'."
    if "got '?'" in reason:
        return "Put quotes around a text with '?'."
    return ""


def character_error(error: yaml.reader.ReaderError, text: str, file: str) -> ConfigError:
    """Say where a character stands that no YAML file may hold."""
    before = text[: error.position]
    where = Where(file, before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)
    code = ord(text[error.position])
    return ConfigError(f"This is not valid YAML: it holds the character U+{code:04X}.", hint="Remove it.", where=where)
