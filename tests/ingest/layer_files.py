"""Raw tables and sources for the tests of layers."""

from __future__ import annotations

import geopandas
import pandas as pd
import shapely

from evenbeat.core.config import SourceSettings
from evenbeat.core.ingest.formats import RawTable

CRS = "EPSG:26971"
TIMEZONE = "America/Chicago"
CITY = shapely.box(350_000, 570_000, 360_000, 580_000)


def of_text(file: str = "layer", **columns: list[str]) -> RawTable:
    """A CSV file: every column text."""
    rows = pd.DataFrame({key: pd.Series(values, dtype="str") for key, values in columns.items()})
    return RawTable(rows=rows, name=file, format="csv")


def of_shapes(
    shapes: list[object], *, file: str = "layer", crs: str | None = CRS, **columns
) -> RawTable:
    """A vector file in a CRS."""
    rows = pd.DataFrame(columns, index=range(len(shapes)))
    return RawTable(
        rows=rows, geometry=geopandas.GeoSeries(shapes, crs=crs), crs=crs, name=file, format="gpkg"
    )


def source(role: str, **settings) -> SourceSettings:
    return SourceSettings(role=role, path="file", **settings)


def degrees(easting: float, northing: float) -> tuple[str, str]:
    """Longitude and latitude as text."""
    point = geopandas.GeoSeries([shapely.Point(easting, northing)], crs=CRS).to_crs(4326).iloc[0]
    return f"{point.x:.7f}", f"{point.y:.7f}"


def counts(book) -> dict[str, int]:
    """Reason to number of rows."""
    return {reason: tally.count for reason, tally in book.items()}
