"""Pings to seconds in cells the slow way: cut at every border, ask where each piece's middle lies.

In exact fractions, so that the oracle itself rounds nothing.
"""

import math
from fractions import Fraction
from itertools import pairwise


def crossings(start, end, first):
    """Return where between 0 and 1 a coordinate passes whole numbers."""
    if start == end:
        return []
    low, high = sorted((start, end))
    lines = range(max(math.floor(low), first[0]), min(math.ceil(high), first[1]) + 1)
    return [(line - start) / (end - start) for line in lines]


def cut(column, row, next_column, next_row, shape, times):
    """Return ``(from, to, cell or None)`` of the pieces of a segment, also cut at times."""
    height, width = shape
    cuts = {Fraction(0), Fraction(1), *times}
    cuts.update(crossings(column, next_column, (0, width)))
    cuts.update(crossings(row, next_row, (0, height)))
    cuts = sorted(share for share in cuts if 0 <= share <= 1)
    pieces = []
    for start, end in pairwise(cuts):
        middle = (start + end) / 2
        x = math.floor(column + middle * (next_column - column))
        y = math.floor(row + middle * (next_row - row))
        inside = 0 <= x < width and 0 <= y < height
        pieces.append((start, end, (y, x) if inside else None))
    return pieces


def dose(pings, gap_cap_s, off_duty_s, top_speed, edges_s, west, north, cell_size, mask):
    """Return the ledger, the intervals ``(bin, cell, start, end, unit, crew)``, and where lost.

    ``pings`` are ``(unit, time, easting, northing, crew)`` by unit and time.
    """
    edges = [Fraction(edge) for edge in edges_s]
    n_bins = len(edges) - 1
    ledger = {name: [Fraction(0)] * n_bins for name in ("elapsed", "unknown", "outside")}
    intervals, lost = [], {}
    for one, other in pairwise(pings):
        if one[0] != other[0]:
            continue
        start, end = Fraction(one[1]), Fraction(other[1])
        whole = end - start
        if whole == 0 or whole > off_duty_s:
            continue
        known = all(math.isfinite(value) for value in (*one[2:4], *other[2:4]))
        ends = [Fraction(0)] * 4
        if known:
            # The kernel's own quotients: the oracle differs in nothing but the walk.
            ends = [
                Fraction(value)
                for ping in (one, other)
                for value in ((ping[2] - west) / cell_size, (north - ping[3]) / cell_size)
            ]
            far = (ends[2] - ends[0]) ** 2 + (ends[3] - ends[1]) ** 2
            known = far <= (Fraction(top_speed) * whole / Fraction(cell_size)) ** 2
        is_unknown = not known or whole > gap_cap_s[one[0]]
        times = [(edge - start) / whole for edge in edges]
        for low, high, cell in cut(*ends, mask.shape, times):
            a, b = start + low * whole, start + high * whole
            middle = (a + b) / 2
            at = sum(edge <= middle for edge in edges) - 1
            if not 0 <= at < n_bins:
                continue
            ledger["elapsed"][at] += b - a
            if is_unknown:
                ledger["unknown"][at] += b - a
                seen = last_seen(one, west, north, cell_size, mask.shape)
                if seen is not None:
                    lost[at, seen] = lost.get((at, seen), 0) + b - a
            elif cell is None or not mask[cell]:
                ledger["outside"][at] += b - a
            else:
                intervals.append((at, cell, a, b, one[0], one[4]))
    return ledger, intervals, lost


def last_seen(ping, west, north, cell_size, shape):
    if not (math.isfinite(ping[2]) and math.isfinite(ping[3])):
        return None
    column = math.floor((ping[2] - west) / cell_size)
    row = math.floor((north - ping[3]) / cell_size)
    return (row, column) if 0 <= row < shape[0] and 0 <= column < shape[1] else None


def union(intervals):
    """Return how much of the line a list of ``(start, end)`` covers, by adding up its atoms."""
    points = sorted({point for interval in intervals for point in interval})
    return sum(
        end - start
        for start, end in pairwise(points)
        if any(low <= start and end <= high for low, high in intervals)
    )


def visits(intervals, merge_gap_s, least_s):
    """Return the starts of one unit's visits to one cell, from its ``(start, end)`` by time."""
    groups = []
    for start, end in sorted(intervals):
        if groups and start - groups[-1][-1][1] <= merge_gap_s:
            groups[-1].append((start, end))
        else:
            groups.append([(start, end)])
    return [g[0][0] for g in groups if sum(end - start for start, end in g) >= least_s]
