"""Every cube variable declared once: the declaration validates, labels and documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evenbeat.core.errors import CubeError

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True, slots=True)
class CubeVariable:
    """The declaration of one variable of a cube."""

    name: str
    dims: tuple[str, ...]
    dtype: str
    units: str
    long_name: str
    comment: str

    @property
    def attributes(self) -> dict[str, str]:
        """Return the CF attributes that every array of this variable carries."""
        return {
            "units": self.units,
            "long_name": self.long_name,
            "comment": self.comment,
            "grid_mapping": "spatial_ref",
        }


_CELLS = ("shift", "y", "x")

EXPECTED_COUNT = CubeVariable(
    "expected_count", ("crime_type", *_CELLS), "float32", "1",
    "expected number of incidents",
    "Poisson mean of one crime type in one cell in one shift; not a probability and not a score",
)  # fmt: skip
ISSUED_COUNT = CubeVariable(
    "issued_count", ("window", "y", "x"), "float32", "1",
    "expected number of incidents in a window of a back-test",
    "Poisson mean of one crime type in one cell in one window, as issued at the window's cut-off",
)  # fmt: skip
PRIORITY = CubeVariable(
    "priority", _CELLS, "float32", "1",
    "priority of a cell",
    "sum over crime types of risk x severity weight x preventability weight",
)  # fmt: skip
PRESENCE_MINUTES = CubeVariable(
    "presence_minutes", _CELLS, "float32", "min",
    "minutes with at least one unit present", "counts a cell once however many units stand in it",
)  # fmt: skip
UNIT_MINUTES = CubeVariable(
    "unit_minutes", _CELLS, "float32", "min", "unit minutes", "adds the minutes of every unit",
)  # fmt: skip
OFFICER_MINUTES = CubeVariable(
    "officer_minutes", _CELLS, "float32", "min", "officer minutes",
    "unit minutes multiplied by crew",
)  # fmt: skip
UNKNOWN_MINUTES = CubeVariable(
    "unknown_minutes", _CELLS, "float32", "min", "unknown minutes",
    "time between two pings further apart than the gap cap, at the cell where the unit was last "
    "seen; never credited to a cell as presence",
)  # fmt: skip
FREE_MINUTES = CubeVariable(
    "free_minutes", _CELLS, "float32", "min", "minutes with at least one free unit present",
    "as presence minutes, of units that were on no incident: what counts as delivered",
)  # fmt: skip
VISITS = CubeVariable(
    "visits", _CELLS, "int32", "1", "visits", "stays of at least the shortest visit in a cell",
)  # fmt: skip

ELAPSED_TOTAL = CubeVariable(
    "elapsed_total", ("shift",), "float64", "min", "elapsed minutes of all units on duty",
    "equals the sum of unit minutes plus unknown_total plus outside_total",
)  # fmt: skip
UNKNOWN_TOTAL = CubeVariable(
    "unknown_total", ("shift",), "float64", "min", "unknown minutes of all units",
    "time between two pings further apart than the gap cap, wherever it began",
)  # fmt: skip
OUTSIDE_TOTAL = CubeVariable(
    "outside_total", ("shift",), "float64", "min", "minutes of all units outside the jurisdiction",
    "known positions in no cell of the grid",
)  # fmt: skip

DECLARED: dict[str, CubeVariable] = {
    variable.name: variable
    for variable in (
        EXPECTED_COUNT, ISSUED_COUNT, PRIORITY, PRESENCE_MINUTES, UNIT_MINUTES, OFFICER_MINUTES,
        UNKNOWN_MINUTES, FREE_MINUTES, VISITS, ELAPSED_TOTAL, UNKNOWN_TOTAL, OUTSIDE_TOTAL,
    )
}  # fmt: skip


def label(
    variable: CubeVariable,
    values: Any,
    coords: dict[str, Any],
) -> xr.DataArray:
    """Turn a plain array into a labelled one with the declared dims, dtype and attributes.

    Parameters
    ----------
    variable
        The declaration.
    values
        Array whose axes are ``variable.dims``.
    coords
        Coordinates of at least the declared dims.
    """
    import xarray as xr

    return xr.DataArray(
        values.astype(variable.dtype, copy=False),
        dims=variable.dims,
        coords=coords,
        name=variable.name,
        attrs=variable.attributes,
    )


def validate(cube: xr.Dataset) -> xr.Dataset:
    """Return the cube when each of its variables is as declared.

    Raises
    ------
    CubeError
        A variable is not declared, or its dims, dtype or units differ from the declaration.
        The cube has no ``spatial_ref``.
    """
    if "spatial_ref" not in cube.coords:
        raise CubeError("A cube needs the coordinate 'spatial_ref'; write it with the store.")
    for name, array in cube.data_vars.items():
        declared = DECLARED.get(str(name))
        if declared is None:
            raise CubeError(f"{name!r} is no declared variable; declared are {sorted(DECLARED)}.")
        found = (tuple(array.dims), str(array.dtype), array.attrs.get("units"))
        expected = (declared.dims, declared.dtype, declared.units)
        if found != expected:
            raise CubeError(f"{name} must have dims, dtype and units {expected}, got {found}.")
    return cube
