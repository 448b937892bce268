"""A shop with a branch that loses rows, checked by a job without secrets, and jobs of GitHub for its pull request.

Test modules ask for it by `pytest_plugins = ("comment_jobs",)`: PYTEST_DONT_REWRITE.
"""

import json
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from hosts import github_host
from hosts.github_host import GitHubHost
from program import Completed
from shop import MODELS, Shelf, Shop, make_shop

EXAMPLES = Path(__file__).parents[2] / "examples" / "ci"
PLANTED = "PLANTED"
"""All tokens of the stand-ins end so."""
_BAD = MODELS["stg_orders"].strip() + " where order_id < 400\n"


def command(workflow: str) -> list[str]:
    """Return the arguments of the one datacanary command that an example workflow runs."""
    found = yaml.safe_load((EXAMPLES / f"{workflow}.yml").read_text("utf-8"))
    (one,) = found["jobs"].values()
    lines = [step["run"] for step in one["steps"] if step.get("run", "").startswith("datacanary ")]
    assert len(lines) == 1
    return shlex.split(lines[0])[1:]


@pytest.fixture(scope="session")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Make a shop with a branch that loses rows, checked: fail."""
    folder = tmp_path_factory.mktemp("comment")
    shop = make_shop(folder / "work")
    shop.commit({"models/stg_orders.sql": _BAD}, branch="work")
    sha = shop.git("rev-parse", "work")
    event = shop.folder.parent / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": 7, "head": {"ref": "work", "sha": sha}}}), "utf-8")
    # As a fork's job does it, without any secret.
    github = {"CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request"}
    assert shop.run(*command("github-comment-from-fork"), GITHUB_EVENT_PATH=str(event), **github).exit_code == 1
    (shop.folder / "result.json").replace(result_of(shop))
    return Shelf.keep(shop, folder / "copy")


@contextmanager
def github_for(shop: Shop) -> Iterator[GitHubHost]:
    """Start GitHub with the pull request 7 at the branch's commit."""
    host = GitHubHost()
    host.open_pull(7, shop.git("rev-parse", "work"))
    with host.serving():
        yield host


def job(host: GitHubHost, shop: Shop, token: str = github_host.JOB_TOKEN, run: str = "98213") -> dict[str, str]:
    """Return the environment of a job for the pull request."""
    pull = {"number": 7, "head": {"ref": "work", "sha": shop.git("rev-parse", "work")}}
    return environment(host, shop, "pull_request", {"pull_request": pull}, token, run)


def environment(
    host: GitHubHost, shop: Shop, name: str, event: dict[str, Any], token: str, run: str = "98213"
) -> dict[str, str]:
    """Return what GitHub sets in a job; GITHUB_SHA is a merge that nobody made."""
    path = shop.folder.parent / "event.json"
    path.write_text(json.dumps(event), "utf-8")
    return {
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": host.url,
        "GITHUB_EVENT_NAME": name,
        "GITHUB_EVENT_PATH": str(path),
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_RUN_ATTEMPT": "1",
        "GITHUB_RUN_ID": run,
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_SHA": "e" * 40,
        "GITHUB_STEP_SUMMARY": str(summary_of(shop)),
        "GITHUB_TOKEN": token,
    }


def summary_of(shop: Shop) -> Path:
    """Return the file of the job's summary."""
    return shop.folder.parent / "summary.md"


def result_of(shop: Shop) -> Path:
    """Return the file of the result that a job without secrets wrote."""
    return shop.folder.parent / "result.json"


def everything(done: Completed, shop: Shop) -> str:
    """Return all that a run of the program said."""
    summary = summary_of(shop).read_text("utf-8") if summary_of(shop).exists() else ""
    return done.stdout + done.stderr + summary


def one_sentence(done: Completed) -> str:
    """Return the one error that was told, with its cure."""
    errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1, done
    assert "\nhint:  " in done.stderr
    assert "Traceback" not in done.stderr
    assert PLANTED not in done.stderr
    return errors[0]
