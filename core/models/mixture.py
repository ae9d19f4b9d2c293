"""A mixture of histories: each sum over past incidents contributes in a learned proportion.

With fading sums at several half-lives and bandwidths this is a self-exciting process whose kernel
is a mixture of exponentials in time and Gaussians in space.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.models.expectation import HALF_AN_INCIDENT, UNIFORM_SHARE, Evidence
from evenbeat.core.models.interface import Floats, Matrix
from evenbeat.core.models.training import TrainingRows

_NOTHING = 1e-4


@dataclass(frozen=True)
class MixtureModel:
    """Learns the proportions by expectation-maximisation.

    References
    ----------
    Mohler 2014, Marked point process hotspot maps for homicide and gun crime prediction in
    Chicago, doi:10.1016/j.ijforecast.2014.01.004.
    """

    def fit(self, training: TrainingRows) -> FittedMixture:
        """Learn how much each sum contributes, and what comes from nowhere."""
        catalogue = training.catalogue
        columns = np.array(
            [*catalogue.columns_of("own"), *catalogue.columns_of("own_shift")], dtype=np.int64
        )
        columns = columns[training.matrix[columns].any(axis=1)]
        evidence = Evidence.of(
            training.matrix[columns], count=training.count, weight=training.weight
        )
        shares = evidence.maximise()
        told = shares[1:] > _NOTHING * shares.sum()
        uniform = max(shares[0], UNIFORM_SHARE * evidence.mean)
        if not evidence.seen.size:
            uniform = HALF_AN_INCIDENT / max(evidence.exposure[0], 1.0)
        return FittedMixture(columns[told], shares[1:][told], uniform)


@dataclass(frozen=True, eq=False)
class FittedMixture:
    """A weighted sum of sums over past incidents.

    Parameters
    ----------
    columns, shares
        Positions of the features, and what one incident in each contributes to a cell-shift.
    uniform
        What every cell-shift has anyway.
    """

    columns: npt.NDArray[np.int64]
    shares: Floats
    uniform: float

    @property
    def kind(self) -> str:
        """Return the name of the kind of model."""
        return "mixture"

    def expected_counts(self, matrix: Matrix) -> Floats:
        """Return the expected number of incidents of each row."""
        out = np.full(matrix.shape[1], self.uniform)
        for column, share in zip(self.columns, self.shares, strict=True):
            out += share * matrix[column]
        return out

    def facts(self) -> dict[str, Any]:
        """Return what JSON can keep."""
        return {"uniform": self.uniform}

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return the columns and their shares."""
        return {"columns": self.columns, "shares": self.shares}

    @classmethod
    def from_parts(
        cls, facts: dict[str, Any], arrays: dict[str, npt.NDArray[Any]]
    ) -> FittedMixture:
        """Make the model of `facts` and `arrays` again."""
        return cls(arrays["columns"], arrays["shares"], facts["uniform"])
