"""Places in a box or beside it: they decide which tactics fit, and the briefing names them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from evenbeat.core.grid import Grid

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

BESIDE_M = 50.0


def places_on(places: GeoDataFrame | None, date: dt.date) -> GeoDataFrame | None:
    """Return the places that exist at noon (UTC) of a date, without empty shapes."""
    import pandas as pd

    if places is None or places.empty:
        return None
    noon = pd.Timestamp(f"{date.isoformat()} 12:00", tz="UTC")
    open_yet = places["valid_from"].isna() | (places["valid_from"] <= noon)
    still_open = places["valid_to"].isna() | (places["valid_to"] > noon)
    return places[open_yet & still_open & ~places.geometry.is_empty & places.geometry.notna()]


def categories_beside(boxes: Any, places: GeoDataFrame | None, grid: Grid) -> list[dict[str, int]]:
    """Count the places in each box or within 50 m of its edge, by category.

    Parameters
    ----------
    boxes
        The boxes' polygons in the grid's CRS.
    places
        What `places_on` returned.
    grid
        The study's grid.

    Returns
    -------
    For each box its categories with their counts, the most frequent first.
    """
    counts: list[dict[str, int]] = [{} for _ in boxes]
    if places is None or not counts:
        return counts
    tree = shapely.STRtree(np.asarray(places.geometry.array, dtype=object))
    category = places["category"].to_numpy(dtype=object)
    which, found = tree.query(
        np.asarray(boxes, dtype=object),
        predicate="dwithin",
        distance=BESIDE_M / grid.metres_per_unit,
    )
    for box, place in zip(which.tolist(), found.tolist(), strict=True):
        name = str(category[place])
        counts[box][name] = counts[box].get(name, 0) + 1
    return [dict(sorted(c.items(), key=lambda item: (-item[1], item[0]))) for c in counts]
