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
    where that is not known for sure.
    """

    target: Relation
    built: Physical | None
    materialized: Materialized
    view: str
    kept_as: str
    content: Content | None = None


@dataclass(frozen=True, slots=True)
class LiveTable:
    """What a promotion did to one production relation.

    `kept_as` is empty where nothing was there before. `promoted` is the identity of what was put in, None where
    the relation was removed. `indexes` are the statements that make the kept table's indexes again, `kept_name` is
    its own name as production wrote it. `new_schema` says that its schema was not there either. `content` is what the
    table that was put in holds, None where that is not known for sure.
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


@dataclass(frozen=True, slots=True)
class PromotionRecord:
    """One promotion as the warehouse remembers it; times are ISO 8601 in UTC, empty where it did not happen."""

    run_id: str
    promoted_at: str
    promoted_by: str
    base_sha: str
    head_sha: str
    verdict: str
    tables: tuple[LiveTable, ...]
    rolled_back_at: str = ""


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
