"""Measured patrol for maps: minutes by hour, tracks of units, planned against delivered."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from evenbeat.core.errors import ConfigError, ReviewError
from evenbeat.core.pipeline.patrol.days import HOURS, day_store
from evenbeat.core.pipeline.patrol.stood import boxes_that_stood
from evenbeat.core.pipeline.review.roles import reviewer_of
from evenbeat.core.pipeline.views.folder import view_folder
from evenbeat.core.store.rasters import write_cog
from evenbeat.core.store.vectors import write_geopackage
from evenbeat.core.variables import (
    OFFICER_MINUTES,
    PRESENCE_MINUTES,
    UNIT_MINUTES,
    UNKNOWN_MINUTES,
    CubeVariable,
)

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from geopandas import GeoDataFrame

    from evenbeat.core.pipeline.context import Context
    from evenbeat.core.progress import Progress
    from evenbeat.core.store.workspace import Workspace

MAY_SEE_UNITS = ("supervisor", "commander")
"""Roles that see which unit a track is of, under its pseudonym."""
VARIABLES: dict[str, CubeVariable] = {
    variable.name: variable
    for variable in (PRESENCE_MINUTES, UNIT_MINUTES, OFFICER_MINUTES, UNKNOWN_MINUTES)
}


@dataclass(frozen=True, slots=True)
class HourBand:
    """One band of an hourly raster; ``local_start`` is the clock of the agency, without a zone."""

    band: int
    start: dt.datetime
    end: dt.datetime
    local_start: dt.datetime
    total_minutes: float
    maximum: float


@dataclass(frozen=True)
class HourlyRaster:
    """The minutes of a day by hour, a band an hour, and each hour as a raster of its own."""

    path: Path
    variable: str
    bands: tuple[HourBand, ...]
    single: tuple[Path, ...]


def hourly_raster(
    context: Context, date: dt.date, *, variable: str = PRESENCE_MINUTES.name,
    single: bool = False, out: Path | None = None,
) -> HourlyRaster:  # fmt: skip
    """Write a measured day hour by hour.

    Parameters
    ----------
    variable
        One of `VARIABLES`.
    single
        Also write each hour as a raster of its own, for a GIS that animates layers, not bands.
    out
        Folder; see `view_folder`.

    Raises
    ------
    WorkspaceError
        The day was not measured.
    ConfigError
        There is no such variable.
    """
    if variable not in VARIABLES:
        raise ConfigError(f"{variable!r} is not measured; choose of {', '.join(VARIABLES)}.")
    workspace, declared = context.workspace, VARIABLES[variable]
    context.progress("reading the measured day", 0.0)
    cube, grid = day_store(workspace).cube(date, HOURS), workspace.grid()
    values = np.asarray(cube[variable].values, dtype=np.float32)
    starts = _starts(cube)
    names = tuple(start.strftime("%Y-%m-%dT%H:%MZ") for start in starts)
    folder = view_folder(workspace, out)
    tags = {"service_date": date.isoformat(), "layer": variable}
    path = folder / f"{date}-{variable}-hourly.tif"
    context.progress("writing the hours", 0.3)
    write_cog(path, values, grid, variable=declared, tags=tags, bands=names)
    bands = tuple(
        HourBand(
            at + 1, start, start + dt.timedelta(hours=1), _clock(start, workspace),
            float(values[at][grid.mask].sum(dtype=np.float64)), float(values[at][grid.mask].max()),
        )
        for at, start in enumerate(starts)
    )  # fmt: skip
    parts: list[Path] = []
    for at, start in enumerate(starts if single else ()):
        context.progress("writing the hours", 0.4 + 0.6 * at / len(starts))
        part = folder / f"{date}-{variable}-{start:%Y%m%dT%H%MZ}.tif"
        hour = {**tags, "start": names[at]}
        parts.append(write_cog(part, values[at], grid, variable=declared, tags=hour))
    context.progress("written", 1.0)
    return HourlyRaster(path, variable, bands, tuple(parts))


@dataclass(frozen=True)
class Tracks:
    """Where units were on a day.

    Parameters
    ----------
    path
        GeoPackage with the layers ``tracks`` (a line for each stretch of one state, with its start
        and end) and ``positions`` (points with times). Columns ``local_...`` are texts of the
        agency's clock without a zone, which a GIS need not convert.
    named
        Whether units are told apart over the day, under their pseudonyms.
    note
        Why not, in words.
    """

    path: Path
    units: int
    lines: int
    positions: int
    named: bool
    note: str


def unit_tracks(
    context: Context, date: dt.date, *, shift: str | None = None, out: Path | None = None
) -> Tracks:
    """Write the tracks of units for the map.

    Supervisors and commanders see which pseudonym a track is of. Others see where patrol was and
    when, without any unit; one vehicle can still be followed along its line.

    Raises
    ------
    WorkspaceError
        The day was not measured.
    ReviewError
        Who asks has no role at all.
    """
    workspace = context.workspace
    with workspace.database.reading() as connection:
        reviewer = reviewer_of(context, connection)
    if reviewer.role is None:
        raise ReviewError(
            f"{reviewer.actor} has no role, so tracks are not shown. Roles are given under "
            "[review.roles] of evenbeat.toml."
        )
    named = reviewer.role in MAY_SEE_UNITS
    context.progress("reading the tracks", 0.0)
    store = day_store(workspace)
    store.cube(date)  # refuses a day that was not measured
    table = store.table("tracks", [date])
    if shift is not None:
        workspace.calendar.shift(date, shift)
        table = table[table["shift"] == shift].reset_index(drop=True)
    context.progress("drawing the lines", 0.2)
    lines = _lines(table, workspace, context.part(0.2, 0.6))
    context.progress("placing the positions", 0.6)
    points = _points(table, workspace)
    units = int(table["unit"].nunique())
    if not named:
        lines, points = (part.assign(unit="") for part in (lines, points))
        # By time, not by unit, since the order would tell what the column does not.
        lines = lines.sort_values(["start", "end"], kind="stable").reset_index(drop=True)
        points = points.sort_values("time", kind="stable").reset_index(drop=True)
    path = view_folder(workspace, out) / f"{date}{f'-{shift}' if shift else ''}-tracks.gpkg"
    context.progress("writing the layers", 0.8)
    write_geopackage(path, {"tracks": lines, "positions": points}, when=context.now(),
                     metadata={"service_date": str(date)})  # fmt: skip
    path.chmod(0o600)
    note = "" if named else (
        f"{reviewer.actor} acts as {reviewer.role}; only a supervisor or commander sees which unit "
        "a track is of."
    )  # fmt: skip
    return Tracks(path, units, len(lines), len(points), named, note)


def _lines(table: pd.DataFrame, workspace: Workspace, progress: Progress) -> GeoDataFrame:
    """Return a line for each stretch of a unit in one state."""
    import geopandas
    import shapely

    rows: list[dict[str, Any]] = []
    shapes = []
    units = table.groupby(["unit", "shift"], sort=True)
    for number, ((unit, shift), track) in enumerate(units):
        progress("drawing the lines", number / len(units))
        ordered = track.sort_values("time_s", kind="stable")
        states = ordered["state"].to_numpy(dtype=object)
        places = ordered[["easting", "northing"]].to_numpy(np.float64)
        times = ordered["time_s"].to_numpy(np.float64)
        cuts = [0, *(np.flatnonzero(states[1:] != states[:-1]) + 1).tolist(), len(states) - 1]
        for first, last in itertools.pairwise(cuts):
            if last > first and states[first] != "off_duty":
                shapes.append(shapely.LineString(places[first : last + 1]))
                rows.append({
                    "unit": str(unit), "shift": str(shift), "state": str(states[first]),
                    "start": _moment(times[first]), "end": _moment(times[last]),
                })  # fmt: skip
    columns = ["unit", "shift", "state", "start", "end"]
    made: GeoDataFrame = geopandas.GeoDataFrame(
        _frame(rows, columns, ["start", "end"], workspace), geometry=shapes, crs=workspace.crs
    )
    return made


def _points(table: pd.DataFrame, workspace: Workspace) -> GeoDataFrame:
    import geopandas

    rows = [
        {"unit": row.unit, "shift": row.shift, "state": row.state, "time": _moment(row.time_s)}
        for row in table.itertuples()
    ]
    made: GeoDataFrame = geopandas.GeoDataFrame(
        _frame(rows, ["unit", "shift", "state", "time"], ["time"], workspace),
        geometry=geopandas.points_from_xy(table["easting"], table["northing"]), crs=workspace.crs,
    )  # fmt: skip
    return made


def _frame(
    rows: list[dict[str, Any]], columns: list[str], times: Sequence[str], workspace: Workspace
) -> pd.DataFrame:
    """Return rows as a table, each time in UTC and as a text of the agency's clock."""
    import pandas as pd

    frame = pd.DataFrame(rows, columns=columns)
    for name in times:
        frame[name] = pd.to_datetime(frame[name], utc=True)
        local = frame[name].dt.tz_convert(workspace.calendar.timezone)
        frame[f"local_{name}"] = local.dt.strftime("%Y-%m-%dT%H:%M:%S")
    return frame


@dataclass(frozen=True)
class Fulfilled:
    """Planned against delivered on a day: a row a box, and a GeoPackage of the boxes."""

    path: Path
    rows: tuple[dict[str, Any], ...]
    outcomes: dict[str, int]


def planned_and_delivered(context: Context, date: dt.date, *, out: Path | None = None) -> Fulfilled:
    """Return what was planned and what was delivered in each box of a measured day.

    Raises
    ------
    WorkspaceError
        The day was not measured.
    """
    import geopandas

    workspace = context.workspace
    context.progress("reading what was planned and delivered", 0.0)
    store = day_store(workspace)
    store.cube(date)
    with workspace.database.reading() as connection:
        _, found = boxes_that_stood(workspace, connection, date)
        named = reviewer_of(context, connection).role in MAY_SEE_UNITS
    outlines = {box.assignment.assignment_id: box.assignment.geometry for box in found}
    table = store.table("delivered", [date])
    table = table[table["assignment_id"].isin(outlines)].reset_index(drop=True)
    if not named:
        table = table.assign(unit="")
    boxes = geopandas.GeoDataFrame(
        table, geometry=[outlines[name] for name in table["assignment_id"]], crs=workspace.crs
    )
    context.progress("writing the boxes", 0.6)
    path = view_folder(workspace, out) / f"{date}-delivered.gpkg"
    write_geopackage(path, {"delivered": boxes}, when=context.now(),
                     metadata={"service_date": str(date)})  # fmt: skip
    outcomes = {str(name): int(n) for name, n in table["outcome"].value_counts().items()}
    rows = [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]
    return Fulfilled(path, tuple(rows), outcomes)


def _starts(cube: xr.Dataset) -> list[dt.datetime]:
    seconds = cube["shift_start"].values.astype("datetime64[s]").astype("int64")
    return [_moment(start) for start in seconds]


def _clock(moment: dt.datetime, workspace: Workspace) -> dt.datetime:
    """Return a moment on the agency's clock, without a zone."""
    return moment.astimezone(workspace.calendar.zone).replace(tzinfo=None)


def _moment(seconds: Any) -> dt.datetime:
    return dt.datetime.fromtimestamp(float(seconds), dt.UTC)
