"""What is kept of scored forecasts: sums per window that add up over blocks to the same bits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.errors import BacktestError

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_NAMES = ("models", "budgets")
_PER_WINDOW = (
    "window_numbers", "window_starts_s", "observed", "beside", "observed_by_district", "most_hits",
)  # fmt: skip
_PER_MODEL_AND_WINDOW = (
    "hits", "hits_pessimistic", "expected_flagged", "log_sum", "expected", "deviance",
    "expected_by_district",
)  # fmt: skip
_SUMMED = ("bin_expected", "bin_observed", "bin_cells")
_FLAGGED = "flagged_"


@dataclass(frozen=True, eq=False)
class Scores:
    """Scores of one crime type: several models over consecutive windows.

    Below, M stands for models, W for windows, B for budgets, D for districts.

    Parameters
    ----------
    models
        Names of the models.
    budgets
        Keys of the budgets.
    window_numbers
        Number of each window in the whole back-test, shape ``(W,)``.
    window_starts_s
        Start of each window in seconds since 1970 UTC, shape ``(W,)``.
    observed
        What happened on the cells inside, shape ``(W,)``.
    beside
        What happened in no cell and counts into N all the same, shape ``(W,)``: nothing, except
        by the rules of the NIJ challenge.
    observed_by_district
        The same by district, shape ``(W, D)``.
    most_hits
        n*(a): the most that an area of the budget's size could capture, shape ``(W, B)``.
    hits
        What happened in the flagged cells, ties broken by lot, shape ``(M, W, B)``.
    hits_pessimistic
        The same, ties broken against the forecast, shape ``(M, W, B)``.
    expected_flagged
        Expected count in the flagged cells, shape ``(M, W, B)``.
    log_sum
        Sum of n log(lambda) over cells, shape ``(M, W)``.
    expected
        Sum of lambda over cells, shape ``(M, W)``.
    deviance
        Sum of the Poisson deviance over cells, shape ``(M, W)``.
    expected_by_district
        Sum of lambda by district, shape ``(M, W, D)``.
    bin_expected, bin_observed, bin_cells
        Sum of lambda and of n, and number of cell-windows, in each bin of expected count over all
        windows, shape ``(M, N_BINS)``.
    flagged
        For each budget the positions of the flagged cells among the cells inside, by falling
        expected count, int32, shape ``(M, W, cells of the budget)``.
    """

    models: tuple[str, ...]
    budgets: tuple[str, ...]
    window_numbers: Integers
    window_starts_s: Integers
    observed: Floats
    beside: Floats
    observed_by_district: Floats
    most_hits: Floats
    hits: Floats
    hits_pessimistic: Floats
    expected_flagged: Floats
    log_sum: Floats
    expected: Floats
    deviance: Floats
    expected_by_district: Floats
    bin_expected: Floats
    bin_observed: Floats
    bin_cells: Integers
    flagged: tuple[npt.NDArray[np.int32], ...]

    @property
    def n_windows(self) -> int:
        """Return the number of windows."""
        return int(self.observed.size)

    @property
    def events(self) -> Floats:
        """Return N, what hits are a share of, shape ``(W,)``."""
        return self.observed + self.beside

    def model(self, name: str) -> int:
        """Return the position of a model.

        Raises
        ------
        BacktestError
            The model was not scored.
        """
        if name not in self.models:
            raise BacktestError(
                f"The model {name!r} was not scored; there are {', '.join(self.models)}. "
                "Take one of these, or score it first."
            )
        return self.models.index(name)

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return the scores as plain arrays that ``numpy.savez`` keeps without pickling."""
        arrays = {
            field.name: np.asarray(getattr(self, field.name))
            for field in fields(self)
            if field.name != "flagged"
        }
        named = zip(self.budgets, self.flagged, strict=True)
        return {**arrays, **{f"{_FLAGGED}{key}": cells for key, cells in named}}

    @classmethod
    def from_arrays(cls, arrays: dict[str, npt.NDArray[Any]]) -> Scores:
        """Make scores of `to_arrays` again.

        Raises
        ------
        BacktestError
            An array is missing.
        """
        try:
            names = {name: tuple(str(text) for text in arrays[name]) for name in _NAMES}
            kept = (*_PER_WINDOW, *_PER_MODEL_AND_WINDOW, *_SUMMED)
            numbers = {name: arrays[name] for name in kept}
            flagged = tuple(arrays[f"{_FLAGGED}{key}"] for key in names["budgets"])
        except KeyError as error:
            raise BacktestError(
                f"The file of scores lacks {error}; it was written by another version or cut "
                "short. Score the block again."
            ) from error
        # The names say which field each array is; a checker cannot follow that.
        return cls(**names, **numbers, flagged=flagged)  # type: ignore[arg-type]

    @classmethod
    def concatenate(cls, blocks: Sequence[Scores]) -> Scores:
        """Put blocks of consecutive windows together, given in any order.

        Raises
        ------
        BacktestError
            There is no block, blocks are of different models, budgets or districts, or windows
            between the first and the last are missing or scored twice.
        """
        ordered = sorted(blocks, key=lambda block: int(block.window_numbers[0]))
        _require_alike(ordered)
        per_window = {
            name: np.concatenate([getattr(block, name) for block in ordered])
            for name in _PER_WINDOW
        }
        per_model = {
            name: np.concatenate([getattr(block, name) for block in ordered], axis=1)
            for name in _PER_MODEL_AND_WINDOW
        }
        summed = {name: sum(getattr(block, name) for block in ordered) for name in _SUMMED}
        flagged = tuple(
            np.concatenate(cells, axis=1)
            for cells in zip(*(block.flagged for block in ordered), strict=True)
        )
        first = ordered[0]
        return cls(
            first.models, first.budgets, **per_window, **per_model, **summed, flagged=flagged
        )


def _require_alike(blocks: Sequence[Scores]) -> None:
    if not blocks:
        raise BacktestError("There are no blocks of scores to put together. Score a block first.")
    first = blocks[0]
    for block in blocks:
        if _likeness(block) != _likeness(first):
            raise BacktestError(
                "Blocks of scores differ in models, budgets or districts: "
                f"{_likeness(first)} and {_likeness(block)}. Score all blocks with the same ones."
            )
    numbers = np.concatenate([block.window_numbers for block in blocks])
    steps = np.diff(numbers)
    if (steps != 1).any():
        at = int(np.flatnonzero(steps != 1)[0])
        raise BacktestError(
            f"Window {numbers[at + 1]} follows window {numbers[at]}; blocks must hold consecutive "
            "windows, each once. Score the missing block, or leave out the double one."
        )


def _likeness(block: Scores) -> tuple[object, ...]:
    sizes = tuple(cells.shape[2] for cells in block.flagged)
    return block.models, block.budgets, sizes, f"{block.observed_by_district.shape[1]} districts"
