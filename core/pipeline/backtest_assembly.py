"""Gather what a back-test tests from a workspace, and the fingerprints of all it depends on."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from evenbeat.core.backtest.budgets import Budget
from evenbeat.core.backtest.contest import contest_budgets, require_contest
from evenbeat.core.backtest.schedule import Schedule
from evenbeat.core.backtest.subject import Backtest
from evenbeat.core.errors import BacktestError
from evenbeat.core.features.knowledge import IncidentRecords
from evenbeat.core.pipeline.backtest_request import AREA_SHARES, BacktestRequest
from evenbeat.core.pipeline.context import cutoff_of
from evenbeat.core.pipeline.fit import model_inputs, read_layers, weighed_incidents
from evenbeat.core.pipeline.ingest import susceptibility_gate
from evenbeat.core.policy.modelled import require_modelled
from evenbeat.core.policy.severity import load_severity

if TYPE_CHECKING:
    from pandas import DataFrame

    from evenbeat.core.shifts import ShiftCalendar
    from evenbeat.core.store.workspace import Workspace

_CONTEST = {"week": "1 week", "2-weeks": "2 weeks", "month": "1 month", "2-months": "2 months",
            "3-months": "3 months"}  # fmt: skip


def assemble_backtest(workspace: Workspace, request: BacktestRequest) -> Backtest:
    """Gather what is tested.

    Raises
    ------
    BacktestError
        The dates, the horizon, the areas or the contest's rules do not fit.
    PolicyError
        A type must not be modelled.
    """
    settings = workspace.settings.model
    changes: dict[str, Any] = {}
    if request.crime_types:
        changes["crime_types"] = tuple(dict.fromkeys(request.crime_types))
    settings = settings.model_copy(update=changes)
    require_modelled(settings.crime_types)
    grid, calendar = workspace.grid(), workspace.calendar
    schedule = Schedule(
        request.first, request.last, request.horizon, request.refit_days or settings.refit_days,
        len(calendar), request.lag_days,
    )  # fmt: skip
    incidents = weighed_incidents(
        workspace, susceptibility_gate(workspace), cutoff_of(workspace, request.first)
    )
    _require_data(incidents, request.last, calendar)
    records = IncidentRecords.of(
        incidents, grid=grid, reporting_lag_days=settings.reporting_lag_days
    )
    return Backtest(
        grid, calendar, workspace.settings.agency, records,
        read_layers(workspace), settings, schedule, _budgets(grid, request), load_severity(),
        request.rules,
    )  # fmt: skip


def list_inputs(
    workspace: Workspace, backtest: Backtest, request: BacktestRequest
) -> dict[str, Any]:
    """Return the fingerprints of everything the result depends on."""
    return {
        **model_inputs(workspace, cutoff_of(workspace, request.first)),
        "model": backtest.settings.model_dump(mode="json"),
        "request": {
            "first": request.first.isoformat(), "last": request.last.isoformat(),
            "horizon": request.horizon, "refit_days": backtest.schedule.refit_days,
            "budgets": [budget.key for budget in backtest.budgets], "rules": request.rules,
            "lag_days": request.lag_days,
        },
        "severity": dict(backtest.severity),
    }  # fmt: skip


def _require_data(incidents: DataFrame, last: dt.date, calendar: ShiftCalendar) -> None:
    """Refuse a period that ends after the data do.

    Raises
    ------
    BacktestError
        Days without data would count as days without crime.
    """
    newest = incidents["occurred_from"].max().tz_convert(calendar.zone).date()
    if last > newest:
        raise BacktestError(
            f"The newest incident is of {newest}; days up to {last} without data would count as "
            f"days without crime. Choose --to {newest} or earlier, or ingest newer exports."
        )


def _budgets(grid: Any, request: BacktestRequest) -> tuple[Budget, ...]:
    if request.rules == "nij":
        if request.horizon not in _CONTEST:
            raise BacktestError(
                f"The contest's horizons are {', '.join(_CONTEST)}, got {request.horizon}."
            )
        if request.area_shares != AREA_SHARES or request.boxes_per_district:
            raise BacktestError(
                "The contest's rules set the flagged areas: 0.25, 0.5 and 0.75 square miles. Leave "
                "out --area and --boxes, or --rules."
            )
        require_contest(grid, _CONTEST[request.horizon])
        return contest_budgets(grid)
    shares = sorted({round(share, 6) for share in request.area_shares})
    budgets = [Budget.of_area(share, grid) for share in shares]
    if request.boxes_per_district:
        budgets.append(Budget.of_boxes(request.boxes_per_district, grid))
    return tuple(budgets)
