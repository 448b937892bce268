"""Whatever is done to a config, it is read or refused with a place; nothing else happens."""

import pytest
from full_config import FULL
from hypothesis import given
from hypothesis import strategies as st

from datacanary.config import parse
from datacanary.errors import ConfigError

LINES = tuple(FULL.splitlines())
MANGLED = st.text(alphabet=st.sampled_from(" \t\n:-#[]{}\"'&*!|>%@,.0123456789abc${}~<\\\r\u2028é\u0085"), max_size=12)


def refusal(text: str) -> ConfigError | None:
    """Return why a config is refused; None if it is read."""
    try:
        parse(text, "datacanary.yml", {})
    except ConfigError as error:
        return error
    return None


def assert_read_or_refused(text: str) -> None:
    """Either outcome is right, but a refusal has its place."""
    error = refusal(text)
    if error is not None:
        assert error.where is not None
        assert error.where.file == "datacanary.yml"
        assert 1 <= (error.where.line or 0) <= len(text.splitlines()) + 1
        assert str(error).isprintable()


@st.composite
def edited(draw: st.DrawFn) -> str:
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(["delete", "duplicate", "move", "mangle", "cut", "indent"])):
            case "delete":
                del lines[at]
            case "duplicate":
                lines.insert(at, lines[at])
            case "move":
                lines.insert(draw(st.integers(0, len(lines) - 1)), lines.pop(at))
            case "mangle":
                place = draw(st.integers(0, len(lines[at])))
                lines[at] = lines[at][:place] + draw(MANGLED) + lines[at][place + draw(st.integers(0, 3)) :]
            case "cut":
                lines[at] = lines[at][: draw(st.integers(0, len(lines[at])))]
            case _:
                lines[at] = " " * draw(st.integers(1, 5)) + lines[at]
    return "\n".join(lines)


@given(edited())
def test_an_edited_config_is_read_or_refused_with_its_place(text: str) -> None:
    assert_read_or_refused(text)


@given(st.text())
def test_any_text_is_read_or_refused_with_its_place(text: str) -> None:
    assert_read_or_refused(text)


VALUES = st.recursive(
    st.sampled_from(
        ["1", "'1'", "~", "true", "no", "'> 1%'", "x", "-1", "pass", "a.b", "1 .. 2", "''", ".nan", "${X}"]
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2).map(lambda items: f"[{', '.join(items)}]"),
        st.dictionaries(st.sampled_from(["key", "columns", "fail", "abs", "table", "a"]), inner, max_size=2).map(
            lambda fields: f"{{{', '.join(f'{key}: {value}' for key, value in fields.items())}}}"
        ),
    ),
    max_leaves=4,
)


@given(st.integers(0, len(LINES) - 1), VALUES)
def test_any_value_in_place_of_another_is_read_or_refused(at: int, value: str) -> None:
    key, colon, _ = LINES[at].partition(":")
    assert_read_or_refused("\n".join([*LINES[:at], f"{key}{colon} {value}", *LINES[at + 1 :]]))


def test_the_full_config_itself_is_read() -> None:
    assert refusal(FULL) is None


@pytest.mark.parametrize("at", [at for at, line in enumerate(LINES) if ":" in line and line.lstrip()[0] not in "#-"])
def test_a_line_that_stands_twice_is_never_read(at: int) -> None:
    twice = "\n".join([*LINES[: at + 1], *LINES[at:]])
    assert refusal(twice) is not None
    assert_read_or_refused(twice)
