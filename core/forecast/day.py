"""Forecast a day: the risk cube of every crime type and shift."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.config import AgencySettings
from evenbeat.core.errors import ModelError
from evenbeat.core.features import DayPredictors, Layers, Study, Timeline
from evenbeat.core.forecast.check import check_totals
from evenbeat.core.forecast.fitted import FittedModels
from evenbeat.core.forecast.totals import expect_totals
from evenbeat.core.grid import Grid, spatial_ref
from evenbeat.core.progress import Progress, silent
from evenbeat.core.shifts import ShiftCalendar
from evenbeat.core.variables import EXPECTED_COUNT, label, validate

if TYPE_CHECKING:
    import xarray as xr
    from pandas import DataFrame


@dataclass(frozen=True, eq=False)
class DayForecast:
    """The forecast of one service date.

    Parameters
    ----------
    risk
        ``expected_count(crime_type, shift, y, x)``, NaN outside the jurisdiction.
    features
        What the models were given, by inside cell, for audit and explanation.
    """

    risk: xr.Dataset
    features: xr.Dataset


def forecast_day(
    *,
    models: FittedModels,
    grid: Grid,
    calendar: ShiftCalendar,
    date: dt.date,
    incidents: DataFrame,
    layers: Layers,
    agency: AgencySettings,
    cutoff: dt.datetime,
    provenance: dict[str, str],
    progress: Progress = silent,
) -> DayForecast:
    """Return the expected count of every crime type in every cell on every shift of a date.

    Parameters
    ----------
    models
        Fitted on this grid and calendar, on nothing later than the cut-off.
    grid, calendar, date
        Where and when.
    incidents, layers
        What was not known at the cut-off is never looked at.
    agency
        Whose holidays count.
    cutoff
        Aware UTC time, not after the day's first shift starts.
    provenance
        Attributes of the cube.
    progress
        Told after each crime type.

    Raises
    ------
    ModelError
        The grid or calendar is another than the models', the models know more than the cut-off,
        the cut-off lies after the start of the day, or a forecast is not a number.
    """
    models.require_fit(grid, calendar)
    _require_order(models, calendar, date, cutoff)
    study = Study(
        grid, agency, incidents, layers, models.catalogue, cutoff, models.reporting_lag_days
    )
    timeline = Timeline.of_day(calendar, date, cutoff)
    predictors = study.day_predictors(
        models.crime_types, timeline, progress=lambda stage, done: progress(stage, 0.7 * done)
    )
    counts = _predict(models, predictors, study, timeline, progress)
    notes = check_totals(
        {name: float(counts[i].sum()) for i, name in enumerate(models.crime_types)}, study
    )
    cube = _cube(models.crime_types, counts, grid, calendar, date)
    cube.attrs.update(
        {**provenance, "model_versions": json.dumps(models.versions), "notes": json.dumps(notes)}
    )
    progress("forecast made", 1.0)
    return DayForecast(validate(cube), predictors.to_dataset(grid))


def _require_order(
    models: FittedModels, calendar: ShiftCalendar, date: dt.date, cutoff: dt.datetime
) -> None:
    """Refuse a forecast that would know what it forecasts."""
    start = calendar.shifts_on(date)[0].start
    if cutoff.tzinfo is None or cutoff > start:
        raise ModelError(
            f"The cut-off of a forecast of {date} must be an aware time not after {start}, when "
            f"its first shift starts, got {cutoff}."
        )
    if models.cutoff > cutoff:
        raise ModelError(
            f"The models know what happened up to {models.cutoff}, later than the cut-off "
            f"{cutoff}. Fit models for that date with: evenbeat fit --date {date}"
        )


def _predict(
    models: FittedModels, predictors: DayPredictors, study: Study, timeline: Timeline,
    progress: Progress,
) -> npt.NDArray[np.float64]:  # fmt: skip
    """Return expected counts, shape ``(crime_type, shift, inside cell)``."""
    n_types, n_shifts = len(models.types), len(timeline.calendar)
    district = study.grid.district.ravel()[predictors.cell]
    counts = np.empty((n_types, n_shifts, predictors.cell.size))
    for position, (name, fitted) in enumerate(models.types.items()):
        totals = expect_totals(
            fitted.profile, study, name, timeline, settling=fitted.settling
        )[0]  # fmt: skip
        for shift in range(n_shifts):
            matrix = predictors.matrix(name, shift)
            counts[position, shift] = fitted.spread(matrix, totals[shift], district)
        progress(f"expecting {name.replace('_', ' ')}", 0.7 + 0.3 * (position + 1) / n_types)
    return counts


def _cube(
    crime_types: tuple[str, ...], counts: npt.NDArray[np.float64], grid: Grid,
    calendar: ShiftCalendar, date: dt.date,
) -> xr.Dataset:  # fmt: skip
    """Return the labelled risk cube."""
    import xarray as xr

    values = np.full((*counts.shape[:2], grid.mask.size), np.nan, dtype=np.float32)
    values[:, :, grid.inside_index] = counts
    shifts = calendar.shifts_on(date)
    starts, ends = ([_naive(edge) for edge in edges] for edges in (
        [shift.start for shift in shifts], [shift.end for shift in shifts],
    ))  # fmt: skip
    axis = {"units": _axis_unit(grid)}
    coords: dict[str, Any] = {
        "crime_type": list(crime_types),
        "shift": list(calendar.names),
        "shift_start": ("shift", np.array(starts), {"long_name": "start of the shift, UTC"}),
        "shift_end": ("shift", np.array(ends), {"long_name": "end of the shift, UTC"}),
        "y": ("y", grid.northings, {"standard_name": "projection_y_coordinate", **axis}),
        "x": ("x", grid.eastings, {"standard_name": "projection_x_coordinate", **axis}),
        "spatial_ref": spatial_ref(grid),
    }
    array = label(EXPECTED_COUNT, values.reshape(*counts.shape[:2], *grid.shape), coords)
    return xr.Dataset({EXPECTED_COUNT.name: array}, attrs={"service_date": date.isoformat()})


def _axis_unit(grid: Grid) -> str:
    """Return the unit of the grid's coordinates as CF spells it."""
    from pyproj import CRS

    name = CRS.from_user_input(grid.crs).axis_info[0].unit_name
    return "m" if name == "metre" else name.replace(" ", "_")


def _naive(moment: dt.datetime) -> np.datetime64:
    """Return a UTC time as xarray keeps it."""
    return np.datetime64(moment.astimezone(dt.UTC).replace(tzinfo=None), "ns")
