"""The provider: its algorithms under one heading of the toolbox."""

from __future__ import annotations

from qgis.core import QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from evenbeat.gui.icons import icon_path
from evenbeat.processing.catalogue import ALGORITHMS


class EvenbeatProvider(QgsProcessingProvider):
    """All of Evenbeat's algorithms."""

    def id(self) -> str:
        """Return the first part of every algorithm's name."""
        return "evenbeat"

    def name(self) -> str:
        """Return what the toolbox shows."""
        return "Evenbeat"

    def longName(self) -> str:
        """Return what the options show."""
        return self.tr("Evenbeat: directed patrols")

    def icon(self) -> QIcon:
        """Return the heading's icon."""
        return QIcon(self.svgIconPath())

    def svgIconPath(self) -> str:
        """Return the file of the heading's icon."""
        return icon_path("evenbeat")

    def loadAlgorithms(self) -> None:
        """Add one of each algorithm."""
        for kind in ALGORITHMS:
            self.addAlgorithm(kind())
