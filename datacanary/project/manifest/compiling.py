"""What a node's SQL is made of: its Jinja, the macros that it calls, and what it looks up when it is compiled."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from datacanary.model.dbt import DbtManifest, DbtNode

_LOOKS = re.compile(
    r"\brun_query\b|\bload_result\b|\bload_relation\b|\bcall\s+statement\b|\bstatement\s*\("
    r"|\bget_columns_in_(?:relation|query)\b|\bgraph\s*[.\[]|\bget_column_values\b"
    # These say which command runs, and of what: a build may compile something else.
    r"|\bflags\s*\.|\binvocation_args_dict\b|\bselected_resources\b"
    r"|\badapter\s*\.\s*(?!dispatch\b|quote\b|quote_as_configured\b|type\b|resolve_file_format\b)\w+"
)
_CLOCK = re.compile(r"\b(?:run_started_at|invocation_id|modules\s*\.\s*(?:datetime|pytz)|thread_id)\b")
_CALL = re.compile(r"\b([A-Za-z_]\w*)\s*\(")
# Asks whether its table is there, which changes nothing where everything is built anew.
_HARMLESS = frozenset({"macro.dbt.is_incremental", "macro.dbt.should_full_refresh"})


@dataclass
class Compiling:
    """Looks at what makes the SQL of nodes; each macro is followed once."""

    manifest: DbtManifest
    _called: dict[str, frozenset[str]] = field(default_factory=dict)

    def digest(self, node: DbtNode) -> str:
        """Return what is equal where the Jinja, and the text of every macro that it can call, are."""
        return hashlib.sha256(json.dumps([node.raw, self.texts(node)], sort_keys=True).encode()).hexdigest()

    def texts(self, node: DbtNode) -> dict[str, str]:
        """Return the text of every macro that a node can call, by its unique id."""
        return {one: self.manifest.macros.get(one, "") for one in self._macros(node)}

    def called(self, text: str, macros: Iterable[str]) -> dict[str, str]:
        """Return the text of every macro that a piece of Jinja names, of these, and of all that they call."""
        named = {one for one in macros if re.search(rf"\b{re.escape(one.rpartition('.')[2])}\b", text)}
        # dbt does not always say which macros a hook calls.
        named |= {one for name in _CALL.findall(text) for one in self._called_so(name)}
        reached = frozenset[str]().union(*(self._reached(one) for one in named))
        return {one: self.manifest.macros.get(one, "") for one in reached}

    def _called_so(self, name: str) -> Iterable[str]:
        ours = (one for one in self.manifest.macros if one.rpartition(".")[2] == name)
        return (one for one in ours if not one.startswith(("macro.dbt.", f"macro.dbt_{self.manifest.adapter}.")))

    def looks(self, node: DbtNode) -> str:
        """Name what in a node's Jinja asks the warehouse; an empty text if nothing does."""
        return next(self._where(node, _LOOKS), "")

    def holds_time(self, node: DbtNode) -> bool:
        """Tell whether its SQL can be another one each time that it is compiled."""
        return next(self._where(node, _CLOCK), "") != ""

    def _where(self, node: DbtNode, wanted: re.Pattern[str]) -> Iterator[str]:
        found = wanted.search(node.raw)
        if found:
            yield f"{_plain(found[0])} in {node.path}"
        for macro in sorted(self._macros(node) - _HARMLESS):
            found = wanted.search(self.manifest.macros.get(macro, ""))
            if found:
                yield f"macro {macro.removeprefix('macro.')}"

    def _macros(self, node: DbtNode) -> frozenset[str]:
        return frozenset().union(*(self._reached(one) for one in node.macros))

    def _reached(self, macro: str) -> frozenset[str]:
        """Return a macro with all that it can call, in whatever circles they call one another."""
        if macro not in self._called:
            found: set[str] = set()
            pending = [macro]
            while pending:
                one = pending.pop()
                if one not in found:
                    found.add(one)
                    pending += self._calls(one)
            self._called[macro] = frozenset(found)
        return self._called[macro]

    def _calls(self, macro: str) -> Iterable[str]:
        return () if macro in _HARMLESS else self.manifest.macro_reads.get(macro, ())


def _plain(found: str) -> str:
    return " ".join(found.split()).rstrip("([. ")
