"""Panels of boxes and weeks with a known effect, where patrol went to the boxes that had most."""

from dataclasses import dataclass

import numpy as np
from effects.simulated_quarters import gamma_mean_one


@dataclass(frozen=True)
class PanelScene:
    """What the weeks are like.

    effect: from `start` on patrol multiplies the treated boxes' rates by 1 - effect. drift: what
    the treated boxes' rates are multiplied by each week, patrol or not. displaced: share of what
    was prevented that is reported in a ring around, which the panel does not hold.
    """

    effect: float = 0.0
    drift: float = 1.0
    displaced: float = 0.0
    mean_rate: float = 0.4
    shape_week: float = 10.0
    shape_box: float = 1.0
    boxes: int = 600
    treated: int = 60
    weeks: int = 52
    start: int = 39
    match_weeks: int = 13


@dataclass(frozen=True)
class Panel:
    counts: np.ndarray
    treated: np.ndarray
    ring: np.ndarray
    rate: np.ndarray


def make_panel(scene, seed):
    """A panel; who is treated is drawn with chances that rise with what was seen lately.

    So the treated had a bad spell before patrol, in the weeks that boxes are matched on.
    """
    rng = np.random.default_rng(seed)
    lasting = scene.mean_rate * rng.lognormal(-0.32, 0.8, scene.boxes)
    week = gamma_mean_one(scene.shape_week, scene.weeks, rng)
    rate = (
        lasting[:, None] * week * gamma_mean_one(scene.shape_box, (scene.boxes, scene.weeks), rng)
    )
    early = rng.poisson(rate[:, : scene.match_weeks])
    weight = lasting + early.mean(axis=1) + 0.05
    treated = np.zeros(scene.boxes, dtype=bool)
    treated[rng.choice(scene.boxes, scene.treated, replace=False, p=weight / weight.sum())] = True
    factor = np.ones((scene.boxes, scene.weeks))
    factor[treated] *= scene.drift ** np.arange(scene.weeks)
    untreated = np.concatenate(
        [early, rng.poisson((rate * factor)[:, scene.match_weeks :])], axis=1
    )
    patrolled = treated[:, None] & (np.arange(scene.weeks) >= scene.start)
    kept = np.where(patrolled, rng.binomial(untreated, min(1 - scene.effect, 1.0)), untreated)
    more = rng.poisson(np.where(patrolled, rate * max(-scene.effect, 0.0), 0.0))
    ring = rng.poisson(rate) + rng.binomial(untreated - kept, scene.displaced)
    return Panel(kept + more, treated, ring, lasting)
