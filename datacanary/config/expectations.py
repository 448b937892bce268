"""`expect:`: changes that a pull request declares."""

from __future__ import annotations

from dataclasses import dataclass, replace

from datacanary.config import read
from datacanary.config.amounts import same_unit, span
from datacanary.config.checks import CHECKS
from datacanary.config.nodes import Field, Fields, Node, Scalar, shown
from datacanary.config.tables import direction
from datacanary.errors import ConfigError
from datacanary.model.config import CheckName, Direction, Expectation
from datacanary.model.patterns import is_pattern

_OF_ROWS: tuple[CheckName, ...] = ("rows_removed", "rows_added", "table_removed", "table_added")
_OF_COLUMNS: tuple[CheckName, ...] = (
    "values_changed",
    "null_rate",
    "total",
    "shape",
    "distance",
    "column_removed",
    "column_added",
    "type_changed",
)
_CHECKS = (*_OF_ROWS, *_OF_COLUMNS)
_KEYS = ("table", "columns", *_CHECKS, "direction", "reason", "owner")


def expectations(node: Node) -> tuple[Expectation, ...]:
    """Read `expect:`; one entry gives one expectation per check that it names.

    ConfigError if nothing or the same thing is declared twice, or without a reason.
    """
    declared = tuple(one for entry in read.items(node, "a list") for one in _entry(entry))
    seen: dict[tuple[str, str, str], Expectation] = {}
    for one, where in declared:
        for column in one.columns or ("",):
            earlier = seen.setdefault((one.table, one.check, column), one)
            if earlier is not one:
                raise ConfigError(
                    f"{one.check} of {shown(one.table)}{f'.{shown(column)}' if column else ''} is declared twice: at"
                    f" {earlier.origin} and here.",
                    hint="Keep one.",
                    where=where.where,
                )
    return tuple(one for one, _ in declared)


def _entry(node: Node) -> tuple[tuple[Expectation, Field], ...]:
    _refuse_key_problems(node)
    fields = read.fields(node, _KEYS)
    table = _table(_required(fields, "table"))
    reason = read.text(_required(fields, "reason").value, "a text that says why")
    owner = fields.get("owner")
    checks = [field for field in fields.fields if field.key in _CHECKS]
    if not checks:
        raise ConfigError(
            f"This entry of expect declares no change of {shown(table)}.",
            hint=f"Name at least one of: {', '.join(_CHECKS)}.",
            where=node.where,
        )
    columns = _columns(fields, checks)
    about = _About(table, columns, reason, read.text(owner.value) if owner else "", _direction(fields))
    return tuple((_expectation(field, about), field) for field in checks)


def _table(field: Field) -> str:
    name = read.named_table(field.value)
    if is_pattern(name):
        raise ConfigError(
            f"'{shown(read.written(field.value))}' is a pattern: it does not say which tables are expected to change.",
            hint="Write an entry for each table.",
            where=field.value.where,
        )
    return name


def _direction(fields: Fields) -> Direction | None:
    field = fields.get("direction")
    if field is None:
        return None
    if fields.get("values_changed") is None:
        raise ConfigError(
            "A direction is about values_changed, which this entry of expect does not declare.",
            hint="Declare values_changed too, or remove 'direction'.",
            where=field.where,
        )
    return direction(field.value)


def _refuse_key_problems(node: Node) -> None:
    field = node.get("key_problems") if isinstance(node, Fields) else None
    if field:
        raise ConfigError(
            "Key problems cannot be expected: with them no row is surely paired with its own.",
            hint="Mend the key, or set tables.<name>.key.",
            where=field.where,
        )


def _required(fields: Fields, key: str) -> Field:
    field = fields.get(key)
    if field is None:
        raise ConfigError(
            f"This entry of expect has no '{key}'.",
            hint="Every entry needs table, reason, and the change that is expected.",
            where=fields.where,
        )
    return field


def _columns(fields: Fields, checks: list[Field]) -> tuple[str, ...]:
    field = fields.get("columns")
    of_columns = [one for one in checks if one.key in _OF_COLUMNS]
    if of_columns and field is None:
        raise ConfigError(
            f"An expected {of_columns[0].key} needs the columns that it is about.",
            hint="Add columns: [name, …].",
            where=of_columns[0].where,
        )
    if field is None:
        return ()
    if not of_columns:
        raise ConfigError(
            f"{checks[0].key} is about whole rows or tables, not about columns.",
            hint=f"Remove 'columns', or add one of: {', '.join(_OF_COLUMNS)}.",
            where=field.where,
        )
    expected = "a column's name or a list of them"
    columns = read.texts(field.value, expected, "a column's name")
    if not columns:
        raise ConfigError(f"{field.value.path} is an empty list.", hint="Name at least one column.", where=field.where)
    return columns


@dataclass(frozen=True, slots=True)
class _About:
    """What all changes of one entry have in common."""

    table: str
    columns: tuple[str, ...]
    reason: str
    owner: str
    direction: Direction | None


def _expectation(field: Field, about: _About) -> Expectation:
    check, node = CHECKS[field.key], field.value
    expected = Expectation(
        table=about.table,
        columns=about.columns if check.name in _OF_COLUMNS else (),
        check=check.name,
        minimum=1,
        maximum=1,
        unit="count",
        reason=about.reason,
        text="true",
        origin=field.origin,
        owner=about.owner,
        direction=about.direction if check.name == "values_changed" else None,
    )
    if not check.units:
        if not read.true_or_false(node):
            raise read.wrong(node, "true", "Leave it out if it is not expected.")
        return expected
    if not isinstance(node, Scalar):
        raise read.wrong(node, 'a range, as "0 .. 1%"')
    low, high = span(node.text, node, check)
    unit = same_unit((low, high), node, check)
    return replace(expected, minimum=low.value, maximum=high.value, unit=unit, text=node.text.strip())
