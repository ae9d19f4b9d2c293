"""The grid is an immutable value that refuses what would mislead."""

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, box

from evenbeat.core.errors import GridError
from evenbeat.core.grid import Grid, suggest_utm_zone

CRS = "EPSG:26971"


def districts(*shapes, crs=CRS):
    ids = [f"D{index}" for index in range(len(shapes))]
    return gpd.GeoDataFrame({"district_id": ids}, geometry=list(shapes), crs=crs)


@pytest.fixture
def grid():
    west, east = box(350_010, 580_000, 351_000, 581_000), box(351_000, 580_000, 352_000, 581_490)
    return Grid.from_districts(districts(west, east), crs=CRS, cell_size=250)


def test_from_districts__cells_belong_to_the_district_of_their_centre(grid):
    for row in range(grid.shape[0]):
        for column in range(grid.shape[1]):
            centre = Point(grid.eastings[column], grid.northings[row])
            west = box(350_010, 580_000, 351_000, 581_000).contains(centre)
            east = box(351_000, 580_000, 352_000, 581_490).contains(centre)
            expected = 0 if west else 1 if east else -1
            assert grid.district[row, column] == expected


def test_from_districts__first_wins_where_they_overlap():
    whole, part = box(0, 0, 1000, 1000), box(0, 0, 500, 500)
    grid = Grid.from_districts(districts(whole, part), crs=CRS, cell_size=100)
    assert set(np.unique(grid.district)) == {0}


def test_from_districts__snaps_to_multiples_of_the_cell(grid):
    assert grid.west % 250 == 0
    assert grid.north % 250 == 0
    assert grid.west <= 350_010
    assert grid.north >= 581_490


def test_grid__geographic_crs_is_refused_with_the_utm_zone():
    degrees = districts(box(350_010, 580_000, 351_000, 581_000)).to_crs("EPSG:4326")
    with pytest.raises(GridError, match="EPSG:32616"):
        Grid.from_districts(degrees, crs="EPSG:4326", cell_size=250)


@pytest.mark.parametrize("cell_size", [0, -5, float("nan")])
def test_grid__cell_size_must_be_positive(cell_size):
    with pytest.raises(GridError, match="100 to 300 m"):
        Grid.from_districts(districts(box(0, 0, 900, 900)), crs=CRS, cell_size=cell_size)


def test_grid__far_too_many_cells_are_refused():
    with pytest.raises(GridError, match="larger cells"):
        Grid.from_districts(districts(box(0, 0, 1e6, 1e6)), crs=CRS, cell_size=10)


def test_grid__feet_are_known_as_feet():
    feet = districts(box(1_150_000, 1_890_000, 1_160_000, 1_900_000), crs="EPSG:3435")
    grid = Grid.from_districts(feet, crs="EPSG:3435", cell_size=500)
    assert grid.cell_size_m == pytest.approx(152.4, rel=1e-5)
    assert grid.cell_area_km2 == pytest.approx(0.02322576, rel=1e-4)


def test_grid__equal_by_value_and_immutable(grid):
    twin = Grid(grid.crs, grid.cell_size, grid.west, grid.north, grid.district.copy(),
                grid.district_ids)  # fmt: skip
    assert twin == grid
    assert hash(twin) == hash(grid)
    with pytest.raises(ValueError, match="read-only"):
        grid.district[0, 0] = 5
    with pytest.raises(AttributeError):
        grid.cell_size = 100
    moved = Grid(grid.crs, grid.cell_size, grid.west + 250, grid.north, grid.district,
                 grid.district_ids)  # fmt: skip
    with pytest.raises(GridError, match="Two grids differ"):
        grid.require_equal(moved)


@settings(deadline=None, max_examples=200)
@given(easting=st.floats(349_000, 353_000), northing=st.floats(579_000, 583_000))
def test_locate__agrees_with_the_cell_polygon(easting, northing):
    shape = box(350_010, 580_000, 352_000, 581_490)
    grid = Grid.from_districts(districts(shape), crs=CRS, cell_size=250)
    row, column = (int(part) for part in grid.locate(easting, northing))
    west, south, east, north = grid.bounds
    on = west <= easting < east and south < northing <= north
    assert (row >= 0) == on
    if on:
        cell = grid.box(row, column).bounds
        assert cell[0] <= easting <= cell[2]
        assert cell[1] <= northing <= cell[3]


def test_locate__missing_coordinates_are_off_the_raster(grid):
    rows, columns = grid.locate([np.nan, 350_500.0], [np.nan, 580_500.0])
    assert rows[0] == columns[0] == -1
    assert rows[1] >= 0


def test_suggest_utm_zone__southern_hemisphere():
    assert suggest_utm_zone(151.2, -33.9).to_epsg() == 32756
