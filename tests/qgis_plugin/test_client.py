"""The client against engines that misbehave: no hang, no crash, and a text that says what to do."""

from __future__ import annotations

import threading

import harness
import pytest
from panels import own_engines
from qgis.core import QgsFeedback
from qgis.PyQt.QtCore import QEventLoop, QTimer


@pytest.fixture
def make_engine(plugin):
    """Return a maker of engines of a manner; all are closed at the end."""
    from evenbeat.engine.client import Engine

    made = []

    def make(python, **timing):
        engine = Engine(lambda: python, **timing)
        made.append(engine)
        return engine

    yield make
    for engine in made:
        engine.close()


@pytest.fixture
def strange(make_engine, tmp_path):
    """Return a maker of clients whose engine misbehaves in a manner."""
    return lambda manner, **timing: make_engine(
        harness.misbehaving_engine(tmp_path, manner), **timing
    )


def failure_of(engine, operation="echo", **options):
    from evenbeat.engine.protocol import EngineError

    with pytest.raises(EngineError) as caught:
        engine.run(operation, {}, **options)
    return caught.value.failure


def wait_for(signal, *, milliseconds=20_000):
    """Return what a signal carried; fails where it does not come."""
    loop, received = QEventLoop(), []
    signal.connect(lambda *values: (received.append(values), loop.quit()))
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()
    assert received, "the signal did not come"
    return received[0]


def test_run__result_progress_notes(strange):
    from evenbeat.engine.protocol import Note, Progress

    heard = []
    result = strange("fine").run("echo", {"word": "Zürich", "none": None}, heard=heard.append)
    assert result["echo"] == {"word": "Zürich"}
    assert heard == [Progress("Working", 0.25, None), Note("A note.")]


def test_run__keeps_the_engine_warm(strange):
    engine = strange("fine")
    assert engine.run("echo", {})["pid"] == engine.run("echo", {})["pid"]


def test_run__idle_engine_is_let_go_and_starts_again(strange):
    engine = strange("fine", idle_seconds=0.05)
    first = engine.run("echo", {})["pid"]
    while engine.state[0] != "off":
        wait_for(engine.state_changed)
    assert engine.run("echo", {})["pid"] != first


def test_run__from_another_thread(strange):
    engine, results = strange("fine"), []
    threads = [
        threading.Thread(target=lambda n=n: results.append(engine.run("echo", {"n": n})))
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(result["echo"]["n"] for result in results) == [0, 1, 2, 3]
    assert len({result["pid"] for result in results}) == 1


def test_lanes__long_work_does_not_hold_up_the_screen(strange):
    engine, feedback = strange("obedient"), QgsFeedback()
    failures = []
    worker = threading.Thread(
        target=lambda: failures.append(failure_of(engine, "hang", feedback=feedback))
    )
    worker.start()
    reply = engine.ask("echo", {"at": "screen"})
    assert wait_for(reply.finished)[0]["echo"] == {"at": "screen"}
    feedback.cancel()
    worker.join()
    assert failures[0].kind == "Cancelled"


def test_lanes__another_python_is_tried_while_one_works(strange, tmp_path):
    from evenbeat.engine.client import CHECK

    engine = strange("obedient")
    hanging = engine.ask("hang", {})
    wait_for(hanging.noted)
    other = harness.misbehaving_engine(tmp_path, "newer")
    tried = engine.ask("hello", {"protocol": 1}, lane=CHECK, python=other)
    assert wait_for(tried.failed)[0].kind == "WrongProtocol"
    assert engine.state[0] == "busy"
    hanging.cancel()
    assert wait_for(hanging.failed)[0].cancelled


def test_state__a_failure_is_forgotten_with_the_choice(strange):
    engine = strange("dead")
    failure_of(engine, lane="screen")
    while engine.state[0] != "failed":
        wait_for(engine.state_changed)
    engine.forget_failures()
    assert engine.state[0] == "off"


@pytest.mark.parametrize(
    ("manner", "kind", "words"),
    [
        ("dead", "EngineMissing", "broken installation"),
        ("without", "EngineMissing", "pip install -c constraints.txt ."),
        ("garbage", "EngineGarbled", "Welcome to the calculator"),
        ("newer", "WrongProtocol", "Update the plugin"),
        ("liar", "WrongProtocol", "speaks protocol 7"),
    ],
)
def test_greeting__what_is_wrong_is_told(strange, manner, kind, words):
    from evenbeat.engine.protocol import EngineError

    failure = failure_of(strange(manner))
    assert failure.kind == kind
    assert words in str(EngineError(failure))


def test_greeting__silence_ends(strange):
    failure = failure_of(strange("silent", greeting_seconds=0.3))
    assert (failure.kind, "did not answer" in failure.message) == ("EngineSilent", True)


def test_greeting__a_program_that_is_not_there(make_engine, tmp_path):
    failure = failure_of(make_engine(str(tmp_path / "no-python")))
    assert failure.kind == "EngineMissing"
    assert "Options > Evenbeat" in failure.advice


def test_greeting__a_python_without_evenbeat(make_engine):
    failure = failure_of(make_engine("/usr/bin/python3"))
    assert failure.kind == "EngineMissing"
    assert "not installed in it" in failure.message


def test_missing__no_python_at_all(make_engine):
    failure = failure_of(make_engine(""))
    assert failure.kind == "EngineMissing"
    assert "EVENBEAT_PYTHON" in failure.message


def test_crash__is_explained_and_the_next_call_works(strange):
    engine = strange("fine")
    failure = failure_of(engine, "die")
    assert failure.kind == "EngineCrashed"
    assert "about to die of hunger" in failure.message
    assert "unharmed" in failure.advice
    assert engine.run("echo", {"again": 1})["echo"] == {"again": 1}


def test_crash__an_exit_in_the_middle_is_one(strange):
    failure = failure_of(strange("fine"), "leave")
    assert failure.kind == "EngineCrashed"
    assert "code 3" in failure.message
    assert "ValueError: no more" in failure.message


def test_garbage__after_the_greeting_is_passed_over(strange):
    engine = strange("fine")
    assert engine.run("chatter", {"n": 1})["echo"] == {"n": 1}


def test_cancel__patience_is_less_than_three_seconds(plugin):
    from evenbeat.engine.worker import CANCEL_SECONDS

    assert CANCEL_SECONDS <= 2.5


@pytest.mark.parametrize("manner", ["obedient", "deaf"])
def test_cancel__is_heard_or_the_process_is_stopped(strange, manner):
    """A deaf engine gets CANCEL_SECONDS, less than three, and no longer."""
    engine, feedback = strange(manner), QgsFeedback()
    failure = failure_of(
        engine, "hang", feedback=feedback, heard=lambda _message: feedback.cancel()
    )
    assert failure.kind == "Cancelled"
    assert ("was stopped" in failure.message) == (manner == "deaf")
    assert engine.run("echo", {"after": 1})["echo"] == {"after": 1}


def test_cancel__others_that_wait_are_done_all_the_same(strange):
    engine = strange("deaf", cancel_seconds=0.1)
    hanging = engine.ask("hang", {})
    wait_for(hanging.noted)
    waiting = engine.ask("echo", {"n": 2})
    hanging.cancel()
    assert wait_for(waiting.finished)[0]["echo"] == {"n": 2}


def test_cancel__before_the_engine_greeted(strange):
    engine = strange("silent", greeting_seconds=30)
    reply = engine.ask("echo", {})
    QTimer.singleShot(0, reply.cancel)
    assert wait_for(reply.failed)[0].cancelled


def test_close__in_the_middle_of_work_ends_the_process(strange):
    engine = strange("deaf")
    reply = engine.ask("hang", {})
    wait_for(reply.noted)
    engine.close()
    assert wait_for(reply.failed)[0].cancelled


def test_close__what_is_asked_afterwards_is_cancelled_and_starts_nothing(strange):
    engine = strange("fine")
    engine.run("echo", {})
    assert own_engines(b"strange_engine")
    engine.close()
    assert failure_of(engine).kind == "Cancelled"
    assert wait_for(engine.ask("echo", {}).failed)[0].cancelled
    assert not own_engines(b"strange_engine")


def test_close__while_another_thread_waits(strange):
    """Whoever waits in a thread is told, whenever the end comes."""
    for _ in range(20):
        engine, failures = strange("fine"), []
        worker = threading.Thread(
            target=lambda engine=engine, told=failures: told.append(failure_of(engine, "hang"))
        )
        worker.start()
        engine.close()
        worker.join()
        assert failures[0].kind == "Cancelled"
