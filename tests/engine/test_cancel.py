"""Cancel in the midst of long work, and of work that never reports."""

import subprocess
import sys
import time

import pytest

from tests.engine_process import Engine, Refused

SILENT = """
import os, sys, threading
from evenbeat.core.engine import server
from evenbeat.core.engine.control import ShutdownResult
from evenbeat.core.engine.lines import Messages
from evenbeat.core.engine.operation import Call, Request, operation

@operation("doctor")
def wait(call: Call, asked: Request) -> ShutdownResult:
    '''Wait for ever.'''
    call.note("begun")
    threading.Event().wait()
    return ShutdownResult()

server.find = lambda name: wait
server.Server(0, Messages(1), idle_seconds=60).serve()
os._exit(0)
"""


def test_cancel__interrupts_what_never_reports():
    with subprocess.Popen(
        [sys.executable, "-c", SILENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        for number in range(2):
            process.stdin.write(f'{{"id": "w{number}", "operation": "doctor"}}\n')
            process.stdin.flush()
            assert "begun" in process.stdout.readline()
            process.stdin.write(
                f'{{"id": "c", "operation": "cancel", "parameters": {{"target": "w{number}"}}}}\n'
            )
            process.stdin.flush()
            assert "running" in process.stdout.readline()
            assert '"Cancelled"' in process.stdout.readline()
        process.stdin.close()
        assert process.wait(timeout=60) == 0


@pytest.mark.slow
def test_cancel__in_the_midst_of_a_fit_and_a_backtest_leaves_a_whole_workspace(
    copy, dates, tmp_path
):
    text = (copy / "evenbeat.toml").read_text()
    (copy / "evenbeat.toml").write_text(text.replace('kind = "smoothed_365"\n', ""))
    day, before = dates[-1], sorted(path.name for path in (copy / "models").iterdir())
    long_ones = (
        ("fit", {"date": day, "force": True}, "validating"),
        ("backtest", {"first": dates[0], "last": day, "horizon": "day"}, "validating"),
    )
    with Engine(tmp_path / "engine") as engine:
        for operation, given, stage in long_ones:
            running = engine.send(operation, workspace=copy, **given)
            while stage not in (message := engine.read()).get("stage", ""):
                assert message["type"] == "progress", message
            began = time.monotonic()
            engine.send("cancel", target=running)
            with pytest.raises(Refused) as refused:
                engine.end_of(running)
            assert refused.value.kind == "Cancelled"
            print(f"{operation}: cancelled in {time.monotonic() - began:.2f} s")
            assert not _children(engine.process.pid)
        left = [path.name for path in (copy / "models").iterdir() if path.name[0] != "."]
        assert sorted(left) == before
        assert engine.ask("audit-verify", workspace=copy, files=True)["intact"]
        assert engine.ask("review-list", workspace=copy, date=day)["boxes"]


def _children(process):
    """Return the processes that an engine has started and that still compute."""
    listed = subprocess.run(
        ["ps", "--ppid", str(process), "-o", "args="], capture_output=True, text=True, check=False
    )
    return [line for line in listed.stdout.splitlines() if "spawn_main" in line]
