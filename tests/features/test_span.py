"""Features of many days at once are those of each day alone."""

import datetime as dt

import numpy as np
import pytest
from features.studies import CALENDAR, CUTOFF, make_grid
from features.test_future import AGENCY, make_tables

from evenbeat.core.features import Catalogue, Layers, Study, Timeline, list_place_measures
from evenbeat.core.features.timeline import Rows

FIRST = CUTOFF.date() - dt.timedelta(days=20)


@pytest.fixture(scope="module")
def study():
    tables = make_tables()
    layers = Layers(tables["places"], tables["events"], tables["weather"])
    catalogue = Catalogue(400, list_place_measures(layers, CUTOFF))
    return Study(make_grid(), AGENCY, tables["incidents"], layers, catalogue, CUTOFF, 2)


@pytest.mark.parametrize("window_days", [[1] * 6, [3, 3], [6]])
def test_span_predictors__equal_the_rows_of_each_day(study, window_days):
    timeline = Timeline.of_windows(CALENDAR, FIRST, window_days)
    alongside = study.span_predictors("burglary", timeline)
    span = study.span_predictors("robbery", timeline, alongside=alongside)
    matrix, cell = span.empty_matrix(), study.grid.inside_index
    for day in range(6):
        for shift in range(3):
            same = np.full(cell.size, day), np.full(cell.size, shift)
            expected = study.row_matrix("robbery", timeline, Rows(*same, cell))
            np.testing.assert_allclose(
                span.fill(day, shift, matrix), expected, rtol=2e-5, atol=2e-6
            )
    counts = span.column("count_28d")
    assert counts.shape == (6, cell.size)
    np.testing.assert_array_equal(counts[5], span.fill(5, 0, matrix)[
        study.catalogue.position("count_28d")])  # fmt: skip


def test_later__keeps_the_word_on_regular_deliveries(study):
    earlier = Study(
        study.grid, AGENCY, study.records, study.layers, study.catalogue,
        CUTOFF - dt.timedelta(days=60), 2,
    )  # fmt: skip
    later = earlier.later(CUTOFF)
    assert later.known("burglary").since_s == earlier.known("burglary").since_s
    assert len(later.known("burglary")) >= len(earlier.known("burglary"))
    assert later.records is earlier.records
