"""Work for one process: a query or a project with some of its mutants."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot.errors import SqlglotError

from proof.corpus import Corpus, Query
from proof.draft import chance_of
from proof.execution import NotRunError
from proof.minimal import Refutation, minimal
from proof.projects import Project
from proof.sitting import Sitting, Trial

PER_SITTING = 30
"""So many mutants share their rows; then rows are drawn anew."""
PER_PROJECT = 18
"""About so many models are compared for the changes of one project."""
CHANGES = 9
"""So many changes are tried in a project; each is compared with all that is downstream."""


@dataclass(frozen=True, slots=True)
class Task:
    """What to try; without a query, a project is made up."""

    corpus: Corpus
    query: Query | None
    count: int
    seed: str

    @property
    def name(self) -> str:
        """What it is about."""
        return "project" if self.query is None else self.query.name


@dataclass(frozen=True, slots=True)
class Held:
    """What came of it: `problem` says why there was nothing to try; `shown` are refutations in full."""

    recognised: bool
    trials: tuple[Trial, ...]
    problem: str = ""
    shown: tuple[str, ...] = ()


def held(task: Task) -> Held:
    """Try it."""
    if task.query is None:
        project = Project(task.corpus, chance_of(task.seed, task.name))
        trials = tuple(project.trials(CHANGES))
        project.close()
        wrong = [trial for trial in trials if trial.judgement == "refuted"][:1]
        return Held(recognised=True, trials=trials, shown=tuple(project.told(trial) for trial in wrong))
    try:
        sitting = Sitting(task.corpus, task.query, chance_of(task.seed, task.corpus.name, task.name))
    except (NotRunError, SqlglotError) as error:
        return Held(recognised=False, trials=(), problem=str(error))
    trials = tuple(sitting.trials(task.count))
    answer = Held(sitting.recognised, trials, shown=_shown(sitting, trials))
    sitting.close()
    return answer


def _shown(sitting: Sitting, trials: tuple[Trial, ...]) -> tuple[str, ...]:
    """Make the first refutation small."""
    for trial in trials:
        if trial.judgement == "refuted":
            for rows in sitting.datasets:
                found = Refutation(*trial.texts, rows)
                if found.stands():
                    return (f"-- {trial.query}: {', '.join(trial.steps)}\n{minimal(found).told()}",)
            return (f"-- {trial.query}: {', '.join(trial.steps)}\n{trial.texts[0]}\n{trial.texts[1]}",)
    return ()
