"""The day under other settings, and the past forecast again."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from evenbeat.core.engine.operation import Call, DayRequest, Result, WorkspaceRequest, operation
from evenbeat.core.engine.operations.steps import day_of

Horizon = Literal["shift", "day", "week", "2-weeks", "month", "2-months", "3-months"]


class WhatIfRequest(DayRequest):
    """Parameters of `what-if`."""

    changes: tuple[str, ...] = Field(
        (), description="variants such as plan.tau=2; several settings of one with commas"
    )
    settings_files: tuple[Path, ...] = Field((), description="settings files whose [plan] to try")
    draws: int | None = Field(None, ge=1, description="plans drawn for a lottery; default 20")
    out: Path | None = Field(None, description="folder of the page; by default with the run")


class WhatIfResult(Result):
    """What one comparison made."""

    date: dt.date
    run_id: str
    page: Path
    document: dict[str, Any] = Field(description="variants side by side, and findings in words")


class BacktestParameters(WorkspaceRequest):
    """Parameters of `backtest`."""

    first: dt.date = Field(description="first day, YYYY-MM-DD")
    last: dt.date = Field(description="last day, YYYY-MM-DD")
    horizon: Horizon = Field("day", description="length of a window")
    crime_types: tuple[str, ...] = Field((), description="by default all that are modelled")
    refit_days: int | None = Field(None, ge=1, description="days between fits")
    lag_days: int = Field(0, ge=0, description="days by which all news comes late")
    area_percent: tuple[float, ...] = Field(
        (), description="percent of the area to flag; by default 0.25, 0.5, 1, 2 and 5"
    )
    boxes: int = Field(0, ge=0, description="boxes a district, besides")
    rules: Literal["none", "nij"] = Field("none", description="rules of the NIJ challenge")
    without_undated: bool = Field(False, description="also without layers that carry no dates")
    out: Path | None = Field(None, description="folder of the report; by default backtests/ID")
    forecasts: Path | None = Field(None, description="folder for every issued forecast, as Zarr")
    jobs: int | None = Field(None, ge=1, description="processes; by default one a core")
    scheduler: str | None = Field(None, description="address of a Dask scheduler, tcp://HOST:PORT")
    force: bool = Field(False, description="do blocks again that are done")


class BacktestResult(Result):
    """What one back-test made."""

    page: Path
    folder: Path
    document: dict[str, Any] = Field(description="what backtest.json holds")


@operation("what-if")
def what_if(call: Call, asked: WhatIfRequest) -> WhatIfResult:
    """Plan a day under other settings and compare; assign nothing."""
    from evenbeat.core.engine.writable import require_writable
    from evenbeat.core.pipeline.what_if import DRAWS, run_what_if

    if asked.out is None:
        require_writable(asked.workspace)
    context, date = day_of(call, asked)
    outcome = run_what_if(
        context, date, changes=asked.changes, files=asked.settings_files,
        draws=asked.draws or DRAWS, out=asked.out,
    )  # fmt: skip
    return WhatIfResult(
        date=date, run_id=outcome.run_id, page=outcome.page, document=outcome.document
    )


@operation("backtest", writes=True)
def backtest(call: Call, asked: BacktestParameters) -> BacktestResult:
    """Forecast the past from what was known before, and count the hits."""
    from evenbeat.core.pipeline.backtest import run_backtest
    from evenbeat.core.pipeline.backtest_request import AREA_SHARES, BacktestRequest

    shares = tuple(percent / 100 for percent in asked.area_percent) or AREA_SHARES
    request = BacktestRequest(
        asked.first, asked.last, asked.horizon, asked.crime_types, asked.refit_days,
        asked.lag_days, shares, asked.boxes, asked.rules, asked.without_undated,
    )  # fmt: skip
    outcome = run_backtest(
        call.context(asked.workspace), request, out=asked.out, forecasts=asked.forecasts,
        jobs=asked.jobs, scheduler=asked.scheduler, force=asked.force,
    )  # fmt: skip
    return BacktestResult.model_validate(outcome)
