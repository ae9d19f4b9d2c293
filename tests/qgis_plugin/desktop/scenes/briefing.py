"""The panel of briefings: nothing to brief, a day, its PDF, and its template in QGIS's window."""

import os
from pathlib import Path

from qgis.core import QgsExpressionContextUtils, QgsProject
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.utils import plugins


def play(stage):
    from evenbeat.gui.panels import PANELS

    workspace = os.environ["EVENBEAT_STAGE_WORKSPACE"]
    panel = next(one for one in PANELS if one.module == "evenbeat.gui.briefing")
    dock = plugins["evenbeat"]._interface.open_panel(panel)
    stage.wait(dock.isVisible, "the panel is open")
    stage.picture("empty", dock)
    stage.tell(empty=dock.message.text())
    QgsExpressionContextUtils.setProjectVariable(
        QgsProject.instance(), "evenbeat_workspace", workspace
    )
    stage.wait(lambda: dock.faces.currentIndex() == 1, "the form is filled", 120)
    form = dock.form
    form.shift.setCurrentIndex(1)
    form.district.setCurrentIndex(1)
    stage.picture("form", dock)
    stage.tell(
        days=[form.day.itemText(n) for n in range(form.day.count())],
        templates=[form.template.itemText(n) for n in range(form.template.count())],
    )
    written, failed = [], []
    dock.maker.made.connect(written.extend)
    dock.maker.failed.connect(lambda error: failed.append(str(error)))
    QTest.mouseClick(form.button, Qt.MouseButton.LeftButton)
    stage.wait(form.bar.isVisible, "progress is shown")
    stage.picture("progress", dock)
    stage.wait(lambda: written or failed, "the PDF is written", 120)
    stage.picture("written")
    stage.tell(
        written=[str(path) for path in written],
        failed=failed,
        bytes=[Path(path).stat().st_size for path in written],
    )
    stage.wait(form.edit_button.isEnabled, "the form is free again")
    QTest.mouseClick(form.edit_button, Qt.MouseButton.LeftButton)
    stage.wait(lambda: stage.iface.openLayoutDesigners() or failed, "the layout's window", 120)
    designer = stage.iface.openLayoutDesigners()[0]
    window = designer.window()
    window.resize(1400, 900)
    designer.setAtlasPreviewEnabled(True)
    (opened,) = QgsProject.instance().layoutManager().layouts()
    stage.rest(1000)
    designer.view().zoomFull()
    stage.rest(3000)
    stage.picture("designer", window)
    stage.tell(
        atlas=opened.atlas().count(),
        own=dock._edited.own,
        copied=str(dock._edited.path),
        note=form.note.text(),
    )
