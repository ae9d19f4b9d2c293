"""The panel of the workspace: which one is open, its layers by role, its priorities."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtWidgets import QDockWidget

from evenbeat.engine.client import Engine


def create(iface: Any, engine: Engine) -> QDockWidget:
    """Return the panel."""
    from evenbeat.gui.workspace.dock import WorkspaceDock
    from evenbeat.workspace.session import shared_session

    return WorkspaceDock(iface, shared_session(engine))
