"""Which versions are compared, and by what config; nothing of a project is read yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from datacanary import config as config_room
from datacanary.errors import ConfigError, Where
from datacanary.model.basic import Pair, Version
from datacanary.model.config import Config
from datacanary.pipeline.home import Asked, Home, find_home, read_config, with_profile, without_config
from datacanary.project.git import Snapshot, WorktreeSnapshot
from datacanary.project.git.pull_request import pull_request_head


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which versions are compared, and by what config; nothing of the projects is read yet."""

    home: Home
    versions: Pair[Version]
    configs: Pair[Config]
    snapshots: Pair[Snapshot]
    notes: tuple[str, ...]

    @property
    def is_dbt(self) -> bool:
        """Whether both versions are dbt projects."""
        return self.configs.head.project.kind == "dbt"


def choose_versions(asked: Asked) -> Chosen:
    """Find base and head, and read their configs.

    Raises GitError and ConfigError; those of the base version say so.
    """
    home = find_home(asked)
    repository = home.repository
    head = repository.head(asked.head, asked.environ)
    folder = repository.relative(home.folder)
    # The working tree is head only where nobody named a commit, nor CI a pull request.
    worktree = asked.head is None and pull_request_head(asked.environ) is None
    head_snapshot: Snapshot = (
        repository.worktree_snapshot(folder) if worktree else repository.commit_snapshot(head.sha, folder)
    )
    head_config = _config(head_snapshot, home, asked.environ, head)
    on_disk = read_config(home, asked.environ) if head_config is None else head_config
    base = repository.base(asked.base or on_disk.base, head, asked.environ)
    base_snapshot = repository.commit_snapshot(base.sha, folder)
    base_config = _config(base_snapshot, home, asked.environ, base)
    configs, notes = _both(Pair(base_config, head_config), Pair(base, head), home, asked.environ)
    _refuse_two_kinds(configs, Pair(base, head))
    return Chosen(home, Pair(base, head), configs, Pair(base_snapshot, head_snapshot), notes)


def _refuse_two_kinds(configs: Pair[Config], versions: Pair[Version]) -> None:
    base, head = configs.map(lambda config: config.project.kind)
    if base != head:
        words = {"sql": "plain SQL", "dbt": "dbt"}
        raise ConfigError(
            f"Base, {versions.base}, is a project of {words[base]}, and head one of {words[head]}.",
            where=Where(configs.head.file),
            hint="Two kinds of projects cannot be compared; begin with the next commit.",
        )


def _config(snapshot: Snapshot, home: Home, environ: Mapping[str, str], version: Version) -> Config | None:
    name = home.config_file.name
    on_disk = isinstance(snapshot, WorktreeSnapshot) and home.config_file.is_file()
    if not snapshot.tracks(name):
        return read_config(home, environ) if on_disk else None
    try:
        return with_profile(config_room.parse(snapshot.text(name), name, environ, home.usual), home, environ)
    except ConfigError as error:
        if on_disk:
            raise
        problem = f"{error.problem} (in the version of {version})"
        raise ConfigError(problem, where=error.where, hint=error.hint) from error


def _both(
    configs: Pair[Config | None], versions: Pair[Version], home: Home, environ: Mapping[str, str]
) -> tuple[Pair[Config], tuple[str, ...]]:
    base, head = configs
    name = home.config_file.name
    if base is not None and head is not None:
        return Pair(base, head), ()
    if home.usual.kind == "dbt" and not home.explicit:
        return _both_of_dbt(configs, versions, home, environ)
    if base is None and head is None:
        raise ConfigError(f"Neither version has {name}.", hint="Commit it, or name another with --config.")
    if head is None:
        raise ConfigError(
            f"{name} exists only in base, {versions.base}; head, {versions.head}, deletes it.",
            hint="Put it back: without it nothing says what to compare.",
        )
    if not home.explicit:
        raise ConfigError(
            f"{name} exists only in head; base, {versions.base}, does not have it.",
            hint=f"Commit it to {versions.base.ref} first; or use head's for both versions: "
            f"datacanary check --config {name}",
        )
    note = f"{name} is not in base: head's is used for both, its limits too"
    return Pair(head, head), (note,)


def _both_of_dbt(
    configs: Pair[Config | None], versions: Pair[Version], home: Home, environ: Mapping[str, str]
) -> tuple[Pair[Config], tuple[str, ...]]:
    """Let the defaults hold for a version without a config: a pull request cannot bring its own limits."""
    base, head = configs
    notes: tuple[str, ...] = ()
    if base is None and head is not None:
        notes = (f"{home.config_file.name} is not in base, {versions.base}: the default limits hold",)
    if base is not None and head is not None:
        return Pair(base, head), notes
    usual = with_profile(without_config(home), home, environ)
    return Pair(base or usual, head or usual), notes
