"""A simulated city: everything an agency holds, and the truth behind it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from evenbeat.core.errors import ConfigError
from evenbeat.core.grid import Grid
from evenbeat.core.shifts import Shift, ShiftCalendar
from evenbeat.core.simulate import tables
from evenbeat.core.simulate.conditions import BURN_IN_DAYS, Events, Hours
from evenbeat.core.simulate.fleet import Fleet
from evenbeat.core.simulate.frame import Frame
from evenbeat.core.simulate.geography import Geography
from evenbeat.core.simulate.happenings import Happenings
from evenbeat.core.simulate.intensity import (
    CellMap,
    background_counts,
    near_repeat_matrix,
    triggered_counts,
)
from evenbeat.core.simulate.places import Places
from evenbeat.core.simulate.process import CrimeProcess
from evenbeat.core.simulate.records import record_incidents

if TYPE_CHECKING:
    import geopandas as gpd
    import xarray as xr
    from scipy import sparse


@dataclass(frozen=True, eq=False)
class City:
    """A city with known truth; ``simulate_city`` makes one.

    Tables are in the CRS and in the columns that the readers of ``evenbeat.core.ingest`` return,
    so a city can feed features and models without files.
    """

    seed: int
    name: str
    start: dt.date
    days: int
    horizon_days: int
    size_km: float
    crime_scale: float
    country: str
    subdivision: str | None
    frame: Frame
    hours: Hours
    ground: Geography
    place_values: Places
    event_values: Events
    weather_truth: pd.DataFrame
    processes: dict[str, CrimeProcess]
    happenings: dict[str, Happenings]
    fleet: Fleet

    @property
    def crs(self) -> str:
        """Return the projected CRS of every table."""
        return self.frame.crs

    @property
    def timezone(self) -> str:
        """Return the IANA time zone."""
        return self.hours.timezone

    @property
    def forecast_date(self) -> dt.date:
        """Return the day after the last day of history: the one to forecast."""
        return self.start + dt.timedelta(days=self.days)

    @property
    def cutoff(self) -> dt.datetime:
        """Return the aware UTC instant at which the history ends."""
        second = int(self.hours.midnights_s[BURN_IN_DAYS + self.days])
        return dt.datetime.fromtimestamp(second, tz=dt.UTC)

    def calendar(self) -> ShiftCalendar:
        """Return the default shifts in the city's time zone."""
        return ShiftCalendar.three_by_eight(self.timezone)

    def grid(self, cell_size: float = 250.0) -> Grid:
        """Return the patrol grid over the districts, ``cell_size`` in units of the CRS."""
        return Grid.from_districts(self.districts, crs=self.crs, cell_size=cell_size)

    @cached_property
    def incidents(self) -> pd.DataFrame:
        """Return the true incidents of all types: before, in and after the history."""
        return record_incidents(
            self.seed, self.happenings, ground=self.ground, hours=self.hours, frame=self.frame,
            history_days=self.days,
        )  # fmt: skip

    def known_incidents(self, cutoff: dt.datetime | None = None) -> pd.DataFrame:
        """Return the modelled incidents reported before a cut-off, as ingest would store them.

        Parameters
        ----------
        cutoff
            Aware instant; by default the end of the history.
        """
        return tables.known_incidents(self, self.cutoff if cutoff is None else cutoff)

    @cached_property
    def boundary(self) -> gpd.GeoDataFrame:
        """Return the jurisdiction: ``name, geometry``."""
        return self.frame.table({"name": [self.name]}, [self.ground.boundary])

    @cached_property
    def districts(self) -> gpd.GeoDataFrame:
        """Return the districts: ``district_id, name, geometry``."""
        numbers = range(1, len(self.ground.district_shapes) + 1)
        ids = [f"{number:02d}" for number in numbers]
        columns = {"district_id": ids, "name": [f"District {number}" for number in numbers]}
        return self.frame.table(columns, self.ground.district_shapes)

    @cached_property
    def neighbourhoods(self) -> gpd.GeoDataFrame:
        """Return the neighbourhoods: ``neighbourhood_id, name, geometry``."""
        return tables.neighbourhoods(self)

    @cached_property
    def streets(self) -> gpd.GeoDataFrame:
        """Return the street segments: ``street_id, name, category, geometry``."""
        return tables.streets(self)

    @cached_property
    def places(self) -> gpd.GeoDataFrame:
        """Return the places, as ingest would store them."""
        return tables.places(self)

    @cached_property
    def events(self) -> gpd.GeoDataFrame:
        """Return the planned events of history and horizon, as ingest would store them."""
        return tables.events(self)

    @cached_property
    def weather(self) -> pd.DataFrame:
        """Return the observed weather of the history and a forecast of the next 7 days."""
        return tables.weather(self)

    @cached_property
    def block_groups(self) -> gpd.GeoDataFrame:
        """Return block groups with residents: ``block_group_id, residents, geometry``."""
        return tables.block_groups(self)

    @cached_property
    def demographics(self) -> pd.DataFrame:
        """Return simulated population groups by block group: audit only, never a model input."""
        return tables.demographics(self)

    @cached_property
    def near_repeats(self) -> sparse.csr_array:
        """Return where each address's triggered incidents happen; rows sum to one."""
        return near_repeat_matrix(self.ground)

    def roster(self) -> pd.DataFrame:
        """Return the units on duty in the last days of the history."""
        return self.fleet.roster()

    def pings(self) -> pd.DataFrame:
        """Return the vehicle locations of those days, before any deliberate dirt."""
        return self.fleet.pings(self.frame)

    def true_unit_paths(self) -> pd.DataFrame:
        """Return where the units truly were: vertices of paths driven at constant speed."""
        return self.fleet.true_paths(self.frame)

    def true_expected_count(
        self, crime_type: str, shifts: Iterable[Shift] | dt.date, *, grid: Grid | None = None,
        history_until: dt.date | None = None,
    ) -> xr.DataArray:  # fmt: skip
        """Return the exact expected counts per shift and cell.

        Parameters
        ----------
        crime_type
            Any simulated type, refused ones included.
        shifts
            Shifts, or a date: the shifts of that service date.
        grid
            By default the 250 m grid. Addresses in cells whose centre is outside count too.
        history_until
            Local date from which on nothing is known: the best possible forecast. Without it the
            intensity of each hour is given all incidents of earlier local dates.

        Returns
        -------
        Expected incidents with dims ``(shift, y, x)``.

        Raises
        ------
        ConfigError
            The type is not simulated, or a shift lies outside the simulated days.
        """
        parts = self.true_components(crime_type, shifts, grid=grid, history_until=history_until)
        total = parts.to_array("component").sum("component")
        total.name = "expected_count"
        return total

    def true_components(
        self, crime_type: str, shifts: Iterable[Shift] | dt.date, *, grid: Grid | None = None,
        history_until: dt.date | None = None,
    ) -> xr.Dataset:  # fmt: skip
        """Return the parts of ``true_expected_count``: each background component and triggered."""
        process = self._process(crime_type)
        if isinstance(shifts, dt.date):
            shifts = self.calendar().shifts_on(shifts)
        chosen = list(shifts)
        grid = self.grid() if grid is None else grid
        start_s = np.array([shift.start.timestamp() for shift in chosen])
        end_s = np.array([shift.end.timestamp() for shift in chosen])
        self._require_simulated(chosen)
        cells = self._cell_map(grid)
        parts = background_counts(process, cells, start_s, end_s)
        found = self.happenings[crime_type]
        until = None if history_until is None else self.hours.day_of(history_until)
        parts["triggered"] = triggered_counts(
            process, self.ground, cells, start_s, end_s, found.address,
            self.hours.day[found.hour], until, lambda: self.near_repeats,
        )  # fmt: skip
        return tables.shift_dataset(parts, chosen, grid)

    def _process(self, crime_type: str) -> CrimeProcess:
        if crime_type not in self.processes:
            raise ConfigError(
                f"{crime_type!r} is not simulated in this city; it has {sorted(self.processes)}."
            )
        return self.processes[crime_type]

    def _cell_map(self, grid: Grid) -> CellMap:
        """Return which cell of a grid holds each address."""
        address = self.ground.addresses
        row, column = grid.locate(*self.frame.to_crs(address.east_m, address.north_m))
        cell = np.where(row >= 0, row * grid.shape[1] + column, -1)
        return CellMap(cell, grid.shape[0] * grid.shape[1])

    def _require_simulated(self, shifts: list[Shift]) -> None:
        first, last = self.hours.midnights_s[[0, -1]]
        for shift in shifts:
            if shift.start.timestamp() < first or shift.end.timestamp() > last:
                raise ConfigError(
                    f"Shift {shift.id} lies outside the simulated days, "
                    f"{self.hours.first_date} and {self.hours.n_days} days on."
                )
