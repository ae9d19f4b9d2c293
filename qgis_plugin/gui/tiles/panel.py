"""Makes the panel of tile services."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtWidgets import QDockWidget

from evenbeat.arrivals import shared_watch
from evenbeat.engine.client import Engine
from evenbeat.gui.tiles.dock import TilesDock


def create(iface: Any, engine: Engine) -> QDockWidget:
    """Return the panel; it needs no engine."""
    return TilesDock(iface, shared_watch())
