"""Runs inside a real QGIS (``qgis --code``): plays one scene, takes pictures, and ends QGIS.

A scene is a file with ``play(stage)``. It may use everything of QGIS; it waits for things to become
true with `Stage.wait`, takes pictures with `Stage.picture`, and tells figures with `Stage.tell`.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import time
import traceback
from pathlib import Path

from qgis.PyQt.QtCore import QCoreApplication, QEventLoop, Qt, QTimer
from qgis.PyQt.QtWidgets import QDockWidget
from qgis.utils import iface, plugins

sys.path.insert(0, str(Path(os.environ["EVENBEAT_STAGE_SCENE"]).resolve().parents[1]))
OUT = Path(os.environ["EVENBEAT_STAGE_OUT"])
SCENE = Path(os.environ["EVENBEAT_STAGE_SCENE"])
START_MS = 1500


class Stage:
    """What a scene works with."""

    def __init__(self):
        self.iface = iface
        self.told = {}
        self.failures = []

    def rest(self, milliseconds=200):
        """Let QGIS paint and work for a while."""
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def wait(self, condition, what, seconds=60):
        """Wait until a condition holds; it fails with ``what`` where it does not in time."""
        end = time.monotonic() + seconds
        while not condition():
            if self.failures:
                raise AssertionError(self.failures[0])
            if time.monotonic() > end:
                raise AssertionError(f"waited {seconds} s in vain: {what}")
            self.rest(50)

    def spin(self, condition, seconds=30):
        """Wait without a rest, where the moment counts."""
        end = time.monotonic() + seconds
        while not condition():
            QCoreApplication.processEvents()
            time.sleep(0.002)  # the engine's thread needs the interpreter too
            if time.monotonic() > end:
                raise AssertionError(f"waited {seconds} s in vain")

    def hide_panels(self, *but):
        """Hide every panel but those of these names."""
        for dock in self.iface.mainWindow().findChildren(QDockWidget):
            dock.setVisible(dock.objectName() in but)

    def open_panel(self, title, name, width=460):
        """Open a panel of the plugin by its action, and return it."""
        window = self.iface.mainWindow()
        actions = {one.text(): one for one in plugins["evenbeat"]._interface._actions}
        actions[title].trigger()
        dock = window.findChild(QDockWidget, name)
        window.resizeDocks([dock], [width], Qt.Orientation.Horizontal)
        return dock

    def draw(self):
        """Draw the map anew and wait until it is drawn."""
        drawn, canvas = [], self.iface.mapCanvas()
        canvas.mapCanvasRefreshed.connect(lambda: drawn.append(True))
        canvas.refreshAllLayers()
        self.wait(lambda: drawn and not canvas.isDrawing(), "the map is drawn")
        # QGIS offers grids of PROJ that the machine lacks; no test is about that.
        self.iface.messageBar().clearWidgets()

    def picture(self, name, widget=None):
        """Take a picture of a widget, by default the main window."""
        self.rest(300)
        (widget or self.iface.mainWindow()).grab().save(str(OUT / f"{name}.png"))

    def tell(self, **values):
        """Hand figures and texts to the test."""
        self.told.update(values)


def _play():
    stage, failure = Stage(), None
    # An exception in a slot would open QGIS's dialog, and wait for a click that never comes.
    sys.excepthook = lambda *error: stage.failures.append(
        "".join(traceback.format_exception(*error))
    )
    try:
        specification = importlib.util.spec_from_file_location("scene", SCENE)
        scene = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(scene)
        iface.mainWindow().resize(1500, 950)
        scene.play(stage)
        if stage.failures:
            raise AssertionError(stage.failures[0])
    except BaseException:
        failure = traceback.format_exc()
        iface.mainWindow().grab().save(str(OUT / "failure.png"))
    document = {"told": stage.told, "failure": failure}
    (OUT / "outcome.json").write_text(json.dumps(document, default=str), "utf-8")
    QCoreApplication.processEvents()
    _stop_engine()
    # QGIS under Xvfb may crash while it closes; nothing of that is tested here.
    os._exit(0)


def _stop_engine():
    if "evenbeat.engine.client" not in sys.modules:  # a scene that installs it may fail before
        return
    from evenbeat.engine.client import close_shared_engine

    close_shared_engine()


QTimer.singleShot(START_MS, _play)
