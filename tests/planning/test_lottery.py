"""The lottery's arithmetic: chances, limits, draws of fixed size."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from evenbeat.core.errors import PlanError
from evenbeat.core.planning.draw.allotment import allot
from evenbeat.core.planning.draw.lottery import (
    chances,
    chances_within,
    generator,
    hold_out_count,
    systematic,
)

weights = st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=12).map(np.array)


def naive_chances(weight, size, most):
    """Raise the common factor by bisection until the capped shares sum to the size."""
    low, high = 0.0, size / weight.min()
    for _ in range(200):
        middle = (low + high) / 2
        if np.minimum(middle * weight, most).sum() < size:
            low = middle
        else:
            high = middle
    return np.minimum(high * weight, most)


@settings(deadline=None)
@given(weights, st.data())
def test_chances__equal_the_bisected_factor(weight, data):
    size = data.draw(st.integers(0, len(weight)))
    most = data.draw(st.sampled_from([1.0, 0.9]))
    if size > most * len(weight):
        with pytest.raises(PlanError, match="cannot fill"):
            chances(weight, size, most=most)
        return
    found = chances(weight, size, most=most)
    assert found.sum() == pytest.approx(size)
    np.testing.assert_allclose(found, naive_chances(weight, size, most), rtol=1e-6, atol=1e-9)


@settings(deadline=None)
@given(weights, st.data())
def test_chances_within__keep_every_limit_and_the_size(weight, data):
    group = np.array(data.draw(st.lists(st.integers(0, 3), min_size=len(weight),
                                        max_size=len(weight))))  # fmt: skip
    limit = np.array(data.draw(st.lists(st.integers(0, 4), min_size=4, max_size=4)))
    most_possible = int(np.minimum(np.bincount(group, minlength=4), limit).sum())
    size = data.draw(st.integers(0, most_possible))
    found = chances_within(weight, size, group=group, limit=limit)
    assert found.sum() == pytest.approx(size)
    assert (found >= 0).all() and (found <= 1).all()
    assert (np.bincount(group, weights=found, minlength=4) <= limit + 1e-9).all()
    if size < most_possible:
        return
    with pytest.raises(PlanError, match=r"leave|cannot fill"):
        chances_within(weight, size + 1, group=group, limit=limit)


@settings(deadline=None)
@given(weights, st.data())
def test_systematic__takes_the_size_and_rounds_every_group(weight, data):
    size = data.draw(st.integers(0, len(weight)))
    group = np.array(data.draw(st.lists(st.integers(0, 3), min_size=len(weight),
                                        max_size=len(weight))))  # fmt: skip
    chance = chances(weight, size)
    taken = systematic(chance, generator(str(data.draw(st.integers(0, 10**6)))), group=group)
    assert taken.sum() == size
    assert not taken[chance == 0].any()
    assert taken[chance > 1 - 1e-12].all()
    wanted = np.bincount(group, weights=chance, minlength=4)
    got = np.bincount(group, weights=taken, minlength=4)
    assert (got >= np.floor(wanted + 1e-9)).all()
    assert (got <= np.ceil(wanted - 1e-9)).all()


def test_systematic__each_candidate_comes_as_often_as_its_chance_says():
    chance = chances(np.array([9.0, 5.0, 4.0, 2.0, 2.0, 1.0, 1.0]), 3)
    group = np.array([0, 0, 1, 1, 2, 2, 2])
    random = generator("frequencies")
    draws = 20_000
    taken = sum(systematic(chance, random, group=group).astype(int) for _ in range(draws))
    free = chance < 1
    # Of fixed size, so the deviations are correlated; each on its own is binomial.
    z = (taken - draws * chance)[free] / np.sqrt(draws * chance * (1 - chance))[free]
    p = 2 * stats.norm.sf(np.abs(z))
    assert p.min() * free.sum() > 0.01
    assert (taken[~free] == draws).all()


def test_systematic__all_pairs_can_meet():
    chance, random = np.full(6, 0.5), generator("pairs")
    met = {
        pair
        for _ in range(400)
        for pair in itertools.combinations(np.flatnonzero(systematic(chance, random)).tolist(), 2)
    }
    assert len(met) == 15


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_allot__no_group_gets_more_than_its_room_and_sizes_can_be_drawn(data):
    count = data.draw(st.integers(0, 14))
    stratum = np.array(data.draw(st.lists(st.integers(0, 2), min_size=count, max_size=count)),
                       dtype=np.int64)  # fmt: skip
    group = np.array(data.draw(st.lists(st.integers(0, 2), min_size=count, max_size=count)),
                     dtype=np.int64)  # fmt: skip
    weight = np.array(data.draw(st.lists(st.floats(0.01, 100), min_size=count, max_size=count)))
    left = np.array(data.draw(st.lists(st.integers(0, 5), min_size=3, max_size=3)))
    room = np.array(data.draw(st.lists(st.integers(0, 5), min_size=3, max_size=3)))
    most = data.draw(st.sampled_from([1.0, 0.9, 0.5]))
    places, limits = allot(stratum, group, weight, left, room, most=most)
    assert (limits.sum(axis=0) <= room).all()
    for index, place in enumerate(places):
        members = stratum == index
        assert place.size <= min(left[index], members.sum())
        chance = chances_within(
            weight[members], place.size, group=group[members], limit=limits[index],
            most=most if place.fits else 1.0,
        )  # fmt: skip
        assert chance.sum() == pytest.approx(place.size)
    if (room >= count).all():
        assert [place.size for place in places] == [
            min(left[i], (stratum == i).sum()) for i in range(3)
        ]


@pytest.mark.parametrize(
    ("pool", "drawn", "share", "minimum", "expected"),
    [
        (90, 30, 0.1, 2, 9),
        (6, 2, 0.1, 2, 2),
        (3, 3, 0.1, 2, 0),
        (9, 3, 0.0, 2, 0),
        (4, 3, 0.5, 2, 1),
    ],
)
def test_hold_out_count__share_minimum_and_what_is_left(pool, drawn, share, minimum, expected):
    assert hold_out_count(pool, drawn, share=share, minimum=minimum) == expected
