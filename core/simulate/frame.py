"""The simulated city's own coordinates: metres from its centre, and the way to the CRS."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from pyproj import CRS, Transformer

from evenbeat.core.errors import ConfigError
from evenbeat.core.grid import require_projected

if TYPE_CHECKING:
    import geopandas as gpd

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]


def random_stream(seed: int, name: str) -> np.random.Generator:
    """Return the generator of one named part of the city.

    Each part draws from its own stream, so a change in one part leaves the others as they were.
    """
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


@dataclass(frozen=True)
class Frame:
    """Local metres east and north of the city's centre.

    Parameters
    ----------
    crs
        Projected CRS of everything that leaves the simulation.
    easting, northing
        The centre in the CRS's units.
    """

    crs: str
    easting: float
    northing: float

    @classmethod
    def centred(cls, crs: str) -> Frame:
        """Return the frame around the middle of the CRS's area of use.

        Raises
        ------
        GridError
            The CRS is unknown or geographic.
        ConfigError
            The CRS has no area of use.
        """
        parsed = require_projected(crs)
        area = parsed.area_of_use
        if area is None:
            raise ConfigError(f"{crs} states no area of use; give an EPSG code such as EPSG:26971.")
        to_crs = Transformer.from_crs("EPSG:4326", parsed, always_xy=True)
        easting, northing = to_crs.transform(
            (area.west + area.east) / 2, (area.south + area.north) / 2
        )
        return cls(crs, round(easting, -3), round(northing, -3))

    @cached_property
    def units_per_metre(self) -> float:
        """Return how many CRS units make one metre."""
        return 1.0 / float(CRS.from_user_input(self.crs).axis_info[0].unit_conversion_factor)

    @cached_property
    def _to_degrees(self) -> Transformer:
        return Transformer.from_crs(self.crs, "EPSG:4326", always_xy=True)

    def to_crs(self, east_m: npt.ArrayLike, north_m: npt.ArrayLike) -> tuple[Floats, Floats]:
        """Return eastings and northings in the CRS's units of points in local metres."""
        return (
            self.easting + np.asarray(east_m, float) * self.units_per_metre,
            self.northing + np.asarray(north_m, float) * self.units_per_metre,
        )

    def to_local(self, easting: npt.ArrayLike, northing: npt.ArrayLike) -> tuple[Floats, Floats]:
        """Return local metres of points in the CRS's units."""
        return (
            (np.asarray(easting, float) - self.easting) / self.units_per_metre,
            (np.asarray(northing, float) - self.northing) / self.units_per_metre,
        )

    def to_degrees(self, easting: npt.ArrayLike, northing: npt.ArrayLike) -> tuple[Floats, Floats]:
        """Return WGS 84 longitudes and latitudes of points in the CRS's units."""
        longitude, latitude = self._to_degrees.transform(
            np.asarray(easting, float), np.asarray(northing, float)
        )
        return longitude, latitude

    def table(self, columns: dict[str, Any], shapes_m: Any) -> gpd.GeoDataFrame:
        """Return a table with geometry in the CRS from shapes in local metres."""
        import geopandas as gpd
        import shapely

        moved = shapely.transform(
            np.asarray(shapes_m, dtype=object),
            lambda points: np.column_stack(self.to_crs(points[:, 0], points[:, 1])).round(3),
        )
        return gpd.GeoDataFrame(columns, geometry=moved, crs=self.crs)
