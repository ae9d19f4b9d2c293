"""Operations in QGIS's task bar: there while they run, and gone however they end."""

from __future__ import annotations

import harness
import pytest
from panels import click, until
from qgis.core import QgsApplication, QgsProxyProgressTask, QgsTask
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QThreadPool

IN_BAR = hasattr(QgsProxyProgressTask, "canceled")  # from QGIS 3.26 on


@pytest.fixture
def ask(plugin, tmp_path):
    """Return what asks an engine of a manner; all engines are closed at the end."""
    from evenbeat.engine.client import Engine

    made = []

    def asked(manner, operation):
        program = harness.misbehaving_engine(tmp_path, manner)
        made.append(Engine(lambda: program))
        return made[-1].ask(operation, {})

    yield asked
    for engine in made:
        engine.close()


@pytest.fixture
def line(plugin):
    from evenbeat.gui.progress_line import ProgressLine

    line = ProgressLine()
    yield line
    if not sip.isdeleted(line):
        line.deleteLater()


@pytest.fixture(autouse=True)
def threads():
    """Map drawing has the threads that it had, whatever became of the operations."""
    pool = QThreadPool.globalInstance()
    until(lambda: pool.activeThreadCount() == 0, "no test before this one draws any more")
    yield
    until(lambda: not titles(), "the task bar is empty")
    until(lambda: pool.activeThreadCount() == 0, "no thread is kept, and none too many is free")


def titles():
    return [task.description() for task in QgsApplication.taskManager().activeTasks()]


def followed(line, reply, **title):
    """Follow a reply; return the state in which its task ends, in a list that is filled then."""
    ended = []
    line.follow(reply, "Hanging...", **title)
    [task] = QgsApplication.taskManager().activeTasks()
    task.taskCompleted.connect(lambda: ended.append("completed"))
    task.taskTerminated.connect(lambda: ended.append("terminated"))
    return task, ended


def test_line__names_tells_how_far_and_ends(line, ask):
    seen = []
    task, ended = followed(line, ask("fine", "echo"), title="Run the day")
    task.progressChanged.connect(seen.append)
    assert titles() == ["Evenbeat: Run the day"]
    until(lambda: ended, "the task ends")
    assert ended == ["completed"]
    assert 25.0 in seen


def test_line__what_it_does_is_its_name(line, ask):
    followed(line, ask("fine", "echo"))
    assert titles() == ["Evenbeat: Hanging"]


def test_line__cancelled_in_the_panel(line, ask):
    reply = ask("obedient", "hang")
    heard = []
    reply.noted.connect(heard.append)
    line.show()
    _task, ended = followed(line, reply)
    until(lambda: heard, "it hangs")
    click(line.cancel)
    until(lambda: ended, "the task ends")
    assert ended == ["terminated"]
    assert not line.is_busy


def test_line__cancelled_in_the_task_bar(line, ask):
    reply = ask("obedient", "hang")
    heard, failures = [], []
    reply.noted.connect(heard.append)
    reply.failed.connect(failures.append)
    task, ended = followed(line, reply)
    assert bool(task.flags() & QgsTask.Flag.CanCancel) == IN_BAR
    until(lambda: heard, "it hangs")
    if not IN_BAR:
        reply.cancel()
    task.cancel()
    until(lambda: ended and failures, "the task and the operation end")
    assert failures[0].cancelled
    assert ended == ["terminated"]


def test_line__a_crash_ends_it(line, ask):
    _task, ended = followed(line, ask("fine", "die"))
    until(lambda: ended, "the task ends")
    assert ended == ["terminated"]


def test_line__without_an_engine(line, plugin):
    from evenbeat.engine.client import Engine

    engine = Engine(lambda: "")
    _task, ended = followed(line, engine.ask("echo", {}))
    until(lambda: ended, "the task ends")
    assert ended == ["terminated"]
    engine.close()


def test_line__a_panel_that_is_deleted(line, ask):
    reply = ask("obedient", "hang")
    _task, ended = followed(line, reply)
    line.deleteLater()
    until(lambda: ended, "the task ends")
    assert ended == ["terminated"]
    assert not reply.is_done


def test_end_all__leaves_nothing_and_what_comes_later_is_no_harm(line, ask):
    """The plugin is unloaded in the middle of work; QGIS waits for its tasks when it ends."""
    from evenbeat.gui.task_bar import end_all

    reply = ask("obedient", "hang")
    _task, ended = followed(line, reply)
    end_all()
    until(lambda: ended, "the task ends")
    reply.cancel()
    until(lambda: reply.is_done, "the operation ends")
    end_all()
    assert ended == ["terminated"]


def test_drawing__has_a_thread_while_operations_wait(line, ask):
    """On a computer with one core, a day that runs must not hold up the map."""
    pool = QThreadPool.globalInstance()
    most = pool.maxThreadCount()
    pool.setMaxThreadCount(1)
    try:
        reply = ask("obedient", "hang")
        task, ended = followed(line, reply)
        until(lambda: task.status() == QgsTask.TaskStatus.Running, "it waits in a thread")
        other = QgsTask.fromFunction("Draw", lambda _task: "drawn")
        QgsApplication.taskManager().addTask(other)
        until(lambda: sip.isdeleted(other) or not other.isActive(), "the other one is done")
        reply.cancel()
        until(lambda: ended, "the task ends")
    finally:
        pool.setMaxThreadCount(most)
