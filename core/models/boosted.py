"""Gradient-boosted Poisson regression, fitted by scikit-learn and kept as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from evenbeat.core.models.bins import Bins
from evenbeat.core.models.interface import Floats, Matrix
from evenbeat.core.models.mixture import FittedMixture, MixtureModel
from evenbeat.core.models.trees import Trees

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingRegressor

    from evenbeat.core.features.catalogue import Catalogue
    from evenbeat.core.models.training import TrainingRows

_HOLD_BACK_SHARE = 0.1
_PATIENCE = 30


@dataclass(frozen=True)
class BoostedModel:
    """A mixture of histories, corrected by boosted trees.

    The trees learn by what factor the mixture is wrong, and grow as long as they tell the newest
    weeks better. Starting from the mixture keeps the steps small and lets the busiest cells differ.

    Parameters
    ----------
    seed
        Seed of scikit-learn's binning.
    learning_rate, leaves, least_rows, shrinkage, most_trees
        Size of a step, leaves of a tree (at most 8), rows in a leaf, incidents by which a leaf is
        shrunk to nothing, and trees at most. [bench] small trees do as well as large ones.
    n_trees
        Trees; None finds the number on the newest weeks held back.
    """

    seed: int
    learning_rate: float = 0.06
    leaves: int = 8
    least_rows: int = 50
    shrinkage: float = 30.0
    most_trees: int = 400
    n_trees: int | None = None

    def fit(self, training: TrainingRows) -> FittedBoosted:
        """Learn from everything, with as many trees as told or as the newest weeks ask for."""
        mixture = MixtureModel().fit(training)
        if not training.count.any():
            return FittedBoosted(mixture, Trees.none())
        n_trees = self._find_n_trees(training) if self.n_trees is None else self.n_trees
        if n_trees == 0:
            return FittedBoosted(mixture, Trees.none())
        bins = Bins.of(training.matrix)
        trees = self._regressor(n_trees, training.catalogue, bins, early_stopping=False)
        ratio, weight = _against(mixture, training)
        # One thread: on a busy machine two that wait for each other take many times as long.
        with threadpool_limits(1, user_api="openmp"):
            trees.fit(bins.encode(training.matrix).T, ratio, weight)
        return FittedBoosted(mixture, Trees.from_sklearn(trees, bins))

    def _find_n_trees(self, training: TrainingRows) -> int:
        """Return the number of trees that tells the newest weeks best, held back for that."""
        day = training.rows.day
        newest = max(1, round(training.n_days * _HOLD_BACK_SHARE))
        newer = day >= training.n_days - newest
        if not training.count[~newer].any():
            return 0
        older = MixtureModel().fit(training.take(~newer))
        bins = Bins.of(training.matrix[:, ~newer])
        codes = bins.encode(training.matrix).T
        with threadpool_limits(1, user_api="openmp"):
            ratio, weight = _against(older, training)
            trial = self._regressor(
                self.most_trees, training.catalogue, bins, early_stopping=True
            ).fit(
                codes[~newer], ratio[~newer], weight[~newer],
                X_val=codes[newer], y_val=ratio[newer], sample_weight_val=weight[newer],
            )  # fmt: skip
        return int(np.argmax(trial.validation_score_))

    def _regressor(
        self, n_trees: int, catalogue: Catalogue, bins: Bins, *, early_stopping: bool
    ) -> HistGradientBoostingRegressor:
        from sklearn.ensemble import HistGradientBoostingRegressor

        return HistGradientBoostingRegressor(
            loss="poisson", learning_rate=self.learning_rate, max_leaf_nodes=self.leaves,
            min_samples_leaf=self.least_rows, l2_regularization=self.shrinkage, max_iter=n_trees,
            early_stopping=early_stopping, n_iter_no_change=_PATIENCE, random_state=self.seed,
            monotonic_cst=_signs(catalogue)[bins.columns],
        )  # fmt: skip


def _signs(catalogue: Catalogue) -> npt.NDArray[np.int8]:
    """Return 1 where more can only mean more, -1 where it can only mean less, and else 0."""
    return np.array([feature.sign for feature in catalogue.features], dtype=np.int8)


def _against(mixture: FittedMixture, training: TrainingRows) -> tuple[Floats, Floats]:
    """Return counts per expected count, and weights times expected counts.

    A Poisson regression on these is one with the expected counts as offset.
    """
    offset = mixture.expected_counts(training.matrix)
    return training.count / offset, training.weight * offset


@dataclass(frozen=True, eq=False)
class FittedBoosted:
    """A mixture, and the trees that correct it.

    Parameters
    ----------
    mixture
        What the trees correct.
    trees
        Their sum is the logarithm of the factor.
    """

    mixture: FittedMixture
    trees: Trees

    @property
    def kind(self) -> str:
        """Return the name of the kind of model."""
        return "boosted"

    def expected_counts(self, matrix: Matrix) -> Floats:
        """Return the expected number of incidents of each row."""
        return np.asarray(self.mixture.expected_counts(matrix) * np.exp(self.trees.sums(matrix)))

    def facts(self) -> dict[str, Any]:
        """Return what JSON can keep."""
        return {
            "baseline": self.trees.baseline, "trees": len(self.trees),
            "mixture": self.mixture.facts(),
        }  # fmt: skip

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return the trees, and the mixture."""
        return {**self.trees.arrays(), **self.mixture.arrays()}

    @classmethod
    def from_parts(
        cls, facts: dict[str, Any], arrays: dict[str, npt.NDArray[Any]]
    ) -> FittedBoosted:
        """Make the model of `facts` and `arrays` again."""
        mixture = FittedMixture.from_parts(facts["mixture"], arrays)
        return cls(mixture, Trees.from_parts(facts["baseline"], arrays))
