"""Exponentially decayed intensities, carried from day to day instead of summed anew."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.kernels.flags import kernel

Floats = npt.NDArray[np.floating[Any]]
Integers = npt.NDArray[np.integer[Any]]


@kernel
def advance_decays(state: Floats, factor: Floats, cell_index: Integers, weight: Floats) -> None:
    """Let decayed sums age by one step, then add new incidents at full weight.

    Parameters
    ----------
    state
        Decayed sums by half-life and cell, shape ``(k, n)``, float64; changed in place.
    factor
        What is left of a sum after the step, by half-life, shape ``(k,)``:
        ``0.5 ** (step / half_life)``.
    cell_index
        Cell of each new incident, shape ``(m,)``; incidents outside ``0 ... n - 1`` add nothing.
    weight
        Weight of each new incident, shape ``(m,)``.

    Examples
    --------
    >>> import numpy as np
    >>> state = np.array([[8.0, 0.0]])
    >>> advance_decays(state, np.array([0.5]), np.array([1]), np.array([1.0]))
    >>> state
    array([[4., 1.]])
    """
    n_half_lives, n_cells = state.shape
    for half_life in range(n_half_lives):
        left = factor[half_life]
        sums = state[half_life]
        for cell in range(n_cells):
            sums[cell] *= left
        for incident in range(cell_index.size):
            struck = np.int64(cell_index[incident])
            if 0 <= struck < n_cells:
                sums[struck] += weight[incident]
