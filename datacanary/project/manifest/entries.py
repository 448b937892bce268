"""Objects of a manifest: each looks up its keys and says what is missing, and of what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from datacanary.errors import ProjectError, Where
from datacanary.model.dbt import Json

_HINT = "Let dbt 1.8 or newer write it again: dbt compile."


@dataclass(frozen=True, slots=True)
class Entry:
    """One object; `called` is what messages call it, `where` the file that it stands in.

    Texts that are optional are empty if they are missing or something else. A list or an object may be missing but
    must be what it is: read as empty, a node would depend on nothing. ProjectError for the rest.
    """

    values: Mapping[str, Json]
    called: str
    where: str

    def wrong(self, what: str) -> ProjectError:
        """Say what is wrong with it."""
        return ProjectError(f"{self.called} {what}.", hint=_HINT, where=Where(self.where))

    def text(self, key: str) -> str:
        """Return a text that may be missing."""
        found = self.values.get(key)
        return found if isinstance(found, str) else ""

    def name(self, key: str) -> str:
        """Return a text that must be there."""
        found = self.values.get(key)
        if isinstance(found, str) and found:
            return found
        raise self.wrong(f"has no '{key}'" if found is None else f"has a '{key}' that is no text")

    def object(self, key: str) -> Mapping[str, Json]:
        """Return an object, empty if it is missing."""
        found = self.values.get(key)
        if found is None:
            return {}
        if not isinstance(found, dict):
            raise self.wrong(f"has a '{key}' that is no object")
        return found

    def list(self, key: str) -> list[Json]:
        """Return a list, empty if it is missing."""
        found = self.values.get(key)
        if found is None:
            return []
        if not isinstance(found, list):
            raise self.wrong(f"has a '{key}' that is no list")
        return found

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, empty if it is missing; a single text stands for a list of one."""
        if isinstance(self.values.get(key), str):
            return (self.name(key),)
        found = self.list(key)
        if not found:
            return ()
        texts = tuple([one for one in found if isinstance(one, str)])
        if len(texts) < len(found):
            raise self.wrong(f"has a '{key}' that is no list of texts")
        return texts

    def objects(self, key: str) -> tuple[Mapping[str, Json], ...]:
        """Return a list of objects, empty if it is missing."""
        found = self.list(key)
        if not found:
            return ()
        objects = tuple([one for one in found if isinstance(one, dict)])
        if len(objects) < len(found):
            raise self.wrong(f"has a '{key}' that is no list of objects")
        return objects

    def inner(self, key: str) -> Entry:
        """Return an object within it, empty if it is missing; messages name both."""
        return Entry(self.object(key), f"{key} of {self.called[:1].lower()}{self.called[1:]}", self.where)

    def entries(self, key: str, noun: str, of: str = "") -> Iterator[tuple[str, Entry]]:
        """Yield the objects within an object, each with its key; messages call it by `noun`, key and `of`."""
        for name, found in self.object(key).items():
            if not isinstance(found, dict):
                raise self.wrong(f"has a {noun.lower()} '{name}' that is no object")
            yield name, Entry(found, f"{noun} {name}{of}", self.where)
