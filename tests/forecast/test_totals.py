"""Totals by shift and district, and the level that follows the trailing weeks."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from features.studies import CALENDAR, CUTOFF, make_grid, make_incidents

from evenbeat.core.config import AgencySettings
from evenbeat.core.features import Catalogue, Layers, Study, Timeline
from evenbeat.core.forecast.totals import (
    expect_totals,
    read_totals,
    shift_lengths,
    tally_beside,
    tally_cells,
    tally_totals,
)
from evenbeat.core.models.profile import ProfileModel
from tests import naive

AGENCY = AgencySettings(timezone="America/Chicago", subdivision="IL")
GRID = make_grid()


def make_study(incidents, cutoff=CUTOFF):
    return Study(GRID, AGENCY, incidents, Layers(), Catalogue(200), cutoff)


def test_tally_totals__and_cells_add_up_to_every_share():
    study = make_study(make_incidents(1, GRID, 300))
    timeline = Timeline.before(CALENDAR, CUTOFF, 150)
    known = study.known("burglary")
    totals = tally_totals(known, GRID, timeline)
    cells = tally_cells(known, GRID, timeline)
    assert totals.shape == (150, 3, 1)
    np.testing.assert_allclose(cells.sum(axis=1).reshape(150, 3), totals[..., 0], atol=1e-9)
    inside = (known.cell >= 0) & GRID.mask.ravel()[known.cell]
    within = inside & (known.to_s <= timeline.edges_s[-1])
    assert totals.sum() == pytest.approx(known.weight[within].sum(), rel=0.02)


def counted_one_by_one(known, timeline):
    """Every share of every incident, added in the order of the incidents: cells, and beside."""
    inside, beside = {}, {}
    for i in range(len(known)):
        place = naive.locate(known.easting[i], known.northing[i], GRID.west, GRID.north,
                             GRID.cell_size, GRID.shape)  # fmt: skip
        placed = np.isfinite(known.easting[i]) and np.isfinite(known.northing[i])
        for slot, share in naive.overlaps(known.from_s[i], known.to_s[i], timeline.edges_s):
            amount = share * known.weight[i]
            if place is not None and GRID.mask[place]:
                inside[slot, place] = inside.get((slot, place), 0.0) + amount
            elif placed:
                beside[slot] = beside.get(slot, 0.0) + amount
    return inside, beside


def uneven(seed):
    """Known incidents with uneven weights; some have no place, many share a cell and a shift."""
    table = make_incidents(seed, GRID, 1500)
    rng = np.random.default_rng(seed)
    table["weight"] = rng.random(len(table)).astype(np.float32)
    table.loc[::17, ["easting", "northing"]] = np.nan
    return make_study(table).known("burglary")


@pytest.mark.parametrize("seed", range(3))
def test_tallies__are_those_of_a_naive_count_bit_for_bit(seed):
    known, timeline = uneven(seed), Timeline.before(CALENDAR, CUTOFF, 40)
    inside, beside = counted_one_by_one(known, timeline)
    cells = tally_cells(known, GRID, timeline).toarray()
    expected = np.zeros((120, *GRID.shape))
    for (slot, place), amount in inside.items():
        expected[slot, *place] = amount
    np.testing.assert_array_equal(cells, expected.reshape(120, -1)[:, GRID.inside_index])
    elsewhere = np.zeros(120)
    for slot, amount in beside.items():
        elsewhere[slot] = amount
    np.testing.assert_array_equal(tally_beside(known, GRID, timeline).ravel(), elsewhere)
    assert elsewhere.sum() > 50
    # A district's total adds the shares of all its cells, again in the order of the incidents.
    totals = np.zeros(120)
    for i in range(len(known)):
        if known.cell[i] >= 0 and GRID.mask.ravel()[known.cell[i]]:
            shares = naive.overlaps(known.from_s[i], known.to_s[i], timeline.edges_s)
            for slot, share in shares:
                totals[slot] += share * known.weight[i]
    np.testing.assert_array_equal(tally_totals(known, GRID, timeline).ravel(), totals)


def test_shift_lengths__follow_the_clock():
    autumn = Timeline.of_windows(CALENDAR, dt.date(2016, 11, 5), [1, 1])
    np.testing.assert_allclose(shift_lengths(autumn), [[1, 1, 9 / 8], [1, 1, 1]])


def rising(before, after):
    """So many a day, and lately more or fewer."""
    days = np.r_[np.repeat(np.arange(30, 400), before), np.repeat(np.arange(0.0, 30), after)]
    rng = np.random.default_rng(3)
    table = make_incidents(2, GRID, days.size)
    start = pd.Timestamp(CUTOFF) - pd.to_timedelta(days + rng.random(days.size), unit="D")
    table["occurred_from"] = table["occurred_to"] = start.astype("datetime64[us, UTC]")
    table["reported_at"] = table["occurred_to"]
    west, south, east, north = GRID.bounds
    table["easting"], table["northing"] = (west + east) / 2, (south + north) / 2
    return table.assign(weight=np.float32(1)).sort_values("occurred_from", ignore_index=True)


@pytest.mark.parametrize(("before", "after"), [(5, 5), (5, 9), (8, 4)])
def test_expect_totals__the_level_follows_what_lately_happened(before, after):
    study = make_study(rising(before, after))
    profile = ProfileModel().fit(
        read_totals(study, "burglary", Timeline.before(CALENDAR, CUTOFF, 370))
    )
    day = Timeline.of_windows(CALENDAR, CUTOFF.date(), [1])
    expected = expect_totals(profile, study, "burglary", day, settling=0).sum()
    assert expected == pytest.approx(after, rel=0.2)


def test_expect_totals__what_is_known_later_changes_nothing():
    table = rising(5, 5)
    study = make_study(table)
    profile = ProfileModel().fit(
        read_totals(study, "burglary", Timeline.before(CALENDAR, CUTOFF, 370))
    )
    days = Timeline.of_windows(CALENDAR, CUTOFF.date() - dt.timedelta(days=6), [1] * 6)
    told = expect_totals(profile, study, "burglary", days, settling=1)
    for position in (0, 3):
        cutoff = days.cutoff(position)
        past = make_study(table[table["occurred_from"] < cutoff].reset_index(drop=True), cutoff)
        alone = expect_totals(
            profile, past, "burglary", days.part(position, position + 1), settling=1
        )
        np.testing.assert_allclose(alone[0], told[position], rtol=1e-9)
