"""The panel of measured patrol: a day on the map, hour by hour, by keys."""

import os
from itertools import pairwise

from qgis.core import QgsProject
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest

HOURS = 3


def play(stage):
    from evenbeat import project

    stage.hide_panels()
    dock = stage.open_panel("Patrol and tracks", "EvenbeatDosage")
    stage.tell(empty=dock.message.text())
    project.remember(workspace=os.environ["EVENBEAT_STAGE_WORKSPACE"])
    stage.wait(lambda: dock.faces.currentIndex() == 1, "the days are listed")
    QTest.mouseClick(dock.show_button, Qt.MouseButton.LeftButton)
    stage.wait(dock.show_button.isEnabled, "patrol is on the map", 120)
    stage.draw()
    canvas, frames, hours = stage.iface.mapCanvas(), [], []
    for _ in range(HOURS):
        QTest.keyClick(dock.time.bars, Qt.Key.Key_Right)
        stage.draw()
        hours.append(dock.time.hour.text())
        frames.append(canvas.grab().toImage())
    stage.picture("patrol")
    stage.tell(
        hours=hours, rows=dock.table.table.rowCount(),
        differ=all(one != other for one, other in pairwise(frames)),
        layers=[one.name() for one in QgsProject.instance().mapLayers().values()],
    )  # fmt: skip
