"""The sample that models learn from stands for everything."""

import dataclasses

import numpy as np
import pytest
from features.studies import CALENDAR, CUTOFF, make_grid, make_incidents
from models.histories import make_training

from evenbeat.core.features import Timeline
from evenbeat.core.features.knowledge import select_known
from evenbeat.core.models import training
from evenbeat.core.models.training import draw_sample, settling_days
from tests import naive

GRID = make_grid((30, 30))
TIMELINE = Timeline.before(CALENDAR, CUTOFF, 60)


def known(n=500, **options):
    table = make_incidents(1, GRID, n, **options)
    return select_known(table, ("burglary",), grid=GRID, cutoff=CUTOFF, reporting_lag_days=0)


def draw(seed=0, **options):
    settings = {"empty_cells_per_incident": 4.0, "maximum_rows": 100_000, **options}
    rng = np.random.default_rng(seed)
    return draw_sample(known(), grid=GRID, timeline=TIMELINE, rng=rng, **settings)


def test_draw_sample__holds_every_incident_and_its_shares():
    incidents, sample = known(), draw()
    start, end = TIMELINE.edges_s[[0, -1]]
    inside = (incidents.cell >= 0) & GRID.mask.ravel()[incidents.cell]
    whole = inside & (incidents.from_s >= start) & (incidents.to_s <= end)
    touching = inside & (incidents.to_s >= start) & (incidents.from_s < end)
    total = (sample.weight * sample.count).sum()
    assert incidents.weight[whole].sum() <= total <= incidents.weight[touching].sum()
    assert (sample.weight[sample.count > 0] == 1).all()
    assert (np.diff(sample.rows.day) >= 0).all()
    assert GRID.mask.ravel()[sample.rows.cell].all()


def test_draw_sample__counts_are_those_of_a_naive_count_bit_for_bit():
    incidents, counts = known(1500), {}
    for i in range(len(incidents)):
        if incidents.cell[i] < 0 or not GRID.mask.ravel()[incidents.cell[i]]:
            continue
        shares = naive.overlaps(incidents.from_s[i], incidents.to_s[i], TIMELINE.edges_s)
        for slot, share in shares:
            key = (slot, int(incidents.cell[i]))
            counts[key] = counts.get(key, 0.0) + share * incidents.weight[i]
    sample = draw_sample(
        incidents, grid=GRID, timeline=TIMELINE, empty_cells_per_incident=4.0,
        maximum_rows=100_000, rng=np.random.default_rng(0),
    )  # fmt: skip
    some = np.flatnonzero(sample.count > 0)
    slots = sample.rows.day[some] * 3 + sample.rows.shift[some]
    found = dict(zip(zip(slots, sample.rows.cell[some], strict=True), sample.count[some],
                     strict=True))  # fmt: skip
    assert found == counts


def test_draw_sample__weighted_sums_estimate_sums_over_all_cells(monkeypatch):
    monkeypatch.setattr(training, "_FEWEST_EMPTY", 5_000)
    cell_shifts = TIMELINE.n_days * 3 * GRID.n_inside
    everywhere = np.arange(GRID.mask.size)[GRID.mask.ravel()].sum() * TIMELINE.n_days * 3
    counts, places = [], []
    for seed in range(10):
        sample = draw(seed)
        counts.append(sample.weight.sum())
        places.append((sample.weight * sample.rows.cell).sum())
    assert len(sample.rows) < 0.05 * cell_shifts
    assert np.mean(counts) == pytest.approx(cell_shifts, rel=0.01)
    assert np.mean(places) == pytest.approx(everywhere, rel=0.01)


def test_draw_sample__too_many_incidents_are_thinned_without_bias():
    everything = draw()
    total = (everything.weight * everything.count).sum()
    thinned = [draw(seed, maximum_rows=300) for seed in range(30)]
    assert all(len(sample.rows) <= 300 for sample in thinned)
    sums = [(sample.weight * sample.count).sum() for sample in thinned]
    assert np.std(sums) > 0
    assert np.mean(sums) == pytest.approx(total, rel=0.05)


def test_draw_sample__same_seed_same_rows():
    first, second, other = draw(4), draw(4), draw(5)
    assert first.rows.cell.tobytes() == second.rows.cell.tobytes()
    assert first.rows.cell.tobytes() != other.rows.cell.tobytes()


def test_draw_sample__without_incidents_all_rows_are_empty():
    nothing = known().take(np.zeros(0, dtype=np.int64))
    sample = draw_sample(
        nothing, grid=GRID, timeline=TIMELINE, empty_cells_per_incident=4, maximum_rows=100_000,
        rng=np.random.default_rng(0),
    )  # fmt: skip
    assert not sample.count.any()
    assert sample.weight.sum() == pytest.approx(TIMELINE.n_days * 3 * GRID.n_inside, rel=0.01)


def test_settling_days__nine_tenths_are_known():
    incidents = known()
    days = settling_days(incidents)
    delay_days = (incidents.known_s - incidents.to_s) / 86_400
    assert (delay_days <= days).mean() >= 0.9
    assert (delay_days <= days - 1).mean() < 0.9
    at_once = dataclasses.replace(incidents, known_s=incidents.to_s)
    assert settling_days(at_once) == 0
    months_later = dataclasses.replace(incidents, known_s=incidents.to_s + 86_400 * 90)
    assert settling_days(months_later) == 28


def test_training_rows__thinned_rows_stand_for_all():
    rows = make_training(8, 4000)
    sums = []
    for seed in range(40):
        fewer = rows.thin(1000, np.random.default_rng(seed))
        assert len(fewer.rows) == 1000
        sums.append([fewer.weight.sum(), (fewer.weight * fewer.count).sum()])
    whole = [rows.weight.sum(), (rows.weight * rows.count).sum()]
    np.testing.assert_allclose(np.mean(sums, axis=0), whole, rtol=0.03)
    assert rows.thin(4000, np.random.default_rng(0)) is rows
