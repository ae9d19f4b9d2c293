"""Expectation-maximisation of Poisson means that are sums of parts in unknown proportions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evenbeat.core.models.interface import Floats, Matrix

STEPS = 100
UNIFORM_SHARE = 0.02
"""Least share of the mean that every cell-shift has, so that no cell is impossible."""
HALF_AN_INCIDENT = 0.5
"""What is expected of all rows together where nothing ever happened."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """What the likelihood of a sum of parts depends on; the first part is 1 everywhere.

    Parameters
    ----------
    exposure
        Weighted sum of each part over all rows, shape ``(parts,)``.
    parts
        Value of each part in the rows where something happened, shape ``(parts, such rows)``.
    seen
        Weighted counts of these rows.

    Examples
    --------
    Two rows, one incident in the second, and a surface that foretold it:

    >>> evidence = Evidence.of(np.float32([[0, 1]]), count=np.array([0.0, 1.0]), weight=np.ones(2))
    >>> uniform, share = evidence.maximise(steps=50)
    >>> print(f"{uniform:.3f} {share:.3f}")
    0.000 1.000
    """

    exposure: Floats
    parts: Floats
    seen: Floats

    @classmethod
    def of(cls, surfaces: Matrix, *, count: Floats, weight: Floats) -> Evidence:
        """Gather the evidence on a uniform part and on some surfaces.

        A surface that is 0 everywhere gets an exposure of 1, so that its share comes out as 0.

        Parameters
        ----------
        surfaces
            Non-negative values, shape ``(surfaces, rows)``.
        count, weight
            What happened in each row, and how many cell-shifts it stands for.
        """
        exposure = np.concatenate([[weight.sum()], surfaces.astype(np.float64) @ weight])
        exposure[exposure == 0] = 1.0
        happened = np.flatnonzero(count)
        parts = np.vstack([np.ones(happened.size), surfaces[:, happened].astype(np.float64)])
        return cls(exposure, parts, (weight * count)[happened])

    @property
    def mean(self) -> float:
        """Return the mean count of a cell-shift."""
        return float(self.seen.sum() / self.exposure[0])

    def choose(self, chosen: Sequence[int] | npt.NDArray[np.int64]) -> Evidence:
        """Return the evidence on some of the parts; the first should stay the first."""
        return Evidence(self.exposure[chosen], self.parts[chosen], self.seen)

    def with_prior(self, incidents: float) -> Evidence:
        """Return the evidence with imagined incidents, equally many surely due to each part.

        They draw the proportions towards equality, the more the fewer real incidents there are: a
        Dirichlet prior. The shares then sum to as many more incidents.
        """
        n_parts = self.exposure.size
        return Evidence(
            self.exposure,
            np.hstack([self.parts, np.diag(self.exposure)]),
            np.concatenate([self.seen, np.full(n_parts, incidents / n_parts)]),
        )

    def maximise(self, steps: int = STEPS) -> Floats:
        """Return how much one unit of each part contributes to the mean of a cell-shift.

        References
        ----------
        Mohler et al. 2011, Self-exciting point process modeling of crime,
        doi:10.1198/jasa.2011.ap09546.
        """
        shares = self.seen.sum() / (self.exposure * self.exposure.size)
        if not shares.any():
            return np.asarray(shares)
        for _ in range(steps):
            shares *= (self.parts @ (self.seen / (shares @ self.parts))) / self.exposure
        return np.asarray(shares)

    def log_likelihood(self, shares: Floats) -> float:
        """Return the weighted Poisson log-likelihood, without what no share changes."""
        return float(self.seen @ np.log(shares @ self.parts) - shares @ self.exposure)

    def lift(self, shares: Floats) -> Floats:
        """Return the shares with a uniform part of at least a fiftieth, and the right total.

        Where nothing ever happened, half an incident is spread evenly over all rows.
        """
        total = self.seen.sum()
        if total <= 0:
            nothing = np.zeros_like(shares)
            nothing[0] = HALF_AN_INCIDENT / max(self.exposure[0], 1.0)
            return nothing
        lifted = shares.copy()
        lifted[0] = max(shares[0], UNIFORM_SHARE * self.mean)
        others = shares[1:] @ self.exposure[1:]
        if others > 0:
            lifted[1:] *= (total - lifted[0] * self.exposure[0]) / others
        else:
            lifted[0] = self.mean
        return lifted
