"""Predict with boosted trees that are kept as plain arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.kernels.flags import exact_kernel

Floats = npt.NDArray[np.floating[Any]]
Integers = npt.NDArray[np.integer[Any]]

_BLOCK = 512  # rows that are led through all trees while they lie in the cache


@exact_kernel
def walk_trees(
    matrix: Floats,
    root: Integers,
    feature: Integers,
    threshold: Floats,
    missing_left: Integers,
    left: Integers,
    right: Integers,
    value: Floats,
    baseline: float,
    out: Floats,
) -> None:
    """Add the leaf of every tree to a baseline, tree by tree, as scikit-learn does.

    Parameters
    ----------
    matrix
        Predictors, shape ``(features, rows)``; NaN is missing.
    root
        Node at which each tree starts, shape ``(trees,)``.
    feature
        Feature that a node asks for, or -1 at a leaf, shape ``(nodes,)``.
    threshold
        A row goes left when its value is not above this.
    missing_left
        Whether a missing value goes left, 0 or 1.
    left, right
        The next nodes.
    value
        What a leaf adds.
    baseline
        What every row starts from.
    out
        Sums, shape ``(rows,)``, float64; overwritten.

    Examples
    --------
    One tree that asks whether the first feature is at most 5:

    >>> import numpy as np
    >>> node, leaf = np.array([0, -1, -1]), np.array([0.0, -1.0, 2.0])
    >>> out = np.empty(3)
    >>> walk_trees(np.array([[4.0, 6.0, np.nan]]), np.array([0]), node, np.full(3, 5.0),
    ...     np.zeros(3, np.int8), np.array([1, 0, 0]), np.array([2, 0, 0]), leaf, 10.0, out)
    >>> out
    array([ 9., 12., 12.])
    """
    n_rows = matrix.shape[1]
    for begin in range(0, n_rows, _BLOCK):
        end = min(begin + _BLOCK, n_rows)
        for row in range(begin, end):
            out[row] = baseline
        for tree in range(root.size):
            for row in range(begin, end):
                node = np.int64(root[tree])
                while feature[node] >= 0:
                    found = matrix[feature[node], row]
                    if np.isnan(found):
                        goes_left = missing_left[node] != 0
                    else:
                        goes_left = found <= threshold[node]
                    node = np.int64(left[node]) if goes_left else np.int64(right[node])
                out[row] += value[node]
