"""What dbt leaves behind: how each node ended, and why it gave up."""

from __future__ import annotations

import json
import re

from datacanary.dbt import messages
from datacanary.dbt.events import Invocation, Said, status_of
from datacanary.dbt.messages import Message, Shorten
from datacanary.dbt.yamlfile import mapping
from datacanary.errors import ProjectError
from datacanary.model.dbt import DbtResult, Json, NodeStatus

_UNKNOWN_OPTION = re.compile(r"No such (?:option|command)[:\s'\"]*(?P<name>[\w-]+)")
# What a test says of itself is safe, except a unit test's, which shows its rows.
_OF_TEST = re.compile(r"Got \d+ results?, configured to (?:fail|warn) if [^\n]{1,40}")
_OF_UNIT_TEST = "actual differs from expected"


def read_results(text: str, shorten: Shorten) -> tuple[DbtResult, ...]:
    """Return what a run_results.json says of each node.

    `shorten` makes one line without cells of a database's message. ProjectError if this is no such file.
    """
    try:
        held: Json = json.loads(text)
    except ValueError as error:
        raise ProjectError("dbt's run_results.json cannot be read: it is not JSON.") from error
    results = mapping(held).get("results")
    if not isinstance(results, list):
        raise ProjectError("dbt's run_results.json cannot be read: it has no `results`.")
    return tuple(_result(mapping(one), shorten) for one in results if isinstance(mapping(one).get("unique_id"), str))


def problem_of(invocation: Invocation, shorten: Shorten) -> Message:
    """Say in a sentence why dbt gave up, and which file that is about.

    What ends dbt as a whole goes before what single nodes said.
    """
    errors = [said for said in invocation.said if said.level == "error"]
    told = min(errors, key=_how_general, default=None)
    return messages.of_invocation(told.text, shorten) if told else Message(_without_event(invocation))


def _how_general(said: Said) -> int:
    order = ("MainEncounteredError", "MainStackTrace", "RunResultError")
    return order.index(said.name) if said.name in order else len(order)


def _without_event(invocation: Invocation) -> str:
    outside = [*invocation.stderr, *invocation.plain]
    for line in outside:
        unknown = _UNKNOWN_OPTION.search(line)
        if unknown:
            return f"dbt does not know {unknown['name']}: it is too old, 1.8 or newer is needed"
    if invocation.code < 0:
        return f"dbt was killed by signal {-invocation.code}"
    if outside:
        return messages.one_line(outside[-1])
    return f"dbt ended with exit code {invocation.code} and gave no reason"


def _result(entry: dict[str, Json], shorten: Shorten) -> DbtResult:
    written, said = str(entry.get("status")), entry.get("message")
    status = status_of(written)
    seconds, failures = entry.get("execution_time"), entry.get("failures")
    unknown = f"dbt says that its status is {messages.one_line(written)}"
    unique_id = str(entry["unique_id"])
    return DbtResult(
        unique_id=unique_id,
        status=status or "error",
        message=_message(said if isinstance(said, str) else "", status, shorten) if status else unknown,
        # Of a unit test the number counts no rows.
        failures=failures if isinstance(failures, int) and not unique_id.startswith("unit_test.") else None,
        seconds=float(seconds) if isinstance(seconds, int | float) else 0.0,
    )


def _message(said: str, status: NodeStatus, shorten: Shorten) -> str:
    match status:
        case "error":
            return messages.of_node(said, shorten).text if said.strip() else ""
        case "fail" | "warn":
            found = _OF_TEST.search(said)
            return found[0] if found else _OF_UNIT_TEST if _OF_UNIT_TEST in said else ""
        case _:
            return ""
