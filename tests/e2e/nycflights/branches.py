"""The changes under test: each is a function from the models of `main` to the models of its branch."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Models = dict[str, str]
"""The text of each model by the name of its table."""

MODELS = Path(__file__).parent / "models"

PARENTS: Mapping[str, tuple[str, ...]] = {
    "stg_flights": (),
    "stg_weather": (),
    "stg_planes": (),
    "stg_airports": (),
    "fct_flights": ("stg_flights", "stg_weather", "stg_planes", "stg_airports"),
    "agg_daily_origin": ("stg_flights",),
    "agg_route_month": ("fct_flights",),
    "agg_carrier_month": ("fct_flights",),
    "agg_destination": ("fct_flights", "stg_weather"),
    "dim_planes": ("stg_flights", "stg_planes"),
    "dim_airports": ("stg_airports", "stg_flights", "stg_weather"),
    "delay_events": ("fct_flights",),
    # These are in some branches only.
    "airports": ("stg_airports", "stg_flights", "stg_weather"),
    "agg_hour_of_day": ("stg_flights",),
    "agg_time_zones": ("dim_airports",),
    "rpt_kpis": ("fct_flights", "agg_daily_origin", "agg_route_month", "dim_planes", "agg_hour_of_day"),
}
"""What each model reads of the other models, written by hand; the order is one to build them in."""

KEYS: Mapping[str, tuple[str, ...]] = {
    "stg_flights": ("carrier", "flight_number", "time_hour"),
    "stg_weather": ("origin", "local_date", "local_hour"),
    "stg_planes": ("tail_number",),
    "stg_airports": ("airport",),
    "fct_flights": ("flight_date", "carrier", "flight_number", "origin"),
    "agg_daily_origin": ("origin", "flight_date"),
    "agg_route_month": ("origin", "destination", "flight_month"),
    "dim_planes": ("tail_number",),
    "dim_airports": ("airport",),
    "rpt_kpis": ("metric",),
}
"""The keys that the config names; `agg_destination` and `agg_carrier_month` have one that it does not name."""

KEYLESS = "delay_events"
INFERRED = {"agg_destination": ("destination",)}
"""The only column of this table that is unique."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One change: what it does to the models and what the tool must say of it as a whole."""

    name: str
    message: str
    change: Callable[[Models], Models]
    verdict: Literal["pass", "warn", "fail"]
    differs: frozenset[str]
    """The tables that differ, as a reader of the change would say; the numbers are DuckDB's."""
    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    renamed: tuple[tuple[str, str], ...] = ()

    @property
    def exit_code(self) -> int:
        """What the contract says of this verdict."""
        return 1 if self.verdict == "fail" else 0


def main_models() -> Models:
    """Read the models of `main`."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(MODELS.glob("*.sql"))}


def downstream(tables: set[str]) -> set[str]:
    """Return `tables` and every model that reads one of them, directly or not."""
    reached = set(tables)
    for table, parents in PARENTS.items():
        if reached.intersection(parents):
            reached.add(table)
    return reached


def edit(*edits: tuple[str, str, str]) -> Callable[[Models], Models]:
    """Return the change that replaces, in the model named first, the second text (there once) by the third."""

    def change(models: Models) -> Models:
        changed = dict(models)
        for table, old, new in edits:
            assert changed[table].count(old) == 1, f"{table} must hold {old!r} once"
            changed[table] = changed[table].replace(old, new)
        return changed

    return change


def reformat(models: Models) -> Models:
    """Lay out every model anew: other line breaks, indents, comments and line ends, the same words."""
    return {table: _new_layout(text) for table, text in models.items()}


def _new_layout(text: str) -> str:
    without_comments = re.sub(r"--.*", "", text)
    pieces = re.split(r"('[^']*')", without_comments.strip())
    laid_out = (piece if piece.startswith("'") else _break_lines(piece) for piece in pieces)
    return "/* Laid out anew; it's select 1 from nowhere */\r\n\r\n" + "".join(laid_out) + "\n\n-- The end;"


def _break_lines(piece: str) -> str:
    return re.sub(r"\s+", "\n\t", piece).replace(",", "\r\n  , -- and 'so' on;\n")


def add_and_remove(models: Models) -> Models:
    """Add a model and read it in a report; remove another that nothing reads."""
    changed = dict(models)
    del changed["delay_events"]
    changed["agg_hour_of_day"] = """\
select scheduled_hour, count(*) as scheduled, count(*) filter (where is_cancelled) as cancelled
from stg_flights
group by scheduled_hour
"""
    changed["rpt_kpis"] += """\
union all
select 'busiest hour', max(scheduled)::decimal(18, 2) from agg_hour_of_day
"""
    return changed


def rename_file(models: Models) -> Models:
    """Give a file another name: that of a source, in another schema."""
    changed = dict(models)
    changed["airports"] = changed.pop("dim_airports")
    return changed


def uncommitted(models: Models) -> Models:
    """Mend a few rows of one table and start another table."""
    changed = edit(("dim_airports", "    a.altitude,", "    greatest(a.altitude, 0) as altitude,"))(models)
    changed["agg_time_zones"] = """\
select time_zone, count(*) as airports, max(altitude) as highest
from dim_airports
group by time_zone
"""
    return changed
