"""`datacanary init`."""

from __future__ import annotations

import os
from pathlib import Path

from datacanary.cli.console import Console
from datacanary.cli.guard import guarded
from datacanary.cli.options import Config, NoColor, Quiet, Verbose
from datacanary.errors import UsageError


def init(config: Config = None, quiet: Quiet = False, verbose: Verbose = False, no_color: NoColor = False) -> None:
    """Look at the repository and the warehouse, and write a commented datacanary.yml that works; never overwrites.

    Example: datacanary init
    """
    console = Console(quiet=quiet, verbose=verbose, no_color=no_color)
    with guarded(console):
        from datacanary.pipeline.init import initialise

        if config is not None and config.name != "datacanary.yml":
            raise UsageError("init writes a file called datacanary.yml.", hint="Give --config FOLDER/datacanary.yml.")
        start = config.parent.absolute() if config is not None else Path.cwd()
        path, found = initialise(start, os.environ)
        console.result(f"wrote {path.name}")
        console.result(f"  models      {len(found.models)} .sql files in {found.folder}")
        console.result(f"  warehouse   {found.warehouse or 'not found: put its path into the file'}")
        console.result(f"  production  schema {found.production}")
        console.result(f"  base        {found.base}")
        for name, place in sorted(found.sources.items()):
            console.result(f"  source      {name}: {place}")
        for name in found.missing:
            console.result(f"  missing     {name} is read, but nobody has it: name its file under `sources:`")
        console.result(f"next: git add {path.name} && git commit; before that: datacanary check --config {path.name}")
