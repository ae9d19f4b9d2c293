"""``evenbeat:reporttactic``."""

from __future__ import annotations

from evenbeat.processing.reports.base import PeriodReportAlgorithm


class TacticReport(PeriodReportAlgorithm):
    """Minutes and visits by tactic, and what followed, beside hold-outs."""

    identity = "reporttactic"
    title = "Tactic report"
    operation = "report-tactic"
