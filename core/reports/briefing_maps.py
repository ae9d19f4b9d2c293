"""The two maps of a briefing: one district with its boxes, and the whole jurisdiction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely
from markupsafe import Markup, escape

from evenbeat.core.grid import Grid
from evenbeat.core.reports import maps
from evenbeat.core.reports.briefing_facts import MAPPED_TYPES, NEAR_M, RecentIncidents
from evenbeat.core.reports.figures import TYPE_COLOURS
from evenbeat.core.reports.maps import Frame

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

STREETS = ("street", "arterial_street")
_MOST_SYMBOLS = 160
_MOST_NUMBERED = 90
_MOST_NAMED = 40
_LEAST_NAMED = 2500.0
_LONGEST_NAME = 14
# Filled shapes stand for crimes against persons, open ones for crimes against property.
_SHAPES = {
    "gunfire": ("M0-5.5L1.5-1.5L5.5 0L1.5 1.5L0 5.5L-1.5 1.5L-5.5 0L-1.5-1.5Z", True),
    "homicide": ("M-4-4H4V4H-4Z", True),
    "aggravated_assault": ("M0-5L5 4H-5Z", True),
    "robbery": ("M0-5.2L5.2 0L0 5.2L-5.2 0Z", True),
    "burglary": ("M0-5L4.6-1V4.5H-4.6V-1Z", False),
    "motor_vehicle_theft": ("M-5.6-2.8H5.6V2.8H-5.6Z", False),
    "theft": ("M-3.9 0A3.9 3.9 0 1 0 3.9 0A3.9 3.9 0 1 0-3.9 0Z", False),
    "arson": ("M0 5L5-4H-5Z", False),
}


@dataclass(frozen=True)
class Surroundings:
    """Geometry that all maps share, simplified once.

    Parameters
    ----------
    outlines
        The districts' outlines, in the order of ``ids``.
    ids
        The districts.
    streets, lines, areas, points
        Places by shape, with a tree each.
    """

    ids: tuple[str, ...]
    outlines: npt.NDArray[np.object_]
    streets: Layer
    lines: Layer
    areas: Layer
    points: Layer

    @classmethod
    def of(cls, districts: GeoDataFrame, places: GeoDataFrame | None) -> Surroundings:
        """Sort the places by shape and index them."""
        outlines = np.asarray(shapely.force_2d(districts.geometry.array), dtype=object)
        if places is None or places.empty:
            shapes, category = np.empty(0, dtype=object), np.empty(0, dtype=object)
        else:
            shapes = np.asarray(shapely.force_2d(places.geometry.array), dtype=object)
            category = places["category"].to_numpy(dtype=object)
        dimension = shapely.get_dimensions(shapes)
        street = (dimension == 1) & np.isin(category, STREETS)
        return cls(
            tuple(str(name) for name in districts["district_id"]), outlines,
            Layer.of(shapes[street]), Layer.of(shapes[(dimension == 1) & ~street]),
            Layer.of(shapes[dimension == 2]), Layer.of(shapes[dimension == 0]),
        )  # fmt: skip


@dataclass(frozen=True)
class Layer:
    """Geometries with their spatial index."""

    shapes: npt.NDArray[np.object_]
    tree: shapely.STRtree

    @classmethod
    def of(cls, shapes: npt.NDArray[np.object_]) -> Layer:
        """Index geometries."""
        return cls(shapes, shapely.STRtree(shapes))

    def inside(self, frame: Frame) -> npt.NDArray[np.object_]:
        """Return the geometries that touch a window, in their order."""
        found = self.tree.query(shapely.box(*frame.bounds))
        return self.shapes[np.sort(found)]


class DistrictMap:
    """The map of one district; what does not change from shift to shift is drawn once.

    Parameters
    ----------
    index
        Which of the districts.
    surroundings
        The shared geometry.
    grid
        The study's grid.
    recent
        Recent incidents of the jurisdiction.
    feet
        Whether the scale bar also speaks feet.
    """

    def __init__(
        self, index: int, surroundings: Surroundings, grid: Grid, recent: RecentIncidents, *,
        feet: bool,
    ) -> None:  # fmt: skip
        outline = surroundings.outlines[index]
        least = 1200.0 / grid.metres_per_unit
        west, south, east, north = outline.bounds
        grow_x, grow_y = max(least - (east - west), 0) / 2, max(least - (north - south), 0) / 2
        self.frame = Frame.around(
            (west - grow_x, south - grow_y, east + grow_x, north + grow_y),
            margin=max(0.05 * max(east - west, north - south, least), 0.8 * grid.cell_size),
        )
        self._grid = grid
        self._recent = recent.inside(self.frame.bounds)
        self._below = _backdrop(surroundings, index, self.frame)
        self._outline = maps.path_of(
            maps.simplify_for(outline, self.frame), self.frame, closed=True
        )
        self._lines = _network(surroundings, self.frame)
        self._points = surroundings.points.inside(self.frame)
        self.has_places = bool(len(self._points) or len(surroundings.areas.inside(self.frame)))
        self.has_streets = 'class="streets"' in self._lines
        self._scale = maps.scale_bar(self.frame, grid.metres_per_unit, feet=feet)

    def draw(
        self, classes: npt.NDArray[np.uint8], boxes: Sequence[tuple[float, float, int]], *, alt: str
    ) -> tuple[Markup, list[str], bool]:
        """Draw the map of one shift.

        Parameters
        ----------
        classes
            The shift's classes of priority.
        boxes
            Easting, northing and number.
        alt
            The map in words.

        Returns
        -------
        The SVG, the crime types drawn on it, and whether symbols far from the boxes were left out.
        """
        frame = self.frame
        mapped = np.isin(self._recent.crime_type, MAPPED_TYPES)
        crowded = int(mapped.sum()) > _MOST_SYMBOLS
        shown = mapped & self._near(self._recent, boxes) if crowded else mapped
        recent = self._recent.within(shown)
        types = [name for name in MAPPED_TYPES if name in set(recent.crime_type)]
        body = (
            f'<defs><clipPath id="inside"><path clip-rule="evenodd" d="{self._outline}"/>'
            f"</clipPath>{incident_symbols(types)}</defs>"
            f'<rect class="land" width="{frame.width:g}" height="{frame.height:.1f}"/>{self._below}'
            f'<g clip-path="url(#inside)">{maps.class_image(classes, self._grid, frame)}</g>'
            f'{self._lines}<path class="district" d="{self._outline}"/>'
            f"{self._place_marks(boxes)}{_incident_marks(recent, frame)}"
            f"{maps.box_marks(frame, boxes, self._grid.cell_size)}"
            f"{self._scale}{maps.north_arrow(frame)}"
        )
        return _svg(frame, body, alt), types, crowded

    def _near(
        self, recent: RecentIncidents, boxes: Iterable[tuple[float, float, int]]
    ) -> npt.NDArray[np.bool_]:
        half, reach = self._grid.cell_size / 2, NEAR_M / self._grid.metres_per_unit
        near = np.zeros(len(recent.crime_type), dtype=bool)
        for easting, northing, _ in boxes:
            near |= recent.near_square(easting, northing, half, reach)
        return near

    def _place_marks(self, boxes: Iterable[tuple[float, float, int]]) -> str:
        points = self._points
        if not len(points):
            return ""
        centre = shapely.centroid(points)
        if len(points) > _MOST_SYMBOLS:
            reach = NEAR_M / self._grid.metres_per_unit + self._grid.cell_size / 2
            near = np.zeros(len(points), dtype=bool)
            for easting, northing, _ in boxes:
                away = np.hypot(shapely.get_x(centre) - easting, shapely.get_y(centre) - northing)
                near |= away <= reach
            centre = centre[near]
        x, y = self.frame.to_pixels(shapely.get_x(centre), shapely.get_y(centre))
        marks = "".join(
            f"M{a - 2.5:.1f} {b:.1f}h5M{a:.1f} {b - 2.5:.1f}v5"
            for a, b in zip(x.tolist(), y.tolist(), strict=True)
        )
        return f'<path class="places" d="{marks}"/>' if marks else ""


def overview_map(
    surroundings: Surroundings,
    grid: Grid,
    classes: npt.NDArray[np.uint8],
    boxes: Sequence[tuple[float, float, int]],
    links: Sequence[tuple[str, str]],
    *,
    feet: bool,
    alt: str,
) -> Markup:
    """Draw the jurisdiction on one shift; each district leads to its page.

    Parameters
    ----------
    surroundings, grid, classes, feet, alt
        As for `DistrictMap`.
    boxes
        Easting, northing and number; numbers are drawn where there are few boxes.
    links
        Address and title for each district, in order.
    """
    frame = Frame.around(
        grid.bounds, margin=grid.cell_size, width=480, least_height=240, most_height=640
    )
    areas, names = [], []
    for district_id, outline, (address, title) in zip(
        surroundings.ids, surroundings.outlines, links, strict=True
    ):
        shape = maps.path_of(maps.simplify_for(outline, frame, pixels=0.4), frame, closed=True)
        areas.append(
            f'<a href="{escape(address)}"><path class="area" d="{shape}">'
            f"<title>{escape(title)}</title></path></a>"
        )
        if len(links) <= _MOST_NAMED:
            names.append(_name_at(frame, outline, district_id))
    numbered = len(boxes) <= _MOST_NUMBERED
    body = (
        f'{maps.class_image(classes, grid, frame)}{"".join(areas)}<g class="names">'
        f"{''.join(names)}</g>"
        f"{maps.small_box_marks(frame, boxes, grid.cell_size, numbered=numbered)}"
        f"{maps.scale_bar(frame, grid.metres_per_unit, feet=feet)}{maps.north_arrow(frame)}"
    )
    return _svg(frame, body, alt, role="group")


def incident_symbols(types: Iterable[str]) -> str:
    """Return the shapes of incidents as SVG symbols to be used by id."""
    drawn = []
    for name in types:
        path, filled = _SHAPES[name]
        colour = TYPE_COLOURS[name]
        paint = (
            f'fill="{colour}" stroke="#fff" stroke-width="1"'
            if filled
            else f'fill="#fff" stroke="{colour}" stroke-width="1.7"'
        )
        drawn.append(f'<path id="i-{name}" d="{path}" {paint}/>')
    return "".join(drawn)


def _backdrop(surroundings: Surroundings, index: int, frame: Frame) -> str:
    """Draw the neighbouring districts, their names, and areas such as parks."""
    others = np.delete(np.arange(len(surroundings.ids)), index)
    window = shapely.box(*frame.bounds)
    others = others[shapely.intersects(surroundings.outlines[others], window)]
    shapes = maps.simplify_for(surroundings.outlines[others], frame)
    lines = shapely.clip_by_rect(shapely.boundary(shapes), *frame.bounds)
    text = ""
    for name, part in zip(
        others, shapely.intersection(surroundings.outlines[others], window), strict=True
    ):
        if part.area * frame.scale**2 > _LEAST_NAMED:
            text += _name_at(frame, part, surroundings.ids[name])
    areas = maps.path_of(
        maps.simplify_for(surroundings.areas.inside(frame), frame), frame, closed=True
    )
    return (
        f'<path class="neighbours" d="{maps.path_of(lines, frame, closed=False)}"/>'
        f'<g class="names">{text}</g>' + (f'<path class="areas" d="{areas}"/>' if areas else "")
    )


def _network(surroundings: Surroundings, frame: Frame) -> str:
    """Draw streets and other lines."""
    drawn = ""
    for name, layer in (("streets", surroundings.streets), ("lines", surroundings.lines)):
        path = maps.lines_in(layer.shapes, layer.tree, frame)
        drawn += f'<path class="{name}" d="{path}"/>' if path else ""
    return drawn


def _incident_marks(recent: RecentIncidents, frame: Frame) -> str:
    x, y = frame.to_pixels(recent.easting, recent.northing)
    marks = "".join(
        f'<use href="#i-{name}" x="{a:.1f}" y="{b:.1f}"/>'
        for name, a, b in zip(recent.crime_type, x.tolist(), y.tolist(), strict=True)
    )
    return f'<g class="incidents">{marks}</g>'


def _name_at(frame: Frame, shape: Any, name: str) -> str:
    """Return a district's name, cut where long, at a point inside its shape."""
    spot = shapely.point_on_surface(shape)
    x, y = (float(v) for v in frame.to_pixels(spot.x, spot.y))
    short = name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"
    return f'<text x="{x:.1f}" y="{y:.1f}">{escape(short)}</text>'


def _svg(frame: Frame, body: str, alt: str, *, role: str = "img") -> Markup:
    return Markup(  # noqa: S704 - made above from numbers and escaped text
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {frame.width:g} {frame.height:.1f}" '
        f'class="map" role="{role}" aria-label="{escape(alt)}">{body}</svg>'
    )
