"""`datacanary validate`."""

from __future__ import annotations

from datacanary.cli.asking import asked
from datacanary.cli.console import Console
from datacanary.cli.guard import guarded
from datacanary.cli.options import Base, Config, Head, NoColor, Quiet, Verbose


def validate(
    base: Base = None,
    head: Head = None,
    config: Config = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> None:
    """Check datacanary.yml and parse both versions; touches no warehouse. Made for a pre-commit hook.

    Example: datacanary validate
    """
    console = Console(quiet=quiet, verbose=verbose, no_color=no_color)
    with guarded(console):
        from datacanary.model.words import count
        from datacanary.pipeline.planning import validate as run

        versions, plan = run(asked(config, base, head))
        models = len(versions.projects.head.models)
        affected = sum(table.effect != "unaffected" for table in plan.tables)
        for note in versions.notes:
            console.result(f"note: {note}")
        for note in versions.unread:
            console.note(note)
        named = f"{versions.configs.head.file} and " if versions.home.config_file.exists() else ""
        console.result(f"ok: {named}{count(models, 'model')} are valid; {count(affected, 'table')} can differ.")
