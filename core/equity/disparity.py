"""Rates by group, their ratios and differences, with bootstrap intervals over blocks of days.

Plain percentiles of few blocks are too narrow. The **expanded percentile interval** goes further
out into the draws, as far as Student's t goes beyond the normal distribution for so many blocks.

References
----------
Hesterberg 2015, What teachers should know about the bootstrap, doi:10.1080/00031305.2015.1089789.
Künsch 1989, doi:10.1214/aos/1176347265 (blocks).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evenbeat.core.backtest.bootstrap import Interval, Resamples, draw_blocks
from evenbeat.core.errors import InputError

Floats = npt.NDArray[np.float64]
FEWEST_DAYS = 7
"""Days below which no interval is told: too few to see how days differ. [choice]"""
_FEWEST_BLOCKS, _TAIL = 8, 0.025


@dataclass(frozen=True)
class Disparity:
    """A rate by group, and each group against the first.

    Parameters
    ----------
    rate
        By group.
    ratio
        Rate of the group over that of the reference group.
    difference
        Rate of the group less that of the reference group.
    """

    rate: tuple[Interval, ...]
    ratio: tuple[Interval, ...]
    difference: tuple[Interval, ...]


def day_blocks(n_days: int, *, block_days: int, resamples: int, seed: int) -> Resamples | None:
    """Draw days with replacement in runs of consecutive days; None for fewer than 7 days.

    A run is no longer than an eighth of all days, or the draws would be too alike.

    Parameters
    ----------
    n_days
        Days of the ledger.
    block_days
        Days in a run, so that days that resemble each other stay together.
    resamples, seed
        Number of draws, and their seed.
    """
    if n_days < FEWEST_DAYS:
        return None
    block = max(1, min(block_days, n_days // _FEWEST_BLOCKS))
    return draw_blocks(n_days, block=block, seed=seed, resamples=resamples)


def disparity(
    amount: Floats, size: npt.ArrayLike, drawn: Resamples | None, *, per: float = 1.0,
    reference: int = 0,
) -> Disparity:  # fmt: skip
    """Return amounts a day by size of each group, against those of a reference group.

    Parameters
    ----------
    amount
        What each group had on each day, shape ``(day, group)``.
    size
        Residents or area of each group; a group with NaN or 0 has no rate.
    drawn
        From `day_blocks`; without it, estimates have no interval.
    per
        Size that the rate is for, such as 1,000 residents.
    reference
        The group that the others are compared with.

    Returns
    -------
    95 % intervals. NaN where a rate cannot be told; infinite above a reference of 0.
    """
    sizes = np.asarray(size, dtype=np.float64)
    if amount.ndim != 2 or amount.shape[1:] != sizes.shape or not len(amount):
        raise InputError(
            f"Disparities need amounts by day and group for {sizes.size} groups, got shape "
            f"{amount.shape}."
        )
    usable = np.where(sizes > 0, sizes, np.nan)
    scale = per / usable / len(amount)
    best = amount.sum(axis=0) * scale
    drawn_rates = None if drawn is None else _sums(amount, drawn) * scale
    return _compared(best, drawn_rates, drawn, reference)


def quotients(
    amount: Floats, harm: Floats, drawn: Resamples | None, *, reference: int = 0
) -> Disparity:
    """Return the amount for each unit of harm by group: ratio of sums over the same days.

    Parameters
    ----------
    amount, harm
        By day and group, shape ``(day, group)``.
    drawn, reference
        As of `disparity`.

    Returns
    -------
    As of `disparity`. A group without harm has no quotient: NaN.
    """
    best = _over_some(amount.sum(axis=0), harm.sum(axis=0))
    again = None if drawn is None else _over_some(_sums(amount, drawn), _sums(harm, drawn))
    return _compared(best, again, drawn, reference)


def _compared(
    best: Floats, again: Floats | None, drawn: Resamples | None, reference: int
) -> Disparity:
    """Return estimates, and each against the reference, with their intervals."""
    ratio, difference = _over(best, best[[reference]]), best - best[reference]
    if again is None or drawn is None:
        return Disparity(*(_plain(values) for values in (best, ratio, difference)))
    tail, own = expanded_tail(drawn), again[:, [reference]]
    return Disparity(
        _intervals(best, again, tail), _intervals(ratio, _over(again, own), tail),
        _intervals(difference, again - own, tail),
    )  # fmt: skip


def expanded_tail(drawn: Resamples) -> float:
    """Return the share of draws to leave out on each side for a 95 % interval.

    Examples
    --------
    >>> round(expanded_tail(draw_blocks(91, block=7, seed=1)), 4)
    0.0117
    """
    from scipy.stats import norm, t

    blocks = drawn.n_windows / drawn.block
    reach = math.sqrt(blocks / (blocks - 1)) * float(t.ppf(1 - _TAIL, blocks - 1))
    return float(norm.sf(reach))


def _sums(amount: Floats, drawn: Resamples) -> Floats:
    return np.stack([drawn.sums(column) for column in amount.T], axis=1)


def _over(these: Floats, those: Floats) -> Floats:
    """Return quotients: infinite over 0, and NaN where both are 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(these / those)


def _over_some(amount: Floats, harm: Floats) -> Floats:
    return np.asarray(
        np.divide(amount, harm, out=np.full(harm.shape, np.nan), where=harm > 0), dtype=np.float64
    )


def _plain(best: Floats) -> tuple[Interval, ...]:
    return tuple(Interval(estimate, math.nan, math.nan) for estimate in best.tolist())


def _intervals(best: Floats, again: Floats, tail: float) -> tuple[Interval, ...]:
    """Return intervals; draws without a value are left out, and of many none is told."""
    found = []
    for group, estimate in enumerate(best.tolist()):
        low = high = math.nan
        if not math.isnan(estimate):
            told = np.sort(again[~np.isnan(again[:, group]), group])
            if told.size > again.shape[0] / 2:
                cut = int(tail * told.size)
                low, high = float(told[cut]), float(told[told.size - 1 - cut])
        found.append(Interval(estimate, low, high))
    return tuple(found)
