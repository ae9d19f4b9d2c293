"""Trends: whether treated and control boxes moved alike while nothing was done."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.effects.estimate import TAIL, finite_dict
from evenbeat.core.effects.jackknife import all_but_one, effective_sets, jackknife

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Trend:
    """Treated over control by block of weeks, relative to the last block before patrol.

    Parameters
    ----------
    first_week, last_week
        Of each block, counted from 0, both within.
    before
        Whether the block lies before patrol.
    ratio, ratio_low, ratio_high
        1 in the reference block; NaN where a block has no incidents on one side.
    p_value
        Joint test that all ratios before are 1; NaN where it cannot be made.
    """

    first_week: tuple[int, ...]
    last_week: tuple[int, ...]
    before: tuple[bool, ...]
    ratio: tuple[float, ...]
    ratio_low: tuple[float, ...]
    ratio_high: tuple[float, ...]
    p_value: float

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON holds them: None where a number is not finite."""
        return finite_dict(self)


def trend_of(
    treated: Floats, control: Floats, *, first: int, start: int, blocks_before: int = 4
) -> Trend:
    """Return the trend of matched sets, with intervals that are robust to clusters by set.

    Parameters
    ----------
    treated, control
        Counts by set and week, shape ``(sets, weeks)``; those of controls are means of a set.
    first, start
        The first week that was not used to match, and the first week of patrol.
    blocks_before
        Blocks that the weeks before are cut into; those after have about the same length.
    """
    from scipy.stats import t as student

    pieces, before = _blocks(first, start, treated.shape[1], blocks_before)
    reference = sum(before) - 1
    mine, theirs = _sums(treated, pieces), _sums(control, pieces)
    log = np.log(_told(mine.sum(axis=0))) - np.log(_told(theirs.sum(axis=0)))
    without = np.log(_told(all_but_one(mine))) - np.log(_told(all_but_one(theirs)))
    log, without = log - log[reference], without - without[:, [reference]]
    sets = effective_sets((mine + theirs).sum(axis=1))
    covariance = jackknife(log, without)
    half = float(student.ppf(1.0 - TAIL, sets - 1.0)) * np.sqrt(np.diag(covariance))
    return Trend(
        first_week=tuple(int(weeks[0]) for weeks in pieces),
        last_week=tuple(int(weeks[-1]) for weeks in pieces),
        before=tuple(before), ratio=tuple(np.exp(log).tolist()),
        ratio_low=tuple(np.exp(log - half).tolist()), ratio_high=tuple(np.exp(log + half).tolist()),
        p_value=_joint_p(log[:reference], covariance[:reference, :reference], sets),
    )  # fmt: skip


def _blocks(
    first: int, start: int, weeks: int, blocks_before: int
) -> tuple[list[npt.NDArray[np.int64]], list[bool]]:
    count = min(blocks_before, start - first)
    after = max(1, round((weeks - start) * count / (start - first)))
    pieces = np.array_split(np.arange(first, start), count)
    pieces += np.array_split(np.arange(start, weeks), min(after, weeks - start))
    return pieces, [True] * count + [False] * (len(pieces) - count)


def _sums(counts: Floats, pieces: list[npt.NDArray[np.int64]]) -> Floats:
    return np.stack([counts[:, weeks].sum(axis=1) for weeks in pieces], axis=1)


def _told(totals: Floats) -> Floats:
    """Return totals with NaN for none; a set that holds them all leaves rounding, not a count."""
    return np.where(totals > 1e-9, totals, np.nan)


def _joint_p(log: Floats, covariance: Floats, sets: float) -> float:
    """Return the p-value of Hotelling's T2, as the covariance is estimated from the sets."""
    count = len(log)
    if not count or sets <= count + 1 or not np.isfinite(log).all():
        return math.nan
    from scipy.stats import f

    if not np.isfinite(covariance).all() or np.linalg.matrix_rank(covariance) < count:
        return math.nan
    square = float(log @ np.linalg.solve(covariance, log))
    return float(f.sf(square * (sets - count) / ((sets - 1) * count), count, sets - count))
