"""``evenbeat:reportcrimetype``."""

from __future__ import annotations

from evenbeat.processing.reports.base import PeriodReportAlgorithm


class CrimeTypeReport(PeriodReportAlgorithm):
    """Directed minutes by crime type beside forecast and reported crime."""

    identity = "reportcrimetype"
    title = "Crime type report"
    operation = "report-crime-type"
