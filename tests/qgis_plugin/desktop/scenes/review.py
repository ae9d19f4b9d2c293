"""The review dock at work: keys, reasons, a box dragged on the map, and how long it takes."""

import os
import statistics
import time

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtTest import QTest


def play(stage):
    from evenbeat import project

    stage.hide_panels("Layers")
    dock = stage.open_panel("Review", "EvenbeatReview", 430)
    stage.picture("review-no-workspace")
    _priority()
    project.remember(workspace=os.environ["EVENBEAT_STAGE_WORKSPACE"])
    desk = dock.desk
    stage.wait(lambda: desk.is_read and desk.story, "the day is read")
    canvas = stage.iface.mapCanvas()
    stage.draw()
    stage.tell(boxes=len(desk.boxes), first=desk.current)
    stage.picture("review")
    times, drawn = _approve(stage, dock, 8)
    stage.tell(to_repaint_ms=times, to_map_ms=drawn, median_ms=statistics.median(times))
    QTest.keyClick(dock.list, Qt.Key.Key_R)
    stage.wait(dock.strip.isVisible, "a reason is asked for")
    stage.picture("review-reasons")
    QTest.keyClick(dock.strip.words, Qt.Key.Key_2)
    stage.wait(lambda: not desk.is_busy and desk.story, "it is rejected")
    _drag(stage, dock)
    stage.draw()
    stage.picture("review-moved")
    QTest.keyClick(dock.list, Qt.Key.Key_Question)
    stage.picture("review-keys", dock)
    QTest.keyClick(dock.list, Qt.Key.Key_Question)
    dock.story.verticalScrollBar().setValue(dock.story.verticalScrollBar().maximum())
    stage.picture("review-story", dock)
    dock.list.setFocus()
    canvas.setExtent(dock.map.boxes.layer.extent())
    stage.draw()
    stage.picture("review-all")
    stage.tell(layers=[one.name() for one in QgsProject.instance().mapLayers().values()])


def _priority():
    """Put the day's surface below the boxes."""
    from evenbeat.engine.client import shared_engine
    from evenbeat.workspace.on_map import show_rasters, take_crs

    workspace = os.environ["EVENBEAT_STAGE_WORKSPACE"]
    take_crs(shared_engine().run("workspace-summary", {"workspace": workspace})["crs"])
    made = shared_engine().run(
        "run-rasters", {"workspace": workspace, "date": "2017-01-03", "layers": ["priority"]}
    )
    show_rasters(made["rasters"], "2017-01-03")


def _approve(stage, dock, count):
    """Approve boxes by the key; time each until the list and the next box's story are painted."""
    times, drawn, desk = [], [], dock.desk
    finished, moments, split = [], [], []
    desk.decided.connect(lambda *_: moments.append(time.perf_counter()))
    desk.story_told.connect(lambda *_: moments.append(time.perf_counter()))
    stage.iface.mapCanvas().mapCanvasRefreshed.connect(lambda: finished.append(True))
    for _ in range(count):
        name = desk.current
        finished.clear()
        began = time.perf_counter()
        QTest.keyClick(dock.list, Qt.Key.Key_A)
        stage.spin(lambda before=name: desk.current != before and desk.story)
        dock.repaint()
        times.append(round(1000 * (time.perf_counter() - began)))
        split.append([round(1000 * (moment - began)) for moment in moments])
        moments.clear()
        stage.spin(lambda: finished)
        drawn.append(round(1000 * (time.perf_counter() - began)))
        stage.rest(400)
        moments.clear()
        assert desk.boxes[name]["state"] == "approved"
    stage.tell(split=split)
    return times, drawn


def _drag(stage, dock):
    """Drag a box to a cell beside it, with a reason by number.

    Where the caps allow none of the four, it is the next box: which they allow depends on the days
    before, and so on what was drawn for them.
    """
    desk = dock.desk
    QTest.keyClick(dock.list, Qt.Key.Key_M)
    for _ in range(6):
        name, (row, column) = desk.current, desk.box["cells"][0]
        for beside in ((row, column + 1), (row + 1, column), (row, column - 1), (row - 1, column)):
            _drag_to(stage, dock, (row, column), beside)
            if desk.current != name:
                stage.tell(moved=name, now=desk.current, banner=dock.banner.words.text())
                return
        QTest.keyClick(dock.list, Qt.Key.Key_N)
        stage.wait(lambda before=name: desk.current != before and desk.story, "the next box")
        stage.draw()
    raise AssertionError(dock.banner.words.text())


def _drag_to(stage, dock, start, end):
    """Drag from the middle of a cell to that of another, and give the first reason."""
    canvas, grid = stage.iface.mapCanvas(), dock.map.grid

    def pixel(cell):
        point = canvas.getCoordinateTransform().transform(grid.centre(cell))
        return QPoint(round(point.x()), round(point.y()))

    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mousePress(canvas.viewport(), left, none, pixel(start))
    QTest.mouseMove(canvas.viewport(), pixel(end))
    stage.rest(100)
    stage.picture("review-dragging")
    QTest.mouseRelease(canvas.viewport(), left, none, pixel(end))
    stage.wait(dock.strip.isVisible, "a reason for the move is asked for")
    QTest.keyClick(dock.strip.words, Qt.Key.Key_1)
    stage.wait(lambda: not dock.desk.is_busy, "the move is judged")
    stage.rest(500)
