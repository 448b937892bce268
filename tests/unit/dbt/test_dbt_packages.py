"""The packages of a version: the user's, the cache's, or those that dbt brings."""

from collections.abc import Callable
from pathlib import Path

import pytest
from fake_dbt import event

from datacanary.dbt.declared_packages import declared
from datacanary.dbt.events import Invocation, Listener
from datacanary.dbt.packages import Sources, provide_packages
from datacanary.errors import ProjectError

HUB = "packages:\n  - package: dbt-labs/dbt_utils\n    version: 1.1.1\n"
LOCK = "packages:\n  - package: dbt-labs/dbt_utils\n    version: 1.1.1\nsha1_hash: abc\n"


def _project(folder: Path, files: dict[str, str]) -> Path:
    for path, content in {"dbt_project.yml": "name: shop\n", **files}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content)
    return folder


def _package(folder: Path, name: str) -> None:
    _project(folder, {"dbt_project.yml": f"name: {name}\n", "macros/m.sql": name})


class World:
    """A user's folder, a private folder, and a `dbt deps` that counts."""

    def __init__(self, folder: Path, private: dict[str, str], users: dict[str, str] | None = None) -> None:
        self.private = _project(folder / "run" / "project", private)
        self.users = _project(folder / "work" / "user", private if users is None else users)
        self.cache = folder / "cache"
        self.asked = 0
        self.answer: Callable[[], Invocation] = self._installed

    def provide(self, beside: Path | None = None) -> str:
        """Provide the packages."""
        return provide_packages(self.private, Sources(self.users, self._deps, self.cache, self.private, beside))

    def found(self, name: str, folder: str = "dbt_packages") -> str:
        """Return what the macro of a package says."""
        return (self.private / folder / name / "macros" / "m.sql").read_text()

    def _deps(self) -> Invocation:
        self.asked += 1
        return self.answer()

    def _installed(self) -> Invocation:
        _package(self.private / "dbt_packages" / "dbt_utils", "brought")
        return Invocation(0, {})


@pytest.mark.parametrize("files", [{}, {"packages.yml": ""}, {"dependencies.yml": "projects:\n  - name: x\n"}])
def test_nothing_is_done_where_nothing_is_asked_for(tmp_path: Path, files: dict[str, str]) -> None:
    world = World(tmp_path, files)
    assert world.provide() == "none"
    assert not (world.private / "dbt_packages").exists()


@pytest.mark.parametrize("file", ["packages.yml", "dependencies.yml"])
@pytest.mark.parametrize("lock", [{}, {"package-lock.yml": LOCK}])
def test_the_users_packages_are_used_again(tmp_path: Path, file: str, lock: dict[str, str]) -> None:
    world = World(tmp_path, {file: HUB, **lock})
    _package(world.users / "dbt_packages" / "dbt_utils", "users")
    assert world.provide() == "reused"
    assert world.found("dbt_utils") == "users"
    assert not (world.private / "dbt_packages").is_symlink()
    assert world.asked == 0


def test_a_lock_that_git_ignores_does_not_count(tmp_path: Path) -> None:
    world = World(tmp_path, {"packages.yml": HUB}, {"packages.yml": HUB, "package-lock.yml": LOCK})
    _package(world.users / "dbt_packages" / "dbt_utils", "users")
    assert world.provide() == "reused"


@pytest.mark.parametrize(
    "users",
    [
        {"packages.yml": HUB, "package-lock.yml": LOCK.replace("1.1.1", "1.2.0")},
        {"packages.yml": HUB},
        {"packages.yml": HUB, "package-lock.yml": LOCK, "dbt_project.yml": "packages-install-path: elsewhere"},
    ],
)
def test_other_packages_are_brought_by_dbt(tmp_path: Path, users: dict[str, str]) -> None:
    world = World(tmp_path, {"packages.yml": HUB, "package-lock.yml": LOCK}, users)
    if "dbt_project.yml" not in users:
        _package(world.users / "dbt_packages" / "dbt_utils", "users")
    assert world.provide() == "installed"
    assert (world.found("dbt_utils"), world.asked) == ("brought", 1)


def test_what_dbt_brought_is_kept_by_its_lock(tmp_path: Path) -> None:
    files = {"packages.yml": HUB, "package-lock.yml": LOCK}
    first, second = World(tmp_path / "a", files, {}), World(tmp_path / "b", files, {})
    second.cache = first.cache
    assert (first.provide(), second.provide(), second.asked) == ("installed", "cached", 0)
    assert second.found("dbt_utils") == "brought"
    third = World(tmp_path / "c", {"packages.yml": HUB}, {})
    third.cache = first.cache
    assert third.provide() == "installed"


def test_packages_in_git_are_the_versions_own(tmp_path: Path) -> None:
    world = World(tmp_path, {"packages.yml": HUB, "dbt_packages/dbt_utils/macros/m.sql": "own"})
    assert (world.provide(), world.found("dbt_utils")) == ("tracked", "own")


def test_another_folder_for_packages(tmp_path: Path) -> None:
    files = {"packages.yml": HUB, "dbt_project.yml": "name: shop\npackages-install-path: deps\n"}
    world = World(tmp_path, files)
    _package(world.users / "deps" / "dbt_utils", "users")
    assert (world.provide(), world.found("dbt_utils", "deps")) == ("reused", "users")


def test_a_package_inside_the_project_is_the_versions_own_though_the_users_is_installed(tmp_path: Path) -> None:
    world = World(tmp_path, {"packages.yml": f"{HUB}  - local: ./inner\n"})
    _package(world.users / "dbt_packages" / "dbt_utils", "users")
    _package(world.users / "inner", "users")
    (world.users / "dbt_packages" / "inner_name").symlink_to(world.users / "inner")
    _project(world.private / "inner", {"dbt_project.yml": "name: inner_name\n", "macros/m.sql": "own"})
    assert world.provide() == "reused"
    assert (world.found("dbt_utils"), world.found("inner_name")) == ("users", "own")


def test_a_project_of_inner_packages_alone_needs_no_dbt(tmp_path: Path) -> None:
    world = World(tmp_path, {"packages.yml": "packages:\n  - local: inner\n"})
    _package(world.private / "inner", "inner")
    assert (world.provide(), world.found("inner"), world.asked) == ("local", "inner", 0)


def test_a_package_beside_the_project_is_that_of_the_working_tree(tmp_path: Path) -> None:
    world = World(tmp_path, {"packages.yml": "packages:\n  - local: ../shared\n"})
    _package(world.users.parent / "shared", "shared")
    with pytest.raises(ProjectError, match=r"^packages.yml: The local package ../shared lies outside"):
        world.provide()
    assert (world.provide(world.users), world.found("shared")) == ("local", "shared")


def test_a_local_package_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"inner has no dbt_project\.yml"):
        World(tmp_path, {"packages.yml": "packages:\n  - local: inner\n"}).provide()


def test_packages_that_cannot_be_had_are_named(tmp_path: Path) -> None:
    git = "  - git: https://user:hunter2@example.com/x.git\n    revision: main\n"
    world = World(tmp_path, {"packages.yml": HUB + git})
    listener = Listener(lambda _: None)
    listener.take(event("error", "MainEncounteredError", "Encountered an error:\nMax retries exceeded"))
    world.answer = lambda: listener.invocation(2)
    with pytest.raises(ProjectError) as raised:
        world.provide()
    assert str(raised.value) == (
        "packages.yml: The packages of this version (dbt-labs/dbt_utils 1.1.1, https://example.com/x.git main) are not "
        "here, and `dbt deps` failed: the internet cannot be reached. Run dbt deps on that version; installed "
        "packages are used again where package-lock.yml is committed and equal."
    )


def test_a_list_of_versions_is_not_written_out(tmp_path: Path) -> None:
    project = _project(tmp_path, {"packages.yml": 'packages:\n  - package: a/b\n    version: [">=1", "<2"]\n'})
    assert declared(project).remote == ("a/b",)
