"""What has no panel of its own: the locator's filter, map tips, new publications."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import QCoreApplication

from evenbeat.arrivals import close_shared_arrivals, shared_arrivals
from evenbeat.engine.client import Engine
from evenbeat.locator.filter import EvenbeatLocator
from evenbeat.locator.index import Index


class Extras:
    """Added at the plugin's start, and taken away at its end."""

    def __init__(self, iface: Any, engine: Engine) -> None:
        self.iface = iface
        self._engine = engine
        self._finder: Any = None
        self.locator = EvenbeatLocator(Index(engine), self._go_to)
        iface.registerLocatorFilter(self.locator)
        shared_arrivals().renewed.connect(self._tell_renewed)

    def remove(self) -> None:
        """Take all away."""
        self.iface.deregisterLocatorFilter(self.locator)
        close_shared_arrivals()

    def _go_to(self, kind: str, facts: dict[str, Any]) -> None:
        if self._finder is None:
            from evenbeat.gui.finding import Finder
            from evenbeat.workspace.session import shared_session

            self._finder = Finder(self.iface, shared_session(self._engine))
        self._finder.go_to(kind, facts)

    def _tell_renewed(self, names: list[str]) -> None:
        from evenbeat.gui.messages import tell

        text = QCoreApplication.translate("Tiles", "A new publication is on the map: {names}.")
        tell(self.iface, text.format(names="; ".join(names)))
