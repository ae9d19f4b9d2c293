"""Districts and the boundary: whole polygons in a projected CRS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from evenbeat.core.errors import GridError, InputError
from evenbeat.core.grid import require_projected, suggest_utm_zone
from evenbeat.core.ingest.layer_columns import (
    Flags,
    Spellings,
    as_text,
    choose_columns,
    examples,
    start_report,
)
from evenbeat.core.ingest.layer_geometry import keep_dimension, read_shapes

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from evenbeat.core.config import SourceSettings
    from evenbeat.core.ingest.formats import RawTable
    from evenbeat.core.ingest.tally import IngestReport

_GEOMETRY = ("wkt", "the_geom", "geom", "geometry", "shape")
DISTRICT_COLUMNS: Spellings = {
    "district_id": (
        "district_id", "beat_num", "beat_number", "beat", "precinct", "district", "dist_num",
        "district_number", "zone", "sector", "area", "id", "name", "objectid",
    ),
    "name": ("name", "district_name", "dist_label", "beat_name", "label"),
    "geometry": _GEOMETRY,
}  # fmt: skip
"""What is read of a file of districts, and how files spell it."""
BOUNDARY_COLUMNS: Spellings = {"name": ("name", "city", "label"), "geometry": _GEOMETRY}
"""What is read of a file with the boundary, and how files spell it."""

SLIVER_M2 = 100.0
"""[choice] Detached parts, gaps and overlaps below this area are digitising noise."""


def read_districts(
    raw: RawTable, *, source: SourceSettings, crs: str = "auto", timezone: str = "UTC"
) -> tuple[geopandas.GeoDataFrame, IngestReport]:
    """Turn a raw table into districts.

    Several rows of one district become one; overlaps and gaps between districts are noted.

    Parameters
    ----------
    raw
        The file.
    source
        How to read it.
    crs
        Projected CRS of the result; ``"auto"`` takes the UTM zone of the middle.
    timezone
        Not used: districts have no times.

    Returns
    -------
    The DISTRICTS table sorted by ``district_id``, and the account of every row; rows that were
    dissolved into one district count as kept.

    Raises
    ------
    InputError
        The file has no polygons, or a mapped column is missing.
    GridError
        ``crs`` is geographic or unknown.
    PolicyError
        A mapped column speaks of persons.
    """
    report = start_report(raw, "districts")
    chosen = choose_columns(raw, source, _finest_ids(raw, source), report)
    shapes, kept = _polygons(raw, chosen, source, crs, report)
    ids = _district_ids(chosen, len(raw), kept, report)
    names = as_text(chosen["name"]) if "name" in chosen else pd.Series([""] * len(raw))
    table = geopandas.GeoDataFrame(
        {"district_id": ids, "name": names.where(names != "", ids).astype("str")},
        geometry=shapes.to_numpy(), crs=shapes.crs,
    )[kept]  # fmt: skip
    again = table["district_id"].duplicated()
    report.repair(
        "dissolved_into_its_district",
        int(again.sum()),
        examples(again.to_numpy(), table["district_id"]),
    )
    table = table.dissolve("district_id", aggfunc="first", sort=True).reset_index()
    table = table[["district_id", "name", "geometry"]]
    _remove_slivers(table, report)
    _note_overlaps(table, report)
    _note_gaps(table, report)
    report.rows_kept = int(kept.sum())
    report.check_balance()
    return table, report


def read_boundary(
    raw: RawTable, *, source: SourceSettings, crs: str = "auto", timezone: str = "UTC"
) -> tuple[geopandas.GeoDataFrame, IngestReport]:
    """Turn a raw table into the boundary of the jurisdiction: one row.

    Parameters
    ----------
    raw
        The file; all its polygons together are the jurisdiction.
    source
        How to read it.
    crs
        Projected CRS of the result; ``"auto"`` takes the UTM zone of the middle.
    timezone
        Not used: a boundary has no times.

    Raises
    ------
    InputError
        The file has no polygons, or a mapped column is missing.
    GridError
        ``crs`` is geographic or unknown.
    PolicyError
        A mapped column speaks of persons.
    """
    report = start_report(raw, "boundary")
    chosen = choose_columns(raw, source, BOUNDARY_COLUMNS, report)
    shapes, kept = _polygons(raw, chosen, source, crs, report)
    names = as_text(chosen["name"])[kept] if "name" in chosen else pd.Series(dtype="str")
    table = geopandas.GeoDataFrame(
        {"name": pd.Series([names.iloc[0] if names.nunique() == 1 else raw.name], dtype="str")},
        geometry=[shapely.union_all(shapes[kept].to_numpy())], crs=shapes.crs,
    )  # fmt: skip
    _remove_slivers(table, report)
    report.rows_kept = int(kept.sum())
    report.check_balance()
    return table, report


def _finest_ids(raw: RawTable, source: SourceSettings) -> Spellings:
    """Return the spellings with the identifier first that tells all rows apart."""
    if "district_id" in source.columns:
        return DISTRICT_COLUMNS
    plain = {str(name).lower(): name for name in raw.rows.columns}
    for spelling in DISTRICT_COLUMNS["district_id"]:
        if spelling in plain:
            ids = as_text(raw.rows[plain[spelling]])
            if len(ids) and ids.is_unique and (ids != "").all():
                return {**DISTRICT_COLUMNS, "district_id": (spelling,)}
    return DISTRICT_COLUMNS


def _polygons(
    raw: RawTable, chosen: dict[str, pd.Series[Any]], source: SourceSettings, crs: str,
    report: IngestReport,
) -> tuple[geopandas.GeoSeries, Flags]:  # fmt: skip
    """Return the rows' polygons in the projected CRS, and which rows have one."""
    shapes = read_shapes(raw, chosen, source, np.ones(len(raw), dtype=bool), report)
    present = ~shapes.isna().to_numpy()
    flat = present & (shapely.get_dimensions(shapes.to_numpy()) != 2)
    report.drop("no_polygon", int(flat.sum()), examples(flat))
    kept = present & ~flat
    if not kept.any():
        raise InputError(
            f"{raw.name} holds no polygon; {report.role} need areas. Export the layer's polygons."
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


def _district_ids(
    chosen: dict[str, pd.Series[Any]], size: int, kept: Flags, report: IngestReport
) -> pd.Series[str]:
    numbers = pd.Series(np.arange(1, size + 1).astype("str"), dtype="str")
    if "district_id" not in chosen:
        report.note("The file names no districts; they are numbered in its order.")
        return numbers
    ids = as_text(chosen["district_id"]).astype("str")
    blank = kept & (ids == "").to_numpy()
    report.repair("district_without_id_numbered", int(blank.sum()), examples(blank))
    return ids.where(ids != "", "unnamed-" + numbers).astype("str")


def _area_unit_m2(table: geopandas.GeoDataFrame) -> float:
    return float(CRS.from_user_input(table.crs).axis_info[0].unit_conversion_factor) ** 2


def _remove_slivers(table: geopandas.GeoDataFrame, report: IngestReport) -> None:
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


def _note_overlaps(table: geopandas.GeoDataFrame, report: IngestReport) -> None:
    shapes, ids = table.geometry.to_numpy(), table["district_id"].tolist()
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = first < second
    first, second = first[pairs], second[pairs]
    areas = shapely.area(shapely.intersection(shapes[first], shapes[second]))
    areas_m2 = areas * _area_unit_m2(table)
    large = np.flatnonzero(areas_m2 > SLIVER_M2)
    if large.size:
        worst = large[np.argmax(areas_m2[large])]
        report.note(
            f"{large.size} pairs of districts overlap, together by {areas_m2[large].sum():,.0f} m2,"
            f" the most {ids[first[worst]]} and {ids[second[worst]]}. A cell belongs to the first"
            " district that covers its centre."
        )


def _note_gaps(table: geopandas.GeoDataFrame, report: IngestReport) -> None:
    """Note holes between districts: cells in them belong to no district."""
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
            f"{gaps.size} gaps lie between districts, together {gaps.sum():,.0f} m2; cells whose"
            " centre is in a gap are not patrolled."
        )
