"""The streets of a simulated city: a turned grid with arterials and diagonals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely

from evenbeat.core.simulate.frame import Floats, random_stream

if TYPE_CHECKING:
    from shapely.geometry import Polygon

ARTERIAL_SPACING_M = 800.0
STREET_SPACING_M = (100.0, 200.0)
_KEPT_SHARE = 0.88


@dataclass(frozen=True)
class Streets:
    """Straight street segments, in local metres; arrays of one length.

    ``kind`` is 0 for local streets, 1 for arterials, 2 for diagonals; the segments of one street
    have the same ``line``.
    """

    start: Floats
    end: Floats
    kind: npt.NDArray[np.int8]
    line: npt.NDArray[np.int32]


def rotate(points: Floats, angle: float) -> Floats:
    """Return points of shape ``(n, 2)`` turned about the origin by an angle in radians."""
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.asarray(points @ np.array([[cosine, sine], [-sine, cosine]]))


def rectangles(centre: Floats, width: Floats, depth: Floats, angle: float) -> npt.NDArray[Any]:
    """Return rectangles turned with the street grid, centred on points of shape ``(n, 2)``."""
    corner = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) / 2
    sides = np.stack([width, depth], axis=1)
    local = (corner[None] * sides[:, None]).reshape(-1, 2)
    turned = rotate(local, angle).reshape(-1, 4, 2) + centre[:, None]
    return np.asarray(shapely.polygons(turned), dtype=object)


def build_streets(seed: int, boundary: Polygon, angle: float, size_m: float) -> Streets:
    """Return local streets, arterials and diagonals, cut at the boundary."""
    rng = random_stream(seed, "streets")
    half_blocks = int(np.ceil(0.8 * size_m / ARTERIAL_SPACING_M)) + 1
    reach = half_blocks * ARTERIAL_SPACING_M
    starts, ends, kinds, lines = [], [], [], []
    n_lines = 0
    along = np.arange(-half_blocks, half_blocks) * ARTERIAL_SPACING_M
    for axis, spacing in enumerate(STREET_SPACING_M):
        across = np.arange(-reach, reach + 1, spacing)
        line, begin = np.meshgrid(np.arange(across.size), along, indexing="ij")
        position = across[line.ravel()]
        first = np.column_stack([position, begin.ravel()])
        last = np.column_stack([position, begin.ravel() + ARTERIAL_SPACING_M])
        arterial = np.abs(position % ARTERIAL_SPACING_M) < 1e-6
        keep = arterial | (rng.random(position.size) < 0.88)
        order = slice(None) if axis == 0 else slice(None, None, -1)
        starts.append(first[keep][:, order])
        ends.append(last[keep][:, order])
        kinds.append(arterial[keep].astype(np.int8))
        lines.append(line.ravel()[keep] + n_lines)
        n_lines += across.size
    for slope in (
        rng.uniform(0.45, 0.85, 2 + int(size_m > 15_000)) * (1, -1, 1)[: 2 + int(size_m > 15_000)]
    ):
        direction = np.array([np.cos(slope), np.sin(slope)])
        centre = rng.uniform(-0.15, 0.15, 2) * size_m
        starts.append([centre - reach * 1.5 * direction])
        ends.append([centre + reach * 1.5 * direction])
        kinds.append([2])
        lines.append([n_lines])
        n_lines += 1
    return _cut(
        boundary, rotate(np.concatenate(starts), angle), rotate(np.concatenate(ends), angle),
        np.concatenate(kinds).astype(np.int8), np.concatenate(lines).astype(np.int32),
    )  # fmt: skip


def _cut(
    boundary: Polygon, start: Floats, end: Floats, kind: npt.NDArray[np.int8],
    line: npt.NDArray[np.int32],
) -> Streets:  # fmt: skip
    """Return the parts of segments that lie inside the boundary."""
    shapely.prepare(boundary)
    shapes = np.asarray(shapely.linestrings(np.stack([start, end], axis=1)), dtype=object)
    near = shapely.intersects(boundary, shapes)
    shapes, kind, line = shapes[near], kind[near], line[near]
    crossing = ~shapely.contains_properly(boundary, shapes)
    shapes[crossing] = shapely.intersection(shapes[crossing], boundary)
    parts, index = shapely.get_parts(shapes, return_index=True)
    long_enough = (shapely.get_type_id(parts) == 1) & (shapely.length(parts) >= 30.0)
    parts, index = parts[long_enough], index[long_enough]
    ends = shapely.get_coordinates(parts).reshape(-1, 2, 2).round(2)
    return Streets(ends[:, 0], ends[:, 1], kind[index], line[index])
