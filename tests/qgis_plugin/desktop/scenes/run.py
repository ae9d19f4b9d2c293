"""Days are run: in QGIS's task bar, on the map, their difference, and a package to hand over."""

import os
from pathlib import Path

import processing
from qgis.core import QgsApplication, QgsProject
from qgis.PyQt.QtCore import QDate, Qt
from qgis.PyQt.QtTest import QTest


def play(stage):
    from evenbeat import project
    from evenbeat.gui.run.history import BY, MADE

    stage.hide_panels("Layers")
    dock = stage.open_panel("Run", "EvenbeatRun", 480)
    project.remember(workspace=os.environ["EVENBEAT_STAGE_WORKSPACE"])
    tree = dock.history.tree
    stage.wait(tree.topLevelItemCount, "the runs are listed")
    for column in (BY, MADE):  # who made the demo and when is another with each reader
        tree.hideColumn(column)
    _run(stage, dock)
    stage.picture("run")
    dock.day.which.setCurrentIndex(1)
    dock.day.date.setDate(QDate(2017, 1, 4))
    _run(stage, dock)
    _difference(stage, dock)
    _package(stage)


def _run(stage, dock):
    """Run the chosen day to its end."""
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
    stage.draw()


def _difference(stage, dock):
    """Choose both days and lay their difference on the map."""
    tree = dock.history.tree
    stage.wait(lambda: tree.topLevelItemCount() > 1, "both days are listed")
    tree.clearSelection()
    for row in range(2):
        tree.topLevelItem(row).setSelected(True)
    before = set(QgsProject.instance().mapLayers())
    QTest.mouseClick(dock.difference_button, Qt.MouseButton.LeftButton)
    stage.wait(lambda: set(QgsProject.instance().mapLayers()) > before, "the difference is there")
    stage.wait(lambda: not dock.progress.is_busy, "all of it")
    stage.draw()
    stage.picture("difference")
    new = [one for key, one in QgsProject.instance().mapLayers().items() if key not in before]
    stage.tell(difference=[one.name() for one in new])


def _package(stage):
    """Write the day as a package, and open the project that is in it."""
    workspace = os.environ["EVENBEAT_STAGE_WORKSPACE"]
    target = str(Path(workspace) / "2017-01-04.gpkg")
    made = processing.run(
        "evenbeat:package", {"WORKSPACE": workspace, "DATE": "2017-01-04", "PACKAGE": target}
    )
    stage.hide_panels("Layers")
    assert QgsProject.instance().read(made["PROJECT"])
    stage.draw()
    stage.picture("package")
    stage.tell(package=[one.name() for one in QgsProject.instance().mapLayers().values()])
