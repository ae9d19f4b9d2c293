"""Streets: lines that boxes are snapped to and units travel along."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas
import numpy as np
import pandas as pd
import shapely

from evenbeat.core.errors import InputError
from evenbeat.core.ingest.layer_columns import (
    Spellings,
    as_text,
    choose_columns,
    examples,
    number_repeated,
    start_report,
)
from evenbeat.core.ingest.layer_geometry import read_shapes, to_workspace

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from evenbeat.core.config import SourceSettings
    from evenbeat.core.ingest.formats import RawTable
    from evenbeat.core.ingest.tally import IngestReport

STREET_COLUMNS: Spellings = {
    "street_id": (
        "street_id", "segment_id", "segmentid", "linearid", "tlid", "osm_id", "id", "fid",
        "objectid", "gid",
    ),
    "name": ("name", "street_name", "streetname", "street_nam", "fullname", "full_name", "label"),
    "geometry": ("wkt", "the_geom", "geom", "geometry", "shape"),
}  # fmt: skip
"""What is read of a file of streets, and how files spell it."""


def read_streets(
    raw: RawTable, *, source: SourceSettings, crs: str, timezone: str = "UTC",
    boundary: BaseGeometry | None = None,
) -> tuple[geopandas.GeoDataFrame, IngestReport]:  # fmt: skip
    """Turn a raw table into streets.

    Parameters
    ----------
    raw
        The file; points and polygons in it are dropped and counted.
    source
        How to read it.
    crs
        The workspace's projected CRS.
    timezone
        Not used: streets have no times.
    boundary
        The jurisdiction in ``crs``; streets up to 1 km outside are kept, since the way from one
        place to another may lead outside.

    Returns
    -------
    The STREETS table ``street_id, name, geometry`` in the order of the file, and the account of
    every row.

    Raises
    ------
    InputError
        The file has no lines, or a mapped column is missing.
    PolicyError
        A mapped column speaks of persons.
    """
    report = start_report(raw, "streets")
    chosen = choose_columns(raw, source, STREET_COLUMNS, report)
    shapes = read_shapes(raw, chosen, source, np.ones(len(raw), dtype=bool), report)
    present = ~shapes.isna().to_numpy()
    other = present & (shapely.get_dimensions(shapes.to_numpy()) != 1)
    report.drop("no_line", int(other.sum()), examples(other))
    if not (present & ~other).any():
        raise InputError(
            f"{raw.name} holds no line; streets need centre lines. Export the layer's lines."
        )
    shapes[other] = None
    moved, kept = to_workspace(shapes, crs, boundary, report)
    blank = pd.Series([""] * len(raw), dtype="str")
    table = geopandas.GeoDataFrame(
        {
            "street_id": as_text(chosen["street_id"]) if "street_id" in chosen else blank,
            "name": (as_text(chosen["name"]) if "name" in chosen else blank).astype("str"),
        },
        geometry=moved, crs=crs,
    )[kept].copy()  # fmt: skip
    table["street_id"] = number_repeated(table["street_id"].astype("str"), raw.name, report)
    table = table.reset_index(drop=True)
    report.rows_kept = len(table)
    report.check_balance()
    return table, report
