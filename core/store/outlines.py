"""The vector parts of a publication as GeoJSON (RFC 7946): districts and approved assignments."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from geopandas import GeoDataFrame

APPROVED = "approved"
# What the public may read of an assignment; anything else stays in the workspace.
ASSIGNMENT_COLUMNS = (
    "assignment_id", "service_date", "shift", "shift_start", "shift_end", "district_id", "rank",
    "visits", "visit_minutes", "minutes", "visit_gap_hours", "percentile", "dominant_type",
)  # fmt: skip
_DECIMALS = 6  # 0.1 m


def approved_geojson(assignments: GeoDataFrame, shift: str) -> bytes | None:
    """Return the approved assignments of a shift, None where there are none.

    Parameters
    ----------
    assignments
        The plan, in any CRS. Rows whose status is not ``approved`` are left out, and so is every
        column that is not in ``ASSIGNMENT_COLUMNS``.
    shift
        The shift's name.
    """
    chosen = assignments[(assignments["status"] == APPROVED) & (assignments["shift"] == shift)]
    if chosen.empty:
        return None
    columns = [name for name in ASSIGNMENT_COLUMNS if name in chosen.columns]
    return _geojson(chosen.sort_values("assignment_id")[[*columns, "geometry"]])


def district_geojson(districts: GeoDataFrame, *, tolerance: float) -> bytes:
    """Return the outlines of districts, simplified without gaps between neighbours.

    Parameters
    ----------
    districts
        Polygons with ``district_id`` and, where known, ``name``; in a projected CRS.
    tolerance
        How far an outline may move, in the CRS's units.
    """
    import shapely

    ordered = districts.sort_values("district_id", kind="stable")
    columns = [name for name in ("district_id", "name") if name in ordered.columns]
    simple = shapely.coverage_simplify(ordered.geometry.to_numpy(), tolerance)
    return _geojson(ordered[[*columns, "geometry"]].set_geometry(simple, crs=ordered.crs))


def _geojson(table: GeoDataFrame) -> bytes:
    """Return rows in WGS 84 with rounded coordinates, the same bytes for the same rows."""
    import shapely

    degrees = table.to_crs("EPSG:4326")
    rounded = shapely.transform(degrees.geometry.to_numpy(), _rounded)
    document: dict[str, Any] = json.loads(
        degrees.set_geometry(rounded, crs=4326).to_json(drop_id=True)
    )
    document.pop("crs", None)
    return (json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def _rounded(coordinates: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return coordinates.round(_DECIMALS)
