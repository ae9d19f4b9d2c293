"""Slow, obvious scoring of forecasts: the oracle of the back-test's property tests."""

import itertools
import math

FLOOR = 1e-9


def quotas(budget, district):
    """Yield the cells of each pool, and how many of them are flagged."""
    if budget.by_district is None:
        yield list(range(len(district))), budget.n_cells
    else:
        for index, quota in enumerate(budget.by_district):
            yield [cell for cell in range(len(district)) if district[cell] == index], quota


def flag(expected, budget, district, tie):
    chosen = []
    for pool, quota in quotas(budget, district):
        chosen += sorted(pool, key=lambda cell: (-expected[cell], tie[cell]))[:quota]
    return sorted(chosen, key=lambda cell: (-expected[cell], tie[cell]))


def hits(expected, observed, budget, district, tie):
    return sum(observed[cell] for cell in flag(expected, budget, district, tie))


def pessimistic_hits(expected, observed, budget, district):
    total = 0
    for pool, quota in quotas(budget, district):
        worst_first = sorted(pool, key=lambda cell: (-expected[cell], observed[cell]))
        total += sum(observed[cell] for cell in worst_first[:quota])
    return total


def most_hits(observed, budget, district):
    total = 0
    for pool, quota in quotas(budget, district):
        total += sum(sorted((observed[cell] for cell in pool), reverse=True)[:quota])
    return total


def deviance(observed, expected):
    total = 0.0
    for n, rate in zip(observed, expected, strict=True):
        if n > 0:
            total += 2 * n * math.log(n / max(rate, FLOOR))
        total -= 2 * (n - rate)
    return total


def gain(observed, expected):
    """Nats per event over the uniform rate; both are lists of windows of cells."""
    flat_n = [n for window in observed for n in window]
    flat_rate = [rate for window in expected for rate in window]
    uniform = sum(flat_n) / len(flat_n)
    total = 0.0
    for n, rate in zip(flat_n, flat_rate, strict=True):
        if n > 0:
            total += n * math.log(max(rate, FLOOR) / uniform)
        total -= rate - uniform
    return total / sum(flat_n)


def pai(expected, observed, budget, district, ties):
    """PAI over windows: every argument but budget and district holds one item per window."""
    captured = sum(
        hits(e, n, budget, district, tie)
        for e, n, tie in zip(expected, observed, ties, strict=True)
    )
    events = sum(sum(window) for window in observed)
    return (captured / events) / (budget.n_cells / len(district))


def pei(expected, observed, budget, district, ties):
    """PAI over the largest PAI that an area of that size could reach."""
    best = sum(most_hits(window, budget, district) for window in observed)
    events = sum(sum(window) for window in observed)
    largest = (best / events) / (budget.n_cells / len(district))
    return pai(expected, observed, budget, district, ties) / largest


def jaccard(sets):
    """Mean Jaccard index of each set and the next."""
    pairs = list(itertools.pairwise(sets))
    return sum(len(set(a) & set(b)) / len(set(a) | set(b)) for a, b in pairs) / len(pairs)


def resample_sum(values, starts, block):
    """Sum of a circular resample: blocks laid end to end, cut to the length of the series."""
    drawn = [values[(start + step) % len(values)] for start in starts for step in range(block)]
    return sum(drawn[: len(values)])
