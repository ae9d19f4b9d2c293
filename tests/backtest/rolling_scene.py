"""A small simulated city and a back-test of it, for the tests of the rolling engine."""

import datetime as dt

from evenbeat.core.backtest.budgets import Budget
from evenbeat.core.backtest.schedule import Schedule
from evenbeat.core.backtest.subject import Backtest
from evenbeat.core.config import AgencySettings, ModelSettings
from evenbeat.core.features import Layers
from evenbeat.core.features.knowledge import IncidentRecords
from evenbeat.core.models.selection import Choice

SETTINGS = ModelSettings(
    crime_types=("burglary", "theft"), history_days=400, training_days=60, minimum_incidents=10,
    maximum_rows=20_000, kind="mixture",
)  # fmt: skip
CHOICES = {name: Choice("mixture") for name in SETTINGS.crime_types}
FIRST = dt.date(2017, 3, 6)


def known_of(city):
    """Everything that was ever reported."""
    return city.known_incidents(dt.datetime(2030, 1, 1, tzinfo=dt.UTC))


def make_backtest(
    city,
    *,
    first=FIRST,
    incidents=None,
    horizon="day",
    n_days=12,
    refit_days=7,
    gap_days=0,
    rules="none",
    **settings,
):
    """A back-test of `n_days`, by default over the clock change of 12 March."""
    grid, calendar = city.grid(), city.calendar()
    asked = SETTINGS.model_copy(update=settings)
    return Backtest(
        grid, calendar,
        AgencySettings(
            timezone=city.timezone, country=city.country, subdivision=city.subdivision
        ),
        IncidentRecords.of(
            known_of(city) if incidents is None else incidents, grid=grid,
            reporting_lag_days=asked.reporting_lag_days,
        ),
        Layers(city.places, city.events, city.weather), asked,
        Schedule(
            first, first + dt.timedelta(days=n_days - 1), horizon, refit_days, len(calendar),
            gap_days,
        ),
        (Budget.of_area(0.02, grid), Budget.of_boxes(2, grid)), {"burglary": 20.0, "theft": 1.0},
        rules,
    )  # fmt: skip
