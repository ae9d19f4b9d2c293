"""Statistics of a raster, and of polygons with each cell weighed by its share inside."""

from __future__ import annotations

import json
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import rasterio
import shapely
from affine import Affine
from fastapi import Body, Depends
from geojson_pydantic.features import Feature, FeatureCollection
from geojson_pydantic.geometries import MultiPolygon, Polygon
from rasterio.warp import transform_geom
from rio_tiler.constants import WGS84_CRS
from shapely.geometry.base import BaseGeometry
from titiler.core.dependencies import HistogramParams, StatisticsParams
from titiler.core.factory import TilerFactory
from titiler.core.models.responses import Statistics, StatisticsGeoJSON
from titiler.core.resources.responses import GeoJSONResponse, JSONResponse

from evenbeat.tile_server.analysis.parameters import opened
from evenbeat.tile_server.analysis.rasters import ENVIRONMENT, PublishedReader

_MOST_ASIDE = 4096
Raster = Annotated[Any, Depends(opened)]
Figures = Annotated[StatisticsParams, Depends()]
Bins = Annotated[HistogramParams, Depends()]
Area = Feature[Polygon | MultiPolygon, dict[str, Any]]


def add_statistics(factory: TilerFactory) -> None:
    """Add ``/statistics``, with the answers of TiTiler and two of its inexactnesses mended.

    TiTiler takes statistics of a raster from a sample of 1,024 pixels aside, and draws the shares
    of cells so that every touched part counts as a whole one; here all cells are taken, up to
    4,096 aside, and shares are areas.
    """

    @factory.router.get("/statistics", response_class=JSONResponse, response_model=Statistics)
    def statistics(
        src_path: Raster, stats_params: Figures, histogram_params: Bins,
    ) -> Any:  # fmt: skip
        """Return statistics of all cells."""
        with rasterio.Env(**ENVIRONMENT), PublishedReader(src_path) as source:
            image = source.preview(max_size=_MOST_ASIDE)
        options = stats_params.as_dict()
        return image.statistics(**options, hist_options=histogram_params.as_dict())

    @factory.router.post(
        "/statistics", response_class=GeoJSONResponse, response_model=StatisticsGeoJSON,
        response_model_exclude_none=True,
    )  # fmt: skip
    def polygon_statistics(
        geojson: Annotated[FeatureCollection[Area] | Area, Body()],
        src_path: Raster, stats_params: Figures, histogram_params: Bins,
    ) -> Any:  # fmt: skip
        """Return polygons with their statistics; each cell counts by its share inside."""
        features = geojson.features if isinstance(geojson, FeatureCollection) else [geojson]
        with rasterio.Env(**ENVIRONMENT), PublishedReader(src_path) as source:
            for feature in features:
                shape = feature.model_dump(exclude_none=True).get("geometry") or {}
                image = source.feature(shape)
                projected = transform_geom(WGS84_CRS, image.crs, shape)
                polygon = shapely.from_geojson(json.dumps(projected))
                found = image.statistics(
                    **stats_params.as_dict(), hist_options=histogram_params.as_dict(),
                    coverage=cell_shares(polygon, image.transform, image.array.shape[1:]),
                )  # fmt: skip
                feature.properties = {**(feature.properties or {}), "statistics": found}
        return geojson


def cell_shares(
    polygon: BaseGeometry, corner: Affine, shape: tuple[int, int]
) -> npt.NDArray[np.float32]:
    """Return which share of each cell is inside of a polygon.

    Parameters
    ----------
    polygon
        In the CRS of the cells.
    corner
        From columns and rows to that CRS.
    shape
        Rows and columns.

    Examples
    --------
    >>> cell_shares(shapely.box(0.5, 0, 2, 1), Affine(1, 0, 0, 0, -1, 1), (1, 3))
    array([[0.5, 1. , 0. ]], dtype=float32)
    """
    rows, columns = np.mgrid[0 : shape[0], 0 : shape[1]]
    west, north = corner.c + columns * corner.a, corner.f + rows * corner.e
    cells = shapely.box(west, north + corner.e, west + corner.a, north)
    shapely.prepare(polygon)
    share = shapely.contains(polygon, cells).astype(np.float32)
    crossed = (share == 0) & shapely.intersects(polygon, cells)
    inside = shapely.area(shapely.intersection(polygon, cells[crossed]))
    share[crossed] = inside / abs(corner.a * corner.e)
    return np.asarray(share, np.float32)
