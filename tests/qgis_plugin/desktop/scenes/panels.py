"""Every panel opened, without a workspace and with one, in QGIS's language: all its texts."""

import os

from qgis.PyQt.QtCore import QAbstractItemModel, Qt
from qgis.PyQt.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QDockWidget,
    QGroupBox,
    QLabel,
    QLineEdit,
    QTabWidget,
    QWidget,
)


def play(stage):
    from qgis.utils import plugins

    from evenbeat import project
    from evenbeat.engine.client import shared_engine
    from evenbeat.gui.panels import PANELS

    window = stage.iface.mainWindow()
    for dock in window.findChildren(QDockWidget):
        dock.hide()
    interface = plugins["evenbeat"]._interface
    texts = {f"menu: {action.text()}" for action in interface._actions}
    texts |= {f"menu: {action.toolTip()}" for action in interface._actions}
    texts.add(f"light: {interface.light.toolTip()}")
    for workspace in ("", os.environ["EVENBEAT_STAGE_WORKSPACE"]):
        if workspace:
            project.remember(workspace=workspace)
        for panel in PANELS:
            dock = interface.open_panel(panel)
            dock.show()
            dock.raise_()
            stage.rest(1500)
            stage.wait(lambda: shared_engine().state[0] not in ("busy", "starting"), "engine rests")
            stage.rest(500)
            window.resizeDocks([dock], [460], Qt.Orientation.Horizontal)
            stage.picture(f"{panel.icon}-{'demo' if workspace else 'empty'}", dock)
            texts |= {f"{panel.icon}: {text}" for text in _texts(dock)}
            dock.hide()
    stage.tell(texts=sorted(texts))


def _texts(dock):
    """Return all that a panel shows, tooltips and table headings included."""
    found = {dock.windowTitle()}
    for widget in dock.findChildren(QWidget):
        found |= {widget.toolTip(), widget.accessibleName()}
        if isinstance(widget, (QLabel, QAbstractButton)):
            found.add(widget.text())
        if isinstance(widget, QGroupBox):
            found.add(widget.title())
        if isinstance(widget, QLineEdit):
            found.add(widget.placeholderText())
        if isinstance(widget, QComboBox):
            found |= {widget.itemText(row) for row in range(widget.count())}
        if isinstance(widget, QTabWidget):
            found |= {widget.tabText(page) for page in range(widget.count())}
    for model in dock.findChildren(QAbstractItemModel):
        columns = range(model.columnCount())
        found |= {model.headerData(one, Qt.Orientation.Horizontal) for one in columns}
    return {text for text in found if isinstance(text, str) and text.strip()}
