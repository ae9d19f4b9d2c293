"""The set-up as a page of QGIS's options."""

from __future__ import annotations

from qgis.gui import QgsOptionsPageWidget, QgsOptionsWidgetFactory
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QVBoxLayout, QWidget

from evenbeat.engine.client import Engine
from evenbeat.gui.icons import icon


class SetupPageFactory(QgsOptionsWidgetFactory):
    """Makes the page when the options are opened."""

    def __init__(self, engine: Engine) -> None:
        super().__init__("Evenbeat", icon("evenbeat"))
        self._engine = engine

    def icon(self) -> QIcon:
        """Return the page's icon."""
        return icon("evenbeat")

    def createWidget(self, parent: QWidget | None) -> QgsOptionsPageWidget:
        """Return the page."""
        return _SetupOptions(self._engine, parent)


class _SetupOptions(QgsOptionsPageWidget):
    def __init__(self, engine: Engine, parent: QWidget | None) -> None:
        from evenbeat.gui.setup.page import SetupPage

        super().__init__(parent)
        self.setObjectName("EvenbeatOptions")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self.page = SetupPage(engine, self)
        layout.addWidget(self.page)

    def apply(self) -> None:
        """Keep the choice."""
        self.page.save()
