"""Places of a simulated city: what draws crime, some of it opened or closed during the history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely
from scipy import ndimage
from scipy.spatial import cKDTree

from evenbeat.core.simulate.conditions import HOUR_S, Hours
from evenbeat.core.simulate.frame import Floats, random_stream
from evenbeat.core.simulate.geography import Geography, points_inside
from evenbeat.core.simulate.streets import rectangles

if TYPE_CHECKING:
    from shapely.geometry import Polygon

FOREVER_S = np.iinfo(np.int64).max
ALWAYS_S = np.iinfo(np.int64).min
REACH_M = 120.0
_LATTICE_M = 50.0

# category: (places per 10,000 residents, fewest, component it feeds)
CATEGORIES: dict[str, tuple[float, int, str]] = {
    "bar": (4.0, 6, "nightlife"),
    "liquor_outlet": (3.0, 4, "nightlife"),
    "grocery": (3.0, 3, "commerce"),
    "gas_station": (2.0, 3, "commerce"),
    "school": (2.0, 2, ""),
    "transit_stop": (12.0, 10, "transit"),
    "vacant_parcel": (15.0, 12, "vacancy"),
}
_DATED = ("bar", "liquor_outlet", "vacant_parcel")


@dataclass(frozen=True)
class Places:
    """Places as arrays of one length; local metres, UTC seconds."""

    category: npt.NDArray[np.str_]
    shape: npt.NDArray[Any]
    east_m: Floats
    north_m: Floats
    opened_s: npt.NDArray[np.int64]
    closed_s: npt.NDArray[np.int64]
    dated: npt.NDArray[np.bool_]
    component: npt.NDArray[np.str_]

    def always(self, hours: Hours) -> npt.NDArray[np.bool_]:
        """Return which places were there during all simulated hours."""
        opened = self.opened_s <= hours.starts_s[0]
        return np.asarray(opened & (self.closed_s >= hours.starts_s[-1] + HOUR_S))


def simulate_places(seed: int, ground: Geography, hours: Hours) -> Places:
    """Put places beside addresses, and parks and rail lines where they lie."""
    address = ground.addresses
    n_residents = float(address.residents.sum())
    parts: list[tuple[str, npt.NDArray[Any]]] = []
    for category, (per_10_000, fewest, _) in CATEGORIES.items():
        rng = random_stream(seed, f"places {category}")
        count = min(max(fewest, round(n_residents * per_10_000 / 1e4)), len(address) // 3)
        chance = _attraction(category, ground)
        chosen = rng.choice(len(address), count, replace=False, p=chance / chance.sum())
        points = np.column_stack([address.east_m[chosen], address.north_m[chosen]])
        points = (points + rng.normal(0.0, 4.0, points.shape)).round(2)
        if category == "vacant_parcel":
            width, depth = rng.uniform(8, 20, count), rng.uniform(25, 40, count)
            parts.append((category, rectangles(points, width, depth, ground.angle)))
        else:
            parts.append((category, np.asarray(shapely.points(points), dtype=object)))
    parts.append(("park", ground.parks))
    parts.append(("railway", _rail_lines(seed, ground.boundary)))
    categories = np.concatenate([np.full(len(shapes), name) for name, shapes in parts])
    shape = np.concatenate([shapes for _, shapes in parts])
    centre = shapely.get_coordinates(shapely.centroid(shape))
    opened, closed, dated = _dates(seed, categories, hours)
    component = np.array([CATEGORIES.get(name, (0, 0, ""))[2] for name in categories])
    return Places(categories, shape, centre[:, 0], centre[:, 1], opened, closed, dated, component)


def _attraction(category: str, ground: Geography) -> Floats:
    """Return how likely each address is to hold a place of a category."""
    address = ground.addresses
    centre = 0.1 + address.centrality
    street = np.where(address.arterial, 1.0, 0.04)
    need = np.exp(0.8 * address.disadvantage)
    if category == "bar":
        return street * centre**1.5
    if category == "liquor_outlet":
        return street * np.sqrt(centre) * np.sqrt(need)
    if category == "vacant_parcel":
        return np.where(address.arterial, 0.3, 1.0) * need**1.5
    if category == "transit_stop":
        return np.where(address.arterial, 1.0, 1e-6) * np.sqrt(centre)
    if category == "school":
        return np.where(address.arterial, 0.2, 1.0) * address.residents
    return street * address.residents


def _rail_lines(seed: int, boundary: Polygon) -> npt.NDArray[Any]:
    """Return one or two rail lines through the city."""
    rng = random_stream(seed, "rail")
    west, south, east, north = boundary.bounds
    reach = np.hypot(east - west, north - south)
    lines = []
    for direction in (rng.uniform(0.2, 1.2), rng.uniform(1.8, 2.9)):
        along = np.array([np.cos(direction), np.sin(direction)])
        points = np.linspace(-reach, reach, 9)[:, None] * along
        points += rng.normal(0.0, reach * 0.015, points.shape)
        lines.append(shapely.linestrings(points.round(1)))
    inside = shapely.get_parts(shapely.intersection(np.array(lines, dtype=object), boundary))
    return np.asarray(inside[shapely.length(inside) > 100], dtype=object)


def _dates(
    seed: int, category: npt.NDArray[np.str_], hours: Hours
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return opening and closing times; a tenth of bars and parcels changes in the history."""
    rng = random_stream(seed, "dates")
    size = category.size
    opened, closed = np.full(size, ALWAYS_S), np.full(size, FOREVER_S)
    dated = np.isin(category, _DATED) & (rng.random(size) < 0.6)
    draw, before = rng.random(size), rng.integers(100, 5_000, size)
    inside = rng.integers(0, hours.n_days, (2, size))
    opened[dated] = hours.midnights_s[0] - before[dated] * 86_400
    begins = dated & (draw < 0.12)
    opened[begins] = hours.midnights_s[inside[0]][begins]
    ends = dated & (draw > 0.94)
    closed[ends] = hours.midnights_s[inside[1]][ends]
    return opened, closed, dated


def simulate_venues(seed: int, ground: Geography) -> dict[str, Floats]:
    """Return the places of each event category, shape ``(n, 2)`` in local metres."""
    rng = random_stream(seed, "venues")
    address = ground.addresses
    n_residents = address.residents.sum()
    chance = (0.05 + address.centrality) * address.arterial
    found = {}
    for category, residents_per_venue in (("sports", 900_000), ("concert", 120_000)):
        count = 1 + int(n_residents // residents_per_venue)
        chosen = rng.choice(len(address), count, replace=False, p=chance / chance.sum())
        found[category] = np.column_stack([address.east_m[chosen], address.north_m[chosen]])
    parks = shapely.get_coordinates(shapely.centroid(ground.parks))
    festival = parks if len(parks) else points_inside(rng, ground.boundary, 1)
    found["festival"] = festival[rng.permutation(len(festival))[: 1 + len(festival) // 10]]
    found["parade"] = found["concert"][:1]
    return found


def exposure(ground: Geography, places: Places, hours: Hours) -> dict[str, Floats]:
    """Return the attraction of each address to crime, by component.

    Only the places that were there all the time count here; the others act while they exist.
    """
    address = ground.addresses
    always = places.always(hours)
    found = {"residents": address.residents, "streets": np.ones(len(address))}
    for component in ("nightlife", "commerce", "transit", "vacancy"):
        mine = always & (places.component == component)
        points = np.column_stack([places.east_m[mine], places.north_m[mine]])
        found[component] = _nearness(points, address.east_m, address.north_m) + 1e-6
    return found


def _nearness(points: Floats, east_m: Floats, north_m: Floats) -> Floats:
    """Return a Gaussian density of points at some places, on a 50 m lattice."""
    west, south = east_m.min() - 500.0, north_m.min() - 500.0
    shape = (
        int((north_m.max() + 500.0 - south) / _LATTICE_M) + 1,
        int((east_m.max() + 500.0 - west) / _LATTICE_M) + 1,
    )

    def cell(east: Floats, north: Floats) -> npt.NDArray[np.int64]:
        row, column = (north - south) // _LATTICE_M, (east - west) // _LATTICE_M
        return np.asarray(row * shape[1] + column, dtype=np.int64)

    counts = np.bincount(cell(points[:, 0], points[:, 1]), minlength=shape[0] * shape[1])
    smooth = ndimage.gaussian_filter(
        counts.reshape(shape).astype(float), REACH_M / 2 / _LATTICE_M, truncate=3.0
    )
    return np.asarray(smooth.ravel()[cell(east_m, north_m)])


def neighbourhood(
    ground: Geography, east_m: Floats, north_m: Floats, reach_m: float
) -> tuple[npt.NDArray[np.int64], Floats]:
    """Return addresses around points and their Gaussian weights, each row summing to one."""
    address = ground.addresses
    tree = cKDTree(np.column_stack([address.east_m, address.north_m]))
    count = min(96, len(address))
    distance, index = tree.query(np.column_stack([east_m, north_m]), k=count)
    weight = np.exp(-((distance / reach_m) ** 2))
    return index.reshape(len(east_m), count), weight / weight.sum(axis=1, keepdims=True)
