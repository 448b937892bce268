"""What is said to be equal is run: kept cases, and a seeded part of what `python -m benchmarks.proof` tries."""

import sys
from pathlib import Path

import duckdb
import pytest

sys.path.insert(0, str(Path(__file__).parents[4] / "benchmarks"))

from proof import claims
from proof.cases import Case, read_case
from proof.corpus import Corpus, Query, dense
from proof.draft import chance_of
from proof.execution import told_apart
from proof.expressions import mistaken
from proof.projects import Project
from proof.sitting import Sitting, Trial
from proof.tally import GOAL, Tally

from datacanary.impact.meaning.query import Result, read_sql

CASES = [read_case(path) for path in sorted(Path(__file__).with_name("cases").glob("*.sql"))]
CORPUS = dense()
PARTS = sorted({query.name.partition("/")[0] for query in CORPUS.queries})
SEED = "ci"
MUTANTS = 4
"""For each query: some 600 in all."""
PROJECTS, CHANGES = 4, 5


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_kept_cases_hold(case: Case) -> None:
    claim, truth, judgement = case.tried()
    assert judgement == "holds", case.why
    assert truth.differs == (case.expected == "differs"), "the rows do not show it"
    assert claim.nothing == (case.expected == "equal"), case.why


def tallied(name: str, trials: list[Trial], *, recognised: bool = True) -> Tally:
    tally = Tally(name)
    tally.add(trials, recognised=recognised)
    return tally


def sat(query: Query, count: int) -> tuple[list[Trial], bool]:
    sitting = Sitting(CORPUS, query, chance_of(SEED, query.name), drawn=2)
    trials = list(sitting.trials(count))
    recognised = sitting.recognised
    sitting.close()
    return trials, recognised


@pytest.mark.parametrize("part", PARTS)
def test_no_mutant_refutes_the_fingerprints(part: str) -> None:
    tally = Tally(part)
    for query in CORPUS.queries:
        if query.name.startswith(f"{part}/"):
            trials, recognised = sat(query, MUTANTS)
            tally.add(trials, recognised=recognised)
    assert [trial.texts for trial in tally.refuted] == []
    assert [(trial.texts, trial.proof) for trial in tally.raised] == []
    # It must be worth something: rows come out, and much of it differs or is proven equal.
    counts = tally.counts
    assert counts["executed"] > 3 * sum(query.name.startswith(f"{part}/") for query in CORPUS.queries)
    assert counts["non-empty"] > 0.9 * counts["executed"]
    assert counts["differed"] > 0.2 * counts["executed"]
    assert counts["recognised"] > 0.9 * counts["kept"]


@pytest.mark.parametrize("number", range(PROJECTS))
def test_no_change_of_a_model_refutes_what_is_said_downstream(number: int) -> None:
    project = Project(Corpus("projects", CORPUS.schema, ()), chance_of(SEED, number))
    trials = list(project.trials(CHANGES))
    project.close()
    tally = tallied("projects", trials)
    assert [(trial.query, trial.proof) for trial in tally.refuted] == []
    assert [(trial.texts, trial.proof) for trial in tally.raised] == []
    assert tally.counts["executed"] > CHANGES // 2


@pytest.mark.parametrize(
    "names", [["a", "A", "a", "a_1"], ["a_1", "a", "a", "a_1"], ["a", "a_1", "a", "a_1", "b", "a"]], ids=str
)
def test_columns_of_one_name_are_told_apart_as_duckdb_does(names: list[str]) -> None:
    listed = ", ".join(f'{place} AS "{name}"' for place, name in enumerate(names))
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE t AS SELECT {listed}")
        described = connection.execute("DESCRIBE t").fetchall()
    assert list(told_apart(names)) == [row[0] for row in described]


def test_no_two_expressions_are_taken_for_one() -> None:
    ran, found = mistaken()
    assert ran > 500
    assert found == []


def test_the_goal_is_the_one_of_the_issue() -> None:
    assert GOAL == 0.97


def test_the_proof_finds_a_reader_that_does_not_see_filters(monkeypatch: pytest.MonkeyPatch) -> None:
    def blind(sql: str, *arguments: object, **named: object) -> Result:
        return read_sql(sql.replace("a > 1", "true"), *arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(claims, "read_sql", blind)
    (query,) = (one for one in CORPUS.queries if one.name == "columns/star")
    trials, _ = sat(query, 25)
    assert any(trial.judgement == "refuted" for trial in trials)


def test_the_same_seed_makes_the_same_mutants() -> None:
    query = CORPUS.queries[0]
    first, second = (sat(query, 3)[0] for _ in range(2))
    assert [trial.texts for trial in first] == [trial.texts for trial in second]
