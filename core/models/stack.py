"""A stack: several models' expected counts, added in learned proportions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.models.interface import FittedModel, Floats, Matrix


@dataclass(frozen=True, eq=False)
class FittedStack:
    """A weighted sum of fitted models.

    Parameters
    ----------
    parts
        The models by name.
    weights
        What each contributes, in the order of the parts; never negative. They add up to about 1,
        and not to just 1: the stack also sets right by how much its parts are off together.
    """

    parts: dict[str, FittedModel]
    weights: Floats

    @property
    def kind(self) -> str:
        """Return the name of the kind of model."""
        return "stack"

    def expected_counts(self, matrix: Matrix) -> Floats:
        """Return the expected number of incidents of each row."""
        out = np.zeros(matrix.shape[1])
        for part, weight in zip(self.parts.values(), self.weights, strict=True):
            out += weight * part.expected_counts(matrix)
        return out

    def facts(self) -> dict[str, Any]:
        """Return what JSON can keep."""
        return {
            "weights": dict(zip(self.parts, map(float, self.weights), strict=True)),
            "parts": {
                name: {"kind": part.kind, "facts": part.facts()}
                for name, part in self.parts.items()
            },
        }

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return the arrays of every part, named after it."""
        return {
            f"{name}.{key}": values
            for name, part in self.parts.items()
            for key, values in part.arrays().items()
        }
