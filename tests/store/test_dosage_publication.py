"""Published dosage: sums are kept in larger cells and by hour, and other layers stay."""

import datetime as dt
import hashlib
import json

import numpy as np
import published_city as city
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st

from evenbeat.core.errors import GridError
from evenbeat.core.grid import Grid
from evenbeat.core.shifts import ShiftCalendar
from evenbeat.core.store.dosage_publication import coarsened, coarser_grid, publish_dosage
from evenbeat.core.store.manifest import is_dosage, read_manifest
from evenbeat.core.store.publication import publish_day, published_run
from evenbeat.core.store.rasters import write_cog
from evenbeat.core.store.withdrawal import retract
from evenbeat.core.variables import UNIT_MINUTES

WHEN = dt.datetime(2017, 1, 6, 12, tzinfo=dt.UTC)


def hours_of(shifts):
    count = int((shifts[-1].end - shifts[0].start).total_seconds() // 3600)
    return tuple(shifts[0].start + dt.timedelta(hours=number) for number in range(count))


def minutes_of(grid, shifts, seed=1):
    """Return minutes by hour, and the same added up by shift, none outside."""
    hours = hours_of(shifts)
    random = np.random.default_rng(seed)
    by_hour = random.gamma(0.3, 8.0, (len(hours), *grid.shape)).astype(np.float32)
    by_hour[:, ~grid.mask] = 0.0
    by_shift = np.stack([
        sum(by_hour[at] for at, hour in enumerate(hours) if shift.start <= hour < shift.end)
        for shift in shifts
    ])  # fmt: skip
    return by_shift, by_hour


def publish(target, grid, *, date=city.DATE, calendar=city.CALENDAR, cell_m=500.0, seed=1, **known):
    shifts = calendar.shifts_on(date)
    by_shift, by_hour = minutes_of(grid, shifts, seed)
    given_ = {
        "by_shift": by_shift, "by_hour": by_hour, "hour_starts": hours_of(shifts), "grid": grid,
        "shifts": shifts, "timezone": calendar.timezone, "run_id": f"dosage-{date}-{seed}",
        "provenance": {"agency": "Test"}, "when": WHEN, "cell_m": cell_m, **known,
    }  # fmt: skip
    return publish_dosage(target, **given_), by_shift, by_hour


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*")) if path.is_file()}  # fmt: skip


def naive_sums(cells, factor):
    """Add each cell to the square that holds it."""
    height, width = cells.shape
    sums = np.zeros((-(-height // factor), -(-width // factor)))
    for row in range(height):
        for column in range(width):
            sums[row // factor, column // factor] += cells[row, column]
    return sums


@settings(deadline=None)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 5), st.integers(0, 99))
def test_coarsened__each_cell_is_in_one_square(height, width, factor, seed):
    cells = np.random.default_rng(seed).random((height, width)).astype(np.float32)
    found = coarsened(cells, factor)
    np.testing.assert_allclose(found, naive_sums(cells, factor), rtol=1e-6)
    assert found.dtype == np.float32
    assert found.sum(dtype=float) == pytest.approx(cells.sum(dtype=float), rel=1e-6)


@settings(deadline=None)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 5), st.integers(0, 99))
def test_coarser_grid__a_square_is_of_the_district_of_most_of_its_cells(
    height, width, factor, seed
):
    district = np.random.default_rng(seed).integers(-1, 3, (height, width)).astype(np.int16)
    district[0, 0] = 0
    fine = Grid("EPSG:26971", 100.0, 300.0, 900.0, district, ("a", "b", "c"))
    coarse = coarser_grid(fine, factor)
    assert coarse.shape == (-(-height // factor), -(-width // factor))
    assert (coarse.west, coarse.north, coarse.cell_size) == (300.0, 900.0, 100.0 * factor)
    assert coarse.district_ids == fine.district_ids
    for row, column in np.ndindex(coarse.shape):
        held = district[row * factor : (row + 1) * factor, column * factor : (column + 1) * factor]
        votes = [int((held == one).sum()) for one in range(3)]
        expected = votes.index(max(votes)) if max(votes) else -1
        assert coarse.district[row, column] == expected


def test_coarser_grid__a_square_with_one_cell_inside_is_inside():
    district = np.full((4, 4), -1, np.int16)
    district[0, 0] = 0
    coarse = coarser_grid(Grid("EPSG:26971", 100.0, 0.0, 400.0, district), 2)
    assert coarse.mask.tolist() == [[True, False], [False, False]]


def test_coarser_grid__of_one_is_itself():
    grid = city.grid()
    assert coarser_grid(grid, 1) is grid


@pytest.mark.parametrize(
    ("cell_m", "cell"),
    [(500.0, 600.0), (600.0, 600.0), (601.0, 750.0), (150.0, 150.0), (0.0, 150.0)],
)
def test_publish_dosage__cells_are_at_least_as_large_as_wanted(tmp_path, cell_m, cell):
    publish(tmp_path, city.grid(), cell_m=cell_m)
    manifest = read_manifest(tmp_path)
    assert [grid.cell_size_m for grid in manifest.grids.values()] == [cell]


def test_publish_dosage__in_feet_the_wanted_size_is_in_metres(tmp_path):
    feet = Grid("EPSG:3435", 500.0, 1_150_000.0, 1_900_000.0, np.zeros((10, 13)))
    _, by_shift, _ = publish(tmp_path, feet)
    (grid,) = read_manifest(tmp_path).grids.values()
    assert grid.cell_size == 2000.0  # 500 m are 1640 feet
    total = sum(raster.total for _, raster in
                read_manifest(tmp_path).layers["dosage"].shifts_of(str(city.DATE)))  # fmt: skip
    assert total == pytest.approx(float(by_shift.sum(dtype=float)), rel=1e-6)


@pytest.mark.parametrize("cell_m", [400.0, 500.0, 1000.0])
def test_publish_dosage__every_minute_is_published_once(tmp_path, cell_m):
    grid = city.grid()
    files, by_shift, by_hour = publish(tmp_path, grid, cell_m=cell_m)
    factor = int(np.ceil(cell_m / 150.0))
    layer = read_manifest(tmp_path).layers["dosage"]
    shifts = city.CALENDAR.shifts_on(city.DATE)
    for position, (name, raster) in enumerate(layer.shifts_of(str(city.DATE))):
        assert name == shifts[position].name
        with rasterio.open(tmp_path / raster.path) as source:
            cells = source.read(1)
            assert source.descriptions == (UNIT_MINUTES.long_name,)
            assert source.transform.a == 150.0 * factor
        expected = naive_sums(by_shift[position], factor)
        inside = np.isfinite(cells)
        np.testing.assert_allclose(cells[inside], expected[inside], rtol=1e-5)
        assert expected[~inside].sum() == 0
        assert raster.total == pytest.approx(float(by_shift[position].sum(dtype=float)), rel=1e-6)
        with rasterio.open(tmp_path / raster.hourly.path) as source:
            bands = source.read()
            assert source.descriptions == raster.hours
            assert source.count == 8
        starts = hours_of(shifts)[position * 8 : position * 8 + 8]
        assert raster.hours == tuple(start.isoformat() for start in starts)
        for band, cells_of_hour in enumerate(by_hour[position * 8 : position * 8 + 8]):
            np.testing.assert_allclose(
                bands[band][inside], naive_sums(cells_of_hour, factor)[inside], rtol=1e-5
            )
        assert {tmp_path / raster.path, tmp_path / raster.hourly.path} <= set(files)


@pytest.mark.parametrize(
    ("date", "bands"), [(dt.date(2017, 3, 11), [8, 8, 7]), (dt.date(2016, 11, 5), [8, 8, 9])]
)
def test_publish_dosage__a_band_for_each_hour_of_a_clock_change(tmp_path, date, bands):
    _, _, by_hour = publish(tmp_path, city.grid(), date=date)
    rasters = [
        raster for _, raster in read_manifest(tmp_path).layers["dosage"].shifts_of(str(date))
    ]
    assert [len(raster.hours) for raster in rasters] == bands
    assert len({hour for raster in rasters for hour in raster.hours}) == len(by_hour)


def test_publish_dosage__files_are_those_that_manifest_and_catalog_name(tmp_path):
    publish(tmp_path, city.grid())
    layer = read_manifest(tmp_path).layers["dosage"]
    for _, raster in layer.shifts_of(str(city.DATE)):
        for file in (raster, raster.hourly):
            content = (tmp_path / file.path).read_bytes()
            assert hashlib.sha256(content).hexdigest() == file.sha256
            assert len(content) == file.size
        item = json.loads((tmp_path / raster.item).read_bytes())
        hourly = item["assets"]["hourly"]
        assert hourly["file:checksum"] == "1220" + raster.hourly.sha256
        assert [band["name"] for band in hourly["bands"]] == list(raster.hours)
        named = (tmp_path / raster.item).parent / hourly["href"]
        assert named.read_bytes() == (tmp_path / raster.hourly.path).read_bytes()


def test_publish_dosage__the_same_again_changes_no_byte_and_others_do(tmp_path):
    publish(tmp_path, city.grid())
    first = contents(tmp_path)
    publish(tmp_path, city.grid(), when=WHEN + dt.timedelta(days=9))
    assert contents(tmp_path) == first
    publish(tmp_path, city.grid(), seed=2)
    assert (
        read_manifest(tmp_path).layers["dosage"].dates[str(city.DATE)]["day"].run_id.endswith("2")
    )


def test_publish_dosage__another_hour_with_the_same_shift_is_another_version(tmp_path):
    shifts = city.CALENDAR.shifts_on(city.DATE)
    by_shift, by_hour = minutes_of(city.grid(), shifts)
    publish(tmp_path, city.grid())
    before = read_manifest(tmp_path).layers["dosage"].dates[str(city.DATE)]
    turned = by_hour.copy()
    turned[[0, 1]] = turned[[1, 0]]
    publish(tmp_path, city.grid(), by_shift=by_shift, by_hour=turned)
    after = read_manifest(tmp_path).layers["dosage"].dates[str(city.DATE)]
    assert before["day"].version != after["day"].version
    assert before["day"].sha256 == after["day"].sha256
    assert before["night"] == after["night"]


def test_publish_dosage__and_risk_leave_each_other(tmp_path):
    publish_day(tmp_path, **city.arguments(run_id="risk-1"))
    publish(tmp_path, city.grid())
    assert published_run(tmp_path, city.DATE) == "risk-1"
    both = read_manifest(tmp_path)
    assert {"priority", "dosage"} <= set(both.layers)
    assert len(both.grids) == 2
    publish_day(tmp_path, **city.arguments(run_id="risk-2", seed=2))
    after = read_manifest(tmp_path)
    assert after.layers["dosage"] == both.layers["dosage"]
    assert published_run(tmp_path, city.DATE) == "risk-2"
    publish(tmp_path, city.grid(), date=city.DATE + dt.timedelta(days=1))
    dates = read_manifest(tmp_path).layers["dosage"].dates
    assert set(dates) == {str(city.DATE), str(city.DATE + dt.timedelta(days=1))}
    assert [name for name in read_manifest(tmp_path).layers if is_dosage(name)] == ["dosage"]


@pytest.mark.parametrize(
    ("name", "cut"),
    [
        ("by_shift", np.s_[:, :-1]),
        ("by_shift", np.s_[:, :, :-1]),
        ("by_shift", np.s_[:2]),
        ("by_hour", np.s_[:, :-1]),
        ("by_hour", np.s_[:-1]),
    ],
)
def test_publish_dosage__minutes_of_another_grid_are_refused(tmp_path, name, cut):
    # One row less still sums to as many squares of four, so only the shape tells.
    grid = city.grid()
    by_shift, by_hour = minutes_of(grid, city.CALENDAR.shifts_on(city.DATE))
    wrong = {"by_shift": by_shift, "by_hour": by_hour}
    wrong[name] = wrong[name][cut]
    with pytest.raises(GridError, match=f"{name} must have the shape"):
        publish(tmp_path, grid, **wrong)
    assert not contents(tmp_path)


def test_publish_dosage__shifts_that_begin_at_half_past(tmp_path):
    calendar = ShiftCalendar("America/Chicago", (("early", dt.time(6, 30)), ("late", dt.time(18))))
    publish(tmp_path, city.grid(), calendar=calendar)
    rasters = dict(read_manifest(tmp_path).layers["dosage"].shifts_of(str(city.DATE)))
    hours = [hour for raster in rasters.values() for hour in raster.hours]
    assert len(hours) == len(set(hours)) == 24


def test_write_cog__several_bands_have_their_names_and_exact_values(tmp_path):
    grid = city.grid()
    values = np.random.default_rng(4).random((3, *grid.shape))
    path = write_cog(tmp_path / "a.tif", values, grid, variable=UNIT_MINUTES, tags={"run_id": "r"},
                     bands=("one", "two", "three"))  # fmt: skip
    with rasterio.open(path) as source:
        assert source.descriptions == ("one", "two", "three")
        assert source.units == (UNIT_MINUTES.units,) * 3
        assert source.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        stored = source.read()
    expected = np.where(grid.mask, values, np.nan).astype(np.float32)
    np.testing.assert_array_equal(stored, expected)


@pytest.mark.parametrize("bands", [(), ("one",), ("one", "two", "three", "four")])
def test_write_cog__as_many_bands_as_names(tmp_path, bands):
    grid = city.grid()
    with pytest.raises(GridError, match="shape"):
        write_cog(tmp_path / "a.tif", np.zeros((3, *grid.shape)), grid, variable=UNIT_MINUTES,
                  tags={}, bands=bands)  # fmt: skip
    assert not list(tmp_path.iterdir())


def test_publish_dosage__what_was_retracted_stays_out_until_it_is_meant(tmp_path):
    publish_day(tmp_path, **city.arguments())
    publish(tmp_path, city.grid())
    retract(tmp_path, date=city.DATE, layer="dosage", category="privacy", when=WHEN)
    # Another version of the software writes other bytes of the same minutes.
    publish(tmp_path, city.grid(), provenance={"agency": "Test", "code_version": "2"})
    assert "dosage" not in read_manifest(tmp_path).layers
    assert published_run(tmp_path, city.DATE) == "run-a"
    publish(tmp_path, city.grid(), seed=2)  # other pings, so another run
    assert "dosage" in read_manifest(tmp_path).layers
    retract(tmp_path, date=city.DATE, layer="dosage", shift="night", category="error", when=WHEN)
    publish(tmp_path, city.grid(), seed=2, again=True)
    shifts = read_manifest(tmp_path).layers["dosage"].dates[str(city.DATE)]
    assert set(shifts) == set(city.CALENDAR.names)
