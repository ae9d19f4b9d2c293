"""Minutes as a labelled cube."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from evenbeat.core.dosage.minutes import Dosage
from evenbeat.core.errors import CubeError
from evenbeat.core.grid import spatial_ref
from evenbeat.core.variables import (
    ELAPSED_TOTAL,
    OFFICER_MINUTES,
    OUTSIDE_TOTAL,
    PRESENCE_MINUTES,
    UNIT_MINUTES,
    UNKNOWN_MINUTES,
    UNKNOWN_TOTAL,
    VISITS,
    label,
    validate,
)

if TYPE_CHECKING:
    import xarray as xr


def dosage_cube(
    dosage: Dosage, names: Sequence[str], *, provenance: dict[str, str] | None = None
) -> xr.Dataset:
    """Return the minutes with labels, as declared in `evenbeat.core.variables`.

    Parameters
    ----------
    dosage
        As `count_minutes` returns it.
    names
        Names of the time bins, such as ``night`` or ``2024-03-07T13``.
    provenance
        Attributes of the cube. ``median_interval_s`` is added, and where visits could not be
        counted ``visits_left_out`` says why.

    Raises
    ------
    CubeError
        There are not as many names as time bins.
    """
    import xarray as xr

    if len(names) != dosage.edges_s.size - 1:
        raise CubeError(f"{dosage.edges_s.size - 1} time bins need as many names, got {names}.")
    # Whole microseconds: a nanosecond of an epoch second is beyond a double.
    moments = (dosage.edges_s * 1e6).astype("datetime64[us]").astype("datetime64[ns]")
    coords = {
        "shift": list(names),
        "shift_start": ("shift", moments[:-1], {"long_name": "start of the time bin, UTC"}),
        "shift_end": ("shift", moments[1:], {"long_name": "end of the time bin, UTC"}),
        "y": ("y", dosage.grid.northings, {"standard_name": "projection_y_coordinate"}),
        "x": ("x", dosage.grid.eastings, {"standard_name": "projection_x_coordinate"}),
        "spatial_ref": spatial_ref(dosage.grid),
    }
    declared = {
        PRESENCE_MINUTES: dosage.presence, UNIT_MINUTES: dosage.unit,
        OFFICER_MINUTES: dosage.officer, UNKNOWN_MINUTES: dosage.unknown, VISITS: dosage.visits,
        ELAPSED_TOTAL: dosage.elapsed_total, UNKNOWN_TOTAL: dosage.unknown_total,
        OUTSIDE_TOTAL: dosage.outside_total,
    }  # fmt: skip
    attributes = {**(provenance or {}), "median_interval_s": f"{dosage.median_interval_s:g}"}
    if dosage.visits is None:
        attributes["visits_left_out"] = "pings come too seldom to count visits"
    # The coordinates are given once, to the whole: given to each variable they took longer than
    # counting a quiet day.
    variables = {
        variable.name: label(variable, values, {})
        for variable, values in declared.items()
        if values is not None
    }
    return validate(xr.Dataset(variables, coords=coords, attrs=attributes))
