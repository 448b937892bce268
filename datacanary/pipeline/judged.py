"""What head was when it was judged, and what it is now."""

from __future__ import annotations

from datacanary.config.sections import FORMATS
from datacanary.model.basic import Version
from datacanary.model.config import Config
from datacanary.model.release import Judged, PromotionRecord
from datacanary.pipeline.home import Home
from datacanary.project.git import Snapshot, WorktreeSnapshot
from datacanary.project.git.files import digest_of
from datacanary.protocols.warehouse import Warehouse
from datacanary.release.policy import HeadNow, Owner

_MOST_COMMITS = 30


def judged_of(snapshot: Snapshot, config: Config, home: Home, warehouse: Warehouse) -> Judged:
    """Write down what a promotion will ask about."""
    worktree = isinstance(snapshot, WorktreeSnapshot)
    return Judged(_files(snapshot, config, home), worktree, place_of(warehouse, config))


def place_of(warehouse: Warehouse, config: Config) -> str:
    """Name the warehouse and the schema of production, without secrets."""
    return f"{warehouse.shown}, schema {config.production}"


def head_now(head: Version, base: Version, judged: Judged, config: Config, home: Home) -> HeadNow:
    """Look at what became of head; raises GitError."""
    repository, folder = home.repository, home.repository.relative(home.folder)
    current = repository.head(None, {})
    place, files = head.ref, _files_at(repository.tip(head.ref), config, home)
    if judged.worktree and current.ref == head.ref:
        place, files = "The working tree", _files(repository.worktree_snapshot(folder), config, home)
    merged = files != judged.files and _files_at(repository.tip(base.ref), config, home) == judged.files
    return HeadNow(place=place, files=files, named=_is_id(head), merged=merged)


def owner_of(promotion: PromotionRecord, base: Version, config: Config, home: Home) -> Owner:
    """Look whether a run's base has the commit that a promotion brought; raises GitError."""
    repository = home.repository
    sha, committed = promotion.head_sha.rstrip("+"), not promotion.head_sha.endswith("+")
    there = repository.has_commit(sha)
    if committed and there and repository.contains(base.sha, sha):
        return Owner(promotion, "contained")
    if promotion.head_files and _came_by(promotion.head_files, base, config, home):
        return Owner(promotion, "contained")
    if there:
        return Owner(promotion, "absent")
    cure = "git fetch --unshallow" if repository.is_shallow() else "git fetch origin"
    return Owner(promotion, "unknown", f"Fetch the commit: {cure}.")


def _came_by(files: str, base: Version, config: Config, home: Home) -> bool:
    """Tell whether base, or a commit not long before it, had these files."""
    folder = home.repository.relative(home.folder)
    commits = home.repository.latest_commits(base.sha, folder, _MOST_COMMITS)
    return any(_files_at(sha, config, home) == files for sha in commits)


def _is_id(head: Version) -> bool:
    """Tell whether head was named by the commit's id, or its beginning."""
    return len(head.ref) >= _SHORTEST_ID and head.sha.startswith(head.ref.lower())


_SHORTEST_ID = 4


def _files_at(sha: str | None, config: Config, home: Home) -> str | None:
    if sha is None:
        return None
    folder = home.repository.relative(home.folder)
    return _files(home.repository.commit_snapshot(sha, folder), config, home)


def _files(snapshot: Snapshot, config: Config, home: Home) -> str:
    """Return the digest of what makes tables: the config, of plain SQL models and data, of dbt all but documents."""
    below = config.project.path.strip("/").removeprefix("./")
    folder = "" if below in {"", "."} else f"{below}/"

    def wanted(path: str) -> bool:
        if path == home.config_file.name or (config.project.kind == "sql" and path.endswith(FORMATS)):
            return True
        if not path.startswith(folder):
            return False
        if config.project.kind == "sql":
            return path.endswith(".sql")
        return not path.endswith(".md") and not path.startswith(".")

    return digest_of(snapshot, wanted)
