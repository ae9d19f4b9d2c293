"""Maps as inline SVG, drawn by hand so that hundreds of pages take seconds, not minutes."""

from __future__ import annotations

import base64
import math
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from evenbeat.core.grid import Grid

CLASS_SHARES = (0.01, 0.025, 0.05, 0.10, 0.25)
"""Upper edges of the classes of priority, as shares of the jurisdiction's cells."""
CLASS_COLOURS = ("#0f4680", "#2b6aa6", "#5f93c4", "#9dbbd9", "#cfdcea", "#f4f5f7")
"""From the highest class to all the rest: lightness rises evenly, so it reads in grey as well."""
NO_CLASS = len(CLASS_COLOURS)
_METRES_PER_MILE = 1609.344


@dataclass(frozen=True)
class Frame:
    """The window of a map: what part of the plane is drawn at what size.

    Parameters
    ----------
    west, north
        Upper left corner in the grid's CRS.
    width, height
        Size of the drawing in pixels of the SVG.
    scale
        Pixels per unit of the CRS.
    """

    west: float
    north: float
    width: float
    height: float
    scale: float

    @classmethod
    def around(
        cls,
        bounds: tuple[float, float, float, float],
        *,
        margin: float,
        width: float = 480.0,
        least_height: float = 300.0,
        most_height: float = 540.0,
    ) -> Frame:
        """Return the window of a given width that holds some bounds and a margin around them."""
        west, south, east, north = bounds
        across, along = east - west + 2 * margin, north - south + 2 * margin
        height = float(np.clip(width * along / across, least_height, most_height))
        scale = min(width / across, height / along)
        middle_easting, middle_northing = (west + east) / 2, (south + north) / 2
        return cls(
            middle_easting - width / scale / 2,
            middle_northing + height / scale / 2,
            width,
            height,
            scale,
        )

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Return west, south, east and north in the CRS."""
        return (
            self.west,
            self.north - self.height / self.scale,
            self.west + self.width / self.scale,
            self.north,
        )

    def to_pixels(
        self, easting: npt.ArrayLike, northing: npt.ArrayLike
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Return positions in the drawing."""
        right = (np.asarray(easting, dtype=np.float64) - self.west) * self.scale
        down = (self.north - np.asarray(northing, dtype=np.float64)) * self.scale
        return right, down


def priority_classes(surface: npt.NDArray[np.float32], grid: Grid) -> npt.NDArray[np.uint8]:
    """Sort the cells of one shift into classes by their place among all cells.

    Returns
    -------
    Array of shape ``(height, width)``: 0 for the highest 1 % of cells, up to the last class for
    the rest and for cells without priority; ``NO_CLASS`` outside the jurisdiction.
    """
    inside = surface[grid.mask].astype(np.float64)
    descending = np.sort(inside)[::-1]
    classes = np.full(grid.shape, len(CLASS_SHARES), dtype=np.uint8)
    for index in reversed(range(len(CLASS_SHARES))):
        least = descending[max(math.ceil(CLASS_SHARES[index] * inside.size), 1) - 1]
        classes[(surface >= least) & (surface > 0)] = index
    classes[~grid.mask] = NO_CLASS
    return classes


def class_image(classes: npt.NDArray[np.uint8], grid: Grid, frame: Frame) -> str:
    """Return the classes inside a window as an SVG image of flat squares.

    Cells are enlarged to several pixels each, so that no viewer or printer blurs them.
    """
    west, south, east, north = frame.bounds
    height, width = classes.shape
    left = max(math.floor((west - grid.west) / grid.cell_size), 0)
    right = min(math.ceil((east - grid.west) / grid.cell_size), width)
    top = max(math.floor((grid.north - north) / grid.cell_size), 0)
    bottom = min(math.ceil((grid.north - south) / grid.cell_size), height)
    if left >= right or top >= bottom:
        return ""
    window = classes[top:bottom, left:right]
    zoom = max(1, math.ceil(frame.width / window.shape[1]))
    pixels = np.repeat(np.repeat(window, zoom, axis=0), zoom, axis=1)
    x, y = frame.to_pixels(grid.west + left * grid.cell_size, grid.north - top * grid.cell_size)
    side = grid.cell_size * frame.scale
    encoded = base64.b64encode(palette_png(pixels)).decode("ascii")
    return (
        f'<image x="{x:.2f}" y="{y:.2f}" width="{window.shape[1] * side:.2f}" '
        f'height="{window.shape[0] * side:.2f}" preserveAspectRatio="none" '
        f'style="image-rendering:pixelated" href="data:image/png;base64,{encoded}"/>'
    )


def palette_png(classes: npt.NDArray[np.uint8]) -> bytes:
    """Return an array of classes as a PNG with the classes' colours, transparent where none."""
    height, width = classes.shape
    colours = b"".join(bytes.fromhex(colour[1:]) for colour in (*CLASS_COLOURS, "#ffffff"))
    lines = np.zeros((height, width + 1), dtype=np.uint8)
    lines[:, 1:] = classes
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = (
        (b"IHDR", header),
        (b"PLTE", colours),
        (b"tRNS", b"\xff" * NO_CLASS + b"\x00"),
        (b"IDAT", zlib.compress(lines.tobytes(), 6)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )


def path_of(geometries: Any, frame: Frame, *, closed: bool) -> str:
    """Return lines or rings as the ``d`` of an SVG path, to a tenth of a pixel.

    Parameters
    ----------
    geometries
        Polygons when ``closed``, else lines; single or multi.
    frame
        The window.
    closed
        Whether rings are drawn.
    """
    parts = shapely.get_parts(np.atleast_1d(np.asarray(geometries, dtype=object)))
    kinds = (3,) if closed else (1,)
    parts = parts[np.isin(shapely.get_type_id(parts), kinds)]
    strings = shapely.get_rings(parts) if closed else parts
    if not len(strings):
        return ""
    corners, member = shapely.get_coordinates(strings, return_index=True)
    right, down = frame.to_pixels(corners[:, 0], corners[:, 1])
    x, y = np.round(right, 1), np.round(down, 1)
    starts = np.flatnonzero(np.diff(member, prepend=-1))
    new = np.ones(len(x), dtype=bool)
    new[1:] = (np.diff(x) != 0) | (np.diff(y) != 0)
    new[starts] = True
    first = np.zeros(len(x), dtype=bool)
    first[starts] = True
    end = "Z" if closed else ""
    text = "".join(
        f"{end}M{a:g} {b:g}" if begins else f"L{a:g} {b:g}"
        for a, b, begins in zip(x[new].tolist(), y[new].tolist(), first[new].tolist(), strict=True)
    )
    return text.removeprefix("Z") + end


def simplify_for(geometries: Any, frame: Frame, *, pixels: float = 0.5) -> Any:
    """Return geometries without the detail that a window cannot show."""
    return shapely.simplify(geometries, pixels / frame.scale, preserve_topology=False)


def lines_in(lines: npt.NDArray[np.object_], tree: shapely.STRtree, frame: Frame) -> str:
    """Return the lines that cross a window, cut to it and simplified, as the ``d`` of a path."""
    west, south, east, north = frame.bounds
    found = np.sort(tree.query(shapely.box(west, south, east, north)))
    if not len(found):
        return ""
    cut = shapely.clip_by_rect(lines[found], west, south, east, north)
    return path_of(simplify_for(cut[~shapely.is_empty(cut)], frame), frame, closed=False)


def scale_bar(frame: Frame, metres_per_unit: float, *, feet: bool) -> str:
    """Return a scale bar for the lower left corner, of a round length.

    Parameters
    ----------
    frame
        The window.
    metres_per_unit
        Of the CRS.
    feet
        Whether the length is also given in feet or miles.
    """
    pixels_per_metre = frame.scale / metres_per_unit
    longest = 0.3 * frame.width / pixels_per_metre
    power = 10.0 ** math.floor(math.log10(longest))
    metres = max(step * power for step in (1, 2, 5) if step * power <= longest)
    text = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    if feet:
        miles = metres / _METRES_PER_MILE
        text += f" · {miles:.1f} mi" if metres >= 1000 else f" · {metres / 0.3048:,.0f} ft"
    length, y = metres * pixels_per_metre, frame.height - 12
    ground = max(length, 6.2 * len(text)) + 12
    return (
        f'<g class="bar"><rect x="6" y="{y - 22:.1f}" width="{ground:.1f}" height="28"/>'
        f'<path d="M12 {y - 5:.1f}v5h{length:.1f}v-5"/>'
        f'<text x="12" y="{y - 9:.1f}">{text}</text></g>'
    )


def north_arrow(frame: Frame) -> str:
    """Return a north arrow for the upper right corner."""
    x = frame.width - 18
    return (
        f'<g class="north"><path d="M{x:.1f} 12l6 17l-6-4l-6 4z"/>'
        f'<text x="{x:.1f}" y="41" text-anchor="middle">N</text></g>'
    )


def box_marks(frame: Frame, boxes: Iterable[tuple[float, float, int]], cell_size: float) -> str:
    """Return boxes as dark squares with a white edge, each with its number in a badge.

    Parameters
    ----------
    frame
        The window.
    boxes
        Easting and northing of the centre, and the number.
    cell_size
        Edge of a box in the CRS's units.
    """
    side = cell_size * frame.scale
    squares, badges = [], []
    for easting, northing, rank in boxes:
        x, y = (float(v) for v in frame.to_pixels(easting, northing))
        squares.append(_square(x, y, side))
        away = side / 2 + 4
        at_x = min(max(x + away, 11), frame.width - 11)
        at_y = min(max(y - away, 11), frame.height - 11)
        badges.append(
            f'<circle cx="{at_x:.1f}" cy="{at_y:.1f}" r="9"/>'
            f'<text x="{at_x:.1f}" y="{at_y + 4.3:.1f}" text-anchor="middle">{rank}</text>'
        )
    return f'<g class="boxes">{"".join(squares)}<g class="badges">{"".join(badges)}</g></g>'


def small_box_marks(
    frame: Frame,
    boxes: Iterable[tuple[float, float, int]],
    cell_size: float,
    *,
    numbered: bool,
) -> str:
    """Return boxes as small dark squares, with plain numbers beside them where asked."""
    side = max(cell_size * frame.scale, 4.0)
    squares, numbers = [], []
    for easting, northing, rank in boxes:
        x, y = (float(v) for v in frame.to_pixels(easting, northing))
        squares.append(_square(x, y, side))
        if numbered:
            numbers.append(f'<text x="{x + side / 2 + 2:.1f}" y="{y + 3:.1f}">{rank}</text>')
    return f'<g class="boxes">{"".join(squares)}<g class="numbers">{"".join(numbers)}</g></g>'


def _square(x: float, y: float, side: float) -> str:
    corner = f'x="{x - side / 2:.1f}" y="{y - side / 2:.1f}"'
    square = f'{corner} width="{side:.1f}" height="{side:.1f}"'
    return f'<rect class="edge" {square}/><rect class="box" {square}/>'
