"""The temporal profile against a known truth: factors, shares, levels and ranges."""

import datetime as dt
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import nbinom, poisson
from threadpoolctl import threadpool_limits

from evenbeat.core.errors import ModelError
from evenbeat.core.features.catalogue import MOMENTS
from evenbeat.core.models.dispersion import Dispersion, estimate_size
from evenbeat.core.models.profile import FittedProfile, ProfileModel, TotalsHistory
from evenbeat.core.models.profile_fit import share_out, trailing_levels
from evenbeat.core.models.profile_terms import TERMS, list_labels, list_terms

ROW = {feature.name: position for position, feature in enumerate(MOMENTS)}
SHARES = np.array([[0.5, 0.3, 0.15, 0.05], [0.4, 0.4, 0.15, 0.05], [0.3, 0.2, 0.45, 0.05]])
SHIFT = np.array([0.6, 1.0, 1.4])
AGGREGATES = {
    "district-shift": (), "district-day": (1,), "jurisdiction-shift": (2,),
    "jurisdiction-day": (1, 2),
}  # fmt: skip


def make_moments(rng, n_days, n_shifts=3, first=dt.date(2014, 1, 1)):
    """The clock, the calendar, ten holidays a year, and weather with a season."""
    dates = [first + dt.timedelta(days=day) for day in range(n_days)]
    angle = 2 * np.pi * np.array([date.timetuple().tm_yday for date in dates]) / 365.2425
    holiday = np.array([date.timetuple().tm_yday % 36 == 1 for date in dates])
    temperature = 10 - 12 * np.cos(angle) + rng.normal(0, 6, n_days)
    rain = rng.exponential(8, n_days) * (rng.random(n_days) < 0.3)
    out = np.zeros((len(MOMENTS), n_days, n_shifts), dtype=np.float32)
    out[ROW["shift_of_day"]] = np.arange(n_shifts)
    by_day = {
        "weekday": [date.weekday() for date in dates],
        "weekend": [date.weekday() >= 5 for date in dates],
        "holiday": holiday,
        "holiday_eve": np.roll(holiday, -1),
        "season_cosine": np.cos(angle),
        "season_sine": np.sin(angle),
        "temperature": temperature,
        "precipitation": rain,
        "wind": rng.gamma(4, 3, n_days),
    }
    for name, values in by_day.items():
        out[ROW[name]] = np.asarray(values, dtype=float)[:, None]
    return out


def true_totals(moments, events, level=60.0):
    """Saturday nights are busier, summers a little, holidays, heat and events more."""
    weekday, shift = moments[ROW["weekday"]], moments[ROW["shift_of_day"]].astype(int)
    saturday_night = (weekday == 5) & (shift == 2)
    log = (
        0.15 * (weekday >= 5) + 0.3 * saturday_night
        - 0.10 * moments[ROW["season_cosine"]] + 0.05 * moments[ROW["season_sine"]]
        + 0.35 * moments[ROW["holiday"]]
        + 0.12 * (moments[ROW["temperature"]] - 10) / 10
        - 0.10 * np.log1p(moments[ROW["precipitation"]]) / np.log1p(10)
    )  # fmt: skip
    total = level * SHIFT[shift] * np.exp(log.astype(float))
    return total[:, :, None] * SHARES[shift] * (1 + events) ** 0.5


def make_history(seed=0, n_days=1095, level=60.0, size=None, first=dt.date(2014, 1, 1)):
    """A history, and the truth behind it.

    With a size, each shift's total varies as a gamma of that shape, and each district's as well.
    """
    rng = np.random.default_rng(seed)
    moments = make_moments(rng, n_days, first=first)
    events = rng.poisson(0.1, (n_days, 3, 4)).astype(float)
    truth = true_totals(moments, events, level)
    mean = truth
    if size:
        whole = rng.gamma(size, 1 / size, (n_days, 3, 1))
        mean = truth * whole * rng.gamma(size, 1 / size, truth.shape)
    counts = rng.poisson(mean).astype(float)
    return TotalsHistory(counts, np.ones((n_days, 3)), moments, events), truth


HISTORY, TRUTH = make_history()
FITTED = ProfileModel().fit(HISTORY)


def expect_days(fitted, history):
    days = range(len(history.hours))
    return np.stack([
        fitted.expected_totals(history.moments[:, d], history.hours[d], history.events[d])
        for d in days
    ])  # fmt: skip


def change(history, name, values):
    moments = history.moments.copy()
    moments[ROW[name]] = values
    return TotalsHistory(history.counts, history.hours, moments, history.events)


def newest(history, n_days):
    return TotalsHistory(
        history.counts[-n_days:], history.hours[-n_days:], history.moments[:, -n_days:],
        history.events[-n_days:],
    )  # fmt: skip


def test_profile__finds_the_factors():
    factors = FITTED.facts()["factors"]

    def factor(term, label):
        return factors[term][label]

    weekend = factor("weekday", "Sunday") / factor("weekday", "Tuesday")
    assert weekend == pytest.approx(np.exp(0.15), rel=0.04)
    night = [
        factor("weekday", day) * factor("weekday by shift", f"{day}, shift 2")
        for day in ("Saturday", "Tuesday")
    ]
    assert night[0] / night[1] == pytest.approx(np.exp(0.45), rel=0.04)
    tuesday = [
        factor("shift", f"shift {shift}") * factor("weekday by shift", f"Tuesday, shift {shift}")
        for shift in (0, 2)
    ]
    assert tuesday[1] / tuesday[0] == pytest.approx(1.4 / 0.6, rel=0.04)
    holiday = factor("holiday", "a holiday") * np.prod(
        [factor("holiday by shift", f"a holiday, shift {shift}") for shift in range(3)]
    ) ** (1 / 3)
    assert holiday == pytest.approx(np.exp(0.35), rel=0.05)
    assert factor("holiday", "the day before a holiday") == pytest.approx(1, abs=0.05)
    assert factor("weather", "10 degrees C warmer") == pytest.approx(np.exp(0.12), rel=0.03)
    assert factor("weather", "10 mm of rain") == pytest.approx(np.exp(-0.10), rel=0.03)
    assert factor("season", "yearly cosine") == pytest.approx(np.exp(-0.10), rel=0.04)
    assert factor("season", "yearly sine") == pytest.approx(np.exp(0.05), rel=0.04)
    assert FITTED.facts()["factor_of_one_planned_event"] == pytest.approx(2**0.5, rel=0.04)


def test_profile__finds_the_shares_of_districts_by_shift():
    np.testing.assert_allclose(FITTED.shares, SHARES, rtol=0.06)
    np.testing.assert_allclose(FITTED.shares.sum(axis=1), 1)


def test_profile__tells_unseen_days():
    fresh, truth = make_history(5, 400, first=dt.date(2017, 1, 1))
    found = expect_days(FITTED, fresh)
    assert np.abs(np.log(found / truth)).mean() < 0.05
    assert found.sum() == pytest.approx(truth.sum(), rel=0.01)


@pytest.mark.parametrize("of", AGGREGATES)
@pytest.mark.parametrize("size", [None, 8.0])
def test_interval__holds_nine_of_ten_fresh_counts(size, of):
    history, _ = make_history(7, 500, size=size, level=90.0)
    fitted = ProfileModel().fit(history)
    inside = []
    for seed in range(5):
        fresh, _ = make_history(100 + seed, 300, size=size, level=90.0, first=dt.date(2015, 6, 1))
        expected = expect_days(fitted, fresh).sum(axis=AGGREGATES[of])
        low, high = fitted.interval(expected, of=of)
        counts = fresh.counts.sum(axis=AGGREGATES[of])
        inside.append((low <= counts) & (counts <= high))
    assert 0.87 <= np.mean(inside) <= 0.94
    assert (fitted.dispersion[of].size is None) == (size is None)


def test_dispersion__poisson_counts_are_seldom_called_overdispersed():
    chosen = []
    for seed in range(20):
        history, _ = make_history(300 + seed, 400)
        chosen += [found.size is None for found in ProfileModel().fit(history).dispersion.values()]
    assert np.mean(chosen) >= 0.85


def test_dispersion__is_found_where_it_is():
    history, _ = make_history(9, 730, size=8.0)
    found = ProfileModel().fit(history).dispersion
    assert found["jurisdiction-shift"].p_value < 1e-6
    # District-shifts vary by both gammas: (1 + 1/8)^2 - 1 = 1 / 3.8.
    assert found["district-shift"].size == pytest.approx(1 / ((1 + 1 / 8) ** 2 - 1), rel=0.15)
    # Three shifts of a day, each on its own, vary less together.
    assert found["district-day"].size > 2 * found["district-shift"].size
    facts = ProfileModel().fit(history).facts()["dispersion"]["district-shift"]
    assert facts["chosen"] == "negative binomial"


@settings(deadline=None, max_examples=20)
@given(st.floats(0.3, 50), st.integers(0, 2**32 - 1))
def test_estimate_size__is_near_the_truth(size, seed):
    rng = np.random.default_rng(seed)
    expected = rng.uniform(20, 200, 4000)
    count = rng.poisson(expected * rng.gamma(size, 1 / size, 4000)).astype(float)
    assert estimate_size(count, expected) == pytest.approx(size, rel=0.25)


def test_dispersion__the_test_is_that_of_two_likelihoods():
    rng = np.random.default_rng(1)
    expected = rng.uniform(1, 20, 300)
    count = rng.poisson(expected * rng.gamma(3, 1 / 3, 300)).astype(float)
    found = Dispersion.of(count, expected)
    binomial = nbinom.logpmf(count, found.size, found.size / (found.size + expected)).sum()
    assert found.statistic == pytest.approx(2 * (binomial - poisson.logpmf(count, expected).sum()))
    assert Dispersion.of(expected, expected).size is None


@settings(deadline=None, max_examples=30)
@given(st.floats(0, 300), st.floats(0.5, 0.99), st.one_of(st.none(), st.floats(0.1, 100)))
def test_interval__leaves_half_of_the_rest_on_each_side(expected, level, size):
    low, high = Dispersion(size, 0.0, 1.0).interval(np.array([expected]), level)
    law = poisson(expected) if size is None else nbinom(size, size / (size + expected))
    assert 0 <= low[0] <= high[0]
    assert law.cdf(low[0] - 1) <= (1 - level) / 2 + 1e-9
    assert law.sf(high[0]) <= (1 - level) / 2 + 1e-9


def test_level__follows_what_has_changed_of_late():
    truth = true_totals(HISTORY.moments, HISTORY.events)[-90:]
    recent = newest(HISTORY, 90)
    counts = np.random.default_rng(2).poisson(1.4 * truth).astype(float)
    arguments = counts, recent.moments, recent.hours, recent.events
    assert FITTED.level(*arguments) == pytest.approx(1.4, rel=0.03)
    assert FITTED.level(*arguments, prior_incidents=1e9) == pytest.approx(1, abs=1e-3)
    day = [part[..., -1:, :] if part.ndim > 2 else part[-1:] for part in arguments]
    day[0], day[3] = counts[-1:], recent.events[-1:]
    one = FITTED.level(*day)
    seen, told = counts[-1].sum(), expect_days(FITTED, newest(HISTORY, 1)).sum()
    assert one == pytest.approx((seen + 50) / (told + 50))
    expected = FITTED.expected_totals(
        HISTORY.moments[:, -1], HISTORY.hours[-1], HISTORY.events[-1], level=1.4
    )
    np.testing.assert_allclose(expected, 1.4 * expect_days(FITTED, newest(HISTORY, 1))[0])


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32 - 1), st.floats(1, 100), st.floats(0.1, 100))
def test_trailing_levels__equals_oracle(seed, half_life, prior):
    rng = np.random.default_rng(seed)
    observed, expected = rng.poisson(5, 30).astype(float), rng.uniform(1, 9, 30)
    levels = trailing_levels(observed, expected, half_life, prior)
    for day in range(31):
        fading = [0.5 ** ((day - 1 - earlier) / half_life) for earlier in range(day)]
        seen, told = (sum(f * x for f, x in zip(fading, values[:day], strict=True))
                      for values in (observed, expected))  # fmt: skip
        assert levels[day] == pytest.approx((seen + prior) / (told + prior))


def test_profile__a_longer_shift_has_more():
    hours = np.array([1.0, 1.0, 9 / 8])
    usual, longer = (
        FITTED.expected_totals(HISTORY.moments[:, 3], each, HISTORY.events[3])
        for each in (np.ones(3), hours)
    )
    np.testing.assert_allclose(longer, usual * hours[:, None])


def test_profile__from_parts_is_the_same_profile():
    facts = json.loads(json.dumps(FITTED.facts()))
    again = FittedProfile.from_parts(facts, FITTED.arrays())
    assert again.facts() == FITTED.facts()
    assert again.kind == FITTED.kind
    for name, values in FITTED.arrays().items():
        assert values.tobytes() == again.arrays()[name].tobytes()
    np.testing.assert_array_equal(expect_days(again, HISTORY), expect_days(FITTED, HISTORY))
    for of in AGGREGATES:
        np.testing.assert_array_equal(again.interval(TRUTH[0], of=of),
                                      FITTED.interval(TRUTH[0], of=of))  # fmt: skip


def test_profile__any_number_of_threads_gives_the_same_bytes():
    for threads in (1, 2):
        with threadpool_limits(threads):
            again = ProfileModel().fit(HISTORY)
        assert again.facts() == FITTED.facts()
        assert again.coefficients.tobytes() == FITTED.coefficients.tobytes()
        assert again.shares.tobytes() == FITTED.shares.tobytes()


def test_profile__two_weeks_tell_the_shifts_alone():
    history, _ = make_history(3, 14)
    fitted = ProfileModel().fit(history)
    assert fitted.terms == ("shift",)
    assert set(fitted.facts()["left_out"]) == set(TERMS) - {"shift"}
    assert "too narrow" in fitted.facts()["caution"]
    assert not FITTED.facts()["caution"]
    quiet = TotalsHistory(HISTORY.counts, HISTORY.hours, HISTORY.moments, 0 * HISTORY.events)
    expected = expect_days(fitted, quiet)
    np.testing.assert_allclose(expected, np.broadcast_to(expected[0], expected.shape))
    assert expected[0, 2].sum() > 1.7 * expected[0, 0].sum()


def test_profile__few_incidents_give_a_flat_profile():
    history, _ = make_history(4, 730, level=0.02)
    assert history.counts.sum() < 80
    fitted = ProfileModel().fit(history)
    learned = fitted.coefficients[1:]
    assert np.abs(learned[3:]).max() < 0.35
    assert fitted.dispersion["district-shift"].size is None
    assert (fitted.shares > 0).all()


def test_profile__a_district_without_incidents_is_not_impossible():
    counts = HISTORY.counts.copy()
    counts[:, :, 3] = 0
    history = TotalsHistory(counts, HISTORY.hours, HISTORY.moments, HISTORY.events)
    fitted = ProfileModel().fit(history)
    assert (fitted.shares[:, 3] > 0).all()
    assert (fitted.shares[:, 3] < 0.001).all()
    expected = expect_days(fitted, history)
    assert expected.sum() == pytest.approx(expect_days(FITTED, HISTORY)[..., :3].sum(), rel=0.02)


def test_profile__without_any_incident_next_to_nothing_is_expected():
    history = TotalsHistory(
        0 * HISTORY.counts, HISTORY.hours, HISTORY.moments, HISTORY.events
    )  # fmt: skip
    fitted = ProfileModel().fit(history)
    expected = expect_days(fitted, history)
    assert (expected > 0).all()
    assert expected.sum() < 2
    assert fitted.level(*(history.counts, history.moments, history.hours, history.events)) < 1.0
    low, high = fitted.interval(expected[0])
    assert not low.any()
    assert not high.any()


@pytest.mark.parametrize("value", [np.nan, 7.0])
def test_profile__weather_that_never_changes_tells_nothing(value):
    history = HISTORY
    for name in ("temperature", "precipitation", "snow"):
        history = change(history, name, value)
    fitted = ProfileModel().fit(history)
    factors = fitted.facts()["factors"]["weather"]
    assert all(factor == pytest.approx(1) for factor in factors.values())
    known = expect_days(fitted, newest(change(history, "temperature", 30.0), 3))
    np.testing.assert_allclose(known, expect_days(fitted, newest(history, 3)))


def test_profile__missing_weather_counts_as_the_mean_and_extremes_as_those_seen():
    last = newest(HISTORY, 1)
    missing = expect_days(FITTED, change(last, "temperature", np.nan))
    mean = expect_days(FITTED, change(last, "temperature", FITTED.weather.mean[0]))
    np.testing.assert_allclose(missing, mean, rtol=1e-6)
    hottest = expect_days(FITTED, change(last, "temperature", FITTED.weather.high[0]))
    np.testing.assert_allclose(expect_days(FITTED, change(last, "temperature", 90.0)), hottest)


@pytest.mark.parametrize("n_shifts", [1, 24])
def test_profile__any_partition_of_the_day(n_shifts):
    rng = np.random.default_rng(6)
    moments = make_moments(rng, 60, n_shifts)
    rhythm = 1 + 0.8 * np.sin(2 * np.pi * np.arange(n_shifts) / 24)
    shares = np.array([0.6, 0.4])
    truth = np.broadcast_to((96 / n_shifts * rhythm)[:, None] * shares, (60, n_shifts, 2))
    events = np.zeros(truth.shape)
    hours = np.ones((60, n_shifts))
    history = TotalsHistory(rng.poisson(truth).astype(float), hours, moments, events)
    fitted = ProfileModel().fit(history)
    found = expect_days(fitted, history)
    assert found.sum() == pytest.approx(truth.sum(), rel=0.07)
    np.testing.assert_allclose(found.mean(axis=0), truth[0], rtol=0.25)
    if n_shifts == 1:
        assert fitted.dispersion["district-shift"] == fitted.dispersion["district-day"]


def test_profile__a_year_ends_without_a_jump():
    rng = np.random.default_rng(1)
    moments = make_moments(rng, 40, first=dt.date(2016, 12, 12))
    for name in ("weekday", "holiday", "holiday_eve", "precipitation"):
        moments[ROW[name]] = 0
    moments[ROW["temperature"]] = 0
    history = TotalsHistory(np.zeros((40, 3, 4)), np.ones((40, 3)), moments, np.zeros((40, 3, 4)))
    by_day = expect_days(FITTED, history).sum(axis=(1, 2))
    assert np.abs(np.diff(np.log(by_day))).max() < 0.01


def test_profile__recent_days_weigh_more():
    counts = HISTORY.counts.copy()
    counts[:-365] *= 3
    history = TotalsHistory(counts, HISTORY.hours, HISTORY.moments, HISTORY.events)
    totals = [
        expect_days(ProfileModel(half_life).fit(history), newest(history, 60)).sum()
        for half_life in (30.0, 365.0, 10_000.0)
    ]
    assert totals[0] < totals[1] < totals[2]
    assert totals[0] == pytest.approx(TRUTH[-60:].sum(), rel=0.05)


def test_profile__a_trend_is_not_taken_for_overdispersion():
    rng = np.random.default_rng(8)
    falling = np.exp(-0.3 * np.arange(1095) / 365)[:, None, None]
    counts = rng.poisson(TRUTH * falling).astype(float)
    history = TotalsHistory(counts, HISTORY.hours, HISTORY.moments, HISTORY.events)
    size = ProfileModel().fit(history).dispersion["jurisdiction-day"].size
    assert size is None or size > 300


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(1, 24), st.integers(1, 30), st.floats(0, 100))
def test_share_out__shares_are_positive_and_sum_to_one(seed, n_shifts, n_districts, mean):
    rng = np.random.default_rng(seed)
    count = rng.poisson(mean * rng.dirichlet(np.ones(n_districts), n_shifts)).astype(float)
    whole = np.full(count.shape, max(count.sum() / n_shifts, 0.01))
    shares = share_out(count, whole)
    assert (shares > 0).all()
    np.testing.assert_allclose(shares.sum(axis=1), 1)


def test_share_out__few_incidents_share_as_others_do():
    whole = np.full((3, 4), 8000.0)
    truth = whole * SHARES
    np.testing.assert_allclose(share_out(truth, whole), SHARES, rtol=0.02)
    few = np.random.default_rng(0).poisson(truth / 1000).astype(float)
    drawn = share_out(few, whole / 1000)
    raw = few / few.sum(axis=1, keepdims=True)
    assert np.abs(drawn - SHARES).mean() < np.abs(raw - SHARES).mean()


def test_list_terms__labels_name_every_column():
    terms = list_terms(1095, 3)
    assert terms == tuple(TERMS)
    labels = list_labels(terms, 3)
    assert len(set(labels)) == len(labels) == FITTED.coefficients.size - 1


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"counts": np.zeros((5, 3))}, "at least one day"),
        ({"counts": np.zeros((0, 3, 4))}, "at least one day"),
        ({"hours": np.ones((5, 2))}, "hours must have the shape"),
        ({"moments": np.zeros((3, 5, 3), np.float32)}, "moments must have the shape"),
        ({"events": np.zeros((5, 3, 1))}, "events must have the shape"),
        ({"counts": np.full((5, 3, 4), np.nan)}, "counts must be numbers"),
        ({"hours": np.zeros((5, 3))}, "hours must be positive"),
    ],
)
def test_totals_history__refuses_what_does_not_fit(wrong, message):
    right = {
        "counts": np.zeros((5, 3, 4)), "hours": np.ones((5, 3)),
        "moments": np.zeros((len(MOMENTS), 5, 3), np.float32), "events": np.zeros((5, 3, 4)),
    }  # fmt: skip
    TotalsHistory(**right)
    with pytest.raises(ModelError, match=message):
        TotalsHistory(**{**right, **wrong})


def test_profile__refuses_other_shifts_and_districts():
    with pytest.raises(ModelError, match="3 shifts and 4 districts, got 3 and 5"):
        FITTED.expected_totals(HISTORY.moments[:, 0], np.ones(3), np.zeros((3, 5)))
