"""A self-exciting process: a lasting background, and incidents that trigger others nearby."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from evenbeat.core.errors import ModelError
from evenbeat.core.features.catalogue import Catalogue
from evenbeat.core.features.declarations import HistorySum
from evenbeat.core.models.expectation import Evidence
from evenbeat.core.models.interface import Floats, Matrix
from evenbeat.core.models.surfaces import (
    columns_of,
    list_surfaces,
    list_triggers,
    take_sums,
)
from evenbeat.core.models.training import TrainingRows

_SEARCH_STEPS = 50
_STEPS = 400
_ROUNDS = 4
_DIGITS = 4
_UPDATES = "daily, by its sums over past incidents: new incidents count without a new fit"


@dataclass(frozen=True)
class EtasModel:
    """An epidemic-type aftershock process in cells and shifts.

    The expected count is ``uniform + background + trigger``. The background is one smoothed surface
    of the long run; the trigger is a sum over recent incidents that fades exponentially in time
    and spreads as a Gaussian, or stays in the cell. Which surface, which half-life and which
    bandwidth is decided by the likelihood among the features there are, and the proportions by
    expectation-maximisation. As the sums are carried from day to day, a new incident raises the
    forecast of the next day without a new fit.

    References
    ----------
    Mohler et al. 2011, Self-exciting point process modeling of crime,
    doi:10.1198/jasa.2011.ap09546.

    Mohler 2014, Marked point process hotspot maps for homicide and gun crime prediction in
    Chicago, doi:10.1016/j.ijforecast.2014.01.004.
    """

    def fit(self, training: TrainingRows) -> FittedEtas:
        """Choose the background and the trigger, and learn how much each explains.

        Raises
        ------
        ModelError
            The catalogue has no surface of the long run, or no recent fading sum.
        """
        surfaces, triggers = _require_candidates(training.catalogue)
        columns = columns_of(training.catalogue, (*surfaces, *triggers))
        with threadpool_limits(1):
            evidence = Evidence.of(
                take_sums(training.matrix, columns), count=training.count, weight=training.weight
            )
            background, trigger = _search(evidence, len(surfaces))
            chosen = evidence.choose([0, background, trigger])
            rates = chosen.lift(chosen.maximise(_STEPS))
        explained = rates * chosen.exposure / (rates @ chosen.exposure)
        excited = triggers[trigger - 1 - len(surfaces)]
        return FittedEtas(
            columns=columns[[background - 1, trigger - 1]],
            rates=rates,
            background=surfaces[background - 1].feature.name,
            half_life_days=float(excited.half_life_days or 0.0),
            bandwidth_m=float(excited.bandwidth_m),
            explained=tuple(round(float(share), _DIGITS) for share in explained),
        )


def _require_candidates(
    catalogue: Catalogue,
) -> tuple[tuple[HistorySum, ...], tuple[HistorySum, ...]]:
    """Return the surfaces and the triggers to choose from."""
    surfaces, triggers = list_surfaces(catalogue, ("own", "own_shift")), list_triggers(catalogue)
    if not surfaces or not triggers:
        raise ModelError(
            f"A self-exciting model needs a smoothed long-run sum and a fading sum with a "
            f"half-life of at most 60 days; the catalogue has {len(surfaces)} and {len(triggers)}. "
            "Choose another model.kind."
        )
    return surfaces, triggers


def _search(evidence: Evidence, n_surfaces: int) -> tuple[int, int]:
    """Return the parts that make the incidents likeliest together: a surface and a trigger.

    Each is chosen anew with the other held, until nothing changes.
    """
    surfaces = range(1, n_surfaces + 1)
    triggers = range(n_surfaces + 1, evidence.exposure.size)

    def likelihood(*parts: int) -> float:
        chosen = evidence.choose([0, *parts])
        return chosen.log_likelihood(chosen.maximise(_SEARCH_STEPS))

    background = max(surfaces, key=likelihood)
    trigger = max(triggers, key=lambda part: likelihood(background, part))
    for _ in range(_ROUNDS):
        before = background, trigger
        background = max(surfaces, key=lambda part: likelihood(part, trigger))
        if background == before[0]:
            break
        trigger = max(triggers, key=lambda part: likelihood(background, part))
        if trigger == before[1]:
            break
    return background, trigger


@dataclass(frozen=True, eq=False)
class FittedEtas:
    """A background and a trigger that know their columns.

    Parameters
    ----------
    columns
        Positions of the background's and of the trigger's feature.
    rates
        What every cell-shift has anyway, and what one incident in either sum contributes.
    background
        Name of the background's feature.
    half_life_days, bandwidth_m
        How long an incident excites, and how far: a bandwidth of 0 means its cell alone.
    explained
        Shares of the incidents that come evenly from everywhere, from the background and from the
        trigger. The last is the branching ratio: how many incidents one triggers on average.
    """

    columns: npt.NDArray[np.int64]
    rates: Floats
    background: str
    half_life_days: float
    bandwidth_m: float
    explained: tuple[float, ...]

    @property
    def kind(self) -> str:
        """Return the name of the kind of model."""
        return "etas"

    def expected_counts(self, matrix: Matrix) -> Floats:
        """Return the expected number of incidents of each row."""
        out = np.full(matrix.shape[1], self.rates[0])
        for rate, values in zip(self.rates[1:], take_sums(matrix, self.columns), strict=True):
            out += rate * values
        return out

    def facts(self) -> dict[str, Any]:
        """Return what JSON can keep: what triggers what, in plain numbers."""
        uniform, background, trigger = self.explained
        return {
            "background": self.background,
            "half_life_days": self.half_life_days, "bandwidth_m": self.bandwidth_m,
            "branching_ratio": trigger, "background_share": background, "uniform_share": uniform,
            "updates": _UPDATES,
        }  # fmt: skip

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return the columns and their rates."""
        return {"columns": self.columns, "rates": self.rates}

    @classmethod
    def from_parts(cls, facts: dict[str, Any], arrays: dict[str, npt.NDArray[Any]]) -> FittedEtas:
        """Make the model of `facts` and `arrays` again."""
        return cls(
            arrays["columns"], arrays["rates"], facts["background"], facts["half_life_days"],
            facts["bandwidth_m"],
            (facts["uniform_share"], facts["background_share"], facts["branching_ratio"]),
        )  # fmt: skip
