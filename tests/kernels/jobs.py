"""One job a kernel, of a size that takes a moment: for threads, repeats and fresh processes."""

import numpy as np

from evenbeat.core.kernels.aoristic import count_overlaps, fill_overlaps
from evenbeat.core.kernels.binning import bin_points
from evenbeat.core.kernels.coverage import area_share, line_length
from evenbeat.core.kernels.decay import advance_decays, read_decays
from evenbeat.core.kernels.density import gaussian_density, quartic_density
from evenbeat.core.kernels.distance import nearest_point_distance, nearest_segment_distance
from evenbeat.core.kernels.spacetime import count_space_time

SHAPE = (60, 50)
PLACE = (0.0, 6000.0, 100.0)


def run_every_kernel(seed: int, size: int = 300) -> dict[str, bytes]:
    """Return the bytes that each kernel writes for input drawn from a seed."""
    rng = np.random.default_rng(seed)
    easting, northing = rng.random((2, size)) * 6000
    weight = rng.random(size)
    x1, y1 = easting + rng.normal(0, 400, size), northing + rng.normal(0, 400, size)
    row, column, shift_index = rng.integers(0, 50, (3, size))
    surface = {name: np.zeros(SHAPE) for name in (
        "bin", "gaussian", "quartic", "point", "segment", "length", "share")}  # fmt: skip
    bin_points(easting, northing, weight, *PLACE, surface["bin"])
    gaussian_density(surface["bin"], 2.0, 4.0, np.empty(SHAPE), surface["gaussian"])
    quartic_density(easting, northing, weight, *PLACE, 700.0, surface["quartic"])
    nearest_point_distance(easting, northing, *PLACE, surface["point"])
    nearest_segment_distance(easting, northing, x1, y1, *PLACE, surface["segment"])
    line_length(easting, northing, x1, y1, *PLACE, surface["length"])
    ring_start = np.arange(0, size + 1, 3)
    hole = np.zeros(ring_start.size - 1, bool)
    area_share(easting, northing, ring_start, hole, *PLACE, surface["share"])
    cube = np.zeros((50, 50, 50), np.float32)
    count_space_time(row, column, shift_index, weight, cube)
    state, scale, decayed = np.zeros((3, 60)), np.ones(3), np.empty((3, 60))
    for _ in range(5):
        advance_decays(state, scale, np.array([0.5, 0.9, 0.99]), column, weight)
    read_decays(state, scale, decayed)
    start = rng.integers(0, 5000, size)
    end, edges = start + rng.integers(0, 900, size), np.arange(0, 6000, 300)
    n_shifts = np.zeros(size, np.int64)
    count_overlaps(start, end, edges, n_shifts)
    offset = np.cumsum(n_shifts) - n_shifts
    shift, share = np.zeros(n_shifts.sum(), np.int64), np.zeros(n_shifts.sum())
    fill_overlaps(start, end, edges, offset, shift, share)
    return {
        **{name: values.tobytes() for name, values in surface.items()},
        "cube": cube.tobytes(), "decay": decayed.tobytes(),
        "aoristic": n_shifts.tobytes() + shift.tobytes() + share.tobytes(),
    }  # fmt: skip
