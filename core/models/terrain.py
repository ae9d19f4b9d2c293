"""The risk terrain: what places a cell is near multiplies its rate.

The steps are those of risk terrain modelling as its makers' RTMDx takes them: binary factors of
places, an elastic net with cross-validation to choose among very many, then stepwise selection by
BIC with at most one factor of a category. RTMDx lets a negative binomial compete with the Poisson
model on the totals of cells. Here rows are a weighted sample, so the exposure of a single cell is
itself estimated, which that likelihood cannot know. The extra variance of cells, of whatever
origin, is measured instead, and the likelihood and the standard errors allow for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from evenbeat.core.errors import ModelError
from evenbeat.core.models.expectation import HALF_AN_INCIDENT
from evenbeat.core.models.interface import Floats, Matrix
from evenbeat.core.models.terrain_factors import (
    Factor,
    Integers,
    add_up,
    find_patterns,
    hold,
    list_factors,
)
from evenbeat.core.models.terrain_selection import Selection, fit, preselect
from evenbeat.core.models.training import TrainingRows

_FOLDS = 5
_FEWEST_EXPECTED = (
    10.0  # incidents with and without a factor, were all cells equal: fewer tell little
)
_NORMAL_95 = 1.96
_NO_PLACES = "no places are known: every cell has the mean rate"
_NOTHING_TOLD = "no place tells cells apart better than chance: every cell has the mean rate"
_READ_AS = (
    "a relative risk is that of cells with the factor over others that are equal in all other "
    "factors; it is no cause, and its interval does not allow for having been selected"
)


@dataclass(frozen=True)
class TerrainModel:
    """Relative risks of being near places, and nothing about the past of a cell itself.

    Parameters
    ----------
    block_m
        Length of a block of houses in metres; distances are tried in half and whole blocks.
    seed
        Seed of the lot that deals cells to the folds of the cross-validation.

    Raises
    ------
    ModelError
        The block has no length.

    References
    ----------
    Caplan, Kennedy & Miller 2011, Risk terrain modeling, doi:10.1080/07418825.2010.486037.
    Kennedy, Caplan & Piza 2011, Risk clusters, hotspots, and spatial intelligence,
    doi:10.1007/s10940-010-9126-2. Caplan, Kennedy, Barnum & Piza 2015, Risk terrain modeling for
    spatial risk assessment, Cityscape 17(1).
    """

    block_m: float = 150.0
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.block_m < np.inf:
            raise ModelError(
                f"block_m must be a positive number of metres, got {self.block_m}. Blocks of "
                "houses normally are 80 to 200 m long."
            )

    def fit(self, training: TrainingRows) -> FittedTerrain:
        """Choose the factors and learn their relative risks."""
        incidents = float((training.weight * training.count).sum())
        rate = max(incidents, HALF_AN_INCIDENT) / max(float(training.weight.sum()), 1.0)
        factors = list_factors(training.catalogue, training.matrix, training.weight, self.block_m)
        if not factors or not incidents:
            note = _NO_PLACES if not factors else "nothing happened"
            return FittedTerrain.of_mean(rate, {"note": note, "incidents": incidents})
        # One thread: sums by more threads differ in their last digits.
        with threadpool_limits(1, user_api="blas"):
            return self._choose(training, factors, incidents)

    def _choose(
        self, training: TrainingRows, factors: tuple[Factor, ...], incidents: float
    ) -> FittedTerrain:
        weight, count = training.weight, training.weight * training.count
        holds = hold(factors, training.matrix)
        expected = np.array([weight @ row for row in holds]) * incidents / weight.sum()
        enough = np.minimum(expected, incidents - expected) >= _FEWEST_EXPECTED
        holds, factors = holds[enough], _at(factors, np.flatnonzero(enough))
        _, cell = np.unique(training.rows.cell, return_inverse=True)
        kept, penalty = self._preselect(holds, cell, count, weight)
        patterns, pattern = find_patterns(holds[list(kept)])
        happened, exposure = (add_up(each, pattern, len(patterns)) for each in (count, weight))
        design = np.column_stack([np.ones(len(patterns)), patterns])
        rates = np.exp(design @ fit(design, happened, exposure)[0])
        dispersion = _dispersion(cell, count, weight * rates[pattern])
        cells = max(float(weight.sum()) / (training.n_days * training.n_shifts), cell.max() + 1.0)
        category = tuple(factors[position].category for position in kept)
        selection = Selection(patterns, happened, exposure, category, dispersion, cells)
        chosen = selection.choose()
        procedure = {
            "note": _READ_AS if chosen else _NOTHING_TOLD,
            "incidents": incidents, "cells": round(cells), "factors_tried": int(enough.size),
            "factors_with_enough_incidents": len(factors), "factors_preselected": len(kept),
            "penalty": penalty, "dispersion": dispersion, "criterion": selection.criterion(chosen),
            "criterion_of_the_mean_rate": selection.criterion(()),
        }  # fmt: skip
        coefficients, errors = selection.estimate(chosen)
        chosen_factors = _at(_at(factors, kept), chosen)
        rate = float(np.exp(coefficients[0]))
        return FittedTerrain(rate, chosen_factors, coefficients[1:], errors[1:], procedure)

    def _preselect(
        self, holds: npt.NDArray[np.bool_], cell: Integers, count: Floats, weight: Floats
    ) -> tuple[tuple[int, ...], float]:
        """Return the factors that tell cells of other folds, and the penalty that found them."""
        if not len(holds):
            return (), 0.0
        fold = (np.random.default_rng(self.seed).permutation(cell.max() + 1) % _FOLDS)[cell]
        patterns, pattern = find_patterns(holds)
        n, key = len(patterns), pattern * _FOLDS + fold
        by_fold = (add_up(values, key, n * _FOLDS).reshape(n, -1) for values in (count, weight))
        return preselect(patterns, *by_fold)


def _at(factors: tuple[Factor, ...], positions: Iterable[int]) -> tuple[Factor, ...]:
    return tuple(factors[position] for position in positions)


def _dispersion(cell: Integers, count: Floats, expected: Floats) -> float:
    """Return the variance of cells' totals over what it would be if they were Poisson counts.

    Near repeats, what no place tells and the weights of the sample all raise it; 1 at least.
    """
    excess = np.bincount(cell, count - expected)
    return max(1.0, float((excess**2).sum() / expected.sum()))


@dataclass(frozen=True, eq=False)
class FittedTerrain:
    """A rate, and by what each factor multiplies it.

    Parameters
    ----------
    rate
        Expected count of a cell-shift in which no factor holds.
    factors
        The factors.
    coefficients, standard_errors
        Logarithms of the relative risks, and their standard errors.
    procedure
        What the selection did, for the model card.
    """

    rate: float
    factors: tuple[Factor, ...]
    coefficients: Floats
    standard_errors: Floats
    procedure: dict[str, Any]

    @classmethod
    def of_mean(cls, rate: float, procedure: dict[str, Any]) -> FittedTerrain:
        """Return the terrain without factors: every cell-shift has the same expected count."""
        return cls(rate, (), np.zeros(0), np.zeros(0), procedure)

    @property
    def kind(self) -> str:
        """Return the name of the kind of model."""
        return "risk terrain"

    def relative_risk(self, matrix: Matrix) -> Floats:
        """Return the relative risk score of each row: the product of its factors' risks.

        A cell in which no factor holds has 1.

        Parameters
        ----------
        matrix
            Predictors, shape ``(features, rows)``, in the order of the catalogue.
        """
        score = np.zeros(matrix.shape[1])
        for factor, coefficient in zip(self.factors, self.coefficients, strict=True):
            score[factor.holds(matrix)] += coefficient
        return np.asarray(np.exp(score))

    def expected_counts(self, matrix: Matrix) -> Floats:
        """Return the expected number of incidents of each row."""
        return self.rate * self.relative_risk(matrix)

    def facts(self) -> dict[str, Any]:
        """Return what JSON can keep: the rate, the factors in words, and the procedure."""
        half = _NORMAL_95 * self.standard_errors
        return {
            "rate": self.rate,
            "factors": [
                {
                    **factor.to_dict(),
                    "relative_risk": round(float(np.exp(log)), 3),
                    "interval_95": [round(float(np.exp(log + side)), 3) for side in (-h, h)],
                }
                for factor, log, h in zip(self.factors, self.coefficients, half, strict=True)
            ],
            "procedure": self.procedure,
        }

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return the logarithms of the relative risks and their standard errors."""
        return {"coefficients": self.coefficients, "standard_errors": self.standard_errors}

    @classmethod
    def from_parts(
        cls, facts: dict[str, Any], arrays: dict[str, npt.NDArray[Any]]
    ) -> FittedTerrain:
        """Make the model of `facts` and `arrays` again."""
        factors = tuple(Factor.from_dict(entry) for entry in facts["factors"])
        return cls(
            facts["rate"], factors, arrays["coefficients"], arrays["standard_errors"],
            facts["procedure"],
        )  # fmt: skip
