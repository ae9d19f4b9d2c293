"""Makes the panel of measured patrol."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtWidgets import QDockWidget

from evenbeat.engine.client import Engine
from evenbeat.gui.dosage.dock import DosageDock
from evenbeat.workspace.session import shared_session


def create(iface: Any, engine: Engine) -> QDockWidget:
    """Return the panel."""
    return DosageDock(iface, shared_session(engine))
