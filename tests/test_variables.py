"""The declaration of a cube variable validates what is made of it."""

import numpy as np
import pytest
import xarray as xr

from evenbeat.core.errors import CubeError
from evenbeat.core.variables import DECLARED, PRIORITY, label, validate


def cube():
    priority = label(PRIORITY, np.ones((3, 2, 2)), {"shift": ["day", "evening", "night"]})
    return xr.Dataset({"priority": priority}, coords={"spatial_ref": 0})


def test_label__declared_dtype_and_attributes():
    array = cube()["priority"]
    assert array.dtype == "float32"
    assert array.attrs["units"] == "1"
    assert validate(cube()) is not None


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda made: made.drop_vars("spatial_ref"), "spatial_ref"),
        (lambda made: made.rename(priority="score"), "no declared variable"),
        (lambda made: made.astype("float64"), "float64"),
        (lambda made: made.transpose("x", "y", "shift"), "must have dims"),
    ],
)
def test_validate__refuses(spoil, message):
    with pytest.raises(CubeError, match=message):
        validate(spoil(cube()))


def test_validate__refuses_other_units():
    spoiled = cube()
    spoiled["priority"].attrs["units"] = "km"
    with pytest.raises(CubeError, match="km"):
        validate(spoiled)


def test_declared__every_variable_says_what_it_means():
    assert all(variable.comment and variable.long_name for variable in DECLARED.values())
