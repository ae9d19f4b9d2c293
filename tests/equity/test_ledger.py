"""The ledger over a made-up city whose numbers can be told by hand."""

import numpy as np
import pytest
import shapely

from evenbeat.core.equity import Entries, Override, keep_ledger, lay_over
from evenbeat.core.equity.counterfactual import counterfactuals, share_out
from evenbeat.core.equity.ledger import Terms
from evenbeat.core.equity.overrides import sum_overrides
from evenbeat.core.equity.persistence import persistence
from evenbeat.core.errors import InputError
from tests.equity.conftest import areas_of, grid_of

WEST, NORTH = 300_000.0, 500_000.0
CELLS, DAYS = 10, 10
PEOPLE = [100.0, 200.0, 300.0, 400.0, 500.0, 100.0, 200.0, 300.0, 400.0, 40.0]
TERMS = Terms(least_residents=50, block_days=3, resamples=200, seed=1)


def columns(count=CELLS):
    """One area a cell."""
    return [shapely.box(WEST + 100 * at, NORTH - 100, WEST + 100 * (at + 1), NORTH)
            for at in range(count)]  # fmt: skip


def entries(**changed):
    """Ten days; the minutes and crime of cell c are c + 1 and twice that."""
    base = np.tile(np.arange(1.0, CELLS + 1), (DAYS, 1))
    yes = np.ones(DAYS, bool)
    known = {
        "dates": tuple(f"2022-03-{day:02d}" for day in range(1, DAYS + 1)), "measured": yes,
        "with_plan": yes, "reported": yes, "forecast": yes, "delivered": base,
        "planned": base[:, ::-1], "harm": 2 * base, "harm_before": base, "observed": base,
        "expected": 2 * base, "flagged": np.zeros((0, CELLS), bool), "follows": np.zeros(0, bool),
    }  # fmt: skip
    return Entries(**(known | changed))


def kept(given=None, order=None, **options):
    """The ledger, with areas in some order."""
    order = np.arange(CELLS) if order is None else order
    grid = grid_of(np.ones((1, CELLS)))
    share = np.linspace(0.0, 0.9, CELLS)
    areas = areas_of(np.array(columns(), object)[order], np.array(PEOPLE)[order], poor=share[order])
    overlay = lay_over(areas, grid)
    halves = overlay.by_cell(("west", "east"), np.repeat([0, 1], 5), grid.cell_area_km2)
    return keep_ledger(
        given or entries(**options), areas, overlay, halves, shares=("poor",), terms=TERMS,
        cell_km2=grid.cell_area_km2,
    )  # fmt: skip


def test_ledger__rates_are_minutes_a_day_by_residents_and_by_area():
    found = kept().neighbourhoods
    assert found.delivered.rate[0].estimate == pytest.approx(1000 * 15 / 1500)
    assert found.planned.rate[0].estimate == pytest.approx(1000 * 40 / 1500)
    assert found.delivered_by_area.rate[1].estimate == pytest.approx(40 / 0.05)
    assert found.delivered_to_harm.rate[1].estimate == pytest.approx(0.5)
    assert found.calibration[0].estimate == pytest.approx(0.5)


def test_ledger__days_without_a_measurement_do_not_count():
    half = np.arange(DAYS) < 5
    found = kept(measured=half).neighbourhoods
    assert found.delivered_minutes[0] == pytest.approx(5 * 15)
    assert found.delivered.rate[0].estimate == pytest.approx(1000 * 15 / 1500)
    none = kept(measured=np.zeros(DAYS, bool)).neighbourhoods
    assert none.delivered is None
    assert none.planned is not None


def test_ledger__fifths_hold_all_minutes_and_residents():
    found = kept()
    fifths = found.shares["poor"]
    assert fifths.delivered_minutes.sum() == pytest.approx(10 * 55)
    assert fifths.parts.residents.sum() == pytest.approx(sum(PEOPLE))
    assert (fifths.parts.residents > 0).all()
    assert found.minutes_outside == {"delivered": 0.0, "planned": 0.0}


def test_ledger__small_areas_have_no_rate_of_their_own_but_count_in_sums():
    found = kept()
    assert not found.areas.told[-1]
    assert np.isnan(found.areas.delivered.rate[-1].estimate)
    assert found.areas.delivered_minutes[-1] == pytest.approx(100.0)


def test_ledger__order_of_areas_does_not_matter():
    order = np.random.default_rng(2).permutation(CELLS)
    plain, mixed = kept(), kept(order=order)
    assert mixed.curves["delivered"].gini == pytest.approx(plain.curves["delivered"].gini)
    ratios = (found.shares["poor"].delivered.ratio for found in (plain, mixed))
    for one, other in zip(*ratios, strict=True):
        assert [one.estimate, one.low, one.high] == pytest.approx(
            [other.estimate, other.low, other.high]
        )
    assert mixed.areas.delivered_minutes == pytest.approx(plain.areas.delivered_minutes[order])


def test_counterfactuals__equal_is_equal_and_crime_follows_crime():
    real, equal, by_crime = kept().shares["poor"].counterfactuals
    assert [one.rule for one in (real, equal, by_crime)] == ["real", "equal", "by_crime"]
    assert equal.gini == pytest.approx(0.0, abs=1e-9)
    assert real.moved == 0.0
    planned = np.arange(10.0, 0.0, -1) / 55
    crime = np.arange(1.0, 11.0) / 55
    people = np.array(PEOPLE) / sum(PEOPLE)
    assert by_crime.moved == pytest.approx(np.abs(planned - crime).sum() / 2)
    assert equal.moved == pytest.approx(np.abs(planned - people).sum() / 2)
    assert by_crime.by_group.sum() == pytest.approx(real.by_group.sum())
    assert by_crime.harm_met > real.harm_met
    assert by_crime.harm_met == pytest.approx((crime * np.arange(1.0, 11.0)).sum() / 0.01)


def test_counterfactuals__days_without_crime_before_them_count_for_no_rule():
    before = np.tile(np.arange(1.0, CELLS + 1), (DAYS, 1))
    before[:4] = 0.0
    assert kept(harm_before=before).neighbourhoods.counterfactuals[0].days == 6
    none = np.zeros((DAYS, CELLS))
    assert kept(harm_before=none).neighbourhoods.counterfactuals == ()


def test_share_out__keeps_the_minutes_of_each_day():
    weight = np.random.default_rng(1).random((5, 7))
    totals = np.array([10.0, 0.0, 30.0, 5.0, 1.0])
    assert share_out(weight, totals).sum(axis=1) == pytest.approx(totals)


def halves_of_four():
    grid = grid_of(np.ones((1, 4)))
    overlay = lay_over(areas_of(columns(4), [1.0] * 4), grid)
    return overlay.by_cell(("west", "east"), np.array([0, 0, 1, 1]), grid.cell_area_km2)


def test_persistence__by_hand():
    flagged = np.array([[1, 0, 1, 0], [1, 0, 0, 0], [1, 1, 0, 0]], bool)
    found = persistence(flagged, np.array([False, True, True]), halves_of_four())
    assert (found.shifts, found.longest_run, found.cell) == (3, 3, 0)
    assert (found.always, found.never) == (0.25, 0.25)
    assert found.flagged_by_part == pytest.approx([4 / 6, 1 / 6])
    assert found.never_by_part == pytest.approx([0.0, 0.5])
    assert persistence(flagged[:0], np.zeros(0, bool), halves_of_four()) is None


def decision(name, action, minutes, cells):
    return Override(name, "2022-03-01", "day", action, "supervisor", minutes, cells)


def test_overrides__a_move_takes_here_and_gives_there():
    found = sum_overrides(
        [decision("a#1", "move", -45.0, (0, 1)), decision("b#1", "move", 45.0, (2,)),
         decision("c#1", "reject", -30.0, (3,)), decision("d#1", "reject", -30.0, (0,))],
        halves_of_four(),
    )  # fmt: skip
    assert found.actions == (("move", "added"), ("move", "removed"), ("reject", "removed"))
    assert found.count.tolist() == [1, 1, 2]
    assert found.minutes.tolist() == [45, 45, 60]
    assert found.direction("added").tolist() == [0, 45]
    assert found.direction("removed").tolist() == [75, 30]


def test_overrides__none():
    assert sum_overrides([], halves_of_four()).direction("added").tolist() == [0, 0]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"harm": np.ones((DAYS, 3))}, "harm"),
        ({"measured": np.ones(3, bool)}, "measured"),
        ({"planned": np.full((DAYS, CELLS), -1.0)}, "below 0"),
        ({"follows": np.zeros(2, bool)}, "flagged"),
    ],
)
def test_entries__that_do_not_fit_are_refused(changed, words):
    with pytest.raises(InputError, match=words):
        entries(**changed)


def test_counterfactuals__without_residents_are_not_told():
    parts = halves_of_four()
    assert counterfactuals(
        np.ones((2, 4)), np.zeros(4), np.ones((2, 4)), areas=parts, groups=parts, cell_km2=1.0
    ) == ()  # fmt: skip
