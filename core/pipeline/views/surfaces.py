"""Surfaces of a run as rasters: risk and priority by shift, a preview, and a difference."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.config import PlanSettings, parse_settings
from evenbeat.core.errors import ConfigError, GridError
from evenbeat.core.pipeline.context import run_of
from evenbeat.core.pipeline.forecast import RISK
from evenbeat.core.pipeline.views.folder import view_folder
from evenbeat.core.planning.priority import expected_counts, priority_surface
from evenbeat.core.store.cubes import read_cube
from evenbeat.core.store.files import fingerprint
from evenbeat.core.store.rasters import write_cog
from evenbeat.core.variables import EXPECTED_COUNT, PRIORITY, CubeVariable

if TYPE_CHECKING:
    import xarray as xr

    from evenbeat.core.grid import Grid
    from evenbeat.core.pipeline.context import Context

ALL_TYPES = "all"
PRIORITY_LAYER = "priority"
CLASS_SHARES = (0.01, 0.02, 0.05)
"""Shares of the area whose lower edges are told: the same classes on every day's map."""
_DIFFERENCE = {
    name: CubeVariable(
        f"{variable.name}_difference", variable.dims, variable.dtype, variable.units,
        f"difference in {variable.long_name}", "the newer run minus the older one",
    )
    for name, variable in ((PRIORITY_LAYER, PRIORITY), (ALL_TYPES, EXPECTED_COUNT))
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Raster:
    """One raster.

    Parameters
    ----------
    path
        Cloud-optimised GeoTIFF in the workspace's CRS.
    layer, shift
        ``priority``, ``all`` for the sum of the types, or a crime type; and when.
    start, end
        Of the shift.
    total, maximum
        Sum over the cells of the jurisdiction, and the highest cell.
    edges
        Share of the area -> value from which a cell belongs to that top share.
    unit
        Of the values.
    """

    path: Path
    layer: str
    shift: str
    start: dt.datetime
    end: dt.datetime
    total: float
    maximum: float
    edges: dict[str, float]
    unit: str


@dataclass(frozen=True)
class Surfaces:
    """The surfaces of one run.

    Parameters
    ----------
    counts
        ``(crime_type, shift, y, x)``.
    priority
        ``(shift, y, x)``.
    """

    run_id: str
    date: dt.date
    grid: Grid
    crime_types: tuple[str, ...]
    counts: npt.NDArray[np.float32]
    priority: npt.NDArray[np.float32]

    @classmethod
    def of(
        cls, context: Context, date: dt.date, run_id: str | None = None,
        settings: PlanSettings | None = None,
    ) -> Surfaces:  # fmt: skip
        """Return the surfaces of a day's run, by default the current one.

        Parameters
        ----------
        settings
            What to weight by; the workspace's own by default.

        Raises
        ------
        WorkspaceError
            The day has no such run.
        PlanError
            The weights cannot be used.
        """
        workspace = context.workspace
        found, folder = run_of(workspace, date, run_id)
        risk, grid = read_cube(folder / RISK), workspace.grid()
        weighted: xr.DataArray = priority_surface(
            risk=risk, grid=grid, settings=settings or workspace.settings.plan
        )
        types = tuple(str(name) for name in risk["crime_type"].values)
        return cls(found, date, grid, types, expected_counts(risk, grid),
                   np.asarray(weighted.values, dtype=np.float32))  # fmt: skip

    def layer(self, name: str) -> npt.NDArray[np.float32]:
        """Return a layer, ``(shift, y, x)``.

        Raises
        ------
        ConfigError
            There is no such layer.
        """
        if name == PRIORITY_LAYER:
            return self.priority
        if name == ALL_TYPES:
            return np.asarray(self.counts.sum(axis=0), dtype=np.float32)
        if name not in self.crime_types:
            known = ", ".join((PRIORITY_LAYER, ALL_TYPES, *self.crime_types))
            raise ConfigError(f"The run has no layer {name!r}; it has {known}.")
        layer: npt.NDArray[np.float32] = self.counts[self.crime_types.index(name)]
        return layer


def run_rasters(
    context: Context, date: dt.date, *, run_id: str | None = None, layers: Sequence[str] = (),
    shifts: Sequence[str] = (), out: Path | None = None,
) -> list[Raster]:  # fmt: skip
    """Write the layers of a run as COG, one a layer and shift.

    Parameters
    ----------
    run_id
        One of the day's runs; the current one by default.
    layers
        ``priority``, ``all`` or crime types; by default all of them.
    shifts
        Only these.
    out
        Folder; see `view_folder`.

    Raises
    ------
    WorkspaceError
        The day has no such run.
    ConfigError
        There is no such layer or shift.
    """
    surfaces = Surfaces.of(context, date, run_id)
    names = tuple(layers) or (PRIORITY_LAYER, ALL_TYPES, *surfaces.crime_types)
    folder = view_folder(context.workspace, out, of_runs=True)
    return _write(context, surfaces, names, shifts, folder, surfaces.run_id)


def plan_settings_with(settings: PlanSettings, given: Mapping[str, Any]) -> PlanSettings:
    """Return the ``[plan]`` section with some keys replaced.

    Raises
    ------
    ConfigError
        A value cannot be used.
    """
    return parse_settings(
        {"plan": {**settings.model_dump(mode="json"), **given}}, origin="The preview"
    ).plan


def preview_priority(
    context: Context, date: dt.date, changes: PlanSettings, *, shifts: Sequence[str] = (),
    out: Path | None = None,
) -> list[Raster]:  # fmt: skip
    """Write the priority of a day's run under other weights; nothing is changed.

    Parameters
    ----------
    changes
        The ``[plan]`` section to weight by.

    Raises
    ------
    WorkspaceError
        The day has no run.
    PlanError
        The weights cannot be used.
    """
    surfaces = Surfaces.of(context, date, settings=changes)
    mark = fingerprint(changes.model_dump(mode="json"))[:12]
    folder = view_folder(context.workspace, out)
    name = f"{surfaces.run_id}-preview-{mark}"
    return _write(context, surfaces, (PRIORITY_LAYER,), shifts, folder, name)


def difference_of_runs(
    context: Context, older: tuple[dt.date, str | None], newer: tuple[dt.date, str | None], *,
    layer: str = PRIORITY_LAYER, shifts: Sequence[str] = (), out: Path | None = None,
) -> list[Raster]:  # fmt: skip
    """Write the newer run minus the older one, a raster a shift that both have.

    Parameters
    ----------
    older, newer
        Day and run; the current run where it is None.

    Raises
    ------
    WorkspaceError
        A day has no such run.
    ConfigError
        There is no such layer or shift.
    GridError
        The runs are of different cells.
    """
    first, second = Surfaces.of(context, *older), Surfaces.of(context, *newer)
    if first.layer(layer).shape != second.layer(layer).shape:
        raise GridError(
            f"{first.run_id} and {second.run_id} are of different shifts or cells, so they have no "
            "difference. Forecast the older day again on today's grid."
        )
    variable = _DIFFERENCE[PRIORITY_LAYER if layer == PRIORITY_LAYER else ALL_TYPES]
    values = second.layer(layer) - first.layer(layer)
    folder = view_folder(context.workspace, out, of_runs=True)
    name = f"{second.run_id}-minus-{first.run_id}"
    return [
        _raster(context, second, layer, position, values[position], variable,
                folder / f"{name}-{layer}-{shift}.tif")
        for position, shift in _positions(context, second.date, shifts)
    ]  # fmt: skip


def _write(
    context: Context, surfaces: Surfaces, layers: Sequence[str], shifts: Sequence[str],
    folder: Path, name: str,
) -> list[Raster]:  # fmt: skip
    wanted = _positions(context, surfaces.date, shifts)
    made: list[Raster] = []
    for layer in layers:
        variable = PRIORITY if layer == PRIORITY_LAYER else EXPECTED_COUNT
        values = surfaces.layer(layer)
        for position, shift in wanted:
            context.progress(f"writing {layer}", len(made) / (len(layers) * len(wanted)))
            path = folder / f"{name}-{layer}-{shift}.tif"
            made.append(_raster(
                context, surfaces, layer, position, values[position], variable, path
            ))  # fmt: skip
    context.progress("written", 1.0)
    return made


def _positions(context: Context, date: dt.date, shifts: Sequence[str]) -> list[tuple[int, str]]:
    """Return position and name of the shifts that are wanted."""
    names = [shift.name for shift in context.workspace.calendar.shifts_on(date)]
    strange = sorted(set(shifts) - set(names))
    if strange:
        raise ConfigError(f"There is no shift {strange[0]!r}; there are {', '.join(names)}.")
    return [(at, name) for at, name in enumerate(names) if not shifts or name in shifts]


def _raster(
    context: Context, surfaces: Surfaces, layer: str, position: int, values: npt.NDArray[Any],
    variable: CubeVariable, path: Path,
) -> Raster:  # fmt: skip
    shift, grid = context.workspace.calendar.shifts_on(surfaces.date)[position], surfaces.grid
    write_cog(path, values, grid, variable=variable, tags={
        "run_id": surfaces.run_id, "layer": layer, "shift": shift.name,
        "service_date": surfaces.date.isoformat(), "shift_start": shift.start.isoformat(),
        "shift_end": shift.end.isoformat(),
    })  # fmt: skip
    inside = values[grid.mask].astype(np.float64)
    edges = np.quantile(inside, [1 - share for share in CLASS_SHARES])
    return Raster(
        path, layer, shift.name, shift.start, shift.end, float(inside.sum()), float(inside.max()),
        dict(zip(map(str, CLASS_SHARES), edges.tolist(), strict=True)), variable.units,
    )  # fmt: skip
