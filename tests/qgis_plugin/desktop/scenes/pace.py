"""How quick panels are: thirty boxes reviewed by clicks and keys, a day cancelled many times."""

import os
import time

from qgis.PyQt.QtCore import QDate, Qt
from qgis.PyQt.QtTest import QTest

BOXES = 30
CANCELS = 6


def play(stage):
    from evenbeat import project

    project.remember(workspace=os.environ["EVENBEAT_STAGE_WORKSPACE"])
    _review(stage, stage.open_panel("Review", "EvenbeatReview"))
    _cancel(stage, stage.open_panel("Run", "EvenbeatRun"))


def _review(stage, dock):
    """Approve two of three, reject one with a reason; time each until it is painted."""
    desk, canvas = dock.desk, stage.iface.mapCanvas()
    stage.wait(lambda: desk.is_read and desk.story, "the day is read")
    stage.draw()
    drawn, painted, on_map = [], [], []
    canvas.mapCanvasRefreshed.connect(lambda: drawn.append(True))
    for number in range(BOXES):
        stage.rest(400)  # a reviewer reads; meanwhile the next box is read ahead
        name = desk.current
        drawn.clear()
        began = time.perf_counter()
        if number % 3 == 2:
            QTest.keyClick(dock.list, Qt.Key.Key_R)
            QTest.keyClick(dock.strip.words, Qt.Key.Key_1)
        else:
            QTest.mouseClick(dock.actions_bar.buttons["approve"], Qt.MouseButton.LeftButton)
        stage.spin(lambda before=name: desk.current != before and desk.story)
        dock.repaint()
        painted.append(1000 * (time.perf_counter() - began))
        stage.spin(lambda: drawn and not canvas.isDrawing())
        on_map.append(1000 * (time.perf_counter() - began))
        assert desk.boxes[name]["state"] == ("rejected" if number % 3 == 2 else "approved")
    stage.tell(painted_ms=painted, on_map_ms=on_map)


def _cancel(stage, dock):
    """Run a day and cancel it at ever later moments; time each from the click to its end."""
    stage.wait(dock.day.run_button.isEnabled, "the workspace is open")
    progress, seconds, stages = dock.day.progress, [], []
    dock.day.which.setCurrentIndex(1)
    dock.day.date.setDate(QDate(2017, 1, 5))
    for number in range(CANCELS):
        QTest.mouseClick(dock.day.run_button, Qt.MouseButton.LeftButton)
        stage.wait(lambda: progress.bar.value() > 0 or not progress.is_busy, "it works", 120)
        stage.rest(400 * number)
        if not progress.is_busy:
            break  # the day was finished before
        stages.append(progress.stage.text())
        began = time.perf_counter()
        QTest.mouseClick(progress.cancel, Qt.MouseButton.LeftButton)
        stage.spin(lambda: not progress.is_busy)
        seconds.append(time.perf_counter() - began)
        assert dock.day.outcome.text().startswith("Cancelled."), dock.day.outcome.text()
    stage.tell(cancel_s=seconds, cancelled_at=stages)
