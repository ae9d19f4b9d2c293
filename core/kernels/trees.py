"""Predict with small boosted trees: each tree is asked of a block of rows at once.

A tree of at most eight leaves fits into the bits of one byte. Every leaf is a bit, from left to
right; a question that sends a row to the right strikes out the leaves of the left branch; the
lowest bit that is left is the row's leaf. All questions are asked, in any order, so that the
processor compares many rows at a time and never has to guess a branch.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.kernels.flags import exact_kernel

Floats = npt.NDArray[np.floating[Any]]
Integers = npt.NDArray[np.integer[Any]]

MOST_LEAVES = 8
_BLOCK = 1024  # rows that are led through all trees while they lie in the cache
_EVERY_LEAF = np.uint8(255)
_FIRST_LEAF = np.array(
    [0, *((bits & -bits).bit_length() - 1 for bits in range(1, 256))], dtype=np.uint8
)


@exact_kernel
def sum_trees(
    matrix: Floats,
    start: Integers,
    feature: Integers,
    threshold: Floats,
    missing_left: Integers,
    kept: Integers,
    leaf: Floats,
    baseline: float,
    out: Floats,
) -> None:
    """Add the leaf of every tree to a baseline, tree by tree, as scikit-learn does.

    Parameters
    ----------
    matrix
        Predictors, shape ``(features, rows)``, float32; NaN is missing.
    start
        Where each tree's questions start, and at last how many there are, shape ``(trees + 1,)``.
    feature
        Feature that a question is about, shape ``(questions,)``.
    threshold
        A row goes left when its value is not above this; float32 as the values are.
    missing_left
        Whether a missing value goes left, 0 or 1.
    kept
        Leaves that remain when a row goes right, a bit each, uint8.
    leaf
        What the leaves add, shape ``(trees, 8)``, from left to right.
    baseline
        What every row starts from.
    out
        Sums, shape ``(rows,)``, float64; overwritten.

    References
    ----------
    Lucchese et al. 2015, QuickScorer, doi:10.1145/2766462.2767733.

    Examples
    --------
    One tree that asks whether the first feature is at most 5:

    >>> import numpy as np
    >>> leaf, out = np.zeros((1, 8)), np.empty(3)
    >>> leaf[0, :2] = -1.0, 2.0
    >>> matrix = np.array([[4.0, 6.0, np.nan]], dtype=np.float32)
    >>> sum_trees(matrix, np.array([0, 1]), np.array([0]), np.array([5.0], np.float32),
    ...     np.array([0]), np.array([0b11111110], np.uint8), leaf, 10.0, out)
    >>> out
    array([ 9., 12., 12.])
    """
    n_rows = matrix.shape[1]
    bits = np.empty(_BLOCK, np.uint8)
    for begin in range(0, n_rows, _BLOCK):
        size = min(_BLOCK, n_rows - begin)
        sums = out[begin : begin + size]
        for row in range(size):
            sums[row] = baseline
        for tree in range(start.size - 1):
            for row in range(size):
                bits[row] = _EVERY_LEAF
            for question in range(start[tree], start[tree + 1]):
                values = matrix[feature[question], begin : begin + size]
                limit, rest = threshold[question], kept[question]
                if missing_left[question]:
                    for row in range(size):
                        bits[row] &= rest if values[row] > limit else _EVERY_LEAF
                else:
                    for row in range(size):
                        bits[row] &= _EVERY_LEAF if values[row] <= limit else rest
            for row in range(size):
                sums[row] += leaf[tree, _FIRST_LEAF[bits[row]]]
