"""Where the rows of a layer lie: read, mended, brought into the workspace's CRS, kept near it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from evenbeat.core.errors import InputError
from evenbeat.core.ingest.layer_columns import Flags, as_numbers, as_text, examples

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from evenbeat.core.config import SourceSettings
    from evenbeat.core.ingest.formats import RawTable
    from evenbeat.core.ingest.tally import IngestReport

Shapes = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]

MARGIN_M = 1000.0
"""[choice] Places this far outside the jurisdiction are kept: they matter for distances."""
_DEGREES = "EPSG:4326"


def read_shapes(
    raw: RawTable,
    chosen: dict[str, pd.Series[Any]],
    source: SourceSettings,
    wanted: Flags,
    report: IngestReport,
) -> geopandas.GeoSeries:
    """Return one shape a row, mended, in the CRS of the file; None where there is none.

    Wanted rows without a usable shape are dropped in the report; other rows were dropped before
    for another reason, and have no shape either.

    Raises
    ------
    InputError
        The file says nowhere where its rows lie, or not in which CRS.
    """
    shapes, crs, wanted = _raw_shapes(raw, chosen, source, wanted, report)
    shapes = shapely.force_2d(shapes)
    empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    absent = empty & wanted
    report.drop("missing_geometry", int(absent.sum()), examples(absent))
    empty |= ~wanted
    shapes[empty] = None
    invalid = ~empty & ~shapely.is_valid(shapes)
    if invalid.any():
        mended = shapely.make_valid(shapes[invalid])
        shapes[invalid] = [
            keep_dimension(after, shapely.get_dimensions(before))
            for before, after in zip(shapes[invalid], mended, strict=True)
        ]
        lost = invalid & shapely.is_missing(shapes)
        report.drop("geometry_beyond_repair", int(lost.sum()), examples(lost))
        report.repair("invalid_geometry", int((invalid & ~lost).sum()), examples(invalid & ~lost))
    return geopandas.GeoSeries(shapes, crs=crs)


def keep_dimension(shape: BaseGeometry, dimension: int) -> BaseGeometry | None:
    """Return the parts of a shape that are points (0), lines (1) or polygons (2)."""
    if shapely.get_dimensions(shape) == dimension and shape.geom_type != "GeometryCollection":
        return shape
    leaves = shapely.get_parts(shapely.get_parts(np.atleast_1d(np.asarray(shape, dtype=object))))
    parts = leaves[shapely.get_dimensions(leaves) == dimension]
    merged: BaseGeometry = shapely.union_all(parts)
    return None if merged.is_empty else merged


def _raw_shapes(
    raw: RawTable,
    chosen: dict[str, pd.Series[Any]],
    source: SourceSettings,
    wanted: Flags,
    report: IngestReport,
) -> tuple[Shapes, str, Flags]:
    """Return shapes, their CRS, and the wanted rows that are not yet dropped."""
    if raw.geometry is not None:
        shapes = np.asarray(raw.geometry.to_numpy(), dtype=object).copy()
        return shapes, _crs_of_shapes(raw, shapes, source, report), wanted
    for first, second in (("longitude", "latitude"), ("easting", "northing")):
        if first in chosen and second in chosen:
            across, unread_across = as_numbers(chosen[first])
            along, unread_along = as_numbers(chosen[second])
            crs = source.crs or _crs_of_numbers(across, along, raw.name)
            unread = unread_across | unread_along
            shapes, usable = _points(across, along, unread, wanted, report)
            return shapes, crs, usable
    if "geometry" in chosen:
        shapes = shapely.from_wkt(as_text(chosen["geometry"]).to_numpy(object), on_invalid="ignore")
        return np.asarray(shapes, object), source.crs or _DEGREES, wanted
    raise InputError(
        f"{raw.name} says nowhere where its rows lie; it has the columns"
        f" {', '.join(map(str, raw.rows.columns))}. Map longitude and latitude, easting and"
        " northing, or geometry (WKT) in evenbeat.toml."
    )


def _points(
    across: Floats, along: Floats, unread: Flags, wanted: Flags, report: IngestReport
) -> tuple[Shapes, Flags]:
    """Return points, and the wanted rows that have one; the others are dropped by reason."""
    missing = ~unread & (np.isnan(across) | np.isnan(along))
    zero = (across == 0) & (along == 0)
    for reason, rows in (
        ("unparseable_coordinates", unread),
        ("missing_coordinates", missing),
        ("zero_coordinates", zero),
    ):
        report.drop(reason, int((rows & wanted).sum()), examples(rows & wanted))
    usable = wanted & ~unread & ~missing & ~zero
    shapes = np.full(len(across), None, dtype=object)
    shapes[usable] = shapely.points(across[usable], along[usable])
    return shapes, usable


def _crs_of_numbers(across: Floats, along: Floats, name: str) -> str:
    """Return EPSG:4326 for numbers that can be degrees.

    Raises
    ------
    InputError
        They cannot.
    """
    beyond = (np.abs(across) > 180) | (np.abs(along) > 180)
    if beyond.sum() > beyond.size / 2:
        first = int(np.flatnonzero(beyond)[0])
        raise InputError(
            f"{name} has coordinates such as {across[first]:g}, {along[first]:g} that are no"
            " degrees. Give their CRS as crs = 'EPSG:...' of the source in evenbeat.toml."
        )
    return _DEGREES


def _crs_of_shapes(
    raw: RawTable, shapes: Shapes, source: SourceSettings, report: IngestReport
) -> str:
    if source.crs is not None:
        if raw.crs is not None and _parse(source.crs, raw.name) != CRS.from_user_input(raw.crs):
            report.note(f"The file says {raw.crs}; {source.crs} of the settings is used instead.")
        return source.crs
    if raw.crs is not None:
        return raw.crs
    bounds = shapely.total_bounds(shapes)
    if np.nanmax(np.abs(bounds[[0, 2]]), initial=0) > 180 or (
        np.nanmax(np.abs(bounds[[1, 3]]), initial=0) > 90
    ):
        raise InputError(
            f"{raw.name} does not say in which CRS its coordinates are (a shapefile needs its"
            " .prj). Give crs = 'EPSG:...' of the source in evenbeat.toml."
        )
    report.note("The file says no CRS; its coordinates look like degrees (EPSG:4326).")
    return _DEGREES


def _parse(crs: str, name: str) -> CRS:
    try:
        return CRS.from_user_input(crs)
    except CRSError as error:
        raise InputError(
            f"The CRS {crs!r} of {name} is unknown; give one such as 'EPSG:4326'."
        ) from error


def to_workspace(
    shapes: geopandas.GeoSeries, crs: str, boundary: BaseGeometry | None, report: IngestReport
) -> tuple[geopandas.GeoSeries, Flags]:
    """Bring shapes into the workspace's CRS; return them and which rows are kept.

    Shapes further than `MARGIN_M` outside the boundary are dropped. Points whose exchanged
    coordinates lie in the jurisdiction are mended.
    """
    _parse(crs, "the workspace")
    _parse(str(shapes.crs), report.name)
    moved = shapes.to_crs(crs)
    kept = ~moved.isna().to_numpy()
    finite = np.isfinite(shapely.bounds(moved.to_numpy())).all(axis=1)
    lost = kept & ~finite
    if boundary is None:
        report.drop("outside_crs", int(lost.sum()), examples(lost))
        return moved, kept & finite
    unit_m = CRS.from_user_input(crs).axis_info[0].unit_conversion_factor
    near = shapely.simplify(boundary, 1.0 / unit_m).buffer(MARGIN_M / unit_m)
    shapely.prepare(near)
    inside: Flags = shapely.intersects(near, np.where(finite, moved.to_numpy(), None))
    swapped = _swap_back(shapes, moved, near, kept & ~inside)
    report.repair("swapped_coordinates", int(swapped.sum()), examples(swapped))
    outside = kept & ~inside & ~swapped
    report.drop("outside_jurisdiction", int(outside.sum()), examples(outside))
    return moved, kept & ~outside


def _swap_back(
    shapes: geopandas.GeoSeries, moved: geopandas.GeoSeries, near: BaseGeometry, outside: Flags
) -> Flags:
    """Exchange the coordinates of points outside, in place, where that brings them inside."""
    points: Flags = outside & (shapely.get_type_id(shapes.to_numpy()) == shapely.GeometryType.POINT)
    if not points.any():
        return points
    original = shapes.to_numpy()[points]
    exchanged = geopandas.GeoSeries(
        shapely.points(shapely.get_y(original), shapely.get_x(original)), crs=shapes.crs
    ).to_crs(moved.crs)
    helps: Flags = shapely.intersects(near, exchanged.to_numpy())
    swapped = np.zeros(len(shapes), dtype=bool)
    swapped[np.flatnonzero(points)[helps]] = True
    moved.loc[swapped] = exchanged.to_numpy()[helps]
    return swapped
