"""One published raster as rio-tiler reads it, within limits of cells and pixels."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import numpy as np
import rasterio
from morecantile import Tile
from rasterio.crs import CRS
from rasterio.warp import transform_bounds
from rio_tiler.constants import WGS84_CRS
from rio_tiler.errors import TileOutsideBounds
from rio_tiler.io import Reader
from rio_tiler.models import ImageData

from evenbeat.tile_server.answering.refusals import RefusalError
from evenbeat.tile_server.answering.workers import Workers
from evenbeat.tile_server.data.polygons import parse_polygon
from evenbeat.tile_server.publication.published import Found, NotPublishedError

MOST_CELLS: Final = 4_000_000
# Each cell is cut with the polygon, which takes a microsecond or more.
MOST_CELLS_IN_POLYGONS: Final = 1_000_000
MOST_PIXELS_ASIDE: Final = 2048
# A folder is never listed, and side files, other drivers and the network are never asked.
ENVIRONMENT: Final = {
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR", "GDAL_PAM_ENABLED": "NO",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none", "PROJ_NETWORK": "OFF",
}  # fmt: skip
_NOTHING_HERE = "There is no raster in this area."
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Opened:
    """A raster that a request may read.

    Parameters
    ----------
    found
        The raster.
    workers
        Whose threads read it.
    deepest
        Deepest zoom of tiles for this client.
    """

    found: Found
    workers: Workers
    deepest: int


class PublishedReader(Reader):
    """Reads an ``Opened`` raster; crops have its own cells unless another CRS or size is asked.

    Raises
    ------
    RefusalError
        More cells are asked for than one request may have.
    """

    def __attrs_post_init__(self) -> None:
        """Open the file as GeoTIFF and nothing else."""
        given: Any = self.input  # which rio-tiler takes as it comes
        self._raster: Opened = given
        self._cells_in_polygons = 0
        path = self._raster.found.path
        if not path.is_file():
            raise RefusalError(
                HTTPStatus.SERVICE_UNAVAILABLE, "The raster was just replaced. Try again."
            )
        self.dataset = self._ctx_stack.enter_context(rasterio.open(path, driver="GTiff"))
        super().__attrs_post_init__()  # type: ignore[no-untyped-call]

    def tile(  # type: ignore[override]
        self, tile_x: int, tile_y: int, tile_z: int, **options: Any
    ) -> ImageData:
        """Return a tile, an empty one where there is no raster."""
        deepest = self._raster.deepest
        on_map = 0 <= tile_z <= deepest and {0} >= {tile_x >> tile_z, tile_y >> tile_z}
        if not on_map:
            raise NotPublishedError(f"Tiles reach from zoom 0 to {deepest}.")
        size = options.get("tilesize") or 256
        try:
            return super().tile(tile_x, tile_y, tile_z, **{**options, "tilesize": size})
        except TileOutsideBounds:
            nothing = np.full((1, size, size), np.nan, np.float32)
            return ImageData(
                np.ma.MaskedArray(nothing, mask=True), crs=self.tms.rasterio_crs,
                bounds=tuple(self.tms.xy_bounds(Tile(tile_x, tile_y, tile_z))),
            )  # fmt: skip

    def part(self, bbox: Bounds, **options: Any) -> ImageData:  # type: ignore[override]
        """Return a box of the raster: its very cells, or a picture of a size."""
        dst_crs: CRS = options.pop("dst_crs", None) or self.crs
        bounds_crs: CRS = options.pop("bounds_crs", None) or WGS84_CRS
        west, south, east, north = bbox
        if not (math.isfinite(sum(bbox)) and west < east and south < north):
            raise _unusable("A box is west, south, east, north, and each first below its second.")
        self._overlap(bbox, bounds_crs)
        if not any(options.get(name) for name in ("max_size", "width", "height")):
            bbox, bounds_crs = self._within(bbox, bounds_crs), self.crs
            options["align_bounds_with_dataset"] = dst_crs == self.crs
        return super().part(bbox, dst_crs=dst_crs, bounds_crs=bounds_crs, **options)

    def feature(  # type: ignore[override]
        self, shape: dict[str, Any], **options: Any
    ) -> ImageData:
        """Return the rectangle of a polygon; what it does not touch is masked."""
        geometry = shape.get("geometry", shape)
        polygon = parse_polygon(json.dumps(geometry).encode())
        self._cells_in_polygons += self._count(self._within(polygon.bounds, WGS84_CRS))
        if self._cells_in_polygons > MOST_CELLS_IN_POLYGONS:
            raise _unusable(
                f"The polygons of a request may span {MOST_CELLS_IN_POLYGONS} cells together, got "
                f"{self._cells_in_polygons}. Send smaller or fewer ones."
            )
        dst_crs = options.pop("dst_crs", None) or self.crs
        return super().feature(geometry, dst_crs=dst_crs, **options)

    def _overlap(self, bbox: Bounds, crs: CRS) -> Bounds:
        """Return the part of a box, in degrees, that may be in the raster.

        It is told by degrees, because far from where a projection is for, its numbers may be
        those of places inside.
        """
        degrees = bbox if crs == WGS84_CRS else transform_bounds(crs, WGS84_CRS, *bbox)
        found = _common(degrees, self._raster.found.grid.bounds_wgs84)
        if found is None:
            raise RefusalError(HTTPStatus.NOT_FOUND, _NOTHING_HERE)
        return found

    def _within(self, bbox: Bounds, crs: CRS) -> Bounds:
        """Return the part of a box that is in the raster, in the raster's CRS."""
        overlap = self._overlap(bbox, crs)
        near = overlap if crs == WGS84_CRS else bbox
        projected = transform_bounds(crs, self.crs, *near, densify_pts=21)
        found = _common(projected, self.bounds)
        if found is None:
            raise RefusalError(HTTPStatus.NOT_FOUND, _NOTHING_HERE)
        if self._count(found) > MOST_CELLS:
            raise _unusable(
                f"A crop may have {MOST_CELLS} cells, got {self._count(found)}. Ask for a smaller "
                f"area, or for a picture with max_size, at most {MOST_PIXELS_ASIDE}."
            )
        return found

    def _count(self, bounds: Bounds) -> int:
        west, south, east, north = bounds
        size = self._raster.found.grid.cell_size
        return int((east - west) / size + 1) * int((north - south) / size + 1)


def _common(one: Bounds, other: Bounds) -> Bounds | None:
    """Return what two boxes have in common, None for nothing."""
    west, south = max(one[0], other[0]), max(one[1], other[1])
    east, north = min(one[2], other[2]), min(one[3], other[3])
    return (west, south, east, north) if west < east and south < north else None


def _unusable(detail: str) -> RefusalError:
    return RefusalError(HTTPStatus.UNPROCESSABLE_ENTITY, detail)
