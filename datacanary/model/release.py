"""What promotion puts into production, and what is written down about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from datacanary.model.basic import Fingerprint, Physical, Relation
from datacanary.model.project import Materialized
from datacanary.model.reuse import Content


@dataclass(frozen=True, slots=True)
class Swap:
    """One production relation to replace, create or remove.

    `built` is the judged table, None to remove. `view` is the statement's query with production's names, for
    views. `kept_as` is the name, in the same schema, for what is replaced. `content` is what the table holds, None
    where that is not known for sure. `judged` is the identity of the table's rows when they were compared, None for
    what is no table.
    """

    target: Relation
    built: Physical | None
    materialized: Materialized
    view: str
    kept_as: str
    content: Content | None = None
    judged: Fingerprint | None = None


@dataclass(frozen=True, slots=True)
class LiveTable:
    """What a promotion did to one production relation.

    `kept_as` is empty where nothing was there before. `promoted` is the identity of what was put in, None where
    the relation was removed. `indexes` are the statements that make the kept table's indexes again, `kept_name` is
    its own name as production wrote it. `kept_schema` is where the kept table lies, empty for the relation's own
    schema. `new_schema` says that its schema was not there either. `content` is what the table that was put in holds,
    None where that is not known for sure. `readers` are the views that read it when it was put in. `built` is where
    the table that was put in lay before, None where it goes nowhere when it is taken out again. `kept_mark` tells
    the kept table from any other of its name, in the engine's own way; `kept` is what it was when it was replaced.
    `statistics` are, by name, the schemas of the kept table's statistics that did not lie beside it.
    """

    relation: Relation
    action: Literal["replaced", "created", "removed"]
    kept_as: str
    kept_kind: Literal["table", "view", ""]
    materialized: Materialized
    promoted: Fingerprint | None
    indexes: tuple[str, ...] = ()
    kept_name: str = ""
    new_schema: bool = False
    content: Content | None = None
    kept_schema: str = ""
    readers: tuple[Relation, ...] = ()
    built: Physical | None = None
    kept_mark: str = ""
    kept: Fingerprint | None = None
    statistics: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PromotionRecord:
    """One promotion as the warehouse remembers it; times are ISO 8601 in UTC, empty where it did not happen.

    `approval` is the reason why somebody promoted it although a policy was against it, empty where none was needed.
    `head_sha` ends in `+` for changes that were not committed; `head_files` is the digest of the project's files at
    head, empty where that is not known. `production` is the schema of whose promotion it is; `keep_replaced` says for
    how long it keeps what it replaced, in seconds or as `forever`. Both are empty where an earlier version wrote it.
    """

    run_id: str
    promoted_at: str
    promoted_by: str
    base_sha: str
    head_sha: str
    verdict: str
    tables: tuple[LiveTable, ...]
    rolled_back_at: str = ""
    approval: str = ""
    head_files: str = ""
    production: str = ""
    keep_replaced: str = ""

    def is_of(self, production: str) -> bool:
        """Tell whether it belongs to a production; one that does not say so belongs to all."""
        return self.production in {"", production}


@dataclass(frozen=True, slots=True)
class Observed:
    """The identity of a production relation or an input when the run read it; None: it did not exist."""

    relation: Relation
    fingerprint: Fingerprint | None


@dataclass(frozen=True, slots=True)
class ReleasePlan:
    """What a run may promote, and what must still be true then.

    `production` are the relations to be swapped and `inputs` what the builds read from the warehouse, as the run
    saw them; `files` are data files with the digest of their content, and globs with that of the names they match.
    `obstacles` say why nothing of it may be promoted.
    """

    swaps: tuple[Swap, ...]
    production: tuple[Observed, ...]
    inputs: tuple[Observed, ...]
    files: tuple[tuple[str, str], ...]
    engine: str
    obstacles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """What the judged tables were made from and for, so that a promotion can tell whether that is still so.

    `files` is a digest of head's files of the project, the config among them; with `worktree` they were those of the
    working tree. `place` names the warehouse and the schema of production, without secrets.
    """

    files: str
    worktree: bool
    place: str


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One line of the journal, which only grows: an act is `begun` before anything of it is done.

    `done` is written in the transaction of the act itself, `undone` by whoever found that nothing of it happened. `at`
    is ISO 8601 in UTC; `detail` is a sentence for people.
    """

    run_id: str
    action: Literal["promote", "rollback", "clean"]
    state: Literal["begun", "done", "undone"]
    at: str
    by: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Lease:
    """Who alone may change production now; times are ISO 8601 in UTC by the warehouse's clock.

    `fence` grows with every holder: a holder who was taken for dead finds another number and changes nothing.
    """

    id: str
    holder: str
    run_id: str
    since: str
    expires_at: str
    fence: int


@dataclass(frozen=True, slots=True)
class Registered:
    """What a run has in the warehouse, written down before it was made; `name` is a schema's or a table's.

    `build`: both versions' tables of a run. `replaced`: what its promotion replaced, for the way back. `expires_at` is
    ISO 8601 in UTC, empty where the config says how long it is kept.
    """

    name: str
    run_id: str
    kind: Literal["build", "replaced"]
    registered_at: str
    expires_at: str
