"""Boundary, streets, addresses, block groups and districts of a simulated city."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from scipy import ndimage
from scipy.spatial import cKDTree
from shapely.geometry import Point, Polygon

from evenbeat.core.simulate.frame import Floats, random_stream
from evenbeat.core.simulate.streets import (
    ARTERIAL_SPACING_M,
    Streets,
    build_streets,
    rectangles,
    rotate,
)

ADDRESS_SPACING_M = 50.0
RESIDENTS_PER_KM2 = 2_500.0
_FIELD_CELL_M = 200.0


@dataclass(frozen=True)
class Addresses:
    """Where things can happen: points along the streets, arrays of one length, local metres."""

    east_m: Floats
    north_m: Floats
    segment: npt.NDArray[np.int32]
    block_group: npt.NDArray[np.int32]
    residents: Floats
    disadvantage: Floats
    centrality: Floats
    arterial: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return self.east_m.size


@dataclass(frozen=True)
class Geography:
    """The ground of a simulated city, in local metres."""

    boundary: Polygon
    angle: float
    streets: Streets
    parks: npt.NDArray[Any]
    addresses: Addresses
    block_group_shapes: npt.NDArray[Any]
    district_shapes: npt.NDArray[Any]
    district_of_address: npt.NDArray[np.int32]
    neighbourhood_shapes: npt.NDArray[Any]


def build_geography(seed: int, size_km: float) -> Geography:
    """Lay out the city: everything that does not change with time."""
    boundary = _boundary(seed, size_km * 1000.0)
    angle = float(random_stream(seed, "angle").uniform(-0.2, 0.2))
    streets = build_streets(seed, boundary, angle, size_km * 1000.0)
    parks = _parks(seed, boundary, angle)
    addresses, block_groups = _addresses(seed, boundary, angle, streets, parks, size_km * 1000.0)
    districts, district_of_address = _partition(
        seed, "districts", boundary, addresses, min(max(round(boundary.area / 12e6), 3), 40)
    )
    neighbourhoods, _ = _partition(
        seed, "neighbourhoods", boundary, addresses, min(max(round(boundary.area / 5e6), 4), 120)
    )
    return Geography(
        boundary, angle, streets, parks, addresses, block_groups, districts, district_of_address,
        neighbourhoods,
    )  # fmt: skip


def smooth_field(
    seed: int, name: str, size_m: float, lengths_m: tuple[float, ...], east_m: Floats,
    north_m: Floats,
) -> Floats:  # fmt: skip
    """Return a standardised Gaussian random field with several length scales at some points."""
    rng = random_stream(seed, f"field {name}")
    n_cells = int(np.ceil(1.2 * size_m / _FIELD_CELL_M)) + 2
    total = np.zeros((n_cells, n_cells))
    for length in lengths_m:
        sigma = max(min(length, size_m / 5) / _FIELD_CELL_M, 0.6)
        layer = ndimage.gaussian_filter(rng.standard_normal((n_cells, n_cells)), sigma, mode="wrap")
        total += layer / layer.std()
    half = n_cells * _FIELD_CELL_M / 2
    where = np.stack(
        [(north_m + half) / _FIELD_CELL_M - 0.5, (east_m + half) / _FIELD_CELL_M - 0.5]
    )
    values = ndimage.map_coordinates(total, where, order=1, mode="nearest")
    return np.asarray((values - values.mean()) / max(values.std(), 1e-9))


def _boundary(seed: int, size_m: float) -> Polygon:
    """Return an irregular outline with a bay, as wide as the city's size."""
    rng = random_stream(seed, "boundary")
    theta = np.linspace(0, 2 * np.pi, 240, endpoint=False)
    radius = np.ones_like(theta)
    for order, amplitude in ((2, 0.10), (3, 0.08), (5, 0.05), (9, 0.03), (17, 0.012)):
        radius += amplitude * np.cos(order * theta + rng.uniform(0, 2 * np.pi))
    ring = np.column_stack([radius * np.cos(theta) * 1.05, radius * np.sin(theta)])
    direction = rng.uniform(0, 2 * np.pi)
    bay = Point(1.15 * np.cos(direction), 1.15 * np.sin(direction)).buffer(0.32)
    parts: list[Polygon] = list(shapely.get_parts(Polygon(ring).difference(bay)))
    outline = max(parts, key=lambda part: part.area)
    west, south, east, north = outline.bounds
    scale = size_m / max(east - west, north - south)
    middle = np.array([(east + west) / 2, (north + south) / 2])
    return Polygon(((shapely.get_coordinates(outline.exterior) - middle) * scale).round(1))


def _parks(seed: int, boundary: Polygon, angle: float) -> npt.NDArray[Any]:
    rng = random_stream(seed, "parks")
    n_parks = max(2, round(boundary.area / 1.5e6))
    centre = points_inside(rng, boundary, n_parks)
    width = np.clip(rng.lognormal(np.log(150), 0.5, n_parks), 70, 900)
    depth = np.clip(width * rng.uniform(0.5, 1.2, n_parks), 60, 900)
    parks = shapely.intersection(rectangles(centre, width, depth, angle), boundary)
    return np.asarray(parks[shapely.area(parks) > 2_000], dtype=object)


def points_inside(rng: np.random.Generator, area: Polygon, count: int) -> Floats:
    """Return points uniform over a polygon, shape ``(count, 2)``."""
    west, south, east, north = area.bounds
    shapely.prepare(area)
    found = np.empty((0, 2))
    while len(found) < count:
        points = rng.uniform((west, south), (east, north), (2 * count + 16, 2))
        found = np.concatenate(
            [found, points[shapely.contains_xy(area, points[:, 0], points[:, 1])]]
        )
    return found[:count]


def _addresses(
    seed: int, boundary: Polygon, angle: float, streets: Streets, parks: npt.NDArray[Any],
    size_m: float,
) -> tuple[Addresses, npt.NDArray[Any]]:  # fmt: skip
    """Return addresses every 50 m along the streets, and the polygons of their block groups."""
    points, segment = _address_points(seed, streets)
    inside = shapely.contains_xy(boundary, points[:, 0], points[:, 1])
    tree = shapely.STRtree(parks)
    in_park, _ = tree.query(shapely.points(points), predicate="within")
    inside[in_park] = False
    points, segment = points[inside], segment[inside]
    group, shapes = _block_groups(boundary, angle, points)
    east, north = points[:, 0].copy(), points[:, 1].copy()
    radius = np.hypot(east, north) / (size_m / 2)
    density = np.exp(
        0.5 * smooth_field(seed, "density", size_m, (700.0, 3_000.0), east, north) - 1.2 * radius
    )
    residents = density / density.sum() * RESIDENTS_PER_KM2 * boundary.area / 1e6
    disadvantage = smooth_field(
        seed, "disadvantage", size_m, (800.0, 2_500.0, 6_000.0), east, north
    )
    centre = points[np.argmax(density)]
    centrality = np.exp(-np.hypot(east - centre[0], north - centre[1]) / (0.18 * size_m))
    return (
        Addresses(east, north, segment, group, residents, disadvantage, centrality,
                  streets.kind[segment] > 0),
        shapes,
    )  # fmt: skip


def _address_points(seed: int, streets: Streets) -> tuple[Floats, npt.NDArray[np.int32]]:
    """Return points on both sides of the streets, and the segment of each."""
    rng = random_stream(seed, "addresses")
    run = streets.end - streets.start
    length = np.hypot(run[:, 0], run[:, 1])
    count = np.maximum(np.floor(length / ADDRESS_SPACING_M).astype(np.int64), 1)
    segment = np.repeat(np.arange(count.size, dtype=np.int32), count)
    rank = np.arange(segment.size) - np.repeat(np.cumsum(count) - count, count)
    share = (rank + 0.5 + rng.uniform(-0.3, 0.3, rank.size)) / count[segment]
    direction = (run / length[:, None])[segment]
    side = np.where(rng.random(rank.size) < 0.5, 10.0, -10.0)
    aside = np.column_stack([-direction[:, 1], direction[:, 0]]) * side[:, None]
    return (streets.start[segment] + run[segment] * share[:, None] + aside).round(2), segment


def _block_groups(
    boundary: Polygon, angle: float, points: Floats
) -> tuple[npt.NDArray[np.int32], npt.NDArray[Any]]:
    """Return the block group of each address, and the polygons between the arterials."""
    block = np.floor(rotate(points, -angle) / ARTERIAL_SPACING_M).astype(np.int64)
    corners, group = np.unique(block, axis=0, return_inverse=True)
    centre = rotate(np.asarray((corners + 0.5) * ARTERIAL_SPACING_M, float), angle)
    side = np.full(len(corners), ARTERIAL_SPACING_M)
    shapes = shapely.intersection(rectangles(centre, side, side, angle), boundary)
    return group.reshape(-1).astype(np.int32), np.asarray(shapes, dtype=object)


def _partition(
    seed: int, name: str, boundary: Polygon, addresses: Addresses, count: int
) -> tuple[npt.NDArray[Any], npt.NDArray[np.int32]]:
    """Return areas of like size, a relaxed Voronoi partition of the city, and each address's."""
    rng = random_stream(seed, name)
    points = np.column_stack([addresses.east_m, addresses.north_m])
    sample = points[rng.choice(len(points), min(len(points), 20_000), replace=False)]
    seeds = points_inside(rng, boundary, count)
    for _ in range(12):
        nearest = cKDTree(seeds).query(sample)[1]
        size = np.bincount(nearest, minlength=count)
        for axis in range(2):
            total = np.bincount(nearest, sample[:, axis], minlength=count)
            seeds[:, axis] = np.where(size > 0, total / np.maximum(size, 1), seeds[:, axis])
    seeds = seeds[np.lexsort((seeds[:, 0].round(1), -seeds[:, 1].round(1)))]
    diagram = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints(seeds), extend_to=boundary)
    )
    owner = cKDTree(seeds).query(shapely.get_coordinates(shapely.point_on_surface(diagram)))[1]
    shapes = shapely.intersection(diagram[np.argsort(owner)], boundary)
    return np.asarray(shapes, dtype=object), cKDTree(seeds).query(points)[1].astype(np.int32)
