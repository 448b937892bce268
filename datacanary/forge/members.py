"""Members of what a host answered; who misses one says which."""

from __future__ import annotations

from datacanary.errors import ForgeError


def text(value: object, *path: str) -> str:
    """Return a text within an answer; raises ForgeError if it is not there.

    >>> text({"user": {"login": "ada"}}, "user", "login")
    'ada'
    """
    found = _at(value, path)
    if not isinstance(found, str):
        raise _strange(path)
    return found


def number(value: object, *path: str) -> int:
    """Return a whole number within an answer; raises ForgeError if it is not there."""
    found = _at(value, path)
    if not isinstance(found, int) or isinstance(found, bool):
        raise _strange(path)
    return found


def entries(value: object, *path: str) -> list[object]:
    """Return a list within an answer, or the answer itself; raises ForgeError if it is none."""
    found = _at(value, path)
    if not isinstance(found, list):
        raise _strange(path)
    return found


def text_or(value: object, otherwise: str, *path: str) -> str:
    """Return a text within an answer, or something else if it is not there."""
    found = _at(value, path)
    return found if isinstance(found, str) else otherwise


def is_true(value: object, *path: str) -> bool:
    """Tell whether a member is there and true."""
    return _at(value, path) is True


def _at(value: object, path: tuple[str, ...]) -> object:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _strange(path: tuple[str, ...]) -> ForgeError:
    problem = f"The host's answer has no {'.'.join(path) or 'list'}."
    return ForgeError(problem, hint="Something else than the host's API may have answered: look at its address.")
