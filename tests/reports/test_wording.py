"""Wording and the examples of the modules that briefings are made of."""

from __future__ import annotations

import doctest
import importlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenbeat.core.reports import wording

MODULES = (
    "planning.priority", "planning.metering.caps", "policy.tactics", "policy.severity",
    "reports.wording",
)  # fmt: skip


@pytest.mark.parametrize("module", MODULES)
def test_examples__hold(module):
    found = doctest.testmod(importlib.import_module(f"evenbeat.core.{module}"))
    assert found.attempted > 0
    assert found.failed == 0


@settings(deadline=None)
@given(st.floats(1e-4, 0.66))
def test_in_shifts__is_within_five_percent_of_the_expected_count(expected):
    said = wording.in_shifts(expected)
    rate = int(said.removeprefix("1 in ").removesuffix(" shifts").replace(",", ""))
    assert rate >= 1
    exact = 1 / expected
    assert abs(rate - exact) <= max(0.051 * exact, 0.5 + 1e-9)


@pytest.mark.parametrize(
    ("expected", "said"),
    [(0.0, "none"), (float("nan"), "none"), (0.0125, "1 in 80 shifts"), (0.8, "8 in 10 shifts"),
     (2.04, "2.0 a shift"), (1e-9, "under 1 in 10,000 shifts"), (0.00026, "1 in 3,800 shifts")],
)  # fmt: skip
def test_in_shifts__plain_words(expected, said):
    assert wording.in_shifts(expected) == said


def test_place_among_cells__never_promises_the_impossible():
    assert wording.place_among_cells(100.0) == "top 0.1\xa0%"
    shares = [float(wording.place_among_cells(p).split()[1]) for p in np.linspace(0, 100, 300)]
    assert shares == sorted(shares, reverse=True)
