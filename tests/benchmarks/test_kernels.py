"""The kernels beside their peers; every figure stands beside an assertion that it is correct."""

import sys

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy.ndimage import distance_transform_edt, gaussian_filter
from scipy.signal import lfilter

from evenbeat.core.kernels.binning import bin_points
from evenbeat.core.kernels.decay import advance_decays, read_decays
from evenbeat.core.kernels.density import gaussian_density, quartic_density
from evenbeat.core.kernels.distance import nearest_point_distance
from tests.benchmarks.interleave import Comparison, interleave, measure_process, median_seconds

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.filterwarnings("default"),  # of the peers
    pytest.mark.timeout(1800),
]

EDGE = 2000
CELL = 100.0
SIZE = EDGE * CELL
PLACE = (0.0, SIZE, CELL)
N_POINTS = 1_000_000
SIGMA_CELLS = 5.0
CENTRES = (np.arange(EDGE) + 0.5) * CELL


@pytest.fixture(scope="module")
def points():
    """A million points, half of them in clusters, a cell away from the raster's edge."""
    rng = np.random.default_rng(11)
    even = rng.random((N_POINTS // 2, 2))
    heart = rng.random((200, 2))[rng.integers(0, 200, N_POINTS // 2)]
    clustered = (heart + rng.normal(0, 0.01, heart.shape)) % 1.0
    both = CELL + rng.permutation(np.concatenate([even, clustered])) * (SIZE - 2 * CELL)
    return np.ascontiguousarray(both[:, 0]), np.ascontiguousarray(both[:, 1])


@pytest.fixture(scope="module")
def features():
    return np.random.default_rng(12).random((10_000, 2)) * SIZE


WEIGHT = np.ones(N_POINTS)


def binned(points, dtype=np.float64):
    out = np.zeros((EDGE, EDGE), dtype)
    bin_points(*points, WEIGHT, *PLACE, out)
    return out


def smoothed(points):
    counts = binned(points)
    out = np.empty_like(counts)
    gaussian_density(counts, SIGMA_CELLS, 4.0, np.empty_like(counts), out)
    return out


@pytest.fixture(scope="module")
def exact(points):
    """Cells, and the exact sum of Gaussians there from the exact positions."""
    rows, columns = np.random.default_rng(13).integers(100, EDGE - 100, (2, 150))
    easting, northing = points
    sums = np.empty(rows.size)
    for item, (row, column) in enumerate(zip(rows, columns, strict=True)):
        east, north = CENTRES[column], SIZE - CENTRES[row]
        squared = ((easting - east) ** 2 + (northing - north) ** 2) / (SIGMA_CELLS * CELL) ** 2
        sums[item] = np.exp(-0.5 * squared).sum() / (2 * np.pi * SIGMA_CELLS**2)
    return rows, columns, sums


def test_binning__datashader(points, table):
    datashader = pytest.importorskip("datashader")
    canvas = datashader.Canvas(EDGE, EDGE, x_range=(0, SIZE), y_range=(0, SIZE))
    frame = pd.DataFrame({"easting": points[0], "northing": points[1]})

    def theirs():  # counts in uint32
        return canvas.points(frame, "easting", "northing", agg=datashader.count())

    both = interleave(lambda: binned(points, np.uint32), theirs, rounds=15)

    counted = binned(points, np.uint32)
    difference = np.abs(counted - theirs().to_numpy()[::-1].astype(float))
    assert counted.sum() == N_POINTS
    assert difference.sum() <= 20  # points that rounding puts on the other side of a border
    job = "bin 1 M points to 2000 x 2000"
    table.add_ratio(job, "datashader", both, at_least=1, unit="ns a point", units=N_POINTS)


def test_density__kdepy(points, exact, table):
    kde = pytest.importorskip("KDEpy").FFTKDE
    positions = np.column_stack(points)
    grid = np.stack(np.meshgrid(CENTRES, CENTRES, indexing="ij"), -1).reshape(-1, 2)

    def theirs():
        return kde(kernel="gaussian", bw=SIGMA_CELLS * CELL).fit(positions).evaluate(grid)

    both = interleave(lambda: smoothed(points), theirs)

    rows, columns, sums = exact
    error = np.abs(smoothed(points)[rows, columns] - sums)
    peer = theirs().reshape(EDGE, EDGE).T[::-1] * N_POINTS * CELL**2
    peer_error = np.abs(peer[rows, columns] - sums)
    assert error.max() / sums.max() < 0.01
    job = "density, Gaussian, sigma 5 cells, 1 M points"
    table.add_ratio(job, "KDEpy, FFT", both, at_least=8)
    table.add_note(
        "  its error against the exact sum, share of the largest value",
        f"mean {error.mean() / sums.max():.2g}, max {error.max() / sums.max():.2g} "
        f"(KDEpy {peer_error.mean() / sums.max():.2g}, {peer_error.max() / sums.max():.2g})",
    )


def test_density__scipy(points, table):
    def theirs():
        column, row = (points[0] / CELL).astype(np.int64), ((SIZE - points[1]) / CELL).astype(int)
        counts = np.bincount(row * EDGE + column, minlength=EDGE**2).reshape(EDGE, EDGE)
        return gaussian_filter(counts.astype(float), SIGMA_CELLS, mode="constant", truncate=4.0)

    both = interleave(lambda: smoothed(points), theirs)

    np.testing.assert_allclose(smoothed(points), theirs(), atol=1e-12)
    job = "density, Gaussian, sigma 5 cells, 1 M points"
    table.add_ratio(job, "bincount + scipy filter", both, at_least=1)


def test_density__scikit_learn(points, exact, table):
    from sklearn.neighbors import KernelDensity

    rows, columns, sums = exact
    places = np.column_stack([CENTRES[columns], SIZE - CENTRES[rows]])
    tree = KernelDensity(bandwidth=SIGMA_CELLS * CELL, rtol=1e-3).fit(np.column_stack(points))

    both = interleave(lambda: smoothed(points), lambda: tree.score_samples(places))

    peer = np.exp(tree.score_samples(places)) * N_POINTS * CELL**2
    np.testing.assert_allclose(peer, sums, rtol=1e-2)
    cells = EDGE**2 / rows.size  # the peer is timed at 150 cells, its tree is free of charge
    whole = Comparison(both.ours_s, tuple(seconds * cells for seconds in both.theirs_s))
    job = "density, Gaussian, sigma 5 cells, 1 M points"
    table.add_ratio(job, "scikit-learn, rtol 1e-3, extrapolated", whole, at_least=1000)


def test_density__quartic_per_evaluation(points, table):
    reach = 10
    few = points[0][:100_000], points[1][:100_000]
    weight = np.ones(few[0].size)
    out = np.zeros((EDGE, EDGE))

    seconds = median_seconds(lambda: quartic_density(*few, weight, *PLACE, reach * CELL, out))

    out[:] = 0
    quartic_density(*few, weight, *PLACE, reach * CELL, out)
    for row, column in [(1000, 1000), (3, 1996), (700, 40)]:
        squared = (few[0] - CENTRES[column]) ** 2 + (few[1] - (SIZE - CENTRES[row])) ** 2
        rest = (1 - squared / (reach * CELL) ** 2).clip(0)
        expected = 3 / (np.pi * reach**2) * (rest**2).sum()
        assert out[row, column] == pytest.approx(expected, rel=1e-9)
    evaluations = few[0].size * np.pi * reach**2
    job = "density, quartic, radius 10 cells, exact positions, an evaluation"
    table.add_limit(job, seconds / evaluations * 1e9, "ns", at_most=2.5)


def nearest(features):
    out = np.empty((EDGE, EDGE))
    nearest_point_distance(features[:, 0], features[:, 1], *PLACE, out)
    return out


JOB_DISTANCE = "distance to the nearest of 10 k points, 4 M cells"


def test_distance__pykdtree(features, table):
    kd_tree = pytest.importorskip("pykdtree.kdtree").KDTree
    east, north = np.meshgrid(CENTRES, CENTRES[::-1])
    cells = np.column_stack([east.ravel(), north.ravel()])

    both = interleave(lambda: nearest(features), lambda: kd_tree(features).query(cells))

    expected = kd_tree(features).query(cells)[0].reshape(EDGE, EDGE)
    np.testing.assert_allclose(nearest(features), expected, rtol=1e-9, atol=1e-6)
    table.add_ratio(JOB_DISTANCE, "pykdtree", both, at_least=10)


def test_distance__xarray_spatial(features, table):
    xrspatial = pytest.importorskip("xrspatial")
    column, row = (features / CELL).astype(int).T
    marked = np.zeros((EDGE, EDGE))
    marked[EDGE - 1 - row, column] = 1
    raster = xr.DataArray(marked, dims=("y", "x"), coords={"y": CENTRES[::-1], "x": CENTRES})

    both = interleave(lambda: nearest(features), lambda: xrspatial.proximity(raster))

    # The peer measures to the centres of marked cells: up to half a diagonal away from the points.
    difference = np.abs(nearest(features) - xrspatial.proximity(raster).to_numpy())
    assert difference.max() <= CELL * np.sqrt(0.5) + 0.1
    table.add_ratio(JOB_DISTANCE, "xarray-spatial, rasterized", both, at_least=30)


def test_distance__scipy_edt(features, table):
    column, row = (features / CELL).astype(int).T
    free = np.ones((EDGE, EDGE))
    free[EDGE - 1 - row, column] = 0

    both = interleave(
        lambda: nearest(features), lambda: distance_transform_edt(free, sampling=CELL)
    )

    difference = np.abs(nearest(features) - distance_transform_edt(free, sampling=CELL))
    assert difference.max() <= CELL * np.sqrt(0.5) + 1e-6
    table.add_ratio(JOB_DISTANCE, "scipy EDT, rasterized", both, at_least=1)


N_EVENTS = 5_000_000
CUBE = (1095 * 3, 163, 163)
EVENTS = f"""
import numpy as np
from evenbeat.core.kernels.spacetime import count_space_time
rng = np.random.default_rng(14)
shift, row, column = (rng.integers(0, size, {N_EVENTS}) for size in {CUBE})
weight = np.ones({N_EVENTS})
"""
JOBS_SPACE_TIME = {
    "ours float32": """
cube = np.zeros({0}, np.float32)
count_space_time(row, column, shift, weight, cube)
""",
    "ours uint16": """
cube = np.zeros({0}, np.uint16)
count_space_time(row, column, shift, weight, cube)
""",
    "bincount": """
flat = (shift * {0}[1] + row) * {0}[2] + column
cube = np.bincount(flat, minlength={0}[0] * {0}[1] * {0}[2]).reshape({0})
""",
    "bincount to float32": """
flat = (shift * {0}[1] + row) * {0}[2] + column
cube = np.bincount(flat, weight, {0}[0] * {0}[1] * {0}[2]).reshape({0}).astype(np.float32)
""",
    "none": "",
}
# Loads the compiled code before, so that its memory is on both sides.
WARM_UP = """
zero = np.zeros(1, np.int64)
for dtype in (np.float32, np.uint16):
    count_space_time(zero, zero, zero, np.ones(1), np.zeros((1, 1, 1), dtype))
"""


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("ours uint16", "bincount"), ("ours float32", "bincount to float32")],
)
def test_space_time__bincount(ours, theirs, table):
    known = {}
    exec(EVENTS, known)  # the same text as in the processes whose memory is measured
    jobs = {
        name: compile(JOBS_SPACE_TIME[name].format(CUBE), name, "exec") for name in (ours, theirs)
    }

    both = interleave(lambda: exec(jobs[ours], known), lambda: exec(jobs[theirs], known))

    exec(jobs[ours], known)
    counted = known.pop("cube")
    exec(jobs[theirs], known)
    np.testing.assert_array_equal(counted, known.pop("cube"))
    job = f"space-time counts, 5 M events, {ours.split()[1]}"
    peer = f"np.{theirs}"
    table.add_ratio(job, peer, both, at_least=1, unit="ns an event", units=N_EVENTS)
    peak = {name: peak_of(name) for name in (ours, theirs, "none")}
    added, peer_added = peak[ours] - peak["none"], peak[theirs] - peak["none"]
    memory = f"  its memory: {added:.0f} MB, {peer} {peer_added:.0f} MB"
    if ours == "ours uint16":
        table.add_limit(memory, added / peer_added, "of it", at_most=0.25)
    else:  # no bar: the cube alone is a third of what the peer needs on the way to it
        table.add_note(memory, f"{added / peer_added:.3g} of it")


def peak_of(name):
    """Return the peak of a fresh process that draws the events and counts them in one way."""
    code = EVENTS + WARM_UP + JOBS_SPACE_TIME[name].format(CUBE)
    return measure_process([sys.executable, "-c", code]).peak_mb


N_CELLS, N_DAYS, N_DAILY = 25_002, 1095, 730
FACTOR = 0.5 ** (1 / np.array([7.0, 28.0, 56.0, 182.0, 364.0, 1095.0]))


@pytest.fixture(scope="module")
def history():
    """Cells struck on each of the days."""
    return np.random.default_rng(15).integers(0, N_CELLS, (N_DAYS, N_DAILY))


def carried(history, *, n_days=N_DAYS, read_daily=False):
    """Return the intensities on the last day."""
    state, scale, weight = np.zeros((FACTOR.size, N_CELLS)), np.ones(FACTOR.size), np.ones(N_DAILY)
    daily, out = np.empty(state.shape, np.float32), np.empty_like(state)
    for day in range(n_days):
        advance_decays(state, scale, FACTOR, history[day], weight)
        if read_daily:
            read_decays(state, scale, daily)
    read_decays(state, scale, out)
    return out


@pytest.mark.parametrize("read_daily", [False, True])
def test_decay__scipy_filter(history, read_daily, table):
    few = 2500  # of the 25,002 cells for the peer, whose cube of days and cells grows large
    struck = np.zeros((few, N_DAYS))
    day, _ = np.nonzero(history < few)
    np.add.at(struck, (history[history < few], day), 1)

    def theirs():
        return [lfilter([1.0], [1.0, -left], struck, axis=1)[:, -1] for left in FACTOR]

    both = interleave(lambda: carried(history, read_daily=read_daily), theirs)

    np.testing.assert_allclose(carried(history)[:, :few], theirs(), rtol=1e-9)
    whole = Comparison(both.ours_s, tuple(s * N_CELLS / few for s in both.theirs_s))
    if read_daily:
        table.add_note("  the same, every cell read every day as float32", f"{whole.ratio:.3g}x")
        return
    table.add_ratio(
        "decayed intensity, 1,095 daily steps, 6 half-lives", "scipy lfilter", whole,
        at_least=25, unit="ns a cell-day", units=N_CELLS * N_DAYS,
    )  # fmt: skip


def test_decay__summed_anew(history, table):
    middle = N_DAYS // 2  # half of the history lies behind the day in the middle

    def theirs():
        age = np.repeat(middle - np.arange(middle + 1), N_DAILY)
        cell = history[: middle + 1].ravel()
        return [np.bincount(cell, left**age, N_CELLS) for left in FACTOR]

    both = interleave(lambda: carried(history, read_daily=True), theirs)

    np.testing.assert_allclose(carried(history, n_days=middle + 1), theirs(), rtol=1e-9)
    a_day = Comparison(tuple(s / N_DAYS for s in both.ours_s), both.theirs_s)
    table.add_ratio(
        "decayed intensity, one day of it, every cell read", "summed anew", a_day,
        at_least=200, unit="ns a cell", units=N_CELLS,
    )  # fmt: skip
