"""The panel of the workspace: empty, its layers, and a factor that is typed and seen on the map."""

import os

from qgis.core import QgsProject
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QLineEdit


def play(stage):
    from evenbeat import project

    stage.hide_panels()
    dock = stage.open_panel("Workspace and layers", "EvenbeatWorkspace", 560)
    stage.tell(empty=dock.message.text())
    stage.picture("workspace-empty")
    project.remember(workspace=os.environ["EVENBEAT_STAGE_WORKSPACE"])
    tree = dock.sources.tree
    stage.wait(tree.topLevelItemCount, "the layers are listed")
    stage.tell(
        agency=dock.agency.text(),
        roles=[tree.topLevelItem(row).text(0) for row in range(tree.topLevelItemCount())],
    )
    stage.picture("workspace-layers")
    _type_a_factor(stage, dock)


def _type_a_factor(stage, dock):
    page = dock.priorities
    bar = dock.tabs.tabBar()
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
                     bar.tabRect(1).center())  # fmt: skip
    stage.wait(lambda: page.model.rowCount() > 1, "the districts are listed")
    page.live.click()
    stage.wait(lambda: page.preview.layer is not None, "the priority is on the map")
    former = page.preview.layer.id()
    stage.draw()
    before = stage.iface.mapCanvas().grab().toImage()
    index = page.model.index(1, 3)
    page.table.setCurrentIndex(index)
    page.table.edit(index)
    field = page.table.findChild(QLineEdit)
    field.selectAll()
    QTest.keyClicks(field, "5")
    QTest.keyClick(field, Qt.Key.Key_Return)
    stage.wait(lambda: page.preview.layer is not None and page.preview.layer.id() != former,
               "the preview follows")  # fmt: skip
    stage.draw()
    stage.picture("workspace-priorities")
    stage.tell(
        state=page.state.text(), changed=stage.iface.mapCanvas().grab().toImage() != before,
        layers=[one.name() for one in QgsProject.instance().mapLayers().values()],
    )  # fmt: skip
