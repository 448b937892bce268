"""What dbt says while it runs, line by line."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from datacanary.dbt.yamlfile import mapping
from datacanary.model.dbt import Json, NodeStatus

_ENDED: dict[str, NodeStatus] = {
    "success": "success",
    "pass": "success",
    "no-op": "success",
    "reused": "success",
    "skipped": "skipped",
    "fail": "fail",
    "warn": "warn",
    "error": "error",
    "runtime error": "error",
    "partial success": "error",
}
_MANY = 50
_LONG = 10_000


def status_of(written: str) -> NodeStatus | None:
    """Return what a status of dbt means; None for those of nodes that have not ended, and for unknown ones.

    >>> status_of("pass"), status_of("executing")
    ('success', None)
    """
    return _ENDED.get(written.lower())


@dataclass(frozen=True, slots=True)
class NodeEvent:
    """A node begins (`status` is None) or ends. `path` is relative to its own folder of the project, such as models."""

    unique_id: str
    name: str
    path: str
    status: NodeStatus | None = None


OnEvent: TypeAlias = Callable[[NodeEvent], None]


@dataclass(frozen=True, slots=True)
class Said:
    """A warning or an error in dbt's words; `name` is dbt's name for its kind."""

    level: Literal["warn", "error"]
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Invocation:
    """What a run of dbt came to: its exit code, how nodes ended, its complaints.

    `plain` are lines that are no events, the last ones; `stderr` likewise. Both, and `said`, may quote cells.
    """

    code: int
    nodes: dict[str, NodeStatus]
    said: tuple[Said, ...] = ()
    plain: tuple[str, ...] = ()
    stderr: tuple[str, ...] = ()


@dataclass(slots=True)
class Listener:
    """Takes dbt's lines; tells each begin and each end of a node once."""

    on_event: OnEvent
    running: dict[str, NodeEvent] = field(default_factory=dict)
    ended: dict[str, NodeStatus] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)
    plain: list[str] = field(default_factory=list)
    stderr: list[str] = field(default_factory=list)

    def take(self, line: str) -> None:
        """Take a line of dbt's output, whatever it is."""
        try:
            event = json.loads(line) if line.startswith("{") else None
        except (ValueError, RecursionError):
            event = None
        if not isinstance(event, dict) or not isinstance(event.get("info"), dict):
            _keep(self.plain, line)
            return
        data = mapping(event.get("data"))
        self._complaint(mapping(event["info"]))
        self._node(mapping(data.get("node_info")))

    def take_stderr(self, line: str) -> None:
        """Take a line of what dbt writes besides."""
        _keep(self.stderr, line)

    def invocation(self, code: int) -> Invocation:
        """Return what was heard."""
        return Invocation(code, dict(self.ended), tuple(self.said), tuple(self.plain), tuple(self.stderr))

    def _complaint(self, info: dict[str, Json]) -> None:
        level, name, text = info.get("level"), info.get("name"), info.get("msg")
        if level in {"warn", "error"} and isinstance(text, str) and len(self.said) < _MANY:
            self.said.append(Said("error" if level == "error" else "warn", str(name or ""), text[:_LONG]))

    def _node(self, info: dict[str, Json]) -> None:
        unique_id, status = info.get("unique_id"), info.get("node_status")
        if not isinstance(unique_id, str) or not isinstance(status, str) or unique_id in self.ended:
            return
        end = status_of(status)
        if end is None and unique_id in self.running:
            return
        event = NodeEvent(unique_id, str(info.get("node_name") or ""), str(info.get("node_path") or ""), end)
        if end is None:
            self.running[unique_id] = event
        else:
            self.running.pop(unique_id, None)
            self.ended[unique_id] = end
        self.on_event(event)


def _keep(lines: list[str], line: str) -> None:
    if line.strip():
        lines.append(line[:_LONG])
        del lines[:-_MANY]
