"""Every example in a docstring gives what it says."""

import doctest
import importlib
import pkgutil

import pytest

import evenbeat.core
import evenbeat.tile_server

MODULES = sorted(
    found.name
    for package in (evenbeat.core, evenbeat.tile_server)
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    if not found.name.endswith("__main__")
)


@pytest.mark.parametrize("name", MODULES)
def test_examples__run(name):
    found = doctest.testmod(importlib.import_module(name))
    assert found.failed == 0
