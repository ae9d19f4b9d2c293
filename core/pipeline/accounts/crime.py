"""Reported incidents and forecasts of a period, as the reports count them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from evenbeat.core.planning.priority import severity_weights
from evenbeat.core.store.cubes import read_cube

if TYPE_CHECKING:
    from evenbeat.core.grid import Grid
    from evenbeat.core.pipeline.accounts.period import Period

Floats = npt.NDArray[np.float64]
_RISK = "risk.zarr"
LONGEST_WINDOW_H = 24.0
"""Incidents whose time is known less well are in no shift."""


@dataclass(frozen=True, eq=False)
class Incidents:
    """Reported incidents of modelled types with a cell and a time, in order of time.

    Parameters
    ----------
    time_s
        Middle of the window of occurrence, seconds since 1970 UTC.
    cell
        Flat cell of the grid.
    severity
        Weight of the type.
    left_out
        Incidents of the period whose window is longer than a day, or that lie in no cell.
    """

    time_s: Floats
    cell: npt.NDArray[np.int64]
    easting: Floats
    northing: Floats
    crime_type: npt.NDArray[np.str_]
    severity: Floats
    left_out: int

    def between(self, start_s: float, end_s: float) -> slice:
        """Return where the incidents of a span of time stand."""
        low, high = np.searchsorted(self.time_s, [start_s, end_s])
        return slice(int(low), int(high))


def read_incidents_of(period: Period, start_s: float, end_s: float) -> Incidents:
    """Return the reported incidents of a span of time; those with weight 0 are left out."""
    settings, table, grid = period.workspace.settings, period.incidents, period.grid
    types = settings.model.crime_types
    table = table[table["crime_type"].isin(types) & (table["weight"] > 0)]
    low, high = (_seconds(table[name]) for name in ("occurred_from", "occurred_to"))
    middle = (low + np.maximum(high, low)) / 2
    within = (middle >= start_s) & (middle < end_s)
    known = within & (high - low <= LONGEST_WINDOW_H * 3600)
    row, column = grid.locate(table["easting"], table["northing"])
    inside = known & (row >= 0) & (column >= 0)
    inside &= grid.mask[np.maximum(row, 0), np.maximum(column, 0)]
    chosen = np.flatnonzero(inside)
    chosen = chosen[np.argsort(middle[chosen], kind="stable")]
    weights = severity_weights(settings.plan, types)
    kinds = table["crime_type"].to_numpy().astype(str)[chosen]
    return Incidents(
        middle[chosen], row[chosen] * grid.shape[1] + column[chosen],
        table["easting"].to_numpy(float)[chosen], table["northing"].to_numpy(float)[chosen],
        kinds, np.array([weights[kind] for kind in kinds], float),
        int(within.sum()) - chosen.size,
    )  # fmt: skip


def _seconds(times: pd.Series) -> Floats:
    instants = pd.to_datetime(times, utc=True).to_numpy("datetime64[us]")
    return np.asarray(instants.astype(np.int64) / 1e6)


def incidents_by_shift(period: Period) -> tuple[pd.DataFrame, int]:
    """Return the incidents of the measured days, a row each, and how many are left out.

    Returns
    -------
    Columns ``service_date, shift, crime_type, district_id, row, column, severity``.
    """
    calendar, grid = period.workspace.calendar, period.grid
    edges = [calendar.shifts_on(date) for date in period.dates]
    found = read_incidents_of(period, edges[0][0].start.timestamp(), edges[-1][-1].end.timestamp())
    parts = []
    for shift in (one for day in edges for one in day):
        here = found.between(shift.start.timestamp(), shift.end.timestamp())
        cell = found.cell[here]
        row, column = np.divmod(cell, grid.shape[1])
        parts.append(pd.DataFrame({
            "service_date": str(shift.service_date), "shift": shift.name,
            "crime_type": found.crime_type[here],
            "district_id": np.array(grid.district_ids, object)[grid.district[row, column]],
            "row": row, "column": column, "severity": found.severity[here],
        }))  # fmt: skip
    return pd.concat(parts, ignore_index=True), found.left_out


def forecasts_by_district(period: Period) -> pd.DataFrame:
    """Return what was expected on the measured days that have a forecast.

    Returns
    -------
    Columns ``service_date, shift, district_id, crime_type, expected, severity_expected``.
    """
    workspace, grid = period.workspace, period.grid
    inside, district = grid.inside_index, grid.district.ravel()[grid.inside_index]
    types = workspace.settings.model.crime_types
    weights = severity_weights(workspace.settings.plan, types)
    parts = [_NO_FORECAST]
    for date in period.dates:
        run_id = workspace.current_run(date)
        folder = workspace.run_folder(date, run_id or "none")
        if not (folder / _RISK).is_dir():
            continue
        cube = read_cube(folder / _RISK)["expected_count"].transpose(
            "crime_type", "shift", "y", "x"
        )
        for kind, of_kind in zip(cube["crime_type"].values, cube.values, strict=True):
            sums = np.stack([
                np.bincount(district, one.ravel()[inside], minlength=len(grid.district_ids))
                for one in of_kind
            ])  # fmt: skip
            parts.append(_district_rows(date, cube["shift"].values, str(kind), sums, grid, weights))
    return pd.concat(parts, ignore_index=True)


_NO_FORECAST = pd.DataFrame({
    "service_date": pd.Series(dtype=str), "shift": pd.Series(dtype=str),
    "district_id": pd.Series(dtype=str), "crime_type": pd.Series(dtype=str),
    "expected": pd.Series(dtype=float), "severity_expected": pd.Series(dtype=float),
})  # fmt: skip


def _district_rows(
    date: dt.date, shifts: npt.NDArray[Any], kind: str, sums: npt.NDArray[Any], grid: Grid,
    weights: dict[str, float],
) -> pd.DataFrame:  # fmt: skip
    names = [str(shift).removeprefix(f"{date}-") for shift in shifts]
    expected = sums.ravel()
    return pd.DataFrame({
        "service_date": str(date), "shift": np.repeat(names, sums.shape[1]),
        "district_id": np.tile(np.array(grid.district_ids, object), sums.shape[0]),
        "crime_type": kind, "expected": expected,
        "severity_expected": expected * weights.get(kind, 0.0),
    })  # fmt: skip
