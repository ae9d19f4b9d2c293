"""Places: what is open, how far, how many, how much."""

import datetime as dt

import numpy as np
import pytest
import shapely
from features.studies import make_grid
from features.test_future import BEFORE, CUTOFF, make_events, make_places

from evenbeat.core.errors import FeatureError, PolicyError
from evenbeat.core.features import Catalogue, Layers, list_place_measures
from evenbeat.core.features.places import PlaceSurfaces

GRID = make_grid()
LAYERS = Layers(make_places())
CATALOGUE = Catalogue(90, list_place_measures(LAYERS, CUTOFF))
BY_NAME = {entry.feature.name: entry for entry in CATALOGUE.places}


def centres():
    x, y = np.meshgrid(GRID.eastings, GRID.northings)
    return shapely.points(x, y)


def test_list_place_measures__by_geometry_and_dates():
    assert CATALOGUE.place_measures == (
        ("bar", "density", True), ("bar", "distance", True),
        ("grocery", "density", True), ("grocery", "distance", True),
        ("park", "distance", False), ("park", "share", False),
        ("street", "distance", False), ("street", "length", False),
    )  # fmt: skip


@pytest.mark.parametrize("category", ["bar", "grocery", "park", "street"])
def test_surface__distance_is_exact(category):
    places = make_places()
    opened = places["valid_to"].isna() | (places["valid_to"] > CUTOFF)
    shape = shapely.union_all(places[opened & (places["category"] == category)].geometry)
    found = PlaceSurfaces(places, GRID).surface(BY_NAME[f"distance_{category}"], CUTOFF)
    np.testing.assert_allclose(found, shapely.distance(centres(), shape), atol=1e-6)


def test_surface__share_and_length_are_exact():
    surfaces = PlaceSurfaces(make_places(), GRID)
    park, street = make_places().geometry.iloc[[5, 4]]
    height, width = GRID.shape
    boxes = np.array([[GRID.box(r, c) for c in range(width)] for r in range(height)])
    share = shapely.area(shapely.intersection(boxes, park)) / GRID.cell_size**2
    length = shapely.length(shapely.intersection(boxes, street))
    np.testing.assert_allclose(surfaces.surface(BY_NAME["share_park"], CUTOFF), share, atol=1e-9)
    np.testing.assert_allclose(
        surfaces.surface(BY_NAME["length_street"], CUTOFF), length, atol=1e-6
    )


def test_surface__overlapping_areas_count_once():
    places = make_places().iloc[[5, 5]]
    once = PlaceSurfaces(places.iloc[:1], GRID).surface(BY_NAME["share_park"], CUTOFF)
    twice = PlaceSurfaces(places, GRID).surface(BY_NAME["share_park"], CUTOFF)
    np.testing.assert_allclose(twice, once)


def test_surface__density_adds_up_to_the_open_places():
    surfaces = PlaceSurfaces(make_places(), make_grid((40, 40)))
    density = surfaces.surface(BY_NAME["density_grocery"], CUTOFF)
    assert density.sum() * 0.25**2 == pytest.approx(1.0, rel=0.2)


def test_surface__only_what_was_open():
    surfaces = PlaceSurfaces(make_places(), GRID)
    entry = BY_NAME["distance_bar"]
    earlier = (BEFORE - dt.timedelta(days=31)).to_pydatetime()
    assert not np.array_equal(surfaces.surface(entry, CUTOFF), surfaces.surface(entry, earlier))
    nothing = PlaceSurfaces(make_places().iloc[:0], GRID)
    assert np.isnan(nothing.surface(entry, CUTOFF)).all()
    assert (nothing.surface(BY_NAME["density_bar"], CUTOFF) == 0).all()


def test_layers__feet_are_told_in_metres():
    metres = make_grid()
    feet = make_grid(crs="EPSG:3435", cell_size=250.0 / metres.metres_per_unit)
    places = make_places().set_crs("EPSG:3435", allow_override=True)
    found = PlaceSurfaces(places, feet).surface(BY_NAME["distance_grocery"], CUTOFF)
    x, y = np.meshgrid(feet.eastings, feet.northings)
    expected = shapely.distance(shapely.points(x, y), places.geometry.iloc[3]) * 0.3048
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_layers__people_and_unknown_categories_are_refused():
    places = make_places()
    places["category"] = "median_income"
    with pytest.raises(PolicyError):
        Layers(places)
    events = make_events()
    events["category"] = "protest"
    with pytest.raises(PolicyError):
        Layers(events=events)


def test_layers__a_lacking_column_and_another_crs_are_refused():
    with pytest.raises(FeatureError, match="valid_from"):
        Layers(make_places().drop(columns="valid_from"))
    with pytest.raises(FeatureError, match="EPSG:4326"):
        Layers(make_places().to_crs("EPSG:4326")).require_crs(GRID.crs)
