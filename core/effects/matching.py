"""Matching: for every treated box the never-treated boxes that were most like it before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evenbeat.core.errors import EffectError

Wholes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Matches:
    """Sets of one treated box and its controls; no box is in two sets.

    Parameters
    ----------
    treated
        Rows of the treated boxes that were matched, shape ``(sets,)``.
    controls
        Rows of their controls, shape ``(sets, each)``.
    without
        Treated boxes that had too few controls within the caliper.
    """

    treated: Wholes
    controls: Wholes
    without: int


def match_boxes(
    level: npt.ArrayLike, treated: Flags, *, each: int = 2, caliper: float = 0.5, seed: int
) -> Matches:
    """Match each treated box to never-treated boxes of nearest level, none used twice.

    The treated boxes are served from the highest level down, as those have the fewest boxes like
    them; ties are broken by lot.

    Parameters
    ----------
    level
        What boxes are matched on, at least 0, shape ``(boxes,)``: incidents of weeks that are used
        for nothing else, or priority.
    treated
        Which boxes had patrol; the others never had.
    each
        Controls of a treated box.
    caliper
        Largest difference of ``log(1 + level)`` between the two.
    seed
        Seed for ties.

    Raises
    ------
    EffectError
        The levels are not finite numbers of at least 0, one for each box.
        ``each`` is below 1, or the caliper is not above 0.

    Examples
    --------
    >>> flags = np.array([True, False, False, False])
    >>> match_boxes([5.0, 0.0, 5.0, 6.0], flags, seed=1).controls.tolist()
    [[2, 3]]
    """
    value = np.asarray(level, dtype=np.float64)
    if value.shape != treated.shape or not np.isfinite(value).all() or value.min(initial=0.0) < 0:
        raise EffectError(
            f"Matching needs one finite level of at least 0 for each of {len(treated)} boxes, got "
            f"shape {value.shape}."
        )
    if each < 1 or not caliper > 0:
        raise EffectError(
            f"Matching takes at least 1 control and a caliper above 0, got {each} and {caliper}."
        )
    scale = np.log1p(value)
    luck = np.random.default_rng(seed).random(len(value))
    mine, others = np.flatnonzero(treated), np.flatnonzero(~treated)
    mine = mine[np.lexsort((luck[mine], -scale[mine]))]
    free = np.ones(len(others), dtype=bool)
    matched, controls = [], []
    for box in mine.tolist():
        distance = np.where(free, np.abs(scale[others] - scale[box]), np.inf)
        nearest = np.lexsort((luck[others], distance))[:each]
        if len(nearest) < each or distance[nearest[-1]] > caliper:
            continue
        free[nearest] = False
        matched.append(box)
        controls.append(others[nearest])
    return Matches(
        np.array(matched, dtype=np.int64),
        np.array(controls, dtype=np.int64).reshape(len(matched), each),
        len(mine) - len(matched),
    )
