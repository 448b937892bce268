"""A dbt that does what a test tells it to."""

import json
import sys
from pathlib import Path

from datacanary.dbt.events import Invocation, NodeEvent
from datacanary.dbt.invoke import Call, run

_HEAD = """#!{python}
import json, os, signal, subprocess, sys, time
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)
def say(name, level="info", msg="", **node):
    info = {{"name": name, "level": level, "msg": msg}}
    print(json.dumps({{"info": info, "data": {{"node_info": node}}}}), flush=True)
def node(name, status):
    say("LogStartLine", unique_id=f"model.shop.{{name}}", node_name=name, node_path=f"{{name}}.sql", node_status=status)
"""


class Fake:
    """A folder with a project, and a program called dbt."""

    def __init__(self, folder: Path, script: str) -> None:
        self.project = folder / "project"
        self.project.mkdir(exist_ok=True)
        self.program = folder / "dbt"
        self.program.write_text(_HEAD.format(python=sys.executable) + script)
        self.program.chmod(0o700)
        self.log = folder / "logs" / "said.log"
        self.heard: list[NodeEvent] = []

    def call(self, seconds: float = 30, environ: dict[str, str] | None = None) -> Call:
        """Return the call of `dbt build`."""
        return Call(self.program, ("build", "--log-format", "json"), self.project, environ or {}, seconds, self.log)

    def run(self, seconds: float = 30, environ: dict[str, str] | None = None) -> Invocation:
        """Run it."""
        return run(self.call(seconds, environ), self.heard.append)

    def child(self) -> int:
        """Return the process id that the script wrote down."""
        return int((self.project / "child").read_text())


def event(level: str, name: str, message: str) -> str:
    """Write a line of dbt's without a node."""
    return json.dumps({"info": {"level": level, "name": name, "msg": message}, "data": {}})
