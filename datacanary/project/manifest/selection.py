"""Which nodes a version's dbt builds, and which tests it runs on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from datacanary.model.basic import Relation
from datacanary.model.dbt import DbtManifest, DbtNode, DbtResult


@dataclass(frozen=True, slots=True)
class Selection:
    """The unique ids of the nodes to build, and of the tests to run."""

    nodes: tuple[str, ...]
    tests: tuple[str, ...]

    def selectors(self, manifest: DbtManifest) -> tuple[str, ...]:
        """Return what dbt's command line takes: exactly these nodes."""
        return tuple(manifest.nodes[one].selector for one in (*self.nodes, *self.tests))


def tests_of(
    manifest: DbtManifest, built: Iterable[str], tested: Iterable[str], present: frozenset[Relation]
) -> tuple[str, ...]:
    """Return the tests that look at any of the nodes `tested`, and can run: all else that they read is there.

    `built` are the nodes that will be there, `present` the relations that are there already.
    """
    will_be, wanted = set(built), set(tested)
    found = []
    for node in manifest.nodes.values():
        if node.kind == "unit_test" and node.attached in wanted:
            found.append(node.unique_id)
        elif node.kind == "test":
            read = set(_relations_read(node, manifest))
            there = all(one in will_be or _is_present(one, manifest, present) for one in read)
            if read & wanted and there:
                found.append(node.unique_id)
    return tuple(sorted(found))


def new_tests(base: DbtManifest, head: DbtManifest, present: frozenset[Relation]) -> tuple[str, ...]:
    """Return head's tests that base has not, or has otherwise, and that can run on the relations that are there."""
    found = []
    for name, node in head.nodes.items():
        if node.kind in {"test", "unit_test"} and not _is_same_test(base.nodes.get(name), node):
            read = _relations_read(node, head)
            if node.kind == "unit_test" or all(_is_present(one, head, present) for one in read):
                found.append(name)
    return tuple(sorted(found))


def _is_same_test(base: DbtNode | None, head: DbtNode) -> bool:
    if base is None:
        return False
    told = ("severity", "where", "limit", "warn_if", "error_if", "fail_calc", "enabled")
    asked = (tuple(node.config.get(key) for key in told) for node in (base, head))
    return (base.raw, base.checksum) == (head.raw, head.checksum) and next(asked) == next(asked)


def blocked_by_tests(manifest: DbtManifest, selection: Selection, results: Mapping[str, DbtResult]) -> Selection:
    """Return what dbt did not build, or test, only because a test before it failed."""
    broken: dict[str, bool] = {}

    def is_broken(unique_id: str) -> bool:
        """Tell whether a node, or something that it reads and that was to be built, failed by itself."""
        if unique_id not in broken:
            broken[unique_id] = False
            result, node = results.get(unique_id), manifest.nodes[unique_id]
            failed = result is not None and result.status in {"error", "unfinished"} and node.makes_relation
            broken[unique_id] = failed or any(is_broken(one) for one in node.reads if one in chosen)
        return broken[unique_id]

    chosen = {*selection.nodes, *_ephemeral(manifest)}
    skipped = [one for one in selection.nodes if _was_skipped(one, results) and not is_broken(one)]
    tests = [
        one
        for one in selection.tests
        if _was_skipped(one, results)
        and not any(is_broken(read) for read in manifest.nodes[one].reads if read in chosen)
    ]
    return Selection(tuple(skipped), tuple(tests)) if skipped else Selection((), ())


def _was_skipped(unique_id: str, results: Mapping[str, DbtResult]) -> bool:
    found = results.get(unique_id)
    return found is None or found.status == "skipped"


def _ephemeral(manifest: DbtManifest) -> Iterator[str]:
    return (one.unique_id for one in manifest.nodes.values() if one.kind == "model" and not one.makes_relation)


def _relations_read(node: DbtNode, manifest: DbtManifest) -> Iterator[str]:
    """Yield the unique ids of the nodes and sources that a test reads, through ephemeral models."""
    pending, seen = list(node.reads), set(node.reads)
    while pending:
        one = pending.pop()
        read = manifest.nodes.get(one)
        if read is None or read.makes_relation:
            yield one
        else:
            new = [other for other in read.reads if other not in seen]
            seen.update(new)
            pending += new


def _is_present(unique_id: str, manifest: DbtManifest, present: frozenset[Relation]) -> bool:
    node, source = manifest.nodes.get(unique_id), manifest.sources.get(unique_id)
    if node is not None:
        return node.relation in present
    # A source may be a file, or come from a plug-in: dbt itself will say if it is not there.
    return source is not None
