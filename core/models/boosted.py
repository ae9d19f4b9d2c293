"""Gradient-boosted Poisson regression, fitted by scikit-learn and kept as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from evenbeat.core.kernels.trees import walk_trees
from evenbeat.core.models.bins import Bins
from evenbeat.core.models.interface import Floats, Matrix
from evenbeat.core.models.mixture import FittedMixture, MixtureModel
from evenbeat.core.models.training import TrainingRows

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingRegressor

_HOLD_BACK_SHARE = 0.1
_PATIENCE = 30
_TREE_ARRAYS = ("root", "feature", "threshold", "missing_left", "left", "right", "value")


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
        Size of a step, leaves of a tree, rows in a leaf, incidents by which a leaf is shrunk to
        nothing, and trees at most. [bench] small trees do as well as large ones.
    """

    seed: int
    learning_rate: float = 0.06
    leaves: int = 8
    least_rows: int = 50
    shrinkage: float = 30.0
    most_trees: int = 400

    def fit(self, training: TrainingRows) -> FittedBoosted:
        """Find the number of trees on the newest weeks held back, then learn from everything."""
        day = training.rows.day
        newest = max(1, round(training.n_days * _HOLD_BACK_SHARE))
        newer = day >= training.n_days - newest
        older = MixtureModel().fit(training.take(~newer))
        bins = Bins.of(training.matrix[:, ~newer])
        codes = bins.encode(training.matrix).T
        # One thread: on a busy machine two that wait for each other take many times as long.
        with threadpool_limits(1, user_api="openmp"):
            ratio, weight = _against(older, training)
            trial = self._regressor(self.most_trees, early_stopping=True).fit(
                codes[~newer], ratio[~newer], weight[~newer],
                X_val=codes[newer], y_val=ratio[newer], sample_weight_val=weight[newer],
            )  # fmt: skip
            n_trees = int(np.argmax(trial.validation_score_))
            mixture = MixtureModel().fit(training)
            if n_trees == 0:
                return FittedBoosted.without_trees(mixture)
            ratio, weight = _against(mixture, training)
            trees = self._regressor(n_trees, early_stopping=False).fit(codes, ratio, weight)
        return FittedBoosted.from_sklearn(trees, bins, mixture)

    def _regressor(self, n_trees: int, *, early_stopping: bool) -> HistGradientBoostingRegressor:
        from sklearn.ensemble import HistGradientBoostingRegressor

        return HistGradientBoostingRegressor(
            loss="poisson", learning_rate=self.learning_rate, max_leaf_nodes=self.leaves,
            min_samples_leaf=self.least_rows, l2_regularization=self.shrinkage, max_iter=n_trees,
            early_stopping=early_stopping, n_iter_no_change=_PATIENCE, random_state=self.seed,
        )  # fmt: skip


def _against(mixture: FittedMixture, training: TrainingRows) -> tuple[Floats, Floats]:
    """Return counts per expected count, and weights times expected counts.

    A Poisson regression on these is one with the expected counts as offset.
    """
    offset = mixture.expected_counts(training.matrix)
    return training.count / offset, training.weight * offset


@dataclass(frozen=True, eq=False)
class FittedBoosted:
    """Boosted trees as arrays over the nodes of all trees.

    Parameters
    ----------
    mixture
        What the trees correct.
    baseline
        Logarithm of the factor from which the trees start.
    root
        First node of each tree.
    feature, threshold, missing_left, left, right, value
        What each node asks, where it leads to, and what a leaf adds.
    """

    mixture: FittedMixture
    baseline: float
    root: npt.NDArray[np.int64]
    feature: npt.NDArray[np.int32]
    threshold: Floats
    missing_left: npt.NDArray[np.int8]
    left: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]
    value: Floats

    @classmethod
    def without_trees(cls, mixture: FittedMixture) -> FittedBoosted:
        """Return the mixture as it is, for when no tree tells the newest weeks better."""
        whole, half = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int32)
        return cls(
            mixture, 0.0, whole, half, np.zeros(0), half.astype(np.int8), whole, whole, np.zeros(0)
        )

    @classmethod
    def from_sklearn(
        cls, regressor: HistGradientBoostingRegressor, bins: Bins, mixture: FittedMixture
    ) -> FittedBoosted:
        """Take the trees out of a regressor that was fitted on bins.

        Parameters
        ----------
        regressor
            Fitted, without categorical splits.
        bins
            What turns its thresholds back into values.
        mixture
            What it corrects.
        """
        trees = [stage[0].nodes for stage in regressor._predictors]
        sizes = np.array([len(tree) for tree in trees], dtype=np.int64)
        root = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
        nodes, offset = np.concatenate(trees), np.repeat(root, sizes)
        leaf = nodes["is_leaf"] == 1
        asked = nodes["feature_idx"].astype(np.int64)
        threshold = np.zeros(nodes.size)
        threshold[~leaf] = bins.decode(asked[~leaf], nodes["num_threshold"][~leaf])
        return cls(
            mixture,
            float(regressor._baseline_prediction.item()),
            root,
            np.where(leaf, -1, bins.columns[asked]).astype(np.int32),
            threshold,
            nodes["missing_go_to_left"].astype(np.int8),
            nodes["left"].astype(np.int64) + offset,
            nodes["right"].astype(np.int64) + offset,
            nodes["value"].astype(np.float64),
        )

    @property
    def kind(self) -> str:
        """Return the name of the kind of model."""
        return "boosted"

    def expected_counts(self, matrix: Matrix) -> Floats:
        """Return the expected number of incidents of each row."""
        out = np.empty(matrix.shape[1])
        walk_trees(
            np.ascontiguousarray(matrix), self.root, self.feature, self.threshold,
            self.missing_left, self.left, self.right, self.value, self.baseline, out,
        )  # fmt: skip
        return np.asarray(self.mixture.expected_counts(matrix) * np.exp(out))

    def facts(self) -> dict[str, Any]:
        """Return what JSON can keep."""
        return {
            "baseline": self.baseline, "trees": int(self.root.size),
            "mixture": self.mixture.facts(),
        }  # fmt: skip

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return the nodes of all trees, and the mixture."""
        return {
            **{name: getattr(self, name) for name in _TREE_ARRAYS}, **self.mixture.arrays(),
        }  # fmt: skip

    @classmethod
    def from_parts(
        cls, facts: dict[str, Any], arrays: dict[str, npt.NDArray[Any]]
    ) -> FittedBoosted:
        """Make the model of `facts` and `arrays` again."""
        mixture = FittedMixture.from_parts(facts["mixture"], arrays)
        return cls(mixture, facts["baseline"], **{name: arrays[name] for name in _TREE_ARRAYS})
