"""The engine as a process: lines, order, cancel, ends; nothing but messages on stdout."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from evenbeat.core.engine.lines import Messages, lines_of
from evenbeat.core.engine.surroundings import clean_environment
from tests.engine_process import Engine, Refused

POISON = {
    "PROJ_LIB": "/nowhere", "PROJ_DATA": "/nowhere", "GDAL_DATA": "/nowhere",
    "GDAL_DRIVER_PATH": "/nowhere", "PYTHONHOME": "/nowhere", "MPLBACKEND": "module://no.such",
}  # fmt: skip


@pytest.fixture
def engine(tmp_path):
    with Engine(tmp_path / "engine") as started:
        yield started


def test_hello__says_who_answers_and_tests_the_installation(engine):
    told = engine.ask("hello", protocol=1)

    assert told["protocol"] == 1
    assert told["python"] == sys.version.split()[0]
    assert told["process"] == engine.process.pid
    assert {"hello", "cancel", "forecast", "review-approve"} <= set(told["operations"])
    assert all(test["ok"] for test in told["self_test"])


@pytest.mark.parametrize(("protocol", "older"), [(2, "engine"), (0, "plugin")])
def test_hello__of_another_protocol_says_which_side_to_update(engine, protocol, older):
    with pytest.raises(Refused) as refused:
        engine.ask("hello", protocol=protocol)

    assert refused.value.kind == "WrongProtocol"
    assert f"Update the {older}" in refused.value.advice


@pytest.mark.parametrize(
    "line",
    [
        b"garbage\n", b"[1, 2]\n", b'"text"\n', b"\xff\xfe\x00\n", b"{" * 5000 + b"\n",
        b'{"id": 7, "operation": "hello"}\n', b'{"operation": "hello"}\n',
    ],
)  # fmt: skip
def test_line__that_is_no_request_is_answered_without_id(engine, line):
    engine.say(line)

    answer = engine.read()

    assert answer["id"] is None
    assert answer["error"]["kind"] == "InvalidRequest"
    assert engine.ask("hello", protocol=1)["protocol"] == 1


def test_line__that_is_too_long_is_refused_and_not_kept(engine):
    engine.say(b'{"id": "1", "text": "' + b"x" * (17 << 20) + b'"}\n')

    assert engine.read()["error"]["message"].startswith("The line is too long")
    assert engine.ask("hello", protocol=1)["protocol"] == 1


def test_request__names_wrong_missing_and_unknown_fields(engine):
    with pytest.raises(Refused) as refused:
        engine.ask("forecast", date="tomorrow", frce=True)

    assert refused.value.kind == "InvalidRequest"
    for field in ("workspace: Field required", "date: ", "frce: "):
        assert field in refused.value.message


def test_request__with_more_than_the_envelope_keeps_its_id(engine):
    engine.say(b'{"id": "a", "operation": "hello", "parameters": {}, "extra": 1}\n')

    answer = engine.read()

    assert answer["id"] == "a"
    assert "extra" in answer["error"]["message"]


def test_operation__unknown_names_those_near(engine):
    with pytest.raises(Refused) as refused:
        engine.ask("forcast")

    assert refused.value.kind == "UnknownOperation"
    assert "forecast" in refused.value.message


def test_request__with_an_id_that_waits_is_refused(engine, city):
    line = {"id": "same", "operation": "audit-verify", "parameters": {"workspace": str(city)}}
    engine.asked["same"] = "audit-verify"
    engine.say((json.dumps(line) + "\n").encode() * 2)

    kinds = [engine.read()["type"] for _ in range(2)]

    assert sorted(kinds) == ["error", "result"]


def test_requests__run_in_order(engine, city):
    sent = [engine.send("audit-anchor", workspace=city) for _ in range(5)]

    assert [engine.read()["id"] for _ in sent] == sent


def test_cancel__drops_what_waits(engine, city, tmp_path):
    # Making a city reports often, so the first one surely runs while the others wait.
    running = engine.send("simulate", out=tmp_path / "city", days=365, size_km=10)
    waiting = engine.send("audit-anchor", workspace=city)
    while engine.read()["type"] != "progress":
        pass
    dropped = engine.send("cancel", target=waiting)
    assert engine.end_of(dropped) == {"found": "waiting"}
    with pytest.raises(Refused, match="before it began"):
        engine.end_of(waiting)
    stopped = engine.send("cancel", target=running)
    assert engine.end_of(stopped) == {"found": "running"}
    with pytest.raises(Refused) as refused:
        engine.end_of(running)
    assert refused.value.kind == "Cancelled"
    assert engine.ask("cancel", target="nobody") == {"found": "none"}
    assert engine.ask("audit-anchor", workspace=city)["entry"] > 0


def test_hello__is_answered_while_an_operation_runs(engine, tmp_path):
    running = engine.send("simulate", out=tmp_path / "city", days=365, size_km=10)
    while engine.read()["type"] != "progress":
        pass

    assert engine.ask("hello", protocol=1)["protocol"] == 1
    assert not [m for m in engine.seen if m["id"] == running and m["type"] == "result"]


def test_progress__tells_stage_fraction_and_what_remains(engine, tmp_path):
    engine.ask("simulate", out=tmp_path / "city", days=28, size_km=3)

    told = [message for message in engine.seen if message["type"] == "progress"]

    assert told
    fractions = [message["fraction"] for message in told]
    assert fractions == sorted(fractions)
    assert all(message["stage"] for message in told)


@pytest.mark.parametrize("how", ["close", "shutdown", "SIGTERM", "SIGINT"])
def test_end__is_orderly_also_while_something_runs(engine, tmp_path, how):
    engine.send("simulate", out=tmp_path / "city", days=365, size_km=10)
    while engine.read()["type"] != "progress":
        pass
    if how == "close":
        engine.process.stdin.close()
    elif how == "shutdown":
        engine.send("shutdown")
    else:
        engine.process.send_signal(getattr(signal, how))

    assert engine.process.wait(timeout=60) == 0
    last = [json.loads(line) for line in engine.process.stdout]
    assert [m["error"]["kind"] for m in last if m["type"] == "error"] == ["Cancelled"]


def test_end__of_an_engine_without_work(engine):
    engine.ask("hello", protocol=1)

    assert engine.leave() == 0


def test_idle__engine_ends_by_itself(tmp_path):
    with Engine(tmp_path, arguments=["--idle-minutes", "0.005"]) as engine:
        assert engine.process.wait(timeout=60) == 0


def test_reader__that_is_gone_ends_the_engine(engine, city):
    engine.ask("hello", protocol=1)
    engine.process.stdout.close()
    engine.send("audit-anchor", workspace=city)

    assert engine.process.wait(timeout=60) == 0


def test_kill__leaves_a_workspace_that_the_next_engine_goes_on_with(tmp_path, copy, dates):
    with Engine(tmp_path / "first") as engine:
        engine.send("fit", workspace=copy, date=dates[-1], force=True)
        while engine.read()["type"] != "progress":
            pass
        engine.process.kill()
        engine.process.wait()
    with Engine(tmp_path / "second") as engine:
        assert engine.ask("audit-verify", workspace=copy, files=True)["intact"]
        assert engine.ask("forecast", workspace=copy, date=dates[-1])["run_id"]


def test_engine__is_not_misled_by_anothers_variables(tmp_path, city, dates):
    poisoned = {**POISON, "PYTHONPATH": str(tmp_path)}
    (tmp_path / "numpy.py").write_text("raise RuntimeError('the wrong numpy')")
    with Engine(tmp_path / "engine", environ=poisoned) as engine:
        findings = engine.ask("doctor", workspace=city)["findings"]
        box = engine.ask("review-list", workspace=city, date=dates[0], out=tmp_path / "b.gpkg")

    assert {"Python", "projections", "inherited variables", "kernels"} <= {
        finding["check"] for finding in findings if finding["ok"]
    }
    assert box["boxes"]


def test_clean_environment__removes_what_misleads_and_keeps_the_rest():
    variables = {**POISON, "PYTHONPATH": "x", "QT_PLUGIN_PATH": "x", "HOME": "/home/x",
                 "EVENBEAT_DATABASE": "y", "LANG": "C"}  # fmt: skip

    removed = clean_environment(variables)

    assert set(removed) == {*POISON, "PYTHONPATH", "QT_PLUGIN_PATH"}
    assert variables == {
        "HOME": "/home/x", "EVENBEAT_DATABASE": "y", "LANG": "C", "OMP_WAIT_POLICY": "PASSIVE",
    }  # fmt: skip


def test_stdout__is_out_of_reach_of_prints_of_python_c_and_children():
    script = """
import ctypes, os, subprocess, sys
from evenbeat.core.engine.surroundings import private_channels
requests, messages = private_channels()
print("from python")
sys.stdout.flush()
libc = ctypes.CDLL(None)
libc.puts(b"from C")
libc.fflush(None)
subprocess.run([sys.executable, "-c", "print('from a child')"], check=True)
assert sys.stdin.read() == ""
os.write(messages, b"a message\\n")
os.write(messages, os.read(requests, 100))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], input=b"a request\n", capture_output=True, check=True
    )

    assert done.stdout == b"a message\na request\n"
    assert {b"from python", b"from C", b"from a child"} == set(done.stderr.split(b"\n")) - {b""}


def test_lines__are_cut_at_their_ends_whatever_the_blocks():
    reading, writing = os.pipe()
    os.write(writing, b"one\n\n  \ntwo\n" + b"x" * 11 + b"\nthree")
    os.close(writing)

    assert list(lines_of(reading, longest=10)) == [b"one", b"two", None, b"three"]
    os.close(reading)


def test_messages__that_nobody_reads_are_remembered_not_raised():
    reading, writing = os.pipe()
    os.close(reading)
    messages = Messages(writing)

    messages.send("1", "note", text="half a pair: \ud800")

    assert messages.broken
    os.close(writing)


def test_crash__is_told_with_its_log_file(engine, copy, dates):
    facts = copy / "runs" / dates[0]
    run = next(path for path in facts.iterdir() if path.is_dir())
    (run / "run.json").write_text("[]")

    with pytest.raises(Refused) as refused:
        engine.ask("runs-list", workspace=copy)

    assert refused.value.kind == "Crash"
    log = engine.ask("hello", protocol=1)["log_file"]
    assert log in refused.value.advice
    assert "Traceback" in Path(log).read_text("utf-8")
    assert engine.ask("audit-anchor", workspace=copy)["entry"] > 0
