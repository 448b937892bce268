"""dbt as a process: what is heard of it, and that it never outlives its call."""

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fake_dbt import Fake, event

from datacanary.dbt import process
from datacanary.dbt.environment import SETTINGS, environment
from datacanary.dbt.events import Listener, NodeEvent
from datacanary.dbt.invoke import run
from datacanary.errors import ProjectError

_CHILD = """
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
Path("child").write_text(str(child.pid))
"""
_ENDS_WELL = """
try:
    time.sleep(60)
except KeyboardInterrupt:
    time.sleep(0.5); Path("ended").write_text("well")
"""


def _gone(pid: int) -> bool:
    """Whether a process has ended; a killed orphan may still wait to be collected."""
    for _ in range(50):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.1)
    return False


def test_nodes_are_told_as_they_begin_and_end_each_once(tmp_path: Path) -> None:
    fake = Fake(
        tmp_path,
        """
node("orders", "started"); node("orders", "compiling"); node("orders", "success"); node("orders", "success")
node("later", "skipped")
print("no event"); print("stderr here", file=sys.stderr); say("Foo", "warn", "careful"); sys.exit(1)
""",
    )
    invocation = fake.run()
    assert fake.heard == [
        NodeEvent("model.shop.orders", "orders", "orders.sql"),
        NodeEvent("model.shop.orders", "orders", "orders.sql", "success"),
        NodeEvent("model.shop.later", "later", "later.sql", "skipped"),
    ]
    assert invocation.code == 1
    assert invocation.nodes == {"model.shop.orders": "success", "model.shop.later": "skipped"}
    assert (invocation.plain, invocation.stderr) == (("no event",), ("stderr here",))
    assert [(said.level, said.text) for said in invocation.said] == [("warn", "careful")]


def test_all_that_was_said_is_kept_for_this_user_alone(tmp_path: Path) -> None:
    fake = Fake(tmp_path, 'print("one"); print("two", file=sys.stderr)')
    fake.run()
    fake.run()
    assert sorted(fake.log.read_text().splitlines()) == ["one", "one", "stderr: two", "stderr: two"]
    assert stat.S_IMODE(fake.log.stat().st_mode) == 0o600
    assert stat.S_IMODE(fake.log.parent.stat().st_mode) == 0o700


def test_lines_come_while_dbt_runs(tmp_path: Path) -> None:
    fake = Fake(tmp_path, 'node("orders", "started"); time.sleep(1.5)')
    heard = []
    started = time.monotonic()
    run(fake.call(), lambda _: heard.append(time.monotonic() - started))
    assert len(heard) == 1
    assert heard[0] < 1.4


def test_much_output_on_both_streams_does_not_block(tmp_path: Path) -> None:
    fake = Fake(tmp_path, 'sys.stderr.write("e" * 300_000 + "\\n"); print("o" * 300_000)')
    assert fake.run(20).code == 0
    assert fake.log.stat().st_size > 600_000


def test_the_time_limit_names_what_was_running_and_kills_the_group(tmp_path: Path) -> None:
    fake = Fake(
        tmp_path, _CHILD + 'node("done", "started"); node("done", "success"); node("orders", "started"); time.sleep(60)'
    )
    (fake.project / "models").mkdir()
    (fake.project / "models" / "orders.sql").touch()
    started = time.monotonic()
    with pytest.raises(ProjectError) as raised:
        fake.run(1.5)
    assert str(raised.value) == (
        "dbt build took longer than 1.5 s: orders (models/orders.sql) was running. "
        "Give it more time: project.dbt.timeout in the config."
    )
    assert time.monotonic() - started < process.SECONDS_TO_END
    assert _gone(fake.child())


def test_the_time_limit_holds_for_one_that_talks_all_the_time(tmp_path: Path) -> None:
    fake = Fake(tmp_path, 'while True: print("on and on", flush=True)')
    with pytest.raises(ProjectError, match=r"^dbt build took longer than 1 s\. Give"):
        fake.run(1)


def test_one_that_closes_its_output_and_stays_is_stopped_in_time(tmp_path: Path) -> None:
    fake = Fake(tmp_path, "os.close(1); os.close(2); time.sleep(60)")
    with pytest.raises(ProjectError, match="took longer"):
        fake.run(1)


def test_one_that_ignores_the_interrupt_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "SECONDS_TO_END", 0.5)
    fake = Fake(tmp_path, _CHILD + "signal.signal(signal.SIGINT, signal.SIG_IGN); time.sleep(60)")
    with pytest.raises(ProjectError, match="took longer"):
        fake.run(1.5)
    assert _gone(fake.child())


def test_dbt_may_end_its_queries_before_it_is_killed(tmp_path: Path) -> None:
    fake = Fake(tmp_path, _ENDS_WELL)
    with pytest.raises(ProjectError, match="took longer"):
        fake.run(1.5)
    assert (fake.project / "ended").read_text() == "well"


def test_whatever_a_listener_raises_stops_dbt_and_goes_on(tmp_path: Path) -> None:
    fake = Fake(tmp_path, _CHILD + 'node("orders", "started"); time.sleep(60)')

    def refuse(_: NodeEvent) -> None:
        raise KeyError

    with pytest.raises(KeyError):
        run(fake.call(), refuse)
    assert _gone(fake.child())


def test_what_dbt_leaves_running_is_not_waited_for_and_killed(tmp_path: Path) -> None:
    fake = Fake(tmp_path, _CHILD)
    started = time.monotonic()
    assert fake.run().code == 0
    assert time.monotonic() - started < 10
    assert _gone(fake.child())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_us_stops_dbt(tmp_path: Path, number: int) -> None:
    fake = Fake(tmp_path, _CHILD + 'Path("ready").touch()' + _ENDS_WELL)
    script = f"""
import signal, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
class Stopped(Exception): pass
def stop(number, frame): raise Stopped
signal.signal(signal.SIGTERM, stop); signal.signal(signal.SIGINT, signal.default_int_handler)
from pathlib import Path
from datacanary.dbt.invoke import Call, run
try:
    run(Call(Path({str(fake.program)!r}), ("build",), Path({str(fake.project)!r}), {{}}, 60,
             Path({str(fake.log)!r})), print)
except BaseException as error:
    print(type(error).__name__)
"""
    ours = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    for _ in range(100):
        if (fake.project / "ready").exists():
            break
        time.sleep(0.1)
    ours.send_signal(number)
    out, _ = ours.communicate(timeout=20)
    assert out.strip() == ("KeyboardInterrupt" if number == signal.SIGINT else "Stopped")
    assert (fake.project / "ended").read_text() == "well"
    assert _gone(fake.child())


def test_a_program_that_cannot_be_started_is_told(tmp_path: Path) -> None:
    fake = Fake(tmp_path, "")
    fake.program.write_text("#!/nowhere/python\n")
    with pytest.raises(ProjectError, match=r"could not be started: No such file"):
        fake.run()


def test_settings_of_dbt_itself_do_not_reach_it(tmp_path: Path) -> None:
    fake = Fake(tmp_path, 'print(json.dumps({k: v for k, v in os.environ.items() if k.startswith(("DBT", "DO_"))}))')
    fake.run(environ={"DBT_TARGET": "x", "DBT_ENGINE_STATE": "x", "DBT_MINE": "1", "DBT_PARTIAL_PARSE": "0"})
    assert fake.log.read_text().strip() == (
        '{"DBT_MINE": "1", "DBT_PARTIAL_PARSE": "0", "DBT_SEND_ANONYMOUS_USAGE_STATS": "0", "DO_NOT_TRACK": "1"}'
    )


def test_no_users_variable_is_taken_for_a_setting() -> None:
    kept = {"DBT_ENV_SECRET_TOKEN": "x", "DBT_USER": "me", "DBT_CLOUD_RUN_ID": "1", "TARGET": "x", "PATH": os.defpath}
    assert kept.items() <= environment(kept).items()
    assert not SETTINGS & kept.keys()


@pytest.mark.parametrize(
    "line", ["{", "{}", '{"info": 1}', "[]", '{"info": {}, "data": 3}', "[" * 100_000, "{" * 100_000, "\x00"]
)
def test_no_line_is_too_odd(line: str) -> None:
    heard: list[NodeEvent] = []
    listener = Listener(heard.append)
    listener.take(line)
    listener.take(event("error", "X", "bad"))
    assert not heard
    assert [said.text for said in listener.invocation(0).said] == ["bad"]
