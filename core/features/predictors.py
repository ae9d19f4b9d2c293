"""The features of one day: a matrix for every crime type and shift, and a dataset for audit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from evenbeat.core.errors import FeatureError
from evenbeat.core.features.catalogue import Catalogue
from evenbeat.core.features.declarations import Layout
from evenbeat.core.grid import Grid

if TYPE_CHECKING:
    import xarray as xr

Matrix = npt.NDArray[np.float32]

AXES: dict[Layout, tuple[str, ...]] = {
    "own": ("crime_type", "own_feature", "cell"),
    "own_shift": ("crime_type", "own_shift_feature", "shift", "cell"),
    "shared": ("shared_feature", "cell"),
    "shared_shift": ("shared_shift_feature", "shift", "cell"),
    "moment": ("moment_feature", "shift"),
}
"""Dimensions of each block of features; the dataset's variables are named after the layouts."""
SCALE = "own_scale"
_MEANING: dict[str, str] = {
    "own": "history of the crime type itself, by cell",
    "own_shift": "history of the crime type itself on that shift of the day, by cell",
    "shared": "places and related crime types, by cell",
    "shared_shift": "events near the cell on the shift",
    "moment": "calendar and weather of the shift",
    SCALE: "factor by which a history shorter than the window was scaled up",
}


@dataclass(frozen=True, eq=False)
class DayPredictors:
    """The features of every inside cell on the shifts of a day.

    Parameters
    ----------
    catalogue
        The features.
    crime_types, shifts
        Names, in order.
    cell
        Flat indices of the inside cells.
    blocks
        Values by layout, with the dimensions of `AXES`, float32.
    scale
        Factor by which each ``own`` sum was scaled up, shape ``(crime_type, own_feature)``.
    """

    catalogue: Catalogue
    crime_types: tuple[str, ...]
    shifts: tuple[str, ...]
    cell: npt.NDArray[np.int64]
    blocks: dict[Layout, Matrix]
    scale: Matrix

    def matrix(
        self, crime_type: str, shift: int, chosen: npt.NDArray[np.int64] | slice = slice(None)
    ) -> Matrix:
        """Return the predictors of some cells, shape ``(features, cells)``.

        Parameters
        ----------
        crime_type
            One of `crime_types`.
        shift
            Position of the shift.
        chosen
            Positions among the inside cells; all by default.

        Raises
        ------
        FeatureError
            The day has no features of the crime type.
        """
        if crime_type not in self.crime_types:
            raise FeatureError(
                f"There are no features for {crime_type!r}; the day has {list(self.crime_types)}."
            )
        kind = self.crime_types.index(crime_type)
        n_cells = self.cell[chosen].size
        out = np.empty((len(self.catalogue.names), n_cells), dtype=np.float32)
        parts: dict[Layout, Matrix] = {
            "own": self.blocks["own"][kind][:, chosen],
            "own_shift": self.blocks["own_shift"][kind, :, shift][:, chosen],
            "shared": self.blocks["shared"][:, chosen],
            "shared_shift": self.blocks["shared_shift"][:, shift][:, chosen],
            "moment": self.blocks["moment"][:, shift, None],
        }
        for layout, values in parts.items():
            out[self.catalogue.columns_of(layout)] = values
        return out

    def to_dataset(self, grid: Grid) -> xr.Dataset:
        """Return the features as a dataset, for the record and for `from_dataset`."""
        import xarray as xr

        width = grid.shape[1]
        variables = {
            name: (AXES[name], values, {"long_name": _MEANING[name]})
            for name, values in self.blocks.items()
        }
        coords: dict[str, object] = {
            "crime_type": list(self.crime_types),
            "shift": list(self.shifts),
            "row": ("cell", (self.cell // width).astype(np.int32)),
            "column": ("cell", (self.cell % width).astype(np.int32)),
        }
        for layout in AXES:
            features = self.catalogue.of_layout(layout)
            dim = f"{layout}_feature"
            coords[dim] = [feature.name for feature in features]
            coords[f"{layout}_unit"] = (dim, [feature.unit for feature in features])
            coords[f"{layout}_dated"] = (dim, [feature.dated for feature in features])
        scale = (("crime_type", "own_feature"), self.scale, {"long_name": _MEANING[SCALE]})
        return xr.Dataset({**variables, SCALE: scale}, coords=coords)

    @classmethod
    def from_dataset(cls, features: xr.Dataset, catalogue: Catalogue, grid: Grid) -> DayPredictors:
        """Make the predictors of `to_dataset` again.

        Raises
        ------
        FeatureError
            The dataset holds other features than the catalogue.
        """
        for layout in AXES:
            names = tuple(map(str, features[f"{layout}_feature"].values))
            expected = tuple(feature.name for feature in catalogue.of_layout(layout))
            if names != expected:
                raise FeatureError(
                    f"The day's features {names} are not those of the models, {expected}. "
                    "Forecast the day again with: evenbeat forecast --force"
                )
        return cls(
            catalogue,
            tuple(map(str, features["crime_type"].values)),
            tuple(map(str, features["shift"].values)),
            features["row"].values.astype(np.int64) * grid.shape[1] + features["column"].values,
            {layout: features[layout].values for layout in AXES},
            features[SCALE].values,
        )
