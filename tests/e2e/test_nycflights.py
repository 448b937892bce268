"""The main job on real data: what the tool says of a branch is, to the row, what DuckDB alone says."""

from collections.abc import Callable, Iterator

import pytest
from nycflights.branches import INFERRED, KEYLESS, KEYS, PARENTS, Branch, downstream
from nycflights.cases import BRANCHES, WORKING_TREE
from nycflights.expected import Column, Expected, Rows, build, compare
from nycflights.project import Project, copy_with_changes, git, make_project
from nycflights.run import Run, Table, check

CheckBranch = Callable[[Branch], Run]

STATUSES = ("pass", "warn", "inconclusive", "fail")

VARIANTS = {"kilometres", "types-changed", "reformatted", "file-renamed", "rows-fanned-out"}
every_branch = pytest.mark.parametrize(
    "branch",
    [
        pytest.param(branch, marks=[pytest.mark.thorough] if branch.name in VARIANTS else [], id=branch.name)
        for branch in (*BRANCHES, WORKING_TREE)
    ],
)


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    made = make_project(tmp_path_factory.mktemp("nycflights"), BRANCHES)
    yield made
    made.database.close()


@pytest.fixture(scope="session")
def run_of(project: Project, tmp_path_factory: pytest.TempPathFactory) -> CheckBranch:
    """Run the tool on a branch, once."""
    runs: dict[str, Run] = {}

    def run(branch: Branch) -> Run:
        if branch.name not in runs:
            folder = tmp_path_factory.mktemp(branch.name)
            if branch is WORKING_TREE:
                runs[branch.name] = check(branch, copy_with_changes(project, folder, branch), folder / "home")
            else:
                runs[branch.name] = check(branch, project.repository, folder / "home", "--head", branch.name)
        return runs[branch.name]

    return run


@every_branch
def test_the_verdict_is_the_worst_check_and_the_exit_code_says_it(branch: Branch, run_of: CheckBranch) -> None:
    run = run_of(branch)

    assert "Traceback" not in run.stderr
    assert run.report["verdict"]["status"] == branch.verdict
    assert run.exit_code == branch.exit_code, run.stderr
    judged = [STATUSES.index(one["status"]) for one in run.report["checks"]]
    assert STATUSES[max(judged, default=0)] == branch.verdict
    assert max((STATUSES.index(table["status"]) for table in run.tables.values()), default=0) == max(judged, default=0)


@every_branch
def test_counts_are_those_of_duckdb(branch: Branch, run_of: CheckBranch, project: Project) -> None:
    run = run_of(branch)
    models = branch.change(project.models)
    build(project.database, "head", models, tuple(PARENTS))
    old_names = {new: old for old, new in branch.renamed}

    differing = set()
    for name in set(models) - branch.added:
        old = old_names.get(name, name)
        reported = run.compared.get(name)
        key = key_of(old, reported)
        expected = compare(project.database, f"base.{old}", f"head.{name}", key)
        if expected.differs:
            differing.add(name)
        if reported is not None:
            assert_same(reported, expected)

    assert differing == branch.differs, "the branch is not what its description says"
    assert branch.differs <= set(run.compared), "a table that differs was not compared"
    assert all(run.tables[name]["status"] in {"warn", "fail"} for name in branch.differs)


@every_branch
def test_what_was_not_compared_is_proven_unaffected_or_on_one_side_only(branch: Branch, run_of: CheckBranch) -> None:
    run = run_of(branch)
    tables = run.tables
    not_compared = {name for name, table in tables.items() if table["comparison"] == "not_compared"}
    old_names = {old for old, _ in branch.renamed}

    assert branch.added | branch.removed <= not_compared <= branch.added | branch.removed | old_names
    assert {tables[name]["status"] for name in branch.added} <= {"warn"}
    assert {tables[name]["status"] for name in branch.removed} <= {"fail"}
    assert all(tables[name]["reason"] for name in not_compared)


@every_branch
def test_tables_that_do_not_read_an_edited_one_are_not_built(
    branch: Branch, run_of: CheckBranch, project: Project
) -> None:
    models = branch.change(project.models)
    edited = {name for name in PARENTS if models.get(name) != project.models.get(name)}

    assert set(run_of(branch).compared) <= downstream(edited)


@every_branch
def test_repository_and_warehouse_stay_byte_for_byte(branch: Branch, run_of: CheckBranch) -> None:
    run = run_of(branch)

    assert run.exit_code in {0, 1}, run.stderr
    assert sorted(run.after ^ run.before) == []


@every_branch
def test_both_versions_are_named_by_their_commits(branch: Branch, run_of: CheckBranch) -> None:
    run = run_of(branch)
    head = "main" if branch is WORKING_TREE else branch.name

    assert run.report["run"]["base"]["sha"] == git(run.repository, "rev-parse", "main")
    assert run.report["run"]["head"]["sha"] == git(run.repository, "rev-parse", head)
    assert run.report["run"]["head"]["dirty"] is (branch is WORKING_TREE)


def test_a_new_layout_of_every_file_is_proven_to_change_nothing(run_of: CheckBranch) -> None:
    run = run_of(named("reformatted"))

    assert {table["comparison"] for table in run.tables.values()} <= {"unaffected"}


def test_a_renamed_file_is_compared_with_the_old_table_and_the_old_name_is_missed(run_of: CheckBranch) -> None:
    run = run_of(named("file-renamed"))
    failed = [one for one in run.report["checks"] if one["status"] == "fail"]

    assert run.tables["airports"]["comparison"] == "keyed"
    assert run.tables["airports"]["status"] == "fail"
    assert [one["check"] for one in failed] == ["table_removed"]
    assert failed[0]["table"] in {"airports", "dim_airports"}


def named(name: str) -> Branch:
    return next(branch for branch in BRANCHES if branch.name == name)


def key_of(table: str, reported: Table | None) -> tuple[str, ...]:
    """Return the key to compare by: the config's, the only one there is, or the one that the tool found."""
    if table in KEYS or table == KEYLESS:
        return KEYS.get(table, ())
    if table in INFERRED:
        return INFERRED[table]
    return tuple(reported["key"]["columns"]) if reported and reported["comparison"] == "keyed" else ()


def assert_same(reported: Table, expected: Expected) -> None:
    name = reported["name"]
    assert reported["comparison"] == ("keyed" if expected.key else "keyless"), name
    assert Rows(**reported["rows"]) == expected.rows, name
    columns = {column["name"]: column for column in reported["columns"]}
    # A key's cells are equal wherever rows pair: "none changed" and "nothing to count" are both true of them.
    found = {
        column: Column(one["change"], one["changed"] or 0 if column in expected.key else one["changed"])
        for column, one in columns.items()
    }
    assert found == expected.columns, name
    assert {one["forgiven"] for one in columns.values()} == {0}, name
    if expected.key:
        key = reported["key"]
        assert set(key["columns"]) == set(expected.key), name
        assert key["origin"] == ("inferred" if name in {"agg_destination", "agg_carrier_month"} else "config"), name
        assert (key["duplicates"]["base"], key["duplicates"]["head"]) == expected.duplicates, name
        assert (key["nulls"]["base"], key["nulls"]["head"]) == expected.nulls, name
