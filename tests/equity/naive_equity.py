"""Slow, obvious versions of the ledger's measures: the oracles of its tests."""

import itertools

import numpy as np


def gini_by_pairs(amount, residents):
    """Mean difference between all pairs of residents, over twice the mean."""
    rate = [a / p for a, p in zip(amount, residents, strict=True)]
    people = sum(residents)
    mean = sum(amount) / people
    pairs = itertools.product(range(len(rate)), repeat=2)
    apart = sum(residents[i] * residents[j] * abs(rate[i] - rate[j]) for i, j in pairs)
    return apart / people**2 / (2 * mean)


def runs_one_by_one(flagged, follows):
    """Longest run of each cell, shift by shift."""
    longest = []
    for cell in range(flagged.shape[1]):
        best = run = 0
        for shift in range(flagged.shape[0]):
            if not flagged[shift, cell]:
                run = 0
            elif follows[shift]:
                run += 1
            else:
                run = 1
            best = max(best, run)
        longest.append(best)
    return longest


def quintile_by_counting(share, residents):
    """Stand all residents in a row by the share of their area; cut the row in five.

    Areas of equal share stand together and go where their middle resident stands.
    """
    found = []
    everybody = sum(residents)
    for own in share:
        below = sum(p for s, p in zip(share, residents, strict=True) if s < own)
        with_me = sum(p for s, p in zip(share, residents, strict=True) if s == own)
        found.append(min(int(5 * (below + with_me / 2) / everybody), 4))
    return found


def ratio_by_redrawing(amount, size, starts, block, group, reference):
    """The ratio of two groups' rates on each redrawn sequence of days, day by day."""
    n_days = len(amount)
    found = []
    for row in starts:
        days = [(start + step) % n_days for start in row for step in range(block)][:n_days]
        mine = sum(amount[day][group] for day in days) / size[group]
        theirs = sum(amount[day][reference] for day in days) / size[reference]
        found.append(mine / theirs)
    return np.array(found)
