"""What dbt leaves behind and why it gave up, in one line without cells."""

import json

import pytest
from fake_dbt import event

from datacanary.dbt.artifacts import problem_of, read_results
from datacanary.dbt.events import Invocation, Listener
from datacanary.errors import ProjectError
from datacanary.model.dbt import DbtResult

BINDER = (
    "Runtime Error in model customers (models/customers.sql)\n"
    '  Binder Error: Referenced column "nope" not found in FROM clause!\n'
    '  Candidate bindings: "a", "b"\n  \n  LINE 20: select nope\n                  ^\n'
    "  compiled code at target/run/shop/models/customers.sql"
)
UNIT_TEST = "\n\nactual differs from expected:\n\n@@,id,name\r\n→ ,1 ,hunter2→x\r\n\n"


def _hidden(message: str) -> str:
    return f"<{message.splitlines()[0]}>"


def _results(*entries: object) -> tuple[DbtResult, ...]:
    return read_results(json.dumps({"metadata": {}, "results": list(entries)}), _hidden)


def _one(status: str, message: str | None, **more: object) -> DbtResult:
    [result] = _results({"unique_id": "model.shop.a", "status": status, "message": message, **more})
    return result


@pytest.mark.parametrize(
    ("status", "message", "expected", "told"),
    [
        ("success", "INSERT 100", "success", ""),
        ("pass", None, "success", ""),
        ("no-op", "hunter2", "success", ""),
        ("skipped", "hunter2", "skipped", ""),
        ("warn", "Got 1 result, configured to warn if != 0", "warn", "Got 1 result, configured to warn if != 0"),
        ("fail", "Got 3 results, configured to fail if >10", "fail", "Got 3 results, configured to fail if >10"),
        ("fail", "hunter2", "fail", ""),
        ("fail", UNIT_TEST, "fail", "actual differs from expected"),
        ("error", BINDER, "error", '<Binder Error: Referenced column "nope" not found in FROM clause!>'),
        ("error", "Database Error in test t (tests/t.sql)\n  oh no\n  LINE 1", "error", "<oh no>"),
        ("error", "Compilation Error in model a (models/a.sql)\n  'x' is\n  undefined.", "error", "'x' is undefined."),
        ("error", "hunter2 without a heading", "error", "<hunter2 without a heading>"),
        ("error", None, "error", ""),
        ("partial success", "PARTIAL SUCCESS (1/2)", "error", "<PARTIAL SUCCESS (1/2)>"),
        ("molten", "hunter2", "error", "dbt says that its status is molten"),
    ],
)
def test_each_status_and_its_message(status: str, message: str | None, expected: str, told: str) -> None:
    result = _one(status, message)
    assert (result.status, result.message) == (expected, told)


def test_numbers_of_a_result() -> None:
    assert _one("fail", None, failures=3, execution_time=0.25) == DbtResult("model.shop.a", "fail", "", 3, 0.25)
    assert _one("error", None, failures=None, execution_time=None).failures is None


def test_entries_without_an_id_are_passed_over() -> None:
    assert _results({"status": "success"}, 3, None) == ()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"results": 3}'])
def test_another_file_is_refused(text: str) -> None:
    with pytest.raises(ProjectError, match=r"run_results\.json cannot be read"):
        read_results(text, str)


def _gave_up(*errors: tuple[str, str], stderr: str = "", code: int = 2) -> tuple[str, str]:
    listener = Listener(lambda _: None)
    for name, message in errors:
        listener.take(event("error", name, message))
    for line in stderr.splitlines():
        listener.take_stderr(line)
    problem = problem_of(listener.invocation(code), _hidden)
    return problem.text, problem.path


MAIN = "MainEncounteredError"


@pytest.mark.parametrize(
    ("message", "text", "path"),
    [
        (
            "Runtime Error\n  Compilation Error in model bad (models/bad.sql)\n    'nomacro' is undefined. Check.",
            "'nomacro' is undefined. Check.",
            "models/bad.sql",
        ),
        (
            "Compilation Error\n  Model 'model.shop.bad' (models/bad.sql) depends on a node named 'x'",
            "Model 'model.shop.bad' (models/bad.sql) depends on a node named 'x'",
            "models/bad.sql",
        ),
        (
            "Compilation Error in model bad (models/bad.sql)\n  unexpected 'end of template'\n    line 1\n      select",
            "unexpected 'end of template' line 1 select",
            "models/bad.sql",
        ),
        (
            "Runtime Error\n  Syntax error near line 36\n  ------\n  1  | models: [\n  \n  Raw Error:\n  -----\n  bad",
            "Syntax error near line 36 Raw Error: bad",
            "",
        ),
        (
            "Parsing Error\n  Error reading shop: models/schema.yml - Runtime Error\n    Syntax error near line 4",
            "Error reading shop: models/schema.yml - Runtime Error Syntax error near line 4",
            "models/schema.yml",
        ),
        (
            "Compilation Error\n  dbt found 2 package(s) specified in packages.yml, but only 0 installed",
            "dbt found 2 package(s) specified in packages.yml, but only 0 installed",
            "packages.yml",
        ),
        ("Runtime Error\n  IO Error: Could not set lock\n  hunter2", "<IO Error: Could not set lock>", ""),
        ("Runtime Error in model a (m/a.sql)\n  oh\n  hunter2", "<oh>", "m/a.sql"),
        ("Database Error\n  oh no\n  hunter2", "<oh no>", ""),
        ("maximum recursion depth exceeded", "maximum recursion depth exceeded", ""),
    ],
)
def test_why_dbt_gave_up(message: str, text: str, path: str) -> None:
    assert _gave_up(("Other", "first"), (MAIN, f"Encountered an error:\n{message}")) == (text, path)


def test_what_single_nodes_said_counts_where_nothing_ended_dbt() -> None:
    assert _gave_up(("LogModelResult", "4 of 5"), ("RunResultError", f"  {BINDER}"))[1] == "models/customers.sql"


@pytest.mark.parametrize(
    ("stderr", "code", "text"),
    [
        (
            "Usage: dbt compile [OPTIONS]\n\nError: No such option '--nosuch'. Did you mean '--introspect'?",
            2,
            "dbt does not know --nosuch: it is too old, 1.8 or newer is needed",
        ),
        ("Error: No such option: --nosuch", 2, "dbt does not know --nosuch: it is too old, 1.8 or newer is needed"),
        ("Traceback\nImportError: no module", 1, "ImportError: no module"),
        ("", -9, "dbt was killed by signal 9"),
        ("", 3, "dbt ended with exit code 3 and gave no reason"),
    ],
)
def test_why_dbt_gave_up_before_it_could_log(stderr: str, code: int, text: str) -> None:
    assert _gave_up(stderr=stderr, code=code) == (text, "")


def test_a_long_message_is_cut() -> None:
    text, _ = _gave_up((MAIN, f"Encountered an error:\nCompilation Error\n  {'x ' * 1000}"))
    assert len(text) == 500
    assert problem_of(Invocation(1, {}, plain=("x" * 1000,)), str).text.endswith("x…")
