"""Which kind of model a crime type gets: by validation on its own past, and on nothing else.

The newest days are held back in consecutive folds. Each candidate learns from the days before a
fold and tells the fold. The transparent mixture is the default; another takes its place only where
its gain over the mixture is above zero in (nearly) all resamples of whole weeks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from evenbeat.core.models.boosted import BoostedModel, FittedBoosted
from evenbeat.core.models.interface import FittedModel, Floats
from evenbeat.core.models.kinds import BASELINES, KINDS
from evenbeat.core.models.stack import FittedStack
from evenbeat.core.models.training import TrainingRows
from evenbeat.core.progress import Progress, silent

DEFAULT = "mixture"
STACK = "stack"
FOLDS = 2
_FOLD_SHARE = 0.1
_STEPS = 300
_LEAST_WEIGHT = 0.01
_BLOCK_DAYS = 7
_RESAMPLES = 1000
_LOWER = 0.05
_FLOOR = 1e-9
_MOST_ROWS = 100_000  # a choice between kinds needs fewer rows than a fit


@dataclass(frozen=True)
class Choice:
    """What a crime type's model is to be made of.

    Parameters
    ----------
    kind
        A name of `kinds.KINDS`, or ``stack``.
    weights
        Parts of the stack and their weights; empty for a single kind.
    n_trees
        Trees of the boosted part, or None when it is to find the number itself.
    why
        The reason in words.
    scores
        Validation of every candidate: ``gain_nats`` over uniform, and the difference from the
        default with its 90 % interval.
    """

    kind: str
    weights: dict[str, float] = field(default_factory=dict)
    n_trees: int | None = None
    why: str = ""
    scores: dict[str, dict[str, float]] = field(default_factory=dict)

    @property
    def parts(self) -> tuple[str, ...]:
        """Return the kinds that are to be fitted."""
        return tuple(self.weights) if self.kind == STACK else (self.kind,)

    def fit(self, training: TrainingRows, seed: int) -> FittedModel:
        """Learn from everything."""
        parts = {name: _learn(name, training, seed, self.n_trees) for name in self.parts}
        if self.kind != STACK:
            return parts[self.kind]
        return FittedStack(parts, np.array(list(self.weights.values()), dtype=np.float64))

    def to_dict(self) -> dict[str, Any]:
        """Return the choice for JSON."""
        return {
            "kind": self.kind, "weights": self.weights, "n_trees": self.n_trees, "why": self.why,
            "scores": self.scores,
        }  # fmt: skip


def choose(
    training: TrainingRows,
    candidates: Sequence[str],
    *,
    seed: int,
    progress: Progress = silent,
) -> Choice:
    """Choose a kind, or a stack of several, by rolling validation.

    Plain counts are scored beside the candidates, for the record; they are not chosen, because the
    mixture holds them.

    Parameters
    ----------
    training
        Rows of the past.
    candidates
        Names of `kinds.KINDS`; the mixture is always among them.
    seed
        Of the models and of the resampling.
    progress
        Told after each candidate.
    """
    names = tuple(dict.fromkeys((DEFAULT, *candidates)))
    training = _thinned(training, seed)
    held = _held(training)
    if not held_events(training) > 0:
        return Choice(DEFAULT, why="nothing happened in the days held back for validation")
    told, trees = _out_of_fold(training, names, seed, progress)
    weights = stack_weights(told, held)
    pooled = {name: w for name, w in zip(names, weights, strict=True) if w >= _LEAST_WEIGHT}
    if len(pooled) > 1:
        names, told = (*names, STACK), np.vstack([told, weights @ told])
    counted, _ = _out_of_fold(training, BASELINES, seed, silent)
    scores = _score((*names, *BASELINES), np.vstack([told, counted]), held, seed)
    promoted = [name for name in names if scores[name].get("difference_low", -1.0) > 0]
    best = max(promoted, key=lambda name: scores[name]["gain_nats"], default=DEFAULT)
    return Choice(
        best, pooled if best == STACK else {}, trees, _reason(best, scores), scores
    )  # fmt: skip


def stack_weights(told: Floats, held: TrainingRows) -> Floats:
    """Return the non-negative weights under which a sum of models tells best what happened.

    Expectation-maximisation, as for the mixture: the likelihood is concave in the weights.

    Parameters
    ----------
    told
        Expected counts of rows that the models had not seen, shape ``(models, rows)``.
    held
        These rows.

    References
    ----------
    Breiman 1996, Stacked regressions, doi:10.1007/BF00117832.
    """
    exposure = told @ held.weight
    happened = np.flatnonzero(held.count)
    parts, seen = told[:, happened], (held.weight * held.count)[happened]
    weights = np.full(len(told), 1.0 / len(told))
    for _ in range(_STEPS):
        total = np.maximum(weights @ parts, _FLOOR)
        weights = weights * (parts @ (seen / total)) / np.maximum(exposure, _FLOOR)
    return np.asarray(np.where(weights >= _LEAST_WEIGHT, weights, 0.0))


def _thinned(training: TrainingRows, seed: int) -> TrainingRows:
    """Return as many rows as a choice needs."""
    return training.thin(_MOST_ROWS, np.random.default_rng([seed, 0x7417]))


def held_events(training: TrainingRows) -> float:
    """Return how many incidents happened on the days held back."""
    held = _held(training)
    return float((held.weight * held.count).sum())


def gain_of_rows(expected: Floats, rows: TrainingRows) -> float:
    """Return the information gain over uniform in nats an incident; 0 where nothing happened.

    Parameters
    ----------
    expected
        Expected counts of the rows.
    rows
        What happened, with weights.
    """
    seen = float((rows.weight * rows.count).sum())
    return float(_gains(expected, rows).sum() / seen) if seen else 0.0


def gain_out_of_fold(training: TrainingRows, choice: Choice, seed: int) -> float:
    """Return the gain of a chosen kind on the days held back, each told from the days before it."""
    training = _thinned(training, seed)
    told, _ = _out_of_fold(training, choice.parts, seed, silent)
    weights = np.array(list(choice.weights.values())) if choice.kind == STACK else np.ones(1)
    return gain_of_rows(weights @ told, _held(training))


def _gains(expected: Floats, rows: TrainingRows) -> Floats:
    """Return each row's part in the gain over uniform."""
    seen = rows.weight * rows.count
    uniform = seen.sum() / rows.weight.sum()
    sure = np.maximum(expected, _FLOOR)
    return np.asarray(seen * np.log(sure / uniform) - rows.weight * (sure - uniform))


def _held(training: TrainingRows) -> TrainingRows:
    """Return the rows of all folds."""
    return training.take(training.rows.day >= _first_held(training))


def _first_held(training: TrainingRows, fold: int = 0) -> int:
    """Return the first day of a fold."""
    size = max(1, round(training.n_days * _FOLD_SHARE))
    return training.n_days - (FOLDS - fold) * size


def _out_of_fold(
    training: TrainingRows, names: tuple[str, ...], seed: int, progress: Progress
) -> tuple[Floats, int | None]:
    """Return what each candidate told of the held-back rows, and how many trees it took.

    The first fold finds the number of trees on its own past; all later fits keep it.
    """
    day, told = training.rows.day, []
    trees: list[int] = []
    for fold in range(FOLDS):
        first = _first_held(training, fold)
        last = _first_held(training, fold + 1)
        older = training.until(first)
        newer = training.take((day >= first) & (day < last))
        rows = np.empty((len(names), len(newer.rows)))
        for position, name in enumerate(names):
            progress(f"validating {name}", (fold + position / len(names)) / FOLDS)
            fitted = _learn(name, older, seed, trees[0] if trees else None)
            rows[position] = fitted.expected_counts(newer.matrix)
            if isinstance(fitted, FittedBoosted):
                trees.append(len(fitted.trees))
        told.append(rows)
    return np.hstack(told), trees[0] if trees else None


def _learn(name: str, training: TrainingRows, seed: int, n_trees: int | None) -> FittedModel:
    if name == "boosted" and n_trees is not None:
        return BoostedModel(seed=seed, n_trees=n_trees).fit(training)
    return KINDS[name].model(seed).fit(training)


def _score(
    names: tuple[str, ...], told: Floats, held: TrainingRows, seed: int
) -> dict[str, dict[str, float]]:
    """Return each candidate's gain over uniform and its difference from the default."""
    seen = held.weight * held.count
    gain = np.array([_gains(row, held) for row in told])
    block = (held.rows.day - held.rows.day.min()) // _BLOCK_DAYS
    n_blocks = int(block.max()) + 1
    by_block = np.array([np.bincount(block, row, minlength=n_blocks) for row in gain])
    events = np.bincount(block, seen, minlength=n_blocks)
    drawn = np.random.default_rng([seed, 0x5E1]).integers(0, n_blocks, (_RESAMPLES, n_blocks))
    default = names.index(DEFAULT)
    scores: dict[str, dict[str, float]] = {}
    for name, row in zip(names, by_block, strict=True):
        scores[name] = {"gain_nats": float(row.sum() / events.sum())}
        if name != DEFAULT:
            apart = row - by_block[default]
            resampled = apart[drawn].sum(axis=1) / np.maximum(events[drawn].sum(axis=1), _FLOOR)
            low, high = np.quantile(resampled, [_LOWER, 1 - _LOWER])
            scores[name] |= {
                "difference": float(apart.sum() / events.sum()),
                "difference_low": float(low), "difference_high": float(high),
            }  # fmt: skip
    return scores


def _reason(best: str, scores: dict[str, dict[str, float]]) -> str:
    if best == DEFAULT:
        return (
            "no other candidate told the days held back surely better than the transparent mixture"
        )
    found = scores[best]
    return (
        f"on days held back it told {found['difference']:.3f} nats an incident more than the "
        f"mixture (90 % interval {found['difference_low']:.3f} to {found['difference_high']:.3f})"
    )
