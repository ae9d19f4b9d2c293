"""What may be a feature, and the record of a day's features."""

import dataclasses

import numpy as np
import pytest
from features.studies import CALENDAR, CUTOFF, make_grid
from features.test_future import AGENCY, DAY, TYPES, make_tables

from evenbeat.core.errors import FeatureError, PolicyError
from evenbeat.core.features import (
    Catalogue,
    DayPredictors,
    Layers,
    Study,
    Timeline,
    list_place_measures,
)
from evenbeat.core.features.catalogue import RISKY_PLACES
from evenbeat.core.features.declarations import Feature
from evenbeat.core.policy.features import place_categories


def test_catalogue__every_allowed_category_of_places_can_be_measured():
    measures = tuple(
        (category, measure, True)
        for category in place_categories()
        for measure in ("distance", "density", "length", "share")
    )
    catalogue = Catalogue(1095, measures)
    assert len(set(catalogue.names)) == len(catalogue.names)
    assert Catalogue.from_dict(catalogue.to_dict()) == catalogue


@pytest.mark.parametrize("history_days", [28, 60, 364, 700, 1095, 3650])
def test_catalogue__no_window_reaches_behind_the_history(history_days):
    catalogue = Catalogue(history_days)
    assert len(set(catalogue.names)) == len(catalogue.names)
    assert max(entry.window_days for entry in catalogue.sums) <= history_days


@pytest.mark.parametrize("name", ["share_hispanic", "median_income", "distance_parolee", "race"])
def test_feature__nothing_about_persons_can_be_declared(name):
    with pytest.raises(PolicyError):
        Feature(name, "place", "shared", "1")


def test_catalogue__a_refused_category_cannot_be_measured():
    with pytest.raises(PolicyError):
        Catalogue(1095, (("poverty", "share", True),))


@pytest.fixture(scope="module")
def day():
    tables = make_tables()
    layers = Layers(tables["places"], tables["events"], tables["weather"])
    catalogue = Catalogue(90, list_place_measures(layers, CUTOFF))
    study = Study(make_grid(), AGENCY, tables["incidents"], layers, catalogue, CUTOFF, 2)
    return study, study.day_predictors(TYPES, Timeline.of_day(CALENDAR, DAY, CUTOFF))


def test_day_predictors__matrix_equals_rows(day):
    from evenbeat.core.features import Rows

    study, predictors = day
    zero = np.zeros(predictors.cell.size, dtype=np.int64)
    for position in range(3):
        rows = Rows(zero, zero + position, predictors.cell)
        timeline = Timeline.of_day(CALENDAR, DAY, CUTOFF)
        expected = study.row_matrix("robbery", timeline, rows)
        np.testing.assert_array_equal(predictors.matrix("robbery", position), expected)
    some = np.array([5, 2])
    np.testing.assert_array_equal(
        predictors.matrix("robbery", 2, some), predictors.matrix("robbery", 2)[:, some]
    )


def test_day_predictors__dataset_and_back(day):
    study, predictors = day
    dataset = predictors.to_dataset(study.grid)
    again = DayPredictors.from_dataset(dataset, predictors.catalogue, study.grid)
    np.testing.assert_array_equal(again.matrix("burglary", 1), predictors.matrix("burglary", 1))
    assert not dataset["shared_dated"].sel(shared_feature="share_park")
    assert dataset["shared_dated"].sel(shared_feature="distance_bar")
    with pytest.raises(FeatureError, match="not those of the models"):
        DayPredictors.from_dataset(dataset, Catalogue(90), study.grid)
    with pytest.raises(FeatureError, match="theft"):
        predictors.matrix("theft", 0)


def test_feature__is_immutable():
    feature = Catalogue(1095).features[0]
    with pytest.raises(dataclasses.FrozenInstanceError):
        feature.name = "share_hispanic"


def test_catalogue__signs_are_set_where_theory_gives_them():
    measures = tuple((c, m, True) for c in ("bar", "park") for m in ("distance", "density"))
    signs = {feature.name: feature.sign for feature in Catalogue(1095, measures).features}
    assert (signs["distance_bar"], signs["density_bar"]) == (-1, 1)
    assert (signs["distance_park"], signs["density_park"]) == (0, 0)
    assert set(place_categories()) >= RISKY_PLACES
