"""Which CRS would put coordinates into the jurisdiction: advice for a message, never a guess."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer
from pyproj.aoi import AreaOfInterest
from pyproj.database import query_crs_info
from pyproj.enums import PJType
from pyproj.exceptions import ProjError
from shapely.geometry.base import BaseGeometry

_SAMPLE = 60
_ENOUGH = 0.8


def advise_crs(
    first: npt.NDArray[np.float64], second: npt.NDArray[np.float64], boundary: BaseGeometry,
    crs: str,
) -> str | None:  # fmt: skip
    """Return the EPSG code that puts most coordinates into the jurisdiction, or None.

    Parameters
    ----------
    first, second
        Coordinates in an unknown projected CRS.
    boundary
        The jurisdiction.
    crs
        CRS of the boundary.
    """
    step = max(1, first.size // _SAMPLE)
    first, second = first[::step], second[::step]
    to_degrees = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    centre = to_degrees.transform(boundary.centroid.x, boundary.centroid.y)
    here = AreaOfInterest(centre[0], centre[1], centre[0], centre[1])
    best, best_share = None, _ENOUGH
    found = query_crs_info(auth_name="EPSG", pj_types=[PJType.PROJECTED_CRS], area_of_interest=here)
    for info in sorted(found, key=lambda info: int(info.code)):
        candidate = f"EPSG:{info.code}"
        try:
            transformer = Transformer.from_crs(candidate, crs, always_xy=True)
        except ProjError:
            continue
        east, north = (np.asarray(values) for values in transformer.transform(first, second))
        real = np.isfinite(east) & np.isfinite(north)
        inside = shapely.intersects_xy(boundary, east[real], north[real])
        share = float(inside.sum()) / max(first.size, 1)
        if share > best_share:
            best, best_share = candidate, share
    return best
