"""All that the plugin adds to QGIS's window: a menu, a toolbar, the engine's light, a page.

Panels are listed in ``panels.py``; each gets an entry of the menu and a button, and is made when it
is opened for the first time.
"""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import Any

from qgis.PyQt.QtCore import QCoreApplication, Qt, QTimer
from qgis.PyQt.QtWidgets import QDockWidget, QWidget

from evenbeat.compat import QAction
from evenbeat.engine.client import Engine
from evenbeat.gui.engine_light import EngineLight
from evenbeat.gui.extras import Extras
from evenbeat.gui.help import PanelHelp, open_help
from evenbeat.gui.icons import icon
from evenbeat.gui.panels import PANELS, Panel
from evenbeat.gui.setup.options import SetupPageFactory
from evenbeat.gui.task_bar import end_all

MENU = "Evenbeat"


class Interface:
    """What is in the window, and how it is taken out again."""

    def __init__(self, iface: Any, engine: Engine) -> None:
        self.iface = iface
        self.engine = engine
        self._actions: list[QAction] = []
        self._docks: dict[str, QDockWidget] = {}
        self.toolbar = iface.addToolBar(MENU)
        self.toolbar.setObjectName("EvenbeatToolbar")
        self._page = SetupPageFactory(engine)
        iface.registerOptionsWidgetFactory(self._page)
        self.light = EngineLight(engine)
        self.light.clicked.connect(self.open_setup)
        iface.mainWindow().statusBar().addPermanentWidget(self.light)
        for panel in PANELS:
            self.add_action(
                panel.icon, self.tr(panel.title), partial(self.open_panel, panel), toolbar=True,
                shortcut=panel.shortcut,
            )  # fmt: skip
        self.add_action(
            "settings", self.tr("Engine and settings..."), self.open_setup, toolbar=True
        )
        self.add_action("help", self.tr("Help"), open_help)
        self._extras = Extras(iface, engine)

    def tr(self, text: str) -> str:
        """Translate a text of this class."""
        return QCoreApplication.translate("Interface", text)

    def add_action(
        self, icon_name: str, text: str, act: Any, *, toolbar: bool = False, shortcut: str = ""
    ) -> QAction:
        """Add an entry to the menu, and a button to the toolbar; it is removed with the rest."""
        action = QAction(icon(icon_name), text, self.iface.mainWindow())
        action.triggered.connect(lambda _checked=False: act())
        if shortcut:
            action.setShortcut(shortcut)
        self.iface.addPluginToMenu(MENU, action)
        if toolbar:
            self.toolbar.addAction(action)
        self._actions.append(action)
        return action

    def open_panel(self, panel: Panel) -> QDockWidget:
        """Show a panel, or hide it when it is in front; make it the first time."""
        dock = self._docks.get(panel.module)
        is_new = dock is None
        if dock is None:
            dock = import_module(panel.module).create(self.iface, self.engine)
            self._docks[panel.module] = dock
            # Tabs have no room for whose panels they are; QGIS's menu of panels has.
            dock.toggleViewAction().setText(f"{dock.windowTitle()} ({MENU})")
            PanelHelp(dock, panel.icon)
            self._dock(dock, panel.area)
        dock.setVisible(is_new or not dock.isVisible() or dock.visibleRegion().isEmpty())
        dock.raise_()
        return dock

    def _dock(self, dock: QDockWidget, area: Qt.DockWidgetArea) -> None:
        """Put a new dock into the window, which stays as large as it was.

        For a moment the dock stands below the others, and a window that is too low for all grows.
        """
        window = self.iface.mainWindow()
        former = window.size()
        self.iface.addDockWidget(area, dock)
        self._tabify(dock, area)
        if not window.isMaximized() and not window.isFullScreen():
            QTimer.singleShot(0, lambda: window.resize(former))

    def _tabify(self, dock: QDockWidget, area: Qt.DockWidgetArea) -> None:
        """Put a new dock behind one that is there, as a tab: side by side they would be too low."""
        window = self.iface.mainWindow()
        for other in self._docks.values():
            if other is not dock and other.isVisible() and window.dockWidgetArea(other) == area:
                window.tabifyDockWidget(other, dock)
                return

    def open_setup(self) -> None:
        """Open the page of options that sets the engine up."""
        self.iface.showOptionsDialog(self.iface.mainWindow(), self._page.title())

    def remove(self) -> None:
        """Take everything out of the window."""
        end_all()
        self._extras.remove()
        self.iface.unregisterOptionsWidgetFactory(self._page)
        for action in self._actions:
            self.iface.removePluginMenu(MENU, action)
            self.toolbar.removeAction(action)
            action.deleteLater()
        self._actions.clear()
        for dock in self._docks.values():
            if hasattr(dock, "discard"):  # what it put on the map
                dock.discard()
            self.iface.removeDockWidget(dock)
            dock.deleteLater()
        self._docks.clear()
        _discard(self.light, self.iface.mainWindow().statusBar())
        self.iface.mainWindow().removeToolBar(self.toolbar)
        self.toolbar.deleteLater()


def _discard(widget: QWidget, bar: Any) -> None:
    bar.removeWidget(widget)
    widget.deleteLater()
