"""Districts, the boundary and neighbourhoods: whole polygons in a projected CRS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas
import pandas as pd
import shapely

from evenbeat.core.ingest.area_shapes import (
    dissolved,
    finest_ids,
    note_gaps,
    note_overlaps,
    read_polygons,
    remove_slivers,
)
from evenbeat.core.ingest.layer_columns import (
    Spellings,
    as_text,
    choose_columns,
    start_report,
)
from evenbeat.core.ingest.layer_geometry import to_workspace

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
NEIGHBOURHOOD_COLUMNS: Spellings = {
    "neighbourhood_id": (
        "neighbourhood_id", "neighborhood_id", "nbhd_id", "community_area", "area_num_1",
        "area_numbe", "area_number", "neighbourhood", "neighborhood", "nhood", "nbhd", "ntacode",
        "id", "name", "objectid",
    ),
    "name": (
        "name", "neighbourhood_name", "neighborhood_name", "neighbourhood", "neighborhood",
        "community", "nhood", "nbhd_name", "ntaname", "label",
    ),
    "geometry": _GEOMETRY,
}  # fmt: skip
"""What is read of a file of neighbourhoods, and how files spell it."""


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
    known = finest_ids(raw, source, DISTRICT_COLUMNS, "district_id")
    chosen = choose_columns(raw, source, known, report)
    shapes, kept = read_polygons(raw, chosen, source, crs, report)
    table = dissolved(chosen, shapes, kept, "district_id", report)
    note_overlaps(table, report)
    note_gaps(table, report, "are not patrolled")
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
    shapes, kept = read_polygons(raw, chosen, source, crs, report)
    names = as_text(chosen["name"])[kept] if "name" in chosen else pd.Series(dtype="str")
    table = geopandas.GeoDataFrame(
        {"name": pd.Series([names.iloc[0] if names.nunique() == 1 else raw.name], dtype="str")},
        geometry=[shapely.union_all(shapes[kept].to_numpy())], crs=shapes.crs,
    )  # fmt: skip
    remove_slivers(table, report)
    report.rows_kept = int(kept.sum())
    report.check_balance()
    return table, report


def read_neighbourhoods(
    raw: RawTable, *, source: SourceSettings, crs: str, timezone: str = "UTC",
    boundary: BaseGeometry | None = None,
) -> tuple[geopandas.GeoDataFrame, IngestReport]:  # fmt: skip
    """Turn a raw table into neighbourhoods: the parts between which patrol is kept even.

    They may cross districts and reach beyond the jurisdiction. Several rows of one neighbourhood
    become one; overlaps and gaps are noted.

    Parameters
    ----------
    raw
        The file.
    source
        How to read it.
    crs
        The workspace's projected CRS.
    timezone
        Not used: neighbourhoods have no times.
    boundary
        The jurisdiction in ``crs``; neighbourhoods more than 1 km outside are dropped.

    Returns
    -------
    The NEIGHBOURHOODS table ``neighbourhood_id, name, geometry`` sorted by its identifier, and the
    account of every row; rows that were dissolved into one neighbourhood count as kept.

    Raises
    ------
    InputError
        The file has no polygons, or a mapped column is missing.
    GridError
        ``crs`` is geographic or unknown.
    PolicyError
        A mapped column speaks of persons.
    """
    report = start_report(raw, "neighbourhoods")
    known = finest_ids(raw, source, NEIGHBOURHOOD_COLUMNS, "neighbourhood_id")
    chosen = choose_columns(raw, source, known, report)
    shapes, kept = read_polygons(raw, chosen, source, crs, report)
    shapes, near = to_workspace(shapes, crs, boundary, report)
    kept &= near
    table = dissolved(chosen, shapes, kept, "neighbourhood_id", report)
    note_overlaps(table, report)
    note_gaps(table, report, "belong to none")
    report.rows_kept = int(kept.sum())
    report.check_balance()
    return table, report
