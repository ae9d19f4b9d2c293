"""What a back-test tests: where, when, on what, and by which rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from evenbeat.core.backtest.budgets import Budget
from evenbeat.core.backtest.schedule import Schedule
from evenbeat.core.config import AgencySettings, ModelSettings
from evenbeat.core.features import (
    Catalogue,
    Layers,
    Study,
    Timeline,
    list_place_measures,
    list_undated_layers,
)
from evenbeat.core.features.knowledge import IncidentRecords
from evenbeat.core.forecast.fit import gather_training
from evenbeat.core.grid import Grid
from evenbeat.core.models.kinds import BASELINES
from evenbeat.core.models.training import TrainingRows
from evenbeat.core.shifts import ShiftCalendar

MODEL = "evenbeat"
MODELS: tuple[str, ...] = (MODEL, *BASELINES)


@dataclass(frozen=True, eq=False)
class Backtest:
    """Everything that the blocks of a back-test share.

    Parameters
    ----------
    grid, calendar, agency
        Where, when, and whose holidays.
    incidents
        Records with training weights; only what was known at a cut-off is looked at.
    layers
        Places, events and weather.
    settings
        The ``[model]`` section; its crime types are tested, its lag is the gap.
    schedule
        The windows.
    budgets
        How many cells are flagged.
    severity
        Weight of each crime type, for all types together.
    rules
        ``none``, or ``nij`` for those of the challenge: N then counts what happened in the
        jurisdiction but in no cell too.
    """

    grid: Grid
    calendar: ShiftCalendar
    agency: AgencySettings
    incidents: IncidentRecords
    layers: Layers
    settings: ModelSettings
    schedule: Schedule
    budgets: tuple[Budget, ...]
    severity: Mapping[str, float]
    rules: str = "none"

    @property
    def counts_beside(self) -> bool:
        """Return whether N counts incidents in the jurisdiction that lie in no cell."""
        return self.rules == "nij"


def study_at(backtest: Backtest, date: dt.date) -> Study:
    """Return the study at the local midnight of a date, or as many days before as the gap is."""
    known = date - dt.timedelta(days=backtest.schedule.gap_days)
    cutoff = dt.datetime.combine(known, dt.time(), backtest.calendar.zone).astimezone(dt.UTC)
    layers, settings = backtest.layers, backtest.settings
    catalogue = Catalogue(
        settings.history_days, list_place_measures(layers, cutoff),
        list_undated_layers(layers, cutoff),
    )  # fmt: skip
    return Study(
        backtest.grid, backtest.agency, backtest.incidents, layers, catalogue, cutoff,
        settings.reporting_lag_days,
    )  # fmt: skip


def gather_rows(backtest: Backtest, study: Study, crime_type: str) -> tuple[TrainingRows, Timeline]:
    """Return the training rows of a crime type and their days, as far ahead as windows reach."""
    return gather_training(
        study, backtest.calendar, backtest.settings, crime_type,
        window_days=backtest.schedule.length.days, gap_days=backtest.schedule.gap_days,
    )  # fmt: skip
