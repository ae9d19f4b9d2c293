"""Boosted trees as plain arrays: no pickle, the same on every machine, and quick to ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.errors import ModelError
from evenbeat.core.kernels.trees import MOST_LEAVES, sum_trees
from evenbeat.core.models.bins import Bins
from evenbeat.core.models.interface import Floats, Matrix

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingRegressor

Whole = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Trees:
    """Trees of at most eight leaves, as `kernels.trees.sum_trees` asks them.

    Parameters
    ----------
    baseline
        What every row starts from.
    start
        Where each tree's questions start, and at last how many there are, shape ``(trees + 1,)``.
    feature, threshold, missing_left, kept
        What each question asks, and which leaves remain when a row goes right.
    leaf
        What the leaves add, shape ``(trees, 8)``.
    """

    baseline: float
    start: Whole
    feature: npt.NDArray[np.int32]
    threshold: npt.NDArray[np.float32]
    missing_left: npt.NDArray[np.int8]
    kept: npt.NDArray[np.uint8]
    leaf: Floats

    @classmethod
    def none(cls) -> Trees:
        """Return a sum of no trees: 0 for every row."""
        return cls(
            0.0, np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.float32),
            np.zeros(0, np.int8), np.zeros(0, np.uint8), np.zeros((0, MOST_LEAVES)),
        )  # fmt: skip

    @classmethod
    def from_sklearn(cls, regressor: HistGradientBoostingRegressor, bins: Bins) -> Trees:
        """Take the trees out of a regressor that was fitted on bins.

        Parameters
        ----------
        regressor
            Fitted, without categorical splits.
        bins
            What turns its thresholds back into values.

        Raises
        ------
        ModelError
            A tree has more than eight leaves.
        """
        packed = [_Packed(stage[0].nodes) for stage in regressor._predictors]
        nodes = [tree.questions for tree in packed]
        asked = np.concatenate([node["feature_idx"] for node in nodes]).astype(np.int64)
        limits = bins.decode(asked, np.concatenate([node["num_threshold"] for node in nodes]))
        return cls(
            float(regressor._baseline_prediction.item()),
            np.cumsum([0, *(len(node) for node in nodes)]).astype(np.int64),
            bins.columns[asked].astype(np.int32),
            _round_down(limits),
            np.concatenate([node["missing_go_to_left"] for node in nodes]).astype(np.int8),
            np.concatenate([tree.kept for tree in packed]),
            np.stack([tree.leaf for tree in packed]),
        )

    def __len__(self) -> int:
        return int(self.start.size - 1)

    def sums(self, matrix: Matrix) -> Floats:
        """Return the sum of each row, shape ``(rows,)``.

        Parameters
        ----------
        matrix
            Predictors, shape ``(features, rows)``.
        """
        out = np.empty(matrix.shape[1])
        sum_trees(
            np.ascontiguousarray(matrix, dtype=np.float32), self.start, self.feature,
            self.threshold, self.missing_left, self.kept, self.leaf, self.baseline, out,
        )  # fmt: skip
        return out

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return everything but the baseline, by name."""
        names = ("start", "feature", "threshold", "missing_left", "kept", "leaf")
        return {name: getattr(self, name) for name in names}

    @classmethod
    def from_parts(cls, baseline: float, arrays: dict[str, npt.NDArray[Any]]) -> Trees:
        """Make the trees of `arrays` again."""
        names = ("start", "feature", "threshold", "missing_left", "kept", "leaf")
        return cls(baseline, *(arrays[name] for name in names))


class _Packed:
    """One tree of scikit-learn's nodes: its questions, and its leaves from left to right."""

    def __init__(self, nodes: npt.NDArray[Any]) -> None:
        self._nodes = nodes
        self._leaves: list[float] = []
        self._asked: list[tuple[int, int]] = []
        self._walk(0)
        if len(self._leaves) > MOST_LEAVES:
            raise ModelError(
                f"A tree has {len(self._leaves)} leaves; at most {MOST_LEAVES} can be kept. "
                "Fit it with leaves=8 or fewer."
            )
        self.leaf = np.zeros(MOST_LEAVES)
        self.leaf[: len(self._leaves)] = self._leaves
        every = (1 << MOST_LEAVES) - 1
        self.questions = nodes[[node for node, _ in self._asked]]
        self.kept = np.array([every & ~left for _, left in self._asked], dtype=np.uint8)

    def _walk(self, node: int) -> int:
        """Note the questions below a node and return its leaves, a bit each."""
        found = self._nodes[node]
        if found["is_leaf"]:
            self._leaves.append(float(found["value"]))
            return 1 << (len(self._leaves) - 1)
        left = self._walk(int(found["left"]))
        right = self._walk(int(found["right"]))
        self._asked.append((node, left))
        return left | right


def _round_down(limits: Floats) -> npt.NDArray[np.float32]:
    """Return the largest float32 not above each limit: float32 values part there alike."""
    rounded = limits.astype(np.float32)
    above = rounded.astype(np.float64) > limits
    rounded[above] = np.nextafter(rounded[above], np.float32(-np.inf))
    return rounded
