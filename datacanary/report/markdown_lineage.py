"""How a change spreads, as a small Mermaid flowchart."""

from __future__ import annotations

from datacanary.report.lineage import Lineage
from datacanary.report.plan_mermaid import quoted

_LOOKS = {
    "fail": "fill:#fbdcdc,stroke:#a83232,color:#222",
    "inconclusive": "fill:#e3e0f7,stroke:#5a4fb0,color:#222",
    "warn": "fill:#fff1cc,stroke:#b07a00,color:#222",
    "pass": "fill:#ddf4e0,stroke:#2b7a3b,color:#222",
    "other": "fill:#eeeeee,stroke:#8a8a8a,color:#222",
    "source": "fill:#dcebfb,stroke:#2f6bb0,color:#222",
}
_LONGEST = 40


def as_mermaid(lineage: Lineage) -> str:
    """Draw it: names are labels alone, the picture's own ids are numbers."""
    ids = {name: f"n{number}" for number, name in enumerate(lineage.states)}
    lines = ["flowchart LR"]
    used: dict[str, None] = {}
    for name, state in lineage.states.items():
        look = state if state in _LOOKS else "other"
        used[look] = None
        label = quoted(f"{_short(name)} ({state})", _LONGEST + 20)
        lines.append(f"  {ids[name]}{f'[({label})]' if state == 'source' else f'[{label}]'}:::{look}")
    lines += [f"  {ids[read]} --> {ids[reader]}" for read, reader in lineage.edges]
    if lineage.left:
        lines.append(f"  more[{quoted(f'and {lineage.left} more tables')}]:::other")
        used["other"] = None
    return "\n".join([*lines, *(f"  classDef {look} {_LOOKS[look]}" for look in used)])


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
