"""For sparse types: a cell's own count, drawn towards a smooth surface that borrows strength."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from evenbeat.core.features.catalogue import Catalogue
from evenbeat.core.features.declarations import HistorySum
from evenbeat.core.models.expectation import Evidence
from evenbeat.core.models.interface import Floats, Matrix
from evenbeat.core.models.surfaces import (
    columns_of,
    find_longest_count,
    find_own_type,
    list_surfaces,
    take_sums,
)
from evenbeat.core.models.training import TrainingRows

_STEPS = 200
_OWN_WEIGHTS = (0.001, 0.95)
_PRECISION = 1e-4
_DIGITS = 4
_WORTH_TELLING = 0.01


@dataclass(frozen=True)
class ShrinkageModel:
    """A hierarchical gamma-Poisson model.

    Each cell's rate is drawn from a gamma distribution around a prior surface, and the forecast is
    its posterior mean ``(n + kappa * prior) / (exposure + kappa)``: ``n`` incidents in ``exposure``
    shifts, and a prior that is worth ``kappa`` shifts of the cell's own history. The prior is a
    mixture of long-run surfaces of the type itself and of related types, so that a town with thirty
    robberies learns from all its violent crime where robberies are likely. The fewer incidents
    there are, the more the forecast is the prior; the more, the closer it comes to the count.

    Parameters
    ----------
    prior_incidents
        Imagined incidents: as many are due in equal parts to each surface, and as many are not due
        to the cell's own count. [bench] 1 to 3 do best in towns with 5 to 70 a year.

    References
    ----------
    Clayton & Kaldor 1987, Empirical Bayes estimates of age-standardized relative risks for use in
    disease mapping, doi:10.2307/2532003.
    """

    prior_incidents: float = 2.0

    def fit(self, training: TrainingRows) -> FittedShrinkage:
        """Learn the prior surface, and how many shifts of a cell's own history it is worth."""
        catalogue, matrix = training.catalogue, training.matrix
        longest = find_longest_count(catalogue)
        own, own_type = columns_of(catalogue, [longest]), find_own_type(catalogue, matrix)
        surfaces = _list_prior(catalogue, own_type)
        columns = columns_of(catalogue, surfaces)
        active = np.flatnonzero(take_sums(matrix, columns).any(axis=1))
        columns, surfaces = columns[active], [surfaces[position] for position in active]
        with threadpool_limits(1):
            evidence = Evidence.of(
                take_sums(matrix, columns), count=training.count, weight=training.weight
            )
            rates = self._mix(evidence)
            record = _Record.of(
                training, take_sums(matrix, own)[0], rates @ evidence.parts,
                nominal_shifts=float(longest.window_days * training.n_shifts),
            )  # fmt: skip
            kappa = record.find_kappa(self.prior_incidents)
        explained = rates * evidence.exposure / (rates @ evidence.exposure)
        return FittedShrinkage(
            columns=np.concatenate([own, columns]),
            rates=rates,
            exposure_shifts=record.exposure,
            kappa_shifts=kappa,
            story=_tell(surfaces, own_type, explained, record.exposure, kappa, training.n_shifts),
        )

    def _mix(self, evidence: Evidence) -> Floats:
        """Return what each cell-shift has anyway, and what one incident in each surface adds."""
        imagined = evidence.with_prior(self.prior_incidents)
        return evidence.lift(imagined.maximise(_STEPS))


def _list_prior(catalogue: Catalogue, own_type: str | None) -> list[HistorySum]:
    """Return what a prior is made of: all smoothed, but for related types also in the cell.

    What the type itself did in the cell is left to the count.
    """
    smoothed = list_surfaces(catalogue, ("own", "shared"))
    related = list_surfaces(catalogue, ("shared",), least_bandwidth_m=0.0)
    in_cell = (e for e in related if e.bandwidth_m == 0 and e.of != own_type)
    return [*smoothed, *in_cell]


@dataclass(frozen=True, eq=False)
class _Record:
    """What cells counted before, what was expected of them, and what happened then.

    Of the rows where something happened; over the rest, sums suffice.
    """

    count: Floats
    weight: Floats
    own: Floats
    prior: Floats
    exposure: float

    @classmethod
    def of(
        cls,
        training: TrainingRows,
        own: npt.NDArray[np.float32],
        prior: Floats,
        *,
        nominal_shifts: float,
    ) -> _Record:
        """Measure the exposure in shifts at the level of the training days.

        The cells' own counts over this exposure then have the same total as what happened, and so
        has every mean of them and the prior.
        """
        happened = np.flatnonzero(training.count)
        counted = float(own.astype(np.float64) @ training.weight)
        total = float(training.count @ training.weight)
        exposure = counted / total if counted > 0 and total > 0 else nominal_shifts
        return cls(
            training.count[happened], training.weight[happened],
            own[happened].astype(np.float64), prior, exposure,
        )  # fmt: skip

    def find_kappa(self, prior_incidents: float) -> float:
        """Return the kappa that makes what happened likeliest."""
        from scipy.optimize import minimize_scalar

        if not self.count.size:
            return self.exposure * (1 / _OWN_WEIGHTS[0] - 1)
        found = minimize_scalar(
            lambda own_weight: -self._log_likelihood(own_weight, prior_incidents),
            bounds=_OWN_WEIGHTS, method="bounded", options={"xatol": _PRECISION},
        )  # fmt: skip
        return float(self.exposure * (1 / found.x - 1))

    def _log_likelihood(self, own_weight: float, prior_incidents: float) -> float:
        """Return the log-likelihood, without what kappa leaves as it is.

        Given what a cell counted before, the next shift is negative binomial, and the product over
        all shifts is the marginal likelihood. Between whole counts, which aoristic shares give,
        it is interpolated.
        """
        from scipy.special import gammaln

        kappa = self.exposure * (1 / own_weight - 1)
        shape, shifts = self.own + kappa * self.prior, self.exposure + kappa
        whole = np.floor(self.count)
        rising = gammaln(shape + whole) - gammaln(shape)
        rising += (self.count - whole) * np.log(shape + whole)
        total = self.weight @ self.count
        stays = total * (shifts * np.log1p(-1 / (shifts + 1)) - np.log(shifts + 1))
        return float(self.weight @ rising + stays + prior_incidents * np.log1p(-own_weight))


def _tell(
    surfaces: Sequence[HistorySum],
    own_type: str | None,
    explained: Floats,
    exposure_shifts: float,
    kappa_shifts: float,
    n_shifts: int,
) -> dict[str, Any]:
    """Return in plain numbers what the forecast rests on."""
    shares = {entry.feature.name: round(float(share), _DIGITS)
              for entry, share in zip(surfaces, explained[1:], strict=True)}  # fmt: skip
    of_own = np.array([entry.of in ("own", own_type) for entry in surfaces], dtype=bool)
    return {
        "own_count_share": round(exposure_shifts / (exposure_shifts + kappa_shifts), _DIGITS),
        "prior_worth_days": round(kappa_shifts / n_shifts, 1),
        "prior_from_own_type": round(float(explained[1:][of_own].sum()), _DIGITS),
        "prior_from_related_types": round(float(explained[1:][~of_own].sum()), _DIGITS),
        "prior_from_everywhere": round(float(explained[0]), _DIGITS),
        "prior_by_surface": {
            name: share for name, share in shares.items() if share >= _WORTH_TELLING
        },
    }


@dataclass(frozen=True, eq=False)
class FittedShrinkage:
    """A prior surface, and a cell's count that pulls at it.

    Parameters
    ----------
    columns
        Positions of the cell's own count, then of the surfaces.
    rates
        What the prior expects of every cell-shift anyway, and what one incident in each surface
        adds.
    exposure_shifts, kappa_shifts
        Shifts that the own count stands for, and shifts that the prior is worth.
    story
        The same in plain numbers: the share of the own count in the forecast, the days of a cell's
        own history that the prior is worth, and what the prior is made of.
    """

    columns: npt.NDArray[np.int64]
    rates: Floats
    exposure_shifts: float
    kappa_shifts: float
    story: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """Return the name of the kind of model."""
        return "shrunk count"

    def expected_counts(self, matrix: Matrix) -> Floats:
        """Return the expected number of incidents of each row."""
        own, *surfaces = take_sums(matrix, self.columns)
        prior = np.full(matrix.shape[1], self.rates[0])
        for rate, values in zip(self.rates[1:], surfaces, strict=True):
            prior += rate * values
        kappa = self.kappa_shifts
        return np.asarray((own + kappa * prior) / (self.exposure_shifts + kappa))

    def facts(self) -> dict[str, Any]:
        """Return what JSON can keep."""
        return {
            "exposure_shifts": self.exposure_shifts, "kappa_shifts": self.kappa_shifts,
            **self.story,
        }  # fmt: skip

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return the columns and the rates of the prior."""
        return {"columns": self.columns, "rates": self.rates}

    @classmethod
    def from_parts(
        cls, facts: dict[str, Any], arrays: dict[str, npt.NDArray[Any]]
    ) -> FittedShrinkage:
        """Make the model of `facts` and `arrays` again."""
        story = dict(facts)
        exposure, kappa = story.pop("exposure_shifts"), story.pop("kappa_shifts")
        return cls(arrays["columns"], arrays["rates"], exposure, kappa, story)
