"""All algorithms, in the order of the work."""

from __future__ import annotations

from evenbeat.processing.data.add_source import AddSource
from evenbeat.processing.data.describe import Describe
from evenbeat.processing.data.ingest import Ingest
from evenbeat.processing.data.initialise import Initialise
from evenbeat.processing.dosage.dosage import Dosage
from evenbeat.processing.forecast.backtest import Backtest
from evenbeat.processing.forecast.difference import Difference
from evenbeat.processing.forecast.fit import Fit
from evenbeat.processing.forecast.forecast import Forecast
from evenbeat.processing.plan.plan import Plan
from evenbeat.processing.plan.what_if import WhatIf
from evenbeat.processing.publish.brief import Brief
from evenbeat.processing.publish.briefing_atlas import BriefingAtlas
from evenbeat.processing.publish.daily import Daily
from evenbeat.processing.publish.package import Package
from evenbeat.processing.publish.publish import Publish
from evenbeat.processing.reports.crime_dosage import CrimeDosageReport
from evenbeat.processing.reports.crime_type import CrimeTypeReport
from evenbeat.processing.reports.equity import EquityReport
from evenbeat.processing.reports.equity_load import EquityLoad
from evenbeat.processing.reports.officer import OfficerReport
from evenbeat.processing.reports.shift import ShiftReport
from evenbeat.processing.reports.tactic import TacticReport

ALGORITHMS = (
    Initialise, AddSource, Ingest, Describe, Fit, Forecast, Backtest, Difference, Plan, WhatIf,
    Dosage, ShiftReport, TacticReport, OfficerReport, CrimeTypeReport, CrimeDosageReport,
    EquityLoad, EquityReport, Brief, BriefingAtlas, Publish, Package, Daily,
)  # fmt: skip
