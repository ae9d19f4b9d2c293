"""The panel that runs the day and keeps its history."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtWidgets import QDockWidget

from evenbeat.engine.client import Engine


def create(iface: Any, engine: Engine) -> QDockWidget:
    """Return the panel."""
    from evenbeat.gui.run.dock import RunDock
    from evenbeat.workspace.session import shared_session

    return RunDock(iface, shared_session(engine))
