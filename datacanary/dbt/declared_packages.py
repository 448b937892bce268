"""The packages that a dbt project asks for."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path, PurePath

from datacanary.dbt.yamlfile import mapping, read_mapping
from datacanary.model.dbt import Json

LOCK = "package-lock.yml"
FILES = ("packages.yml", "dependencies.yml")
_KINDS = ("package", "git", "tarball", "private")
_CREDENTIALS = re.compile(r"//[^@/]+@")


@dataclass(frozen=True, slots=True)
class Packages:
    """What packages.yml or dependencies.yml ask for, and where dbt puts it.

    `remote` are names for people; `local` are paths as written.
    """

    file: str = ""
    remote: tuple[str, ...] = ()
    local: tuple[str, ...] = ()
    folder: str = "dbt_packages"

    def __bool__(self) -> bool:
        return bool(self.remote or self.local)


def declared(project: Path) -> Packages:
    """Read the packages of a project; none if it asks for none. ProjectError for YAML that cannot be read."""
    folder = read_mapping(project / "dbt_project.yml").get("packages-install-path")
    plain = isinstance(folder, str) and folder and "{{" not in folder
    for name in FILES:
        # As dbt has it, dependencies.yml counts only where there is no packages.yml.
        if not (project / name).is_file():
            continue
        listed = read_mapping(project / name).get("packages")
        entries = [mapping(entry) for entry in listed] if isinstance(listed, list) else []
        remote = tuple(_name(entry) for entry in entries if "local" not in entry)
        local = tuple(str(entry["local"]) for entry in entries if "local" in entry)
        return Packages(name, remote, local, str(folder) if plain else "dbt_packages")
    return Packages()


def same(one: Path, other: Path) -> bool:
    """Whether two projects ask for the same packages: by their lock files, or without any by what they declare."""
    locks = _content(one, LOCK), _content(other, LOCK)
    if locks[0]:
        return locks[0] == locks[1]
    return all(_content(one, name) == _content(other, name) for name in FILES)


def digest(project: Path) -> str:
    """Return a digest of the lock file; empty without one."""
    lock = _content(project, LOCK)
    return hashlib.sha256(lock).hexdigest()[:32] if lock else ""


def project_name(folder: Path) -> str:
    """Return the name that a project gives itself, which is that of its folder among the packages."""
    name = read_mapping(folder / "dbt_project.yml").get("name")
    return name if isinstance(name, str) and PurePath(name).name == name else folder.name


def _content(project: Path, name: str) -> bytes:
    file = project / name
    return file.read_bytes().replace(b"\r\n", b"\n").strip() if file.is_file() else b""


def _name(entry: dict[str, Json]) -> str:
    named = next((str(entry[kind]) for kind in _KINDS if kind in entry), "a package")
    version = entry.get("version") or entry.get("revision")
    return _CREDENTIALS.sub("//", f"{named} {version}" if isinstance(version, str | float) else named)
