"""The packages of a version, in its private folder."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from datacanary.dbt.artifacts import problem_of
from datacanary.dbt.declared_packages import Packages, declared, digest, project_name, same
from datacanary.dbt.events import Invocation
from datacanary.dbt.messages import one_line
from datacanary.errors import ProjectError, Where

_REUSED = "installed packages are used again where package-lock.yml is committed and equal."
_SHOWN = 5
_NO_INTERNET = ("Max retries exceeded", "External connection exception", "Could not resolve host")


@dataclass(frozen=True, slots=True)
class Sources:
    """Where a version's packages may come from.

    `project` is the user's own folder with what is installed there, `deps` runs `dbt deps` in the private folder, and
    `cache` keeps what it brought. `within` is the folder that has the version's files, those beside the project too.
    `beside` is the folder that `local: ../x` starts from; None for a version other than
    the working tree, whose neighbours nobody has.
    """

    project: Path
    deps: Callable[[], Invocation]
    cache: Path
    within: Path
    beside: Path | None = None


def provide_packages(private: Path, sources: Sources) -> str:
    """Put the packages of the version in `private` where dbt looks for them, and say in a word where they come from.

    That is `none`, `tracked`, `local`, `reused` (the user's), `cached` or `installed`. What is not the version's own is
    linked to, or copied where links cannot be made. ProjectError names what could not be had.
    """
    packages = declared(private)
    into = private / packages.folder
    if not packages:
        return "none"
    if into.is_dir() and any(into.iterdir()):
        return "tracked"
    inside = {path: (private / path) for path in packages.local if _is_within(private / path, sources.within)}
    outside = [path for path in packages.local if path not in inside]
    packages = replace(packages, remote=(*packages.remote, *_asked_for_by(inside.values())))
    origin = "local"
    if packages.remote or outside:
        origin = _others(private, packages, outside, sources)
    for place in inside.values():
        _link(place, into / _named(place, private / packages.file), instead=True)
    return origin


def _asked_for_by(places: Iterable[Path]) -> tuple[str, ...]:
    """Return what local packages ask for themselves, and theirs."""
    found: dict[str, None] = {}
    pending, seen = list(places), set[Path]()
    while pending:
        place = pending.pop().resolve()
        if place not in seen:
            seen.add(place)
            packages = declared(place)
            found |= dict.fromkeys(packages.remote)
            pending += [place / path for path in packages.local]
    return tuple(found)


def _others(private: Path, packages: Packages, outside: list[str], sources: Sources) -> str:
    into = private / packages.folder
    installed = sources.project / packages.folder
    if same(private, sources.project) and installed.is_dir() and any(installed.iterdir()):
        _link_all(installed, into)
        return "reused"
    if not packages.remote and sources.beside is not None:
        for path in outside:
            place = Path(os.path.abspath(sources.beside / path))  # noqa: PTH100 -- links stay
            _link(place, into / _named(place, private / packages.file))
        return "local"
    if outside:
        raise ProjectError(
            f"The local package {outside[0]} lies outside the project's folder, and the packages are not installed.",
            hint=f"Run dbt deps in the project's folder: {_REUSED}",
            where=Where(packages.file),
        )
    key = digest(private)
    kept = sources.cache / key
    if key and kept.is_dir():
        _link_all(kept, into)
        return "cached"
    _install(packages, sources)
    if key and not packages.local:
        _keep(into, kept)
    return "installed"


def _install(packages: Packages, sources: Sources) -> None:
    invocation = sources.deps()
    if invocation.code == 0:
        return
    shown = ", ".join(packages.remote[:_SHOWN])
    more = f" and {len(packages.remote) - _SHOWN} more" if len(packages.remote) > _SHOWN else ""
    problem = problem_of(invocation, one_line).text.rstrip(".")
    reason = "the internet cannot be reached" if any(sign in problem for sign in _NO_INTERNET) else problem
    raise ProjectError(
        f"The packages of this version ({shown}{more}) are not here, and `dbt deps` failed: {reason}.",
        hint=f"Run dbt deps on that version; {_REUSED}",
        where=Where(packages.file),
    )


def _is_within(place: Path, folder: Path) -> bool:
    return Path(os.path.abspath(place)).is_relative_to(os.path.abspath(folder))  # noqa: PTH100 -- links stay


def _named(place: Path, file: Path) -> str:
    if not (place / "dbt_project.yml").is_file():
        raise ProjectError(f"The local package {place} has no dbt_project.yml.", where=Where(file.name))
    return project_name(place)


def _link_all(folder: Path, into: Path) -> None:
    into.mkdir(parents=True, exist_ok=True)
    for place in sorted(folder.iterdir()):
        _link(place, into / place.name)


def _link(place: Path, name: Path, *, instead: bool = False) -> None:
    name.parent.mkdir(parents=True, exist_ok=True)
    if instead and name.is_symlink():
        name.unlink()
    elif instead and name.exists():
        shutil.rmtree(name)
    real = place.resolve()
    try:
        name.symlink_to(real, target_is_directory=real.is_dir())
    except OSError:  # Windows asks for a privilege
        (shutil.copytree if real.is_dir() else shutil.copyfile)(real, name)


def _keep(installed: Path, kept: Path) -> None:
    """Copy what was installed, all of it or nothing; another run may do the same at the same time."""
    kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
        copied = Path(shutil.copytree(installed, Path(folder) / kept.name, symlinks=True))
        if not kept.exists():
            copied.rename(kept)
