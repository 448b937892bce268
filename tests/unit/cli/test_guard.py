"""Signals become words and exit codes, whoever they meet."""

import signal
from contextlib import suppress

import pytest
import typer

from datacanary.cli.console import Console
from datacanary.cli.guard import guarded
from datacanary.errors import Interrupted, OwnMistake

CONSOLE = Console(quiet=False, verbose=False, no_color=True)


@pytest.mark.parametrize(
    ("number", "exit_code", "word"), [(signal.SIGTERM, 143, "Terminated"), (signal.SIGINT, 130, "Interrupted")]
)
def test_a_signal_is_one_although_a_library_raises_something_else(
    number: signal.Signals, exit_code: int, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with pytest.raises(typer.Exit) as ended, guarded(CONSOLE):
        _stopped_as_duckdb_is(number)
    assert ended.value.exit_code == exit_code
    assert word in capsys.readouterr().err


def test_a_signal_in_a_promotion_says_what_is_true_of_production(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended, guarded(CONSOLE):
        _stopped_in_a_promotion(signal.SIGTERM)
    assert ended.value.exit_code == 143
    assert capsys.readouterr().err.split() == ["error:", "Terminated.", "hint:", "See", "`datacanary", "status`."]


def test_a_mistake_of_ours_without_a_signal_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    message = "datacanary itself failed (KeyError)."
    with pytest.raises(typer.Exit) as ended, guarded(CONSOLE):
        raise OwnMistake(message, hint="See `datacanary status`.")
    assert ended.value.exit_code == 2
    assert message in capsys.readouterr().err


def _stopped_as_duckdb_is(number: signal.Signals) -> None:
    with suppress(Interrupted, KeyboardInterrupt):
        signal.raise_signal(number)
    message = "Query interrupted"
    raise RuntimeError(message)


def _stopped_in_a_promotion(number: signal.Signals) -> None:
    try:
        _stopped_as_duckdb_is(number)
    except RuntimeError as error:
        message = "datacanary itself failed (RuntimeError)."
        raise OwnMistake(message, hint="See `datacanary status`.") from error


def test_handlers_are_put_back() -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    with guarded(CONSOLE):
        assert signal.getsignal(signal.SIGTERM) != before[0]
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before


def test_who_ignores_the_interrupt_goes_on_ignoring_it() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with guarded(CONSOLE):
            within = signal.getsignal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)
            went_on = True
    finally:
        signal.signal(signal.SIGINT, before)
    assert within == signal.SIG_IGN
    assert went_on
