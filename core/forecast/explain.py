"""Why a cell: the features that raise its priority most, in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.errors import ModelError
from evenbeat.core.features import DayPredictors
from evenbeat.core.features.declarations import Feature
from evenbeat.core.features.predictors import Matrix
from evenbeat.core.forecast.day import DayForecast
from evenbeat.core.forecast.fitted import FittedModels, FittedType
from evenbeat.core.forecast.words import tell
from evenbeat.core.grid import Grid

Floats = npt.NDArray[np.float64]

_MOST_REASONS = 5
_LEAST_EFFECT = 1.03
_LARGEST_EFFECT = 1000.0
_LEAST_PERCENTILE = 50.0
_LEAST_EXPECTED = 1e-12


@dataclass(frozen=True, eq=False)
class _Standing:
    """How the cells to explain stand out in one feature."""

    feature: Feature
    value: Floats
    percentile: Floats


@dataclass(frozen=True, eq=False)
class _Change:
    """What one group of features adds to the priority of each cell."""

    crime_type: str
    group: str
    shared: bool
    added: Floats
    standings: tuple[_Standing, ...]


def explain_cells(
    *,
    models: FittedModels,
    day: DayForecast,
    grid: Grid,
    shift: str,
    cells: Sequence[tuple[int, int]],
    priority_weights: Mapping[str, float],
) -> list[list[dict[str, Any]]]:
    """Return the strongest reasons for the priority of cells on one shift.

    Features that say nearly the same are one group. The effect of a group is the cell's priority
    over what the models would give if the group had the jurisdiction's median; it is told by the
    feature of the group in which the cell stands out most.

    Parameters
    ----------
    models, day, grid
        The forecast to explain.
    shift
        Name of the shift.
    cells
        ``(row, column)`` of inside cells.
    priority_weights
        Weight of each crime type; a type that is not named weighs 1.

    Returns
    -------
    For each cell a list, the strongest first, of ``feature, crime_type, words, value, percentile,
    effect``: the percentile is the share of cells, 0 to 100, that stand out less; the effect is
    a factor, 2 for twice the priority.

    Raises
    ------
    ModelError
        The shift is unknown, or a cell lies outside the jurisdiction.
    """
    predictors = DayPredictors.from_dataset(day.features, models.catalogue, grid)
    if shift not in predictors.shifts:
        raise ModelError(f"No shift is called {shift!r}; the day has {list(predictors.shifts)}.")
    chosen = _positions(predictors, grid, cells)
    total = np.zeros(len(cells))
    changes: list[_Change] = []
    for name in models.crime_types:
        weight = float(priority_weights.get(name, 1.0))
        if weight > 0:
            risk = day.risk["expected_count"].sel(crime_type=name, shift=shift).values.ravel()
            view = _View(
                predictors, name, predictors.shifts.index(shift), chosen,
                risk[predictors.cell[chosen]].astype(np.float64),
            )  # fmt: skip
            priority, parts = _explain_type(models.types[name], view, weight)
            total += priority
            changes += parts
    merged = _merge_shared(changes)
    return [_reasons(merged, cell, float(total[cell])) for cell in range(len(cells))]


class _View:
    """One crime type's predictors on one shift: of all cells, and of the cells to explain."""

    def __init__(
        self, predictors: DayPredictors, crime_type: str, shift: int,
        chosen: npt.NDArray[np.int64], expected: Floats,
    ) -> None:  # fmt: skip
        self.crime_type, self.shift, self.expected = crime_type, shift, expected
        self.catalogue = predictors.catalogue
        self.everywhere = predictors.matrix(crime_type, shift)
        self.here = self.everywhere[:, chosen]
        self._scale = predictors.scale[predictors.crime_types.index(crime_type)]

    def groups(self) -> dict[str, list[int]]:
        """Return the columns of each group of features that varies in space."""
        columns: dict[str, list[int]] = {}
        for column, feature in enumerate(self.catalogue.features):
            if feature.layout != "moment":
                columns.setdefault(feature.group, []).append(column)
        return columns

    def typical(self, columns: list[int]) -> Matrix:
        """Return the cells' predictors with some features at the jurisdiction's median."""
        changed = self.here.copy()
        for column in columns:
            values = self.everywhere[column]
            present = values[~np.isnan(values)]
            if present.size:
                changed[column] = np.median(present)
        return changed

    def standing(self, column: int) -> _Standing:
        """Return the cells' values of a feature and the share of cells that stand out less."""
        feature = self.catalogue.features[column]
        sign = -1.0 if feature.name.startswith("distance") else 1.0
        ordered = np.sort(sign * self.everywhere[column].astype(np.float64))
        value = self.here[column].astype(np.float64)
        less = np.searchsorted(ordered, sign * value, side="left")
        if feature.layout == "own":
            value /= self._scale[self.catalogue.columns_of("own").index(column)]
        return _Standing(feature, value, 100.0 * less / ordered.size)


def _positions(
    predictors: DayPredictors, grid: Grid, cells: Sequence[tuple[int, int]]
) -> npt.NDArray[np.int64]:
    """Return the positions of cells among the inside cells."""
    height, width = grid.shape
    for row, column in cells:
        if not (0 <= row < height and 0 <= column < width and grid.mask[row, column]):
            raise ModelError(f"The cell ({row}, {column}) lies outside the jurisdiction.")
    flat = np.array([row * width + column for row, column in cells], dtype=np.int64)
    return np.searchsorted(predictors.cell, flat)


def _explain_type(fitted: FittedType, view: _View, weight: float) -> tuple[Floats, list[_Change]]:
    """Return the priority through one crime type, and what each group adds to it.

    The forecast is the model's, times what sets its totals right; that factor stays as it is.
    """
    raw = np.maximum(fitted.model.expected_counts(view.here), _LEAST_EXPECTED)
    priority = weight * view.expected
    changes: list[_Change] = []
    for group, columns in view.groups().items():
        told = [column for column in columns if view.catalogue.features[column].words]
        if told:
            without = priority * fitted.model.expected_counts(view.typical(columns)) / raw
            shared = view.catalogue.features[columns[0]].layout.startswith("shared")
            standings = tuple(view.standing(column) for column in told)
            changes.append(_Change(view.crime_type, group, shared, priority - without, standings))
    return priority, changes


def _merge_shared(changes: list[_Change]) -> list[_Change]:
    """Add up, over crime types, what the features do that are not of one crime type."""
    merged: dict[tuple[str, str], _Change] = {}
    for change in changes:
        key = (change.group, "" if change.shared else change.crime_type)
        known = merged.get(key)
        if known is None:
            merged[key] = change
            continue
        most = max((known, change), key=lambda part: float(part.added.sum()))
        merged[key] = replace(most, added=known.added + change.added)
    return list(merged.values())


def _reasons(changes: list[_Change], cell: int, priority: float) -> list[dict[str, Any]]:
    """Return the reasons of one cell, the strongest first."""
    if priority <= 0:
        return []
    found = [reason for change in changes if (reason := _reason(change, cell, priority))]
    found.sort(key=lambda reason: (-reason["effect"], reason["words"]))
    strong = [reason for reason in found if reason["effect"] >= _LEAST_EFFECT]
    return strong[:_MOST_REASONS] or found[:1]


def _reason(change: _Change, cell: int, priority: float) -> dict[str, Any] | None:
    """Return one reason, told by the feature in which the cell stands out most, or None."""
    telling = [
        standing
        for standing in change.standings
        if standing.percentile[cell] >= _LEAST_PERCENTILE and round(standing.value[cell], 2) > 0
    ]
    if not telling:
        return None
    told = max(telling, key=lambda part: (round(part.percentile[cell]), part.value[cell]))
    value, percentile = float(told.value[cell]), float(told.percentile[cell])
    without = max(priority - float(change.added[cell]), priority / _LARGEST_EFFECT)
    return {
        "feature": told.feature.name,
        "crime_type": change.crime_type,
        "words": tell(told.feature, change.crime_type, value, percentile),
        "value": round(value, 4),
        "percentile": round(percentile, 2),
        "effect": round(priority / without, 4),
    }
