"""What a comparison of two tables found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from datacanary.model.basic import Pair
from datacanary.model.cause import Cause
from datacanary.model.config import Tolerance
from datacanary.model.declared import DeclaredOrigin
from datacanary.model.noise import NoiseFloor, NoiseMark
from datacanary.model.statistics import AtMost, Cell, Distances, Statistics

Comparison = Literal["keyed", "keyless", "not_compared", "unaffected"]
ColumnChange = Literal["none", "added", "removed", "type_changed", "ignored"]
KeyOrigin = Literal["config", "option", "inferred", "none"] | DeclaredOrigin
"""Who chose a key: the config, an option, the tool, or what the project declares."""


@dataclass(frozen=True, slots=True)
class Leeway:
    """How far the values of a column may move before anybody minds: as `Distances.shape`, and in base's spreads.

    None: as far as they like. 0 also where somebody asks how far it is. `own`: the config or a declaration speaks of
    this very column.
    """

    shape: float | None = None
    distance: float | None = None
    own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffOptions:
    """What a comparison may be told.

    `key` is None to have one inferred, `()` to compare whole rows; of `inferred` origin, it was looked for in vain.
    `tolerances` go by column name; `float_tolerance` holds for the other columns that are floats on both sides.
    `totals` names the columns whose sums are asked for; `statistics` asks for all statistics and for causes.
    `samples` is how many example rows of each kind to keep. `moves` says of columns how far their values as a whole may
    move; nobody minds what others do.
    `name` is the table's name, if it has one: it helps to infer a key.
    """

    key: tuple[str, ...] | None = None
    key_origin: KeyOrigin = "option"
    ignore: tuple[str, ...] = ()
    tolerances: Mapping[str, Tolerance]
    float_tolerance: Tolerance = Tolerance()
    totals: tuple[str, ...] = ()
    statistics: bool = True
    samples: int = 5
    moves: Mapping[str, Leeway] = field(default_factory=dict)
    name: str = ""


@dataclass(frozen=True, slots=True)
class Key:
    """The key that paired the rows and its health.

    `duplicates`: key values that occur more than once on that side. `nulls`: rows with a NULL in the key.
    """

    columns: tuple[str, ...]
    origin: KeyOrigin
    duplicates: Pair[int]
    nulls: Pair[int]


@dataclass(frozen=True, slots=True)
class RowCounts:
    """Rows per outcome; keyed: base = removed + changed + unchanged, head = added + changed + unchanged.

    Keyless: `changed` is None, base = removed + unchanged, head = added + unchanged.
    Not compared: only what is known is a number.
    """

    base: int | None
    head: int | None
    added: int | None = None
    removed: int | None = None
    changed: int | None = None
    unchanged: int | None = None


@dataclass(frozen=True, slots=True)
class Attribution:
    """What of a difference is a table's own doing, and what it inherits from the tables that it reads.

    Between base and head stands head's query on what base's reads: `own` are the rows of base against those of it,
    `inherited` those of it against head. `columns_own` names the columns of which cells changed by the table's own
    doing, and how many.
    """

    own: RowCounts
    inherited: RowCounts
    columns_own: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ColumnDiff:
    """One column of either side; types are None where the side lacks it.

    `changed` counts cells of paired rows that differ: None where there is nothing to count (keyless, on one side
    only, ignored) or where the two types cannot be compared (then `incomparable` says why).
    `forgiven` counts cells that differ within the tolerance. `nulls` counts NULL cells over all rows of each side.
    `totals` are exact sums, only of numeric columns and where they were asked for.
    `increased` and `decreased` count the changed cells whose value rose or fell, of numbers and times; None for others.
    `at_most` bounds distances that were not measured because not all rows were read, where there is a limit for them.
    """

    name: str
    change: ColumnChange
    type: Pair[str | None]
    changed: int | None = None
    forgiven: int = 0
    nulls: Pair[int | None] = Pair(None, None)
    totals: Pair[int | float | str | None] = Pair(None, None)
    incomparable: str = ""
    increased: int | None = None
    decreased: int | None = None
    statistics: Pair[Statistics | None] = Pair(None, None)
    distances: Distances | None = None
    at_most: AtMost | None = None


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One example row: its key, and per column the values of base and head (one of them absent if added or removed).

    `columns` names the columns of a masked row, whose values are left out.
    """

    kind: Literal["added", "removed", "changed"]
    key: Mapping[str, Cell]
    base: Mapping[str, Cell]
    head: Mapping[str, Cell]
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableDiff:
    """How head differs from base: counts are exact.

    `column_order_changed` is told, never judged. `failed` tables could not be built or read, `because_of`
    names the one that failed first where it was another. `reason` says why the
    tables were compared, or why not. `causes` explain the difference, the best first. `marks` are what may be noise in
    base's query, `noise` what two builds of base differ by, None if it was not measured. `fault` says what cannot be,
    if it is: a mistake of this program. `attribution` is None where it was not asked for or has no meaning.
    """

    comparison: Comparison
    reason: str
    key: Key
    rows: RowCounts
    columns: tuple[ColumnDiff, ...]
    samples: tuple[SampleRow, ...] = ()
    column_order_changed: bool = False
    notes: tuple[str, ...] = ()
    failed: bool = False
    because_of: str = ""
    causes: tuple[Cause, ...] = ()
    marks: tuple[NoiseMark, ...] = ()
    noise: NoiseFloor | None = None
    fault: str = ""
    attribution: Attribution | None = None
