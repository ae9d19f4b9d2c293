"""The map of a shift: minutes in each cell, the ways of units, and the boxes by outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely
from markupsafe import escape

from evenbeat.core.errors import GridError
from evenbeat.core.grid import Grid
from evenbeat.core.reports.figures import label_svg
from evenbeat.core.reports.maps import (
    CLASS_COLOURS,
    NO_CLASS,
    Frame,
    class_image,
    north_arrow,
    path_of,
    scale_bar,
    simplify_for,
)

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from markupsafe import Markup

MINUTES_EDGES = (60.0, 30.0, 15.0, 5.0)
"""Fixed, so that two days can be compared: the longest visit of the default caps is 20 minutes."""
MINUTES_WORDS = ("60 min or more", "30 to 60", "15 to 30", "5 to 15", "under 5", "none")
TRACK_COLOURS = ("#b3470b", "#6a2c70", "#1d6b45", "#8a6d00", "#9c1f4a", "#1b2430")
"""Dark enough to stand on pale cells; a line's white edge sets it off from dark ones."""
_WIDTH, _LEAST_HEIGHT, _MOST_HEIGHT = 560.0, 260.0, 620.0
_SMALLEST_BOX = 8.0
MOST_NUMBERS = 60
"""More numbers than these would hide the map."""
_LETTER, _LINE = 5.6, 10.0
_CROWDED, _DETAIL = 40, 0.7
_NOT_DRAWN = ("unknown", "off_duty")


def presence_classes(presence: npt.NDArray[np.floating[Any]], grid: Grid) -> npt.NDArray[np.uint8]:
    """Sort the cells into fixed classes of minutes.

    Parameters
    ----------
    presence
        Minutes of each cell, shape ``(height, width)``; NaN outside the jurisdiction.
    grid
        Of the same shape.

    Returns
    -------
    Array of the same shape: 0 for an hour or more, up to 5 for none; ``NO_CLASS`` outside.

    Raises
    ------
    GridError
        The shapes differ.
    """
    if presence.shape != grid.shape:
        raise GridError(
            f"The minutes have shape {presence.shape}, the grid has {grid.shape}. Give the"
            " minutes of this very grid."
        )
    minutes = np.nan_to_num(np.asarray(presence, dtype=np.float64))
    classes = np.full(grid.shape, len(CLASS_COLOURS) - 1, dtype=np.uint8)
    classes[minutes > 0] -= 1
    for edge in reversed(MINUTES_EDGES):
        classes[minutes >= edge] -= 1
    classes[~grid.mask] = NO_CLASS
    return classes


def tracks_map(
    boxes: Sequence[Mapping[str, Any]], *, presence: npt.NDArray[np.floating[Any]], grid: Grid,
    outlines: Mapping[str, Any], tracks: pd.DataFrame, districts: gpd.GeoDataFrame | None,
    labels: Mapping[str, str], name: str, feet: bool = False,
) -> Markup:  # fmt: skip
    """Draw minutes, tracks, districts and boxes as one SVG.

    Parameters
    ----------
    boxes
        Each with ``assignment_id``, ``number``, ``outcome``, ``over``, ``easting``, ``northing``.
    presence
        Minutes of each cell, shape ``(height, width)``; NaN outside.
    grid
        Of the minutes.
    outlines
        Shape of a box by its assignment in the grid's CRS; a box without one is a square cell.
    tracks
        Positions, in the declared columns.
    districts
        Their polygons, in any CRS that they name.
    labels
        Short name of each unit.
    name
        Unique on the page.
    feet
        Whether the scale bar also has feet or miles.
    """
    classes = presence_classes(presence, grid)
    shapes = [_shape(box, outlines, grid) for box in boxes]
    frame = _frame(grid, shapes)
    drawn = _drawn(shapes, frame)
    parts = [class_image(classes, grid, frame), _district_lines(districts, grid, frame),
             _track_lines(tracks, labels, frame), _box_outlines(boxes, drawn, frame),
             _numbers(boxes, drawn, frame),
             scale_bar(frame, grid.metres_per_unit, feet=feet), north_arrow(frame)]  # fmt: skip
    outcomes = [str(box["outcome"]) for box in boxes]
    alt = (
        f"Map of {int((classes <= 4).sum()):,} of {grid.n_inside:,} cells with presence, the"
        f" tracks of {tracks['unit'].nunique()} units, and {len(boxes)} boxes:"
        f" {outcomes.count('visited')} visited, {outcomes.count('partly_visited')} partly visited,"
        f" {outcomes.count('not_visited')} not visited."
    )
    body = f'<svg viewBox="0 0 {frame.width:g} {frame.height:.0f}" class="map">{"".join(parts)}'
    return label_svg(f"{body}</svg>", name=name, alt=alt)


def _shape(box: Mapping[str, Any], outlines: Mapping[str, Any], grid: Grid) -> Any:
    outline = outlines.get(str(box["assignment_id"]))
    if outline is not None and not outline.is_empty:
        return outline
    half = grid.cell_size / 2
    easting, northing = box["easting"], box["northing"]
    return shapely.box(easting - half, northing - half, easting + half, northing + half)


def _frame(grid: Grid, shapes: Sequence[Any]) -> Frame:
    """Return the window that holds the jurisdiction's cells and all boxes."""
    rows, columns = np.nonzero(grid.mask)
    west = grid.west + columns.min() * grid.cell_size
    east = grid.west + (columns.max() + 1) * grid.cell_size
    north = grid.north - rows.min() * grid.cell_size
    south = grid.north - (rows.max() + 1) * grid.cell_size
    found = [(west, south, east, north), *(shape.bounds for shape in shapes)]
    corners = np.array(found, dtype=np.float64)
    bounds = (*corners[:, :2].min(axis=0).tolist(), *corners[:, 2:].max(axis=0).tolist())
    margin = 0.02 * max(bounds[2] - bounds[0], bounds[3] - bounds[1])
    return Frame.around(bounds, margin=margin, width=_WIDTH, least_height=_LEAST_HEIGHT,
                        most_height=_MOST_HEIGHT)  # fmt: skip


def _district_lines(districts: gpd.GeoDataFrame | None, grid: Grid, frame: Frame) -> str:
    if districts is None or not len(districts):
        return ""
    own = districts.to_crs(grid.crs) if districts.crs is not None else districts
    shapes = simplify_for(own.geometry.to_numpy(), frame)
    return f'<path class="district" d="{path_of(shapes, frame, closed=True)}"/>'


def _track_lines(tracks: pd.DataFrame, labels: Mapping[str, str], frame: Frame) -> str:
    """Return one path a unit, broken where its position was not known."""
    lines = []
    ordered = tracks.sort_values(["unit", "time_s"], kind="stable")
    crowded = tracks["unit"].nunique() > _CROWDED
    for place, (unit, way) in enumerate(ordered.groupby("unit", sort=True)):
        points = way[["easting", "northing"]].to_numpy(dtype=np.float64)
        gaps = np.flatnonzero(way["state"].isin(_NOT_DRAWN).to_numpy()) + 1
        runs = [shapely.linestrings(run) for run in np.split(points, gaps) if len(run) > 1]
        if not runs:
            continue
        shapes = simplify_for(np.array(runs, dtype=object), frame, pixels=_DETAIL)
        drawn = path_of(shapes, frame, closed=False)
        halo = "" if crowded else f'<path class="halo" d="{drawn}"/>'
        colour = TRACK_COLOURS[place % len(TRACK_COLOURS)]
        lines.append(
            f"<g><title>{escape(labels.get(str(unit), unit))}</title>{halo}"
            f'<path stroke="{colour}" d="{drawn}"/></g>'
        )
    return f'<g class="tracks{" many" if crowded else ""}">{"".join(lines)}</g>'


def _drawn(shapes: Sequence[Any], frame: Frame) -> list[Any]:
    """Return the shapes, those too small to see grown to a square around their middle."""
    half = _SMALLEST_BOX / frame.scale / 2
    large = []
    for shape in shapes:
        west, south, east, north = shape.bounds
        if min(east - west, north - south) < 2 * half:
            x, y = (west + east) / 2, (south + north) / 2
            large.append(shapely.box(x - half, y - half, x + half, y + half))
        else:
            large.append(shape)
    return large


def _box_outlines(boxes: Sequence[Mapping[str, Any]], shapes: Sequence[Any], frame: Frame) -> str:
    """Return the boxes, each with the line of its outcome; twice the line where over-dosed."""
    drawn = []
    for box, shape in zip(boxes, shapes, strict=True):
        line = path_of([shape], frame, closed=True)
        kinds = ["halo", "over" if box["over"] else str(box["outcome"])]
        kinds += ["within"] if box["over"] else []
        drawn += [f'<path class="{kind}" d="{line}"/>' for kind in kinds]
    return f'<g class="boxes">{"".join(drawn)}</g>'


def _numbers(boxes: Sequence[Mapping[str, Any]], shapes: Sequence[Any], frame: Frame) -> str:
    """Return the number of each box beside it, where it covers no box and no other number."""
    if len(boxes) > MOST_NUMBERS:
        return ""
    taken = [_pixels(shape, frame) for shape in shapes]
    texts = []
    for box, own in zip(boxes, taken[: len(boxes)], strict=True):
        text = str(box["number"])
        place = min(_places(own, _LETTER * len(text) + 2), key=lambda at: _cost(at, taken, frame))
        taken.append(place)
        texts.append(f'<text x="{place[0] + 1:.1f}" y="{place[3] - 1.5:.1f}">{text}</text>')
    return f'<g class="numbers">{"".join(texts)}</g>'


_Room = tuple[float, float, float, float]


def _pixels(shape: Any, frame: Frame) -> _Room:
    west, south, east, north = shape.bounds
    (left, right), (top, bottom) = frame.to_pixels([west, east], [north, south])
    return (float(left), float(top), float(right), float(bottom))


def _places(own: _Room, wide: float) -> list[_Room]:
    """Return where the number of a box could stand, the best place first."""
    left, top, right, bottom = own
    across = (right + 1, left - wide - 1, (left + right - wide) / 2)
    down = (top - 1, bottom - _LINE + 1, (top + bottom - _LINE) / 2)
    around = [(x, y) for x in across[:2] for y in down]
    around += [(across[2], top - _LINE - 1), (across[2], bottom + 1)]
    return [(x, y, x + wide, y + _LINE) for x, y in around]


def _cost(place: _Room, taken: Sequence[_Room], frame: Frame) -> float:
    """Return the area that a number shares with others, and what of it lies off the map."""
    left, top, right, bottom = place
    off = max(-left, 0.0) + max(-top, 0.0) + max(right - frame.width, 0.0)
    shared = sum(
        max(min(right, other[2]) - max(left, other[0]), 0.0)
        * max(min(bottom, other[3]) - max(top, other[1]), 0.0)
        for other in taken
    )
    return shared + 100 * (off + max(bottom - frame.height, 0.0))
