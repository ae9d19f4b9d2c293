"""Exponentially decayed intensities, carried from day to day instead of summed anew.

Fading every cell each day would cost a sweep over the memory of all of them. So what a half-life
has faded by is kept beside its sums as one number, ``scale``, and an incident is entered as if it
had faded as well: the sums themselves are touched only where something happened. Before the scale
grows too small for the digits of a float it is worked into the sums, once in thirty half-lives.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.kernels.flags import kernel

Floats = npt.NDArray[np.floating[Any]]
Integers = npt.NDArray[np.integer[Any]]

_LEAST_SCALE = 1e-9


@kernel
def advance_decays(
    state: Floats, scale: Floats, factor: Floats, cell_index: Integers, weight: Floats
) -> None:
    """Let decayed sums age by one step, then add new incidents at full weight.

    Parameters
    ----------
    state
        Decayed sums by half-life and cell before scaling, shape ``(k, n)``, float64; begin with
        zeros; changed in place.
    scale
        Common factor of the sums by half-life, shape ``(k,)``; begin with ones; changed in place.
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
    >>> state, scale, out = np.array([[8.0, 0.0]]), np.ones(1), np.empty((1, 2))
    >>> advance_decays(state, scale, np.array([0.5]), np.array([1]), np.array([1.0]))
    >>> read_decays(state, scale, out)
    >>> out
    array([[4., 1.]])
    """
    n_half_lives, n_cells = state.shape
    for half_life in range(n_half_lives):
        sums = state[half_life]
        scale[half_life] *= factor[half_life]
        if scale[half_life] < _LEAST_SCALE:
            for cell in range(n_cells):
                sums[cell] *= scale[half_life]
            scale[half_life] = 1.0
        lift = 1.0 / scale[half_life]
        for incident in range(cell_index.size):
            struck = np.int64(cell_index[incident])
            if 0 <= struck < n_cells:
                sums[struck] += weight[incident] * lift


@kernel
def read_decays(state: Floats, scale: Floats, out: Floats) -> None:
    """Write the decayed sums as they stand after the last step.

    Parameters
    ----------
    state, scale
        As carried by `advance_decays`.
    out
        Decayed sums by half-life and cell, shape ``(k, n)``; overwritten.
    """
    for half_life in range(state.shape[0]):
        sums, target = state[half_life], out[half_life]
        for cell in range(sums.size):
            target[cell] = sums[cell] * scale[half_life]
