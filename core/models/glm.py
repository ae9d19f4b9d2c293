"""Poisson regression on the logarithms of histories: the transparent yardstick of the others."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from evenbeat.core.features.catalogue import Catalogue
from evenbeat.core.models.expectation import HALF_AN_INCIDENT
from evenbeat.core.models.interface import Floats, Matrix
from evenbeat.core.models.training import TrainingRows

_LOGARITHM, _VALUE, _LEVEL = range(3)
_OFFSET_SHARE = 0.1
_DAYS_OF_SEASONS = 365
_CONSTANT = 1e-6
_LEAST_SPREAD = 2.0
_MARGIN = math.log(2)
_TOLERANCE = 1e-6
_STRONGEST = 5


@dataclass(frozen=True)
class GlmModel:
    """A log-linear model: each history multiplies the rate by a power of itself.

    Terms are ``log(x + offset)`` of every sum over past incidents, with a tenth of the column's
    mean as offset, so that an empty cell is not impossible; the shift of the day and the weekday as
    indicators; holidays; and, once a whole year is learned from, the season. All are standardised,
    but for a spread below 2, so that what is hardly ever anything but 0 is penalised as well; a
    missing value counts as the mean.

    Parameters
    ----------
    ridge_incidents
        Strength of the ridge penalty: a coefficient ``b`` costs ``ridge_incidents * b**2 / 2`` of
        log-likelihood, in which each incident counts once. [bench] 30 with a least spread of 2 does
        well from 20 to 10,000 incidents a year.

    References
    ----------
    Hoerl & Kennard 1970, Ridge regression, doi:10.1080/00401706.1970.10488634.
    """

    ridge_incidents: float = 30.0

    def fit(self, training: TrainingRows) -> FittedGlm:
        """Learn the coefficients; a term that never varies is left out."""
        everything, total = float(training.weight.sum()), float(training.weight @ training.count)
        mean = max(total, HALF_AN_INCIDENT) / max(everything, 1.0)
        with threadpool_limits(1):
            terms = _list_terms(training)
            if total <= 0 or not terms.column.size:
                return FittedGlm.constant(mean)
            intercept, coefficient = self._regress(terms, training, mean)
        fitted = FittedGlm(
            terms, coefficient, intercept, -math.inf, math.inf,
            _strongest(training.catalogue, terms, coefficient),
        )  # fmt: skip
        return fitted.within(fitted.logarithms(training.matrix))

    def _regress(self, terms: Terms, training: TrainingRows, mean: float) -> tuple[float, Floats]:
        """Return the intercept and the coefficients."""
        from sklearn.linear_model import PoissonRegressor

        design = np.empty((terms.column.size, training.matrix.shape[1]))
        for term, values in enumerate(design):
            values[:] = terms.standardised(term, training.matrix)
        # Counts over their mean keep the gradient near 1, which the tolerance takes for granted.
        regressor = PoissonRegressor(
            alpha=self.ridge_incidents / float(training.weight @ training.count),
            solver="newton-cholesky", tol=_TOLERANCE,
        ).fit(design.T, training.count / mean, training.weight)  # fmt: skip
        coefficient = np.asarray(regressor.coef_, dtype=np.float64)
        return float(regressor.intercept_) + math.log(mean), coefficient


@dataclass(frozen=True, eq=False)
class Terms:
    """What the regression multiplies with its coefficients.

    Parameters
    ----------
    column
        Position of each term's feature.
    transform, parameter
        0 for the logarithm after adding the parameter, 1 for the value itself, 2 for whether it
        equals the parameter.
    centre, spread
        Mean in the training rows, and their standard deviation where that is above 2, else 2.
    """

    column: npt.NDArray[np.int64]
    transform: npt.NDArray[np.int8]
    parameter: Floats
    centre: Floats
    spread: Floats

    @classmethod
    def of(cls, found: Sequence[tuple[int, int, float]]) -> Terms:
        """Return terms that are not standardised, from columns, transforms and parameters."""
        column, transform, parameter = np.array(found, dtype=np.float64).reshape(-1, 3).T
        return cls(
            column.astype(np.int64), transform.astype(np.int8), parameter,
            np.zeros(len(found)), np.ones(len(found)),
        )  # fmt: skip

    def take(self, chosen: slice | npt.NDArray[Any]) -> Terms:
        """Return some of the terms."""
        return Terms(**{name: values[chosen] for name, values in vars(self).items()})

    def raw(self, term: int, matrix: Matrix) -> Floats:
        """Return the values of a term before standardising; what is missing stays missing."""
        values: Floats = matrix[self.column[term]].astype(np.float64)
        parameter = self.parameter[term]
        if self.transform[term] == _LOGARITHM:
            return np.asarray(np.log(np.maximum(values, 0.0) + parameter))
        if self.transform[term] == _LEVEL:
            return np.asarray(np.where(np.isnan(values), np.nan, values == parameter))
        return values

    def standardised(self, term: int, matrix: Matrix) -> Floats:
        """Return the values of a term in standard deviations from the mean; 0 where missing."""
        values = (self.raw(term, matrix) - self.centre[term]) / self.spread[term]
        return np.asarray(np.nan_to_num(values, copy=False))


def _list_terms(training: TrainingRows) -> Terms:
    """Return the terms that vary in the training rows."""
    catalogue, weight = training.catalogue, training.weight
    levels = {"shift_of_day": training.n_shifts, "weekday": 7}
    plain = ["holiday", "holiday_eve"]
    if training.n_days >= _DAYS_OF_SEASONS:
        plain += ["season_cosine", "season_sine"]
    found: list[tuple[int, int, float]] = []
    for entry in catalogue.sums:
        column = catalogue.position(entry.feature.name)
        mean, _ = _moments(training.matrix[column].astype(np.float64), weight)
        found += [(column, _LOGARITHM, _OFFSET_SHARE * mean)] if mean > 0 else []
    for column, name in enumerate(catalogue.names):
        found += [(column, _LEVEL, float(level)) for level in range(levels.get(name, 0))]
        found += [(column, _VALUE, 0.0)] if name in plain else []
    terms = Terms.of(found)
    moments = [_moments(terms.raw(term, training.matrix), weight) for term in range(len(found))]
    centre, spread = np.array(moments, dtype=np.float64).reshape(-1, 2).T
    scaled = replace(terms, centre=centre, spread=np.maximum(spread, _LEAST_SPREAD))
    return scaled.take(spread > _CONSTANT)


def _moments(values: Floats, weight: Floats) -> tuple[float, float]:
    """Return the weighted mean and standard deviation of what is not missing; else twice 0."""
    present = ~np.isnan(values)
    total = weight[present].sum()
    if total <= 0:
        return 0.0, 0.0
    values, weight = values[present], weight[present] / total
    mean = float(values @ weight)
    return mean, math.sqrt(float((values - mean) ** 2 @ weight))


def _strongest(catalogue: Catalogue, terms: Terms, coefficient: Floats) -> dict[str, float]:
    """Return by what factor one standard deviation of the strongest terms changes the rate."""
    told = {}
    for term in np.argsort(-np.abs(coefficient), kind="stable")[:_STRONGEST]:
        name = catalogue.names[terms.column[term]]
        if terms.transform[term] == _LEVEL:
            name += f" = {terms.parameter[term]:.0f}"
        told[name] = round(math.exp(coefficient[term]), 4)
    return told


@dataclass(frozen=True, eq=False)
class FittedGlm:
    """Coefficients of standardised terms.

    Parameters
    ----------
    terms, coefficient
        What is multiplied with what.
    intercept
        Logarithm of the rate where every term is at its mean.
    lowest, highest
        Logarithms between which a rate is kept: half the least and twice the largest in training.
    strongest
        By what factor one standard deviation of the strongest terms changes the rate.
    """

    terms: Terms
    coefficient: Floats
    intercept: float
    lowest: float
    highest: float
    strongest: dict[str, float]

    @classmethod
    def constant(cls, rate: float) -> FittedGlm:
        """Return a model that expects the same of every row."""
        logarithm = math.log(rate)
        return cls(Terms.of([]), np.zeros(0), logarithm, logarithm, logarithm, {})

    @property
    def kind(self) -> str:
        """Return the name of the kind of model."""
        return "glm"

    def within(self, logarithms: Floats) -> FittedGlm:
        """Return the model kept near the logarithms of the rates that it gave in training."""
        return FittedGlm(
            self.terms, self.coefficient, self.intercept, float(logarithms.min()) - _MARGIN,
            float(logarithms.max()) + _MARGIN, self.strongest,
        )  # fmt: skip

    def logarithms(self, matrix: Matrix) -> Floats:
        """Return the logarithms of the expected counts, wherever they lead."""
        out = np.full(matrix.shape[1], self.intercept)
        for term, coefficient in enumerate(self.coefficient):
            out += coefficient * self.terms.standardised(term, matrix)
        return out

    def expected_counts(self, matrix: Matrix) -> Floats:
        """Return the expected number of incidents of each row."""
        return np.exp(np.clip(self.logarithms(matrix), self.lowest, self.highest))

    def facts(self) -> dict[str, Any]:
        """Return what JSON can keep."""
        return {
            "terms": int(self.coefficient.size), "intercept": self.intercept,
            "lowest": self.lowest, "highest": self.highest, "strongest": self.strongest,
        }  # fmt: skip

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return the terms and their coefficients."""
        return {**vars(self.terms), "coefficient": self.coefficient}

    @classmethod
    def from_parts(cls, facts: dict[str, Any], arrays: dict[str, npt.NDArray[Any]]) -> FittedGlm:
        """Make the model of `facts` and `arrays` again."""
        parts = dict(arrays)
        coefficient = parts.pop("coefficient")
        return cls(Terms(**parts), coefficient, facts["intercept"], facts["lowest"],
                   facts["highest"], facts["strongest"])  # fmt: skip
