"""The panels, one line each; a panel's module is imported when it is opened for the first time.

A panel's module has ``create(iface, engine)``, which returns a ``QDockWidget`` with an object name.
"""

from __future__ import annotations

from dataclasses import dataclass

from qgis.PyQt.QtCore import Qt


@dataclass(frozen=True)
class Panel:
    """One panel: what the menu shows, and which module makes it."""

    title: str
    icon: str
    module: str
    area: Qt.DockWidgetArea = Qt.DockWidgetArea.RightDockWidgetArea
    shortcut: str = ""


PANELS: tuple[Panel, ...] = (
    Panel("Workspace and layers", "workspace", "evenbeat.gui.workspace"),
    Panel("Run", "run", "evenbeat.gui.run"),
    Panel("Review", "review", "evenbeat.gui.review.dock"),
    Panel("Briefing", "briefing", "evenbeat.gui.briefing"),
    Panel("Patrol and tracks", "tracks", "evenbeat.gui.dosage.panel"),
    Panel("Tile services", "tiles", "evenbeat.gui.tiles.panel"),
)
