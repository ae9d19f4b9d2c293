"""What districts, the boundary and neighbourhoods share: whole polygons, ids, slivers, gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from evenbeat.core.errors import GridError, InputError
from evenbeat.core.grid import require_projected, suggest_utm_zone
from evenbeat.core.ingest.layer_columns import Flags, Spellings, as_text, examples
from evenbeat.core.ingest.layer_geometry import keep_dimension, read_shapes

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from evenbeat.core.config import SourceSettings
    from evenbeat.core.ingest.formats import RawTable
    from evenbeat.core.ingest.tally import IngestReport

SLIVER_M2 = 100.0
"""[choice] Detached parts, gaps and overlaps below this area are digitising noise."""


def finest_ids(raw: RawTable, source: SourceSettings, known: Spellings, key: str) -> Spellings:
    """Return the spellings with the identifier first that tells all rows apart.

    Parameters
    ----------
    known
        The spellings of the role.
    key
        Our name of the identifier.
    """
    if key in source.columns:
        return known
    plain = {str(name).lower(): name for name in raw.rows.columns}
    for spelling in known[key]:
        if spelling in plain:
            ids = as_text(raw.rows[plain[spelling]])
            if len(ids) and ids.is_unique and (ids != "").all():
                return {**known, key: (spelling,)}
    return known


def read_polygons(
    raw: RawTable, chosen: dict[str, pd.Series[Any]], source: SourceSettings, crs: str,
    report: IngestReport,
) -> tuple[geopandas.GeoSeries, Flags]:  # fmt: skip
    """Return the rows' polygons in the projected CRS, and which rows have one.

    Raises
    ------
    InputError
        No row has a polygon.
    GridError
        ``crs`` is geographic or unknown.
    """
    shapes = read_shapes(raw, chosen, source, np.ones(len(raw), dtype=bool), report)
    present = ~shapes.isna().to_numpy()
    flat = present & (shapely.get_dimensions(shapes.to_numpy()) != 2)
    report.drop("no_polygon", int(flat.sum()), examples(flat))
    kept = present & ~flat
    if not kept.any():
        raise InputError(
            f"{raw.name} holds no polygon; the role {report.role} needs areas. Export the layer's "
            "polygons."
        )
    shapes[~kept] = None
    return shapes.to_crs(_projected(shapes[kept], crs)), kept


def _projected(shapes: geopandas.GeoSeries, crs: str) -> str:
    west, south, east, north = shapes.to_crs("EPSG:4326").total_bounds
    longitude, latitude = float(west + east) / 2, float(south + north) / 2
    if not np.isfinite([longitude, latitude]).all():
        raise GridError(f"The areas lie outside the domain of their CRS {shapes.crs.name}.")
    if crs == "auto":
        return str(suggest_utm_zone(longitude, latitude).to_string())
    return str(require_projected(crs, longitude=longitude, latitude=latitude).to_string())


def dissolved(
    chosen: dict[str, pd.Series[Any]], shapes: geopandas.GeoSeries, kept: Flags, key: str,
    report: IngestReport,
) -> geopandas.GeoDataFrame:  # fmt: skip
    """Return one row an area, sorted by its identifier, without slivers.

    Parameters
    ----------
    chosen
        The columns that are read.
    shapes, kept
        The rows' polygons, and which rows have one.
    key
        Our name of the identifier, ``district_id`` or ``neighbourhood_id``.
    report
        Takes what was mended.

    Returns
    -------
    Columns ``key, name, geometry``.
    """
    ids = _ids(chosen, len(shapes), kept, key, report)
    blank = pd.Series([""] * len(shapes))
    names = as_text(chosen["name"]) if "name" in chosen else blank
    table = geopandas.GeoDataFrame(
        {key: ids, "name": names.where(names != "", ids).astype("str")},
        geometry=shapes.to_numpy(), crs=shapes.crs,
    )[kept]  # fmt: skip
    again = table[key].duplicated()
    report.repair(
        f"dissolved_into_its_{key.removesuffix('_id')}", int(again.sum()),
        examples(again.to_numpy(), table[key]),
    )  # fmt: skip
    table = table.dissolve(key, aggfunc="first", sort=True).reset_index()
    table = table[[key, "name", "geometry"]]
    remove_slivers(table, report)
    return table


def _ids(
    chosen: dict[str, pd.Series[Any]], size: int, kept: Flags, key: str, report: IngestReport
) -> pd.Series[str]:
    numbers = pd.Series(np.arange(1, size + 1).astype("str"), dtype="str")
    if key not in chosen:
        report.note(f"The file names no {report.role}; they are numbered in its order.")
        return numbers
    ids = as_text(chosen[key]).astype("str")
    blank = kept & (ids == "").to_numpy()
    what = key.removesuffix("_id")
    report.repair(f"{what}_without_id_numbered", int(blank.sum()), examples(blank))
    return ids.where(ids != "", "unnamed-" + numbers).astype("str")


def _area_unit_m2(table: geopandas.GeoDataFrame) -> float:
    return float(CRS.from_user_input(table.crs).axis_info[0].unit_conversion_factor) ** 2


def remove_slivers(table: geopandas.GeoDataFrame, report: IngestReport) -> None:
    """Remove detached parts that are too small to be meant, in place."""
    limit = SLIVER_M2 / _area_unit_m2(table)
    count = 0
    for row, shape in enumerate(table.geometry):
        area = keep_dimension(shape, 2)
        parts = shapely.get_parts(area)
        large = shapely.area(parts) >= limit
        if large.any() and not large.all():
            count += int((~large).sum())
            area = shapely.union_all(parts[large])
        table.loc[row, "geometry"] = area
    report.repair("sliver_removed", count)


def note_overlaps(table: geopandas.GeoDataFrame, report: IngestReport) -> None:
    """Note where areas overlap: a cell belongs to one of them."""
    shapes, ids = table.geometry.to_numpy(), table.iloc[:, 0].tolist()
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = first < second
    first, second = first[pairs], second[pairs]
    areas = shapely.area(shapely.intersection(shapes[first], shapes[second]))
    areas_m2 = areas * _area_unit_m2(table)
    large = np.flatnonzero(areas_m2 > SLIVER_M2)
    if large.size:
        worst = large[np.argmax(areas_m2[large])]
        report.note(
            f"{large.size} pairs of {report.role} overlap, together by"
            f" {areas_m2[large].sum():,.0f} m2, the most {ids[first[worst]]} and"
            f" {ids[second[worst]]}. A cell belongs to the first that covers its centre."
        )


def note_gaps(table: geopandas.GeoDataFrame, report: IngestReport, consequence: str) -> None:
    """Note holes between areas, and what becomes of cells in them."""
    unit_m2 = _area_unit_m2(table)
    whole: BaseGeometry = shapely.union_all(table.geometry.to_numpy())
    holes = [
        shapely.Polygon(ring).area * unit_m2
        for part in shapely.get_parts(keep_dimension(whole, 2))
        for ring in part.interiors
    ]
    gaps = np.array([area_m2 for area_m2 in holes if area_m2 > SLIVER_M2])
    if gaps.size:
        report.note(
            f"{gaps.size} gaps lie between {report.role}, together {gaps.sum():,.0f} m2; cells"
            f" whose centre is in a gap {consequence}."
        )
