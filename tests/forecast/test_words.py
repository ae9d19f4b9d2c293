"""Features in plain words; the examples of the modules."""

import doctest
import importlib

import pytest

from evenbeat.core.features import Catalogue
from evenbeat.core.forecast.words import tell

MODULES = ["forecast.words", "models.counts", "kernels.history", "kernels.trees"]
CATALOGUE = Catalogue(1095, (("bar", "distance", True), ("park", "share", False),
                             ("bar", "density", True), ("street", "length", True)))  # fmt: skip


@pytest.mark.parametrize("module", MODULES)
def test_examples__run(module):
    found = doctest.testmod(importlib.import_module(f"evenbeat.core.{module}"))
    assert found.attempted > 0
    assert found.failed == 0


@pytest.mark.parametrize(
    ("name", "value", "percentile", "expected"),
    [
        ("distance_bar", 123.0, 97.3, "120 m from the nearest bar (nearer than 97 % of cells)"),
        ("share_park", 0.42, 80.0, "park on 42 % of the cell (more than 80 % of cells)"),
        ("count_365d", 1.0, 0.0, "1 robbery in this cell in the last 12 months"),
        ("near_1095d_250m", 31.0, 99.99,
         "31 robberies within 250 m in the last 3 years (more than 99 % of cells)"),
        ("density_bar", 3.26, 60.0, "places (bar): 3.3 per square kilometre around it "
                                    "(more than 60 % of cells)"),
        ("violent_1095d_300m", 9.0, 95.5, "much violent crime around it (more than 95 % of cells)"),
    ],
)  # fmt: skip
def test_tell__values_as_people_say_them(name, value, percentile, expected):
    feature = CATALOGUE.features[CATALOGUE.position(name)]
    assert tell(feature, "robbery", value, percentile) == expected


def test_tell__every_told_feature_can_be_told():
    for feature in CATALOGUE.features:
        if feature.words:
            assert "{" not in tell(feature, "theft", 5.0, 99.0)
