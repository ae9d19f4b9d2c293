"""The panel that runs the day: in QGIS's task bar while it runs, then on the map, and legends."""

import os

from qgis.core import QgsApplication, QgsProject
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QDockWidget


def play(stage):
    from qgis.utils import plugins

    from evenbeat import project
    from evenbeat.gui.run.history import BY, MADE

    window = stage.iface.mainWindow()
    for dock in window.findChildren(QDockWidget):
        dock.setVisible(dock.objectName() == "Layers")
    actions = {one.text(): one for one in plugins["evenbeat"]._interface._actions}
    actions["Run"].trigger()
    dock = window.findChild(QDockWidget, "EvenbeatRun")
    window.resizeDocks([dock], [480], Qt.Orientation.Horizontal)
    project.remember(workspace=os.environ["EVENBEAT_STAGE_WORKSPACE"])
    tree = dock.history.tree
    stage.wait(tree.topLevelItemCount, "the runs are listed")
    for column in (BY, MADE):  # who made the demo and when is another with each reader
        tree.hideColumn(column)
    QTest.mouseClick(dock.day.run_button, Qt.MouseButton.LeftButton)
    tasks = QgsApplication.taskManager()
    stage.wait(tasks.activeTasks, "it is in the task bar")
    stage.tell(tasks=[task.description() for task in tasks.activeTasks()])
    stage.wait(lambda: dock.day.progress.bar.value() > 0, "it is on its way", 120)
    stage.picture("run-progress")
    stage.wait(lambda: not dock.day.progress.is_busy, "the day is run to its end", 600)
    stage.wait(lambda: QgsProject.instance().mapLayers(), "it is on the map")
    stage.wait(lambda: not dock.progress.is_busy, "all of it")
    stage.wait(lambda: not tasks.activeTasks(), "nothing is left in the task bar")
    stage.iface.messageBar().clearWidgets()
    stage.draw()
    stage.picture("run")
