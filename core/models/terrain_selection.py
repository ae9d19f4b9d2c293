"""Which factors of a risk terrain to keep: an elastic net, then stepwise selection by BIC."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from evenbeat.core.models.elastic_net import fit_elastic_net, strongest_penalty
from evenbeat.core.models.interface import Floats
from evenbeat.core.models.log_linear import fit_log_linear
from evenbeat.core.models.terrain_factors import Flags, add_up

Chosen = tuple[int, ...]

PENALTIES = 0.75 ** np.arange(28)
"""Penalties that are tried, as shares of the one at which no factor is left; down to 1/2,400."""
_PATIENCE = 3  # penalties without better told folds after which weaker ones are not tried
_RIDGE = 0.01  # so weak that it matters only to a factor without a single incident


def preselect(holds: Flags, count: Floats, exposure: Floats) -> tuple[Chosen, float]:
    """Return the factors that an elastic net keeps at the penalty that tells unseen cells best.

    Parameters
    ----------
    holds
        Which factors hold in each pattern, shape ``(patterns, factors)``.
    count, exposure
        Incidents and cell-shifts of each pattern in each fold, shape ``(patterns, folds)``.

    Returns
    -------
    Positions of the factors, and the penalty.

    References
    ----------
    Friedman, Hastie & Tibshirani 2010, Regularization paths for generalized linear models via
    coordinate descent, doi:10.18637/jss.v033.i01.
    """
    design = np.column_stack([np.ones(len(holds)), holds])
    whole = count.sum(axis=1), exposure.sum(axis=1)
    share = whole[1] @ holds / whole[1].sum()
    spread = np.sqrt(share * (1 - share))
    training = [(whole[0] - n, whole[1] - e) for n, e in zip(count.T, exposure.T, strict=True)]
    training.append(whole)
    found = [_mean_rate(*part, design.shape[1]) for part in training]
    kept, best, since = found[-1], np.inf, 0
    chosen = strongest = strongest_penalty(design, *whole, spread)
    for penalty in strongest * PENALTIES:
        found = [
            fit_elastic_net(design, *part, spread, penalty, start)
            for part, start in zip(training, found, strict=True)
        ]
        told = _held_out(design, count, exposure, found)
        since += 1
        if told < best:
            kept, best, since, chosen = found[-1], told, 0, penalty
        elif since >= _PATIENCE:
            break
    return tuple(np.flatnonzero(kept[1:]).tolist()), float(chosen)


def _mean_rate(count: Floats, exposure: Floats, n_columns: int) -> Floats:
    coefficients = np.zeros(n_columns)
    coefficients[0] = np.log(max(count.sum(), 0.5) / exposure.sum())
    return coefficients


def _held_out(design: Floats, count: Floats, exposure: Floats, found: list[Floats]) -> float:
    """Return minus the log likelihood of each fold under the fit to the others."""
    return sum(
        float(exposure[:, fold] @ np.exp(eta) - count[:, fold] @ eta)
        for fold in range(count.shape[1])
        for eta in (design @ found[fold],)
    )


@dataclass(frozen=True, eq=False)
class Selection:
    """Stepwise selection among factors, at most one of a category.

    The criterion is ``-2 log L / dispersion + (factors + 1) log(cells)``. Cells are the
    independent units, whatever the length of shifts and the size of the sample.

    Parameters
    ----------
    holds
        Which factors hold in each pattern, shape ``(patterns, factors)``.
    count, exposure
        Incidents and cell-shifts of each pattern.
    category
        Category of each factor.
    dispersion
        By how much the counts of cells vary more than Poisson counts; at least 1.
    cells
        Number of cells.

    References
    ----------
    Schwarz 1978, Estimating the dimension of a model, doi:10.1214/aos/1176344136. Lebreton et
    al. 1992 (the likelihood over the dispersion), doi:10.2307/2937171.
    """

    holds: Flags
    count: Floats
    exposure: Floats
    category: tuple[str, ...]
    dispersion: float
    cells: float

    @cached_property
    def _bits(self) -> npt.NDArray[np.int64]:
        return self.holds.astype(np.int64)

    def choose(self) -> Chosen:
        """Return the best factors that steps lead to: add one, drop one, or exchange one."""
        chosen: Chosen = ()
        best = self.criterion(chosen)
        while True:
            steps = [(self.criterion(step), step) for step in self._steps(chosen)]
            value, step = min(steps, default=(np.inf, chosen))
            if value >= best:
                return chosen
            best, chosen = value, step

    def _steps(self, chosen: Chosen) -> list[Chosen]:
        """Return what one step leads to; a factor pushes out another of its category."""
        dropped = [tuple(k for k in chosen if k != j) for j in chosen]
        taken = [
            tuple(sorted([*(k for k in chosen if self.category[k] != category), j]))
            for j, category in enumerate(self.category)
            if j not in chosen
        ]
        return dropped + taken

    def criterion(self, chosen: Chosen) -> float:
        """Return the criterion of some factors; smaller is better."""
        design, count, exposure = self._add_up(chosen)
        coefficients, _ = fit(design, count, exposure)
        eta = design @ coefficients
        likelihood = float(count @ eta - exposure @ np.exp(eta))
        return float(-2 * likelihood / self.dispersion + len(design.T) * np.log(self.cells))

    def estimate(self, chosen: Chosen) -> tuple[Floats, Floats]:
        """Return the constant and the coefficients of factors, and their standard errors."""
        coefficients, information = fit(*self._add_up(chosen))
        variance = np.linalg.inv(information).diagonal() * self.dispersion
        return coefficients, np.sqrt(variance)

    def _add_up(self, chosen: Chosen) -> tuple[Floats, Floats, Floats]:
        """Return the patterns of these factors alone, with their counts and exposures."""
        code = self._bits[:, chosen] @ (1 << np.arange(len(chosen), dtype=np.int64))
        _, first, pattern = np.unique(code, return_index=True, return_inverse=True)
        design = np.column_stack([np.ones(first.size), self._bits[first][:, chosen]])
        count, exposure = (
            add_up(values, pattern, first.size) for values in (self.count, self.exposure)
        )
        return design, count, exposure


def fit(design: Floats, count: Floats, exposure: Floats) -> tuple[Floats, Floats]:
    """Fit a Poisson regression whose first column is the constant."""
    precision = np.full(design.shape[1], _RIDGE)
    precision[0] = 0.0
    return fit_log_linear(design, count, exposure, precision)
