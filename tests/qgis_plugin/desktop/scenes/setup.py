"""The page that sets the engine up: with the engine, and with a Python that has none."""

import os

from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import QApplication, QDialog, QVBoxLayout


def play(stage):
    _options(stage)
    from evenbeat.engine.client import shared_engine
    from evenbeat.gui.setup.page import SetupPage

    dialog = QDialog(stage.iface.mainWindow())
    dialog.resize(820, 620)
    layout = QVBoxLayout(dialog)
    page = SetupPage(shared_engine(), dialog)
    layout.addWidget(page)
    dialog.show()
    stage.wait(lambda: page.state in {"ready", "warning"}, "the engine answers")
    stage.tell(verdict=page.verdict.text(), rows=page.rows.topLevelItemCount())
    stage.picture("setup-ready", dialog)
    page.copy.click()
    stage.tell(copied=QApplication.clipboard().text())
    page.python.setFilePath("/usr/bin/python3")
    stage.wait(lambda: page.state == "failed", "a Python without Evenbeat is found out")
    stage.tell(without=page.verdict.text())
    stage.picture("setup-without", dialog)
    page.python.setFilePath(os.environ["EVENBEAT_PYTHON"])
    stage.wait(lambda: page.state in {"ready", "warning"}, "the engine answers again")
    page.save()
    dialog.close()


def _options(stage):
    """Open QGIS's options by the light, and look at the page."""
    from evenbeat.gui.engine_light import EngineLight
    from evenbeat.gui.setup.page import SetupPage

    def look():
        dialog = QApplication.activeModalWidget()
        try:
            page = dialog.findChild(SetupPage)
            stage.wait(lambda: page.state in {"ready", "warning"}, "the engine answers")
            stage.tell(page_is_seen=page.isVisible())
            stage.picture("options", dialog)
        finally:
            dialog.reject()  # or the scene would wait for a click that never comes

    QTimer.singleShot(2000, look)
    stage.iface.mainWindow().findChild(EngineLight, "EvenbeatEngineLight").click()
