"""One interface of all models: learn from rows once, then tell expected counts of any rows."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from evenbeat.core.models.training import TrainingRows

Floats = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float32]


class FittedModel(Protocol):
    """A model that has learned; immutable, and kept as plain arrays and facts."""

    @property
    def kind(self) -> str:
        """Return the name of the kind of model."""
        ...

    def expected_counts(self, matrix: Matrix) -> Floats:
        """Return the expected number of incidents of each row.

        Parameters
        ----------
        matrix
            Predictors, shape ``(features, rows)``, in the order of the catalogue.
        """
        ...

    def facts(self) -> dict[str, Any]:
        """Return what JSON can keep: parameters, and what a model card tells."""
        ...

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return what is kept as arrays."""
        ...


class Model(Protocol):
    """A kind of model that can learn."""

    def fit(self, training: TrainingRows) -> FittedModel:
        """Learn from a weighted sample of cell-shifts."""
        ...
