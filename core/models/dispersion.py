"""Do counts vary more than Poisson counts, by how much, and what follows for their range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

SMALLEST_SIZE, LARGEST_SIZE = 0.02, 1e5
"""Bounds of sizes: a standard deviation of seven times the mean, and of a third of a per cent."""
SIGNIFICANCE = 0.05
"""[choice] Counts are called overdispersed when Poisson counts look so less often than this."""


@dataclass(frozen=True)
class Dispersion:
    """Poisson or negative binomial.

    Parameters
    ----------
    size
        Of the negative binomial: the variance is ``mean + mean**2 / size``. None for Poisson.
    statistic, p_value
        Of the likelihood-ratio test of Poisson against negative binomial.
    """

    size: float | None
    statistic: float
    p_value: float

    @classmethod
    def of(cls, count: Floats, expected: Floats) -> Dispersion:
        """Test Poisson against negative binomial, and choose.

        Poisson is the edge of the negative binomial, so that under it the statistic is 0 half of
        the time and else that of chi-square with one degree of freedom.

        Parameters
        ----------
        count
            Counts; aoristic sums need not be whole.
        expected
            Positive, of the same shape.

        References
        ----------
        Self & Liang 1987, doi:10.1080/01621459.1987.10478472. Lawless 1987, Negative binomial and
        mixed Poisson regression, doi:10.2307/3314912.

        Examples
        --------
        >>> Dispersion.of(np.array([4.0, 5.0, 6.0]), np.full(3, 5.0)).size is None
        True
        >>> round(Dispersion.of(np.array([0.0, 1.0, 50.0, 5.0]), np.full(4, 14.0)).size, 1)
        0.3
        """
        from scipy.special import chdtrc

        size = estimate_size(count, expected)
        statistic = 2 * max(_gain(size, count, expected), 0.0)
        p_value = float(chdtrc(1, statistic)) / 2 if statistic > 0 else 1.0
        return cls(size if p_value < SIGNIFICANCE else None, statistic, p_value)

    def interval(self, expected: Floats, level: float) -> tuple[Floats, Floats]:
        """Return the range that holds a count with at least some probability.

        Below and above it remains half of the rest each, or less.

        Parameters
        ----------
        expected
            Not negative, of any shape.
        level
            Probability, between 0 and 1.
        """
        from scipy.stats import nbinom, poisson

        ends = (1 - level) / 2, (1 + level) / 2
        if self.size is None:
            low, high = (poisson.ppf(end, expected) for end in ends)
        else:
            chance = self.size / (self.size + expected)
            low, high = (nbinom.ppf(end, self.size, chance) for end in ends)
        # Of nothing expected the library says -1, one below what can be.
        return np.asarray(np.maximum(low, 0.0)), np.asarray(np.maximum(high, 0.0))

    def facts(self) -> dict[str, Any]:
        """Return what JSON can keep, and makes it again."""
        return {
            "chosen": "poisson" if self.size is None else "negative binomial",
            "size": self.size, "statistic": self.statistic, "p_value": self.p_value,
        }  # fmt: skip

    @classmethod
    def from_facts(cls, facts: dict[str, Any]) -> Dispersion:
        """Make what `facts` told of again."""
        return cls(facts["size"], facts["statistic"], facts["p_value"])


def estimate_size(count: Floats, expected: Floats) -> float:
    """Return the most likely size of a negative binomial, within its bounds.

    It is also the shape of the gamma distribution by which means differ from what is expected.

    Parameters
    ----------
    count, expected
        Of one shape; expected is positive.
    """
    from scipy.optimize import minimize_scalar

    bounds = np.log([SMALLEST_SIZE, LARGEST_SIZE])
    found = minimize_scalar(
        lambda log: -_gain(float(np.exp(log)), count, expected), bounds=bounds, method="bounded",
        options={"xatol": 1e-4},
    )  # fmt: skip
    return float(np.exp(found.x))


def _gain(size: float, count: Floats, expected: Floats) -> float:
    """Return the log likelihood of a negative binomial less that of Poisson."""
    from scipy.special import gammaln

    gain = (
        gammaln(count + size) - gammaln(size) - count * np.log(size)
        - (count + size) * np.log1p(expected / size) + expected
    )  # fmt: skip
    return float(gain.sum())
