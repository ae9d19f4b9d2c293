"""The groups of the toolbox, in the order of the work."""

from __future__ import annotations

from dataclasses import dataclass

from qgis.PyQt.QtCore import QCoreApplication


@dataclass(frozen=True)
class Group:
    """A heading in the toolbox."""

    identity: str
    title: str

    @property
    def shown(self) -> str:
        """The title in QGIS's language."""
        return QCoreApplication.translate("Algorithms", self.title)


DATA = Group("data", "1 Data")
FORECAST = Group("forecast", "2 Forecast")
PLAN = Group("plan", "3 Plan")
DOSAGE = Group("dosage", "4 Dosage")
REPORTS = Group("reports", "5 Reports")
PUBLISH = Group("publish", "6 Publish")
