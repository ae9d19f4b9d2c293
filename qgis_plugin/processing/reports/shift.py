"""``evenbeat:reportshift``."""

from __future__ import annotations

from qgis.core import QgsProcessingParameterString

from evenbeat.processing.fields import DATE, date_field, date_of
from evenbeat.processing.reports.base import ReportAlgorithm

SHIFT = "SHIFT"


class ShiftReport(ReportAlgorithm):
    """Where units were, and what was delivered of what was planned."""

    identity = "reportshift"
    title = "Shift report"
    operation = "report-shift"

    def declare(self) -> None:
        """Add day and shift."""
        date_field(self, DATE, self.tr("Day (empty: the newest measured)"))
        self.addParameter(
            QgsProcessingParameterString(
                SHIFT, self.tr("Shift, by its name (empty: all of the day)"), optional=True
            )
        )

    def more(self, parameters, context):
        """Return day and shift."""
        return {
            "date": date_of(self, parameters, context),
            "shift": self.parameterAsString(parameters, SHIFT, context) or None,
        }
