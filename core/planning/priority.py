"""Priority: risk weighted by severity and preventability, per district."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from evenbeat.core.config import PlanSettings
from evenbeat.core.errors import CubeError, PlanError
from evenbeat.core.grid import Grid
from evenbeat.core.policy.severity import load_severity
from evenbeat.core.variables import EXPECTED_COUNT, PRIORITY, label

if TYPE_CHECKING:
    import xarray as xr


def severity_weights(settings: PlanSettings, crime_types: Sequence[str]) -> dict[str, float]:
    """Return severity x preventability of each crime type.

    Where the settings give no severity, the preset that they name is taken whole;
    the two scales are never mixed. A type without a preventability has 1.

    Parameters
    ----------
    settings
        The ``[plan]`` section.
    crime_types
        The types of the risk cube.

    Raises
    ------
    PlanError
        A modelled type has no severity, a weight is negative, or a weight is for an unknown type.

    Examples
    --------
    >>> severity_weights(PlanSettings(severity={"theft": 2}), ["theft"])
    {'theft': 2.0}
    """
    severity = settings.severity or load_severity(settings.severity_preset)
    absent = [name for name in crime_types if name not in severity]
    if absent:
        raise PlanError(
            f"plan.severity gives no weight for {absent}. Give one for each of "
            f"{list(crime_types)}, or none at all to take the shipped preset."
        )
    if settings.severity:
        _require_known("plan.severity", settings.severity, crime_types)
    _require_known("plan.preventability", settings.preventability, crime_types)
    return {
        name: float(severity[name]) * float(settings.preventability.get(name, 1.0))
        for name in crime_types
    }


def district_weights(
    settings: PlanSettings,
    crime_types: Sequence[str],
    grid: Grid,
    *,
    shift: str = "",
    unit: str = "",
) -> npt.NDArray[np.float64]:
    """Return the weight of each crime type in each district.

    Parameters
    ----------
    settings
        The ``[plan]`` section.
    crime_types
        The types of the risk cube.
    grid
        The study's grid.
    shift
        Name or id of the shift whose factors apply; none by default.
    unit
        Unit of the roster whose factors apply; none by default.

    Returns
    -------
    Array of shape ``(crime_type, district)``: severity x preventability x the factors of the
    district, the shift and the unit.

    Raises
    ------
    PlanError
        As `severity_weights`; or a factor is for a district that the grid does not have.
    """
    by_type = severity_weights(settings, crime_types)
    for name in settings.shift_weights:
        if shift == name or shift.endswith(f"-{name}"):
            _multiply(by_type, f"plan.shift_weights.{name}", settings.shift_weights[name])
    if unit in settings.unit_weights:
        _multiply(by_type, f"plan.unit_weights.{unit}", settings.unit_weights[unit])
    weights = np.repeat(
        np.array([by_type[name] for name in crime_types])[:, None], len(grid.district_ids), axis=1
    )
    for district_id, factors in settings.district_weights.items():
        if district_id not in grid.district_ids:
            raise PlanError(
                f"plan.district_weights names the district {district_id!r}, which the grid does "
                f"not have. Its {len(grid.district_ids)} districts begin with "
                f"{list(grid.district_ids[:5])}."
            )
        _require_known(f"plan.district_weights.{district_id}", factors, crime_types)
        column = grid.district_ids.index(district_id)
        for name, factor in factors.items():
            weights[list(crime_types).index(name), column] *= factor
    return weights


def expected_counts(risk: xr.Dataset, grid: Grid) -> npt.NDArray[np.float32]:
    """Return the expected counts of a risk cube, checked.

    Returns
    -------
    Array of shape ``(crime_type, shift, y, x)``.

    Raises
    ------
    CubeError
        The cube lacks the variable or its dims, has another shape than the grid, or holds a
        negative or missing value inside the jurisdiction.
    """
    if EXPECTED_COUNT.name not in risk:
        raise CubeError(f"The risk cube lacks {EXPECTED_COUNT.name}; it has {list(risk)}.")
    array = risk[EXPECTED_COUNT.name]
    if tuple(array.dims) != EXPECTED_COUNT.dims or array.shape[2:] != grid.shape:
        raise CubeError(
            f"The risk cube must have dims {EXPECTED_COUNT.dims} on a grid of {grid.shape}, "
            f"got {tuple(array.dims)} of shape {array.shape}."
        )
    values: npt.NDArray[np.float32] = np.asarray(array.values, dtype=np.float32)
    inside = values[:, :, grid.mask]
    if not (np.isfinite(inside) & (inside >= 0)).all():
        raise CubeError(
            "The risk cube holds negative or missing values inside the jurisdiction; "
            "make it again with: evenbeat forecast --force"
        )
    return values


def priority_surface(*, risk: xr.Dataset, grid: Grid, settings: PlanSettings) -> xr.DataArray:
    """Return the priority of every cell and shift.

    Priority is the sum over crime types of risk x severity x preventability, with the factors of
    the cell's district. Cells outside the jurisdiction are NaN.

    Parameters
    ----------
    risk
        The risk cube, ``expected_count(crime_type, shift, y, x)``.
    grid
        The study's grid.
    settings
        The ``[plan]`` section.

    Returns
    -------
    ``priority(shift, y, x)``, float32, on the cube's coordinates.

    Raises
    ------
    CubeError
        The cube does not fit the grid or holds unusable values.
    PlanError
        The weights do not fit the cube's crime types or the grid's districts.
    """
    values = expected_counts(risk, grid)
    crime_types = [str(name) for name in risk["crime_type"].values]
    total = np.zeros(values.shape[1:], dtype=np.float64)
    for place, shift in enumerate(risk["shift"].values):
        weights = district_weights(settings, crime_types, grid, shift=str(shift))
        total[place] = weighted(values[:, place], weights, grid)
    total[:, ~grid.mask] = np.nan
    kept = {
        str(name): coord for name, coord in risk.coords.items() if "crime_type" not in coord.dims
    }
    return label(PRIORITY, total, kept)


def weighted(
    counts: npt.NDArray[np.float32], weights: npt.NDArray[np.float64], grid: Grid
) -> npt.NDArray[np.float64]:
    """Return expected counts ``(crime_type, height, width)`` summed by the weights of districts."""
    total = np.zeros(grid.shape)
    for of_type, count in zip(weights, counts, strict=True):
        total += of_type[grid.district] * count
    return total


def _multiply(by_type: dict[str, float], section: str, factors: dict[str, float]) -> None:
    """Apply factors to the weights of types, in place."""
    _require_known(section, factors, list(by_type))
    for name, factor in factors.items():
        by_type[name] *= factor


def _require_known(section: str, weights: dict[str, float], crime_types: Sequence[str]) -> None:
    """Refuse weights of types that are not modelled and negative weights."""
    unknown = sorted(set(weights) - set(crime_types))
    if unknown:
        raise PlanError(
            f"{section} gives weights for {unknown}, which the forecast does not have. "
            f"It has {list(crime_types)}."
        )
    wrong = {name: weight for name, weight in weights.items() if not 0 <= weight < np.inf}
    if wrong:
        raise PlanError(f"{section} must hold numbers of at least 0, got {wrong}.")
