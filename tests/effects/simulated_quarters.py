"""Quarters of patrol with a known effect: the lottery's own kind of draw, on persistent boxes.

Boxes have lognormal rates that last; days share a gamma shock, box-shifts have one of their own.
In each district and shift the pool is the best of noisy priorities, three are drawn with chances
in proportion to them (the same randomised systematic sampling, written for all shifts at once),
and a tenth of the shift's pool is held out of those that were not.
"""

from dataclasses import dataclass, replace

import numpy as np

from evenbeat.core.effects.draws import Draws
from evenbeat.core.planning.draw.lottery import chances, hold_out_count


@dataclass(frozen=True)
class Scene:
    """What a quarter is like.

    effect: patrol multiplies the rate of its box and shift by 1 - effect. displaced: share of
    what was prevented that moves; into: "ring" or "hold_outs" of the same district or shift.
    repeat: chance that a report is followed by another of the same. spread: log standard deviation
    of the effect over boxes. delivered: share of drawn boxes that were patrolled.
    """

    effect: float = 0.0
    displaced: float = 0.0
    into: str = "ring"
    mean_rate: float = 0.02
    shape_day: float = 4.0
    shape_box: float = 1.0
    repeat: float = 0.0
    spread: float = 0.0
    delivered: float = 1.0
    districts: int = 15
    days: int = 91
    shifts: int = 3
    boxes: int = 60
    pool: int = 9
    places: int = 3


@dataclass(frozen=True)
class Frame:
    """Pools of a quarter, shape (shifts, districts, pool): the same over many runs."""

    scene: Scene
    rate: np.ndarray
    chance: np.ndarray
    hold_out: np.ndarray
    held: int
    box: np.ndarray


@dataclass(frozen=True)
class Quarter:
    """One run: draws and outcomes, and the true mean of counts without patrol."""

    draws: Draws
    outcomes: np.ndarray
    rate: np.ndarray
    ratio: np.ndarray
    minutes: np.ndarray
    ring: np.ndarray
    delivered: float


def make_frame(scene, seed):
    """Rates, priorities and chances of every pool; priorities are near the truth, not equal."""
    rng = np.random.default_rng(seed)
    shape = (scene.days * scene.shifts, scene.districts)
    lasting = rng.lognormal(0.0, 0.7, (scene.districts, scene.boxes))
    priority = lasting * rng.lognormal(0.0, 0.5, (*shape, scene.boxes))
    box = np.argsort(-priority, axis=2)[:, :, : scene.pool]
    weight = np.take_along_axis(priority, box, axis=2)
    rate = lasting[np.arange(scene.districts)[None, :, None], box]
    chance = np.array([[chances(row, scene.places, most=0.9) for row in shift] for shift in weight])
    pooled, drawn = scene.districts * scene.pool, scene.districts * scene.places
    held = hold_out_count(pooled, drawn, share=0.1, minimum=2)
    hold_out = (1.0 - chance) * held / (pooled - drawn)
    return Frame(scene, rate * (scene.mean_rate / rate.mean()), chance, hold_out, held,
                 box + scene.boxes * np.arange(scene.districts)[None, :, None])  # fmt: skip


def draw_many(chance, rng):
    """Randomised systematic sampling of every row at once: as `lottery.systematic`."""
    order = np.argsort(rng.random(chance.shape), axis=-1)
    ends = np.cumsum(np.take_along_axis(chance, order, axis=-1), axis=-1)
    ends = np.where(np.abs(ends - np.round(ends)) < 1e-9, np.round(ends), ends)
    points = np.floor(ends - rng.random((*chance.shape[:-1], 1)))
    before = np.concatenate([np.full((*chance.shape[:-1], 1), -1.0), points[..., :-1]], axis=-1)
    taken = np.zeros(chance.shape, dtype=bool)
    np.put_along_axis(taken, order, points > before, axis=-1)
    return taken


def hold_many(taken, number, rng):
    """Hold out a simple random sample of a shift's boxes that were not taken."""
    luck = np.where(taken, 2.0, rng.random(taken.shape)).reshape(len(taken), -1)
    last = np.partition(luck, number - 1, axis=1)[:, number - 1 : number]
    return (luck <= last).reshape(taken.shape)


def chances_many(weight, size, most):
    """Chances in proportion to weights with a ceiling, of many rows at once; 0 has no chance."""
    chance = np.zeros(weight.shape)
    full = np.zeros(weight.shape, dtype=bool)
    for _ in range(weight.shape[-1]):
        free = np.where(full, 0.0, weight)
        left = size - most * full.sum(axis=-1)
        total = np.maximum(free.sum(axis=-1), 1e-300)
        chance = np.where(full, most, free * (left / total)[..., None])
        over = chance > most + 1e-12
        if not over.any():
            break
        full |= over
    return chance


def draw_resting(frame, seed, *, rest=3):
    """Draw shift by shift where a box that was drawn stays out of the next shifts' pools.

    So later chances depend on earlier draws, as under the planner's caps on recurrence. Returns
    the frame with the chances that were then in force, and the draws.
    """
    scene, rng = frame.scene, np.random.default_rng(seed)
    out_until = np.zeros(scene.districts * scene.boxes, dtype=int)
    chance, hold_out = np.zeros(frame.chance.shape), np.zeros(frame.chance.shape)
    taken, held = (np.zeros(frame.chance.shape, dtype=bool) for _ in range(2))
    for shift, boxes in enumerate(frame.box):
        free = out_until[boxes] <= shift
        size = np.minimum(scene.places, np.floor(0.9 * free.sum(axis=1)))
        chance[shift] = chances_many(np.where(free, frame.chance[shift], 0.0), size, 0.9)
        taken[shift] = draw_many(chance[shift], rng)
        rest_of_pool = int(free.sum() - taken[shift].sum())
        number = hold_out_count(int(free.sum()), int(taken[shift].sum()), share=0.1, minimum=2)
        held[shift] = hold_many((taken[shift] | ~free)[None], number, rng)[0]
        hold_out[shift] = np.where(free, (1 - chance[shift]) * number / rest_of_pool, 0.0)
        out_until[boxes[taken[shift]]] = shift + 1 + rest
    return replace(frame, chance=chance, hold_out=hold_out), (taken, held)


def count_next_shift_too(frame, outcomes):
    """Outcomes of a window that reaches over the box's next shift, which is then counted twice."""
    counts = outcomes.reshape(frame.box.shape)
    whole = np.zeros((len(counts) + 1, frame.scene.districts * frame.scene.boxes))
    for shift, boxes in enumerate(frame.box):
        whole[shift, boxes] = counts[shift]
    later = np.stack([whole[shift + 1, boxes] for shift, boxes in enumerate(frame.box)])
    return (counts + later).ravel()


def gamma_mean_one(shape, size, rng):
    return rng.gamma(shape, 1.0 / shape, size) if np.isfinite(shape) else np.ones(size)


def run_quarter(frame, seed, *, drawn=None):
    """One quarter: a lottery, what it did, what was reported."""
    scene, rng = frame.scene, np.random.default_rng(seed)
    taken = draw_many(frame.chance, rng) if drawn is None else drawn[0]
    held = hold_many(taken, frame.held, rng) if drawn is None else drawn[1]
    shock = gamma_mean_one(scene.shape_day, (scene.days, 1, 1), rng).repeat(scene.shifts, axis=0)
    rate = frame.rate * shock * gamma_mean_one(scene.shape_box, frame.rate.shape, rng)
    ratio = np.full(scene.districts * scene.boxes, 1.0 - scene.effect)
    if scene.spread:
        ratio = ratio * rng.lognormal(-(scene.spread**2) / 2, scene.spread, ratio.shape)
    ratio = ratio[frame.box]
    visited = taken & (rng.random(taken.shape) < scene.delivered)
    untreated = rng.poisson(rate / (1.0 + scene.repeat))
    kept = np.where(visited & (ratio < 1), rng.binomial(untreated, np.minimum(ratio, 1)), untreated)
    more = rng.poisson(np.where(visited, np.maximum(ratio - 1, 0), 0) * rate / (1 + scene.repeat))
    count = kept + more + rng.binomial(kept + more, scene.repeat)
    moved = rng.binomial(untreated - kept, scene.displaced)
    ring = rng.poisson(2.0 * rate) + (moved if scene.into == "ring" else 0)
    if scene.into == "hold_outs" and scene.displaced:
        for shift, number in enumerate(moved.sum(axis=(1, 2)).tolist()):
            targets = np.flatnonzero(held[shift])
            for target in rng.choice(targets, size=number).tolist():
                count[shift].reshape(-1)[target] += 1
    words = np.where(taken, "assigned", np.where(held, "held_out", "not_drawn"))
    minutes = np.where(visited, rng.normal(30.0, 5.0, visited.shape).clip(5.0, 60.0), 0.0)
    minutes = minutes + rng.exponential(1.0, visited.shape)
    draws = Draws(words.ravel(), frame.chance.ravel(), frame.hold_out.ravel())
    return Quarter(draws, count.ravel().astype(float), frame.rate.ravel(), ratio.ravel(),
                   minutes.ravel(), ring.ravel(), scene.delivered)  # fmt: skip


def with_effect(frame, **changes):
    """The same pools under another truth."""
    scene = replace(frame.scene, **changes)
    scale = scene.mean_rate / frame.scene.mean_rate
    return replace(frame, scene=scene, rate=frame.rate * scale)
