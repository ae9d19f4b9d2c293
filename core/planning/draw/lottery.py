"""The lottery: exact chances of inclusion, and draws of fixed size that honour them."""

from __future__ import annotations

import hashlib
import math

import numpy as np
import numpy.typing as npt

from evenbeat.core.errors import PlanError

_TOLERANCE = 1e-9

Floats = npt.NDArray[np.float64]
Wholes = npt.NDArray[np.int64]


def generator(*seed_texts: str) -> np.random.Generator:
    """Return a generator that is a function of the texts alone.

    Examples
    --------
    >>> generator("run-1", "day").random() == generator("run-1", "day").random()
    True
    """
    seed = hashlib.sha256("/".join(seed_texts).encode()).digest()[:16]
    return np.random.default_rng(int.from_bytes(seed, "big"))


def chances(weight: Floats, size: int, *, most: float = 1.0) -> Floats:
    """Return chances of inclusion in proportion to weights, none above ``most``.

    Those whose share would be more are set to ``most``, and the rest of the places is shared out
    among the others anew until none is above.

    Parameters
    ----------
    weight
        Above 0, one per candidate.
    size
        Places; the chances sum to it.
    most
        The highest chance that one candidate may have.

    Raises
    ------
    PlanError
        The candidates cannot fill the places.

    References
    ----------
    Tillé 2006, Sampling Algorithms, section 2.10, https://doi.org/10.1007/0-387-34240-0.

    Examples
    --------
    >>> chances(np.array([8.0, 1.0, 1.0]), 2).tolist()
    [1.0, 0.5, 0.5]
    """
    if size > most * len(weight) + _TOLERANCE:
        raise PlanError(f"{len(weight)} candidates of chance {most:g} cannot fill {size} places.")
    chance = np.zeros(len(weight))
    if size == 0:
        return chance
    free = np.ones(len(weight), dtype=bool)
    left = float(size)
    while free.any():
        share = weight[free] / weight[free].sum() * left
        full = share > most
        if not full.any():
            chance[free] = share
            break
        chosen = np.flatnonzero(free)[full]
        chance[chosen] = most
        free[chosen] = False
        left = max(size - most * float(np.count_nonzero(~free)), 0.0)
    return np.minimum(chance, most)


def chances_within(
    weight: Floats, size: int, *, group: Wholes, limit: Wholes, most: float = 1.0
) -> Floats:
    """Return chances as `chances` does, with the sum in every group at most its limit.

    A group above its limit is given exactly its limit, in proportion to weight within it; the
    places left over go to the other groups, until none is above.

    Parameters
    ----------
    weight, size, most
        As of `chances`.
    group
        Index into ``limit``, one per candidate.
    limit
        Whole places that each group may take.

    Raises
    ------
    PlanError
        Candidates and limits cannot fill the places.
    """
    chance = np.zeros(len(weight))
    free = np.ones(len(weight), dtype=bool)
    left = size
    while free.any():
        chance[free] = chances(weight[free], left, most=most)
        sums = np.bincount(group[free], weights=chance[free], minlength=len(limit))
        over = np.flatnonzero(sums > limit + _TOLERANCE)
        if not len(over):
            return chance
        for index in over.tolist():
            members = np.flatnonzero(free & (group == index))
            chance[members] = chances(weight[members], int(limit[index]), most=most)
            free[members] = False
            left -= int(limit[index])
    if left:
        raise PlanError(f"The limits of the groups leave {left} of {size} places without a box.")
    return chance


def systematic(
    chance: Floats, random: np.random.Generator, *, group: Wholes | None = None
) -> npt.NDArray[np.bool_]:
    """Draw a sample of fixed size in which each candidate has exactly its chance.

    Randomised systematic sampling with unequal chances: the candidates are put in random order,
    groups whole and in random order too, their chances laid end to end, and every point at a
    random start plus a whole number takes the candidate that it falls in. A group whose chances
    sum to a whole number gets just that many; any other gets that number rounded up or down.

    Parameters
    ----------
    chance
        From 0 to 1, with a whole sum.
    random
        The seeded generator.
    group
        Group of each candidate, or None where there is one.

    References
    ----------
    Madow 1949, https://doi.org/10.1214/aoms/1177729988; Hartley and Rao 1962,
    https://doi.org/10.1214/aoms/1177704564.

    Examples
    --------
    >>> int(systematic(np.full(6, 0.5), generator("a seed")).sum())
    3
    """
    size = round(float(chance.sum()))
    taken = np.zeros(len(chance), dtype=bool)
    start = random.random()
    order = random.permutation(len(chance))
    if group is not None:
        place = random.permutation(int(group.max(initial=-1)) + 1)
        order = order[np.argsort(place[group[order]], kind="stable")]
    if size == 0:
        return taken
    ends = np.cumsum(chance[order])
    # Sums of thirds end a hair beside the whole number; points must neither be lost nor doubled.
    ends = np.where(np.abs(ends - np.round(ends)) < _TOLERANCE, np.round(ends), ends)
    points = np.floor(ends - start).astype(np.int64)
    before = np.concatenate([[-1], points[:-1]])
    taken[order[points > before]] = True
    return taken


def hold_out_count(pool: int, drawn: int, *, share: float, minimum: int) -> int:
    """Return how many of a pool's boxes that were not drawn are held out.

    Parameters
    ----------
    pool, drawn
        Boxes in the draw, and those it took.
    share
        Share of the pool to hold out.
    minimum
        At least so many, as far as there are boxes that were not drawn.
    """
    return 0 if share == 0 else min(max(math.ceil(share * pool), minimum), pool - drawn)
