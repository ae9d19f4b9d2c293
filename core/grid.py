"""Immutable value that says *where*: square cells in a projected CRS, masked to a jurisdiction."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from evenbeat.core.errors import GridError

if TYPE_CHECKING:
    import xarray as xr
    from affine import Affine
    from geopandas import GeoDataFrame
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

OUTSIDE = -1
_MAX_CELLS = 8_000_000
_MOST_DISTORTION = 0.01


def suggest_utm_zone(longitude: float, latitude: float) -> CRS:
    """Return the WGS 84 UTM zone that holds a point.

    Raises
    ------
    GridError
        No zone covers the point.
    """
    from pyproj import CRS
    from pyproj.aoi import AreaOfInterest
    from pyproj.database import query_utm_crs_info

    area = AreaOfInterest(longitude, latitude, longitude, latitude)
    found = query_utm_crs_info(datum_name="WGS 84", area_of_interest=area)
    if not found:
        raise GridError(f"No UTM zone covers longitude {longitude}, latitude {latitude}.")
    return CRS.from_epsg(int(found[0].code))


def require_projected(crs: object, *, longitude: float = 0.0, latitude: float = 0.0) -> CRS:
    """Return the CRS when its axes are in metres or feet.

    Raises
    ------
    GridError
        The CRS is unknown, or geographic; the message suggests the UTM zone.
    """
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        parsed = CRS.from_user_input(crs)
    except CRSError as error:
        raise GridError(f"The CRS {crs!r} is unknown; give one such as 'EPSG:26971'.") from error
    if not parsed.is_projected:
        zone = suggest_utm_zone(longitude, latitude).to_string()
        raise GridError(
            f"A patrol grid needs a projected CRS in metres or feet, got {parsed.name} in degrees."
            f" Use the state plane zone of the agency, or UTM: {zone}."
        )
    return parsed


def require_true_lengths(crs: CRS, *, longitude: float, latitude: float) -> None:
    """Refuse a CRS whose metres are not metres on the ground where it is to be used.

    Raises
    ------
    GridError
        Lengths are off by more than 1 %; the message suggests the UTM zone.
    """
    from pyproj import Proj

    factors = Proj(crs).get_factors(longitude, latitude)
    scales = (factors.meridional_scale, factors.parallel_scale)
    if not all(abs(scale - 1.0) <= _MOST_DISTORTION for scale in scales):
        zone = suggest_utm_zone(longitude, latitude).to_string()
        raise GridError(
            f"{crs.name} stretches lengths at longitude {longitude:.2f}, latitude {latitude:.2f} "
            f"to {scales[0]:.3g} and {scales[1]:.3g} of their true size, so cells and distances "
            f"would be wrong. Use the state plane zone of the agency, or UTM: {zone}."
        )


@dataclass(frozen=True, eq=False)
class Grid:
    """Square cells over a jurisdiction: one immutable grid per study.

    Rows run from north to south. Cells whose centre lies in the jurisdiction are *inside*; each
    inside cell belongs to one district. Grids compare by value.

    Parameters
    ----------
    crs
        Projected CRS as text (``"EPSG:26971"``).
    cell_size
        Edge of a cell in the CRS's units.
    west, north
        Easting and northing of the outer corner of the first cell, multiples of ``cell_size``.
    district
        Array of shape ``(height, width)``, int16: index into ``district_ids``, or -1 outside.
    district_ids
        The districts' identifiers.

    Raises
    ------
    GridError
        The CRS is geographic, the cell size is not positive, or the districts do not fit.
    """

    crs: str
    cell_size: float
    west: float
    north: float
    district: npt.NDArray[np.int16]
    district_ids: tuple[str, ...] = field(default=("all",))

    def __post_init__(self) -> None:
        require_projected(self.crs)
        if not self.cell_size > 0:
            raise GridError(
                f"cell_size must be a positive length in the CRS's units, got {self.cell_size}. "
                "Patrol grids normally use 100 to 300 m."
            )
        district = np.ascontiguousarray(self.district, dtype=np.int16)
        if district.ndim != 2 or not district.size:
            raise GridError(f"district must have shape (height, width), got {district.shape}.")
        if district.max() >= len(self.district_ids) or not (district >= 0).any():
            raise GridError(
                f"district must index {len(self.district_ids)} districts and hold a cell inside, "
                f"got values up to {district.max()}."
            )
        district.setflags(write=False)
        object.__setattr__(self, "district", district)

    @classmethod
    def from_districts(cls, districts: GeoDataFrame, *, crs: str, cell_size: float) -> Grid:
        """Cover district polygons with cells; a cell belongs to the district of its centre.

        Parameters
        ----------
        districts
            Polygons with a column ``district_id``; where they overlap the first wins.
        crs
            Projected CRS of the grid.
        cell_size
            Edge of a cell in the CRS's units.

        Raises
        ------
        GridError
            No polygon covers a cell centre, the grid would exceed 8 million cells, or the CRS
            distorts lengths there.
        """
        from rasterio.features import rasterize

        target = require_projected(crs, **_centre(districts))
        require_true_lengths(target, **_centre(districts))
        if not cell_size > 0:
            raise GridError(
                f"cell_size must be a positive length in the CRS's units, got {cell_size}. "
                "Patrol grids normally use 100 to 300 m."
            )
        polygons = districts.to_crs(target).sort_values("district_id", kind="stable")
        west, south, east, north = polygons.total_bounds
        first_column, first_row = np.floor(west / cell_size), np.ceil(north / cell_size)
        width = int(np.ceil(east / cell_size) - first_column)
        height = int(first_row - np.floor(south / cell_size))
        if width * height > _MAX_CELLS:
            raise GridError(
                f"A cell_size of {cell_size} gives {width} x {height} cells, more than "
                f"{_MAX_CELLS:,}. Check the boundary's CRS or take larger cells."
            )
        from affine import Affine

        transform = Affine(cell_size, 0, first_column * cell_size, 0, -cell_size,
                           first_row * cell_size)  # fmt: skip
        shapes = [(shape, index) for index, shape in enumerate(polygons.geometry)]
        district = rasterize(
            reversed(shapes), out_shape=(height, width), transform=transform,
            fill=OUTSIDE, dtype="int16",
        )  # fmt: skip
        if not (district >= 0).any():
            raise GridError("No cell centre lies in any district; take smaller cells.")
        ids = tuple(str(name) for name in polygons["district_id"])
        return cls(target.to_string(), float(cell_size), float(first_column * cell_size),
                   float(first_row * cell_size), district, ids)  # fmt: skip

    @classmethod
    def restored(
        cls, crs: str, cell_size: float, west: float, north: float,
        district: npt.NDArray[np.int16], district_ids: tuple[str, ...], *, metres_per_unit: float,
    ) -> Grid:  # fmt: skip
        """Return a grid that was one before, without asking PROJ about its CRS once more.

        Parameters
        ----------
        crs, cell_size, west, north, district, district_ids
            As the grid had them; what keeps them vouches for them, as with a hash.
        metres_per_unit
            Length of one CRS unit in metres, as the grid had it.
        """
        grid = cls.__new__(cls)
        own = np.ascontiguousarray(district, dtype=np.int16)
        own.setflags(write=False)
        values = {"crs": crs, "cell_size": cell_size, "west": west, "north": north,
                  "district": own, "district_ids": district_ids,
                  "metres_per_unit": metres_per_unit}  # fmt: skip
        for name, value in values.items():
            object.__setattr__(grid, name, value)
        return grid

    @property
    def shape(self) -> tuple[int, int]:
        """Return ``(height, width)``."""
        return self.district.shape

    @property
    def affine(self) -> Affine:
        """Return the transform from (column, row) to (easting, northing)."""
        from affine import Affine

        return Affine(self.cell_size, 0, self.west, 0, -self.cell_size, self.north)

    @cached_property
    def mask(self) -> npt.NDArray[np.bool_]:
        """Return which cells are inside, shape ``(height, width)``."""
        inside = self.district >= 0
        inside.setflags(write=False)
        return inside

    @cached_property
    def inside_index(self) -> npt.NDArray[np.int64]:
        """Return the flat indices of the inside cells, in row-major order."""
        return np.flatnonzero(self.mask)

    @property
    def n_inside(self) -> int:
        """Return the number of cells inside the jurisdiction."""
        return int(self.inside_index.size)

    @cached_property
    def metres_per_unit(self) -> float:
        """Return the length of one CRS unit in metres (0.3048 for feet)."""
        from pyproj import CRS

        return float(CRS.from_user_input(self.crs).axis_info[0].unit_conversion_factor)

    @property
    def cell_size_m(self) -> float:
        """Return the cell's edge in metres."""
        return self.cell_size * self.metres_per_unit

    @property
    def cell_area_km2(self) -> float:
        """Return the area of a cell in square kilometres."""
        return (self.cell_size_m / 1000.0) ** 2

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Return west, south, east and north in the CRS's units."""
        height, width = self.shape
        return (
            self.west,
            self.north - height * self.cell_size,
            self.west + width * self.cell_size,
            self.north,
        )

    @cached_property
    def eastings(self) -> npt.NDArray[np.float64]:
        """Return the eastings of the columns' centres."""
        centres: npt.NDArray[np.float64] = np.arange(self.shape[1], dtype=np.float64) + 0.5
        return np.asarray(self.west + centres * self.cell_size, dtype=np.float64)

    @cached_property
    def northings(self) -> npt.NDArray[np.float64]:
        """Return the northings of the rows' centres, from north to south."""
        centres: npt.NDArray[np.float64] = np.arange(self.shape[0], dtype=np.float64) + 0.5
        return np.asarray(self.north - centres * self.cell_size, dtype=np.float64)

    def locate(
        self, easting: npt.ArrayLike, northing: npt.ArrayLike
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return the rows and columns of points; -1 for both where a point is off the raster."""
        column = np.floor((np.asarray(easting, float) - self.west) / self.cell_size)
        row = np.floor((self.north - np.asarray(northing, float)) / self.cell_size)
        height, width = self.shape
        with np.errstate(invalid="ignore"):
            on = (column >= 0) & (column < width) & (row >= 0) & (row < height)
        return (
            np.where(on, row, OUTSIDE).astype(np.int64),
            np.where(on, column, OUTSIDE).astype(np.int64),
        )

    def box(self, row: int, column: int) -> BaseGeometry:
        """Return the square of one cell as a shapely polygon in the grid's CRS."""
        from shapely.geometry import box

        west, north = self.west + column * self.cell_size, self.north - row * self.cell_size
        return box(west, north - self.cell_size, west + self.cell_size, north)

    @cached_property
    def fingerprint(self) -> str:
        """Return the SHA-256 of everything that makes two grids equal."""
        head = f"{self.crs}|{self.cell_size!r}|{self.west!r}|{self.north!r}|{self.shape}|"
        digest = hashlib.sha256((head + "|".join(self.district_ids)).encode())
        digest.update(self.district.tobytes())
        return digest.hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Grid) and self.fingerprint == other.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def require_equal(self, other: Grid) -> None:
        """Refuse to mix two grids.

        Raises
        ------
        GridError
            The grids differ; nothing is ever resampled silently.
        """
        if self != other:
            raise GridError(
                f"Two grids differ: {self.describe()} and {other.describe()}. "
                "Run the step again on the workspace's grid."
            )

    def describe(self) -> str:
        """Return one line about the grid for people."""
        height, width = self.shape
        return (
            f"{self.crs}, {self.cell_size_m:g} m cells, {height} x {width}, "
            f"{self.n_inside:,} inside, {len(self.district_ids)} districts"
        )


def spatial_ref(grid: Grid) -> xr.DataArray:
    """Return the CF grid mapping of a grid."""
    import xarray as xr
    from pyproj import CRS

    size = grid.cell_size
    transform = (grid.west, size, 0.0, grid.north, 0.0, -size)
    attributes = {
        **CRS.from_user_input(grid.crs).to_cf(),
        "GeoTransform": " ".join(repr(float(part)) for part in transform),
    }
    return xr.DataArray(np.int64(0), attrs=attributes)


def _centre(polygons: GeoDataFrame) -> dict[str, float]:
    """Return the centre of polygons in degrees, to advise on a projected CRS."""
    if polygons.crs is None or polygons.empty:
        raise GridError("The district polygons need a CRS and at least one polygon.")
    west, south, east, north = polygons.to_crs("EPSG:4326").total_bounds
    return {"longitude": (west + east) / 2, "latitude": (south + north) / 2}
