"""Rasters, points and lines for the kernels' property tests, with a liking for the awkward."""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st


@dataclass(frozen=True)
class Raster:
    west: float
    north: float
    cell_size: float
    shape: tuple[int, int]

    @property
    def place(self):
        """Return the three numbers in the order in which kernels take them."""
        return self.west, self.north, self.cell_size

    def to_easting(self, column):
        return self.west + np.asarray(column, float) * self.cell_size

    def to_northing(self, row):
        return self.north - np.asarray(row, float) * self.cell_size


@st.composite
def rasters(draw, most=7):
    cell_size = draw(st.sampled_from([1.0, 0.1, 150.0, 500.0, 3.0]))
    corner = st.integers(-1000, 10_000)
    west, north = draw(corner) * cell_size, draw(corner) * cell_size
    edge = st.integers(1, most)
    return Raster(west, north, cell_size, (draw(edge), draw(edge)))


def positions(most=7):
    """Return positions in cells: on borders, between them, off the raster, and no position."""
    on_border = st.integers(-2, most + 2).map(float)
    between = st.floats(-2.5, most + 2.5, allow_nan=False)
    return st.one_of(on_border, between)


def broken():
    return st.sampled_from([float("nan"), float("inf"), float("-inf")])


def arrays(elements, size):
    return st.lists(elements, min_size=size, max_size=size).map(np.array)


@st.composite
def points(draw, raster, most=12):
    """Return eastings, northings and weights, at times with a broken position."""
    size = draw(st.integers(0, most))
    column = draw(arrays(positions() | broken(), size)) if size else np.empty(0)
    row = draw(arrays(positions() | broken(), size)) if size else np.empty(0)
    weight = draw(arrays(st.sampled_from([1.0, 0.0, 0.25, 3.0]), size)) if size else np.empty(0)
    return raster.to_easting(column), raster.to_northing(row), weight


@st.composite
def segments(draw, raster, most=8):
    """Return both ends of pieces: some along borders, some without length, some broken."""
    size = draw(st.integers(0, most))
    ends = [draw(arrays(positions() | broken(), size)) if size else np.empty(0) for _ in range(4)]
    for item in range(size):
        kind = draw(st.sampled_from(["any", "upright", "level", "none"]))
        if kind in ("upright", "none"):
            ends[2][item] = ends[0][item]
        if kind in ("level", "none"):
            ends[3][item] = ends[1][item]
    return (
        raster.to_easting(ends[0]), raster.to_northing(ends[1]),
        raster.to_easting(ends[2]), raster.to_northing(ends[3]),
    )  # fmt: skip
