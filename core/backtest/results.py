"""Results of blocks as plain arrays, so that a back-test that was stopped can go on."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.backtest.rolling import BlockResult, TypeResult
from evenbeat.core.backtest.scores import Scores
from evenbeat.core.errors import BacktestError

Arrays = dict[str, npt.NDArray[Any]]
_CELLS = ("observed_cells", "hit_cells", "issued")
_SEVERITY = "severity"


def to_arrays(result: BlockResult, *, with_forecasts: bool) -> Arrays:
    """Return a block's result as arrays that ``numpy.savez`` keeps without pickling.

    Parameters
    ----------
    result
        Of one block.
    with_forecasts
        Whether the issued forecasts are kept too.
    """
    head = {"number": result.number, "types": list(result.types)}
    arrays: Arrays = {"head": np.array(json.dumps(head))}
    for name, found in result.types.items():
        arrays |= _prefixed(f"{name}/scores", found.scores.to_arrays())
        arrays[f"{name}/facts"] = np.array(json.dumps(found.facts))
        arrays |= {
            f"{name}/{key}": getattr(found, key)
            for key in _CELLS if with_forecasts or key != "issued"
        }  # fmt: skip
    if result.severity is not None:
        arrays |= _prefixed(_SEVERITY, result.severity.to_arrays())
    return arrays


def from_arrays(arrays: Arrays) -> BlockResult:
    """Make the result of `to_arrays` again; forecasts that were not kept have no windows.

    Raises
    ------
    BacktestError
        An array is missing.
    """
    try:
        head = json.loads(str(arrays["head"]))
        types = {name: _type_result(arrays, name) for name in head["types"]}
    except KeyError as error:
        raise BacktestError(
            f"A stored block lacks {error}; it was written by another version or cut short. "
            "Run again with --force."
        ) from error
    severity = _part(arrays, _SEVERITY)
    return BlockResult(
        head["number"], types, Scores.from_arrays(severity) if severity else None
    )  # fmt: skip


def _type_result(arrays: Arrays, name: str) -> TypeResult:
    observed = arrays[f"{name}/observed_cells"]
    return TypeResult(
        Scores.from_arrays(_part(arrays, f"{name}/scores")),
        json.loads(str(arrays[f"{name}/facts"])),
        observed,
        arrays[f"{name}/hit_cells"],
        arrays.get(f"{name}/issued", np.zeros((0, observed.size), dtype=np.float32)),
    )


def _prefixed(head: str, arrays: Arrays) -> Arrays:
    return {f"{head}/{key}": values for key, values in arrays.items()}


def _part(arrays: Arrays, head: str) -> Arrays:
    return {
        key.removeprefix(f"{head}/"): values
        for key, values in arrays.items()
        if key.startswith(f"{head}/")
    }
