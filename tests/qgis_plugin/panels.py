"""What tests of panels share: a window with real Qt parts, waiting, and engines that are killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

import harness
import pytest
from qgis.core import QgsFeature, QgsGeometry, QgsLayerTreeModel, QgsProject, QgsVectorLayer
from qgis.gui import QgsMapCanvas, QgsMessageBar
from qgis.PyQt.QtCore import QEventLoop, Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QMainWindow

READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'


class Window:
    """As much of QGIS's interface as panels use; every part is the real one."""

    def __init__(self):
        self.window = QMainWindow()
        self.canvas = QgsMapCanvas(self.window)
        self.bar = QgsMessageBar(self.window)
        self.layer = None
        self.window.setCentralWidget(self.canvas)
        self.window.resize(1200, 800)
        self.window.show()

    def mainWindow(self):
        return self.window

    def mapCanvas(self):
        return self.canvas

    def messageBar(self):
        return self.bar

    def addDockWidget(self, area, dock):
        self.window.addDockWidget(area, dock)

    def activeLayer(self):
        return self.layer

    def told(self):
        """Return the texts of the message bar, the newest first."""
        return [item.text() for item in self.bar.items()]

    def close(self):
        self.bar.clearWidgets()
        self.window.close()
        self.window.deleteLater()


def until(condition, what="it is so", *, seconds=90):
    """Let Qt work until a condition holds."""
    loop, timer = QEventLoop(), QTimer()
    timer.setInterval(20)
    timer.timeout.connect(lambda: condition() and loop.quit())
    timer.start()
    QTimer.singleShot(1000 * seconds, loop.quit)
    loop.exec()
    timer.stop()
    assert condition(), f"waited {seconds} s in vain until {what}"


def click(button):
    """Click a button that can be clicked."""
    assert button.isEnabled(), button.text()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def choose(box, value):
    """Choose the entry of a box that carries a value."""
    index = box.findData(value)
    assert index >= 0, f"{value!r} is none of {[box.itemData(at) for at in range(box.count())]}"
    box.setCurrentIndex(index)


def own_engines(words=b"evenbeat.core.engine"):
    """Return the process ids of this process's engines, known by words of their command."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text("utf-8").rpartition(")")[2].split()[1])
            command = (folder / "cmdline").read_bytes()
        except (OSError, ValueError):
            continue
        if parent == os.getpid() and words in command:
            found.append(int(folder.name))
    return found


def kill_engines():
    """Kill the engines that this process started, as the system does when memory is short."""
    assert own_engines()
    for process in own_engines():
        os.kill(process, signal.SIGKILL)


def die_while_asked(engine, ask):
    """Ask something, and kill the engine once it has the request and before it can answer."""
    assert own_engines()
    for process in own_engines():
        os.kill(process, signal.SIGSTOP)
    ask()
    until(lambda: engine.state[0] == "busy", "the engine has the request")
    kill_engines()


def python_that_only_reads(root: Path, folder: Path) -> str:
    """Return a program that is the engine's Python, for which a folder can only be read."""
    program = folder / "python-that-reads"
    if os.geteuid() == 0:
        trial = ["unshare", "-m", "sh", "-c", READ_ONLY, str(root), "true"]
        if shutil.which("unshare") is None or subprocess.run(trial, check=False).returncode:
            pytest.skip("root may not make a folder read-only here")
        line = f"exec unshare -m sh -c '{READ_ONLY}' '{root}' '{harness.ENGINE}' \"$@\""
    else:
        root.chmod(0o555)
        line = f"exec '{harness.ENGINE}' \"$@\""
    program.write_text(f"#!/bin/sh\n{line}\n", "utf-8")
    program.chmod(0o755)
    return str(program)


def legend_rows(layer, project=None):
    """Return the rows of a layer's legend as the panel of layers shows them."""
    root = (project or QgsProject.instance()).layerTreeRoot()
    model = QgsLayerTreeModel(root)
    nodes = model.layerLegendNodes(root.findLayer(layer.id()))
    return [node.data(Qt.ItemDataRole.DisplayRole) for node in nodes]


TOP_SHARES = [f"top {share} % of the area" for share in (10, 5, 2, 1)]


def memory_layer(name, fields, rows, *, kind="Point?crs=EPSG:4326"):
    """Return a layer of rows of (well-known text, attributes)."""
    layer = QgsVectorLayer(kind + "".join(f"&field={field}" for field in fields), name, "memory")
    features = []
    for text, attributes in rows:
        feature = QgsFeature(layer.fields())
        if text:
            feature.setGeometry(QgsGeometry.fromWkt(text))
        feature.setAttributes(attributes)
        features.append(feature)
    assert layer.dataProvider().addFeatures(features)[0]
    layer.updateExtents()
    return layer
