"""The ledger: every measure over the same days, by neighbourhood and by quintile of each share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evenbeat.core.backtest.bootstrap import Interval, Resamples
from evenbeat.core.equity.areas import DemographicAreas
from evenbeat.core.equity.calibration import observed_over_expected
from evenbeat.core.equity.counterfactual import SharedOut, counterfactuals
from evenbeat.core.equity.disparity import Disparity, day_blocks, disparity, quotients
from evenbeat.core.equity.entries import Entries
from evenbeat.core.equity.evenness import Lorenz, lorenz
from evenbeat.core.equity.overlay import Overlay, Parts
from evenbeat.core.equity.overrides import OverrideSums, sum_overrides
from evenbeat.core.equity.persistence import Persistence, persistence
from evenbeat.core.equity.quintiles import NAMES, quintile_of

__all__ = ["Entries", "Ledger", "PartsLedger", "Terms", "keep_ledger"]
Floats = npt.NDArray[np.float64]
PER_RESIDENTS = 1000.0


@dataclass(frozen=True)
class Terms:
    """How a ledger is kept.

    Parameters
    ----------
    least_residents
        Residents below which no rate of a part is told.
    block_days, resamples, seed
        Of the bootstrap over days.
    """

    least_residents: float
    block_days: int
    resamples: int
    seed: int


@dataclass(frozen=True, eq=False)
class PartsLedger:
    """The measures over one division of the city; arrays and tuples have one value a part.

    Parameters
    ----------
    parts
        The division.
    told
        Whether a part has residents enough for rates.
    delivered_minutes, planned_minutes, harm, observed, expected
        Sums over the days that have them.
    delivered, planned
        Minutes for 1,000 residents and day, and each part against the first.
    delivered_by_area, planned_by_area
        Minutes for a square kilometre and day.
    delivered_to_harm, planned_to_harm
        Minutes for each point of severity-weighted crime that was reported on the same days.
    calibration
        O/E with its interval.
    persistence
        How flags stay; None without plans.
    overrides
        What people's decisions added and removed.
    counterfactuals
        The plans beside simple rules; empty without plans or crime before them.
    """

    parts: Parts
    told: npt.NDArray[np.bool_]
    delivered_minutes: Floats
    planned_minutes: Floats
    harm: Floats
    observed: Floats
    expected: Floats
    delivered: Disparity | None
    planned: Disparity | None
    delivered_by_area: Disparity | None
    planned_by_area: Disparity | None
    delivered_to_harm: Disparity | None
    planned_to_harm: Disparity | None
    calibration: tuple[Interval, ...]
    persistence: Persistence | None
    overrides: OverrideSums
    counterfactuals: tuple[SharedOut, ...]


@dataclass(frozen=True, eq=False)
class Ledger:
    """The equity ledger of a period.

    Parameters
    ----------
    areas
        By demographic area.
    neighbourhoods
        By neighbourhood.
    shares
        Name of a share -> by quintile of it.
    quintiles
        Name of a share -> quintile of each area, -1 for none.
    curves
        ``delivered``, ``planned`` and ``harm`` -> their Lorenz curve over residents, by area.
    minutes_outside
        ``delivered`` and ``planned`` -> minutes in no demographic area.
    """

    areas: PartsLedger
    neighbourhoods: PartsLedger
    shares: Mapping[str, PartsLedger]
    quintiles: Mapping[str, npt.NDArray[np.int64]]
    curves: Mapping[str, Lorenz]
    minutes_outside: Mapping[str, float]


def keep_ledger(
    entries: Entries, demographics: DemographicAreas, overlay: Overlay, neighbourhoods: Parts, *,
    shares: tuple[str, ...], terms: Terms, cell_km2: float,
) -> Ledger:  # fmt: skip
    """Keep the ledger of a period.

    Parameters
    ----------
    entries
        What was done.
    demographics, overlay
        The areas, and how they lie over the cells.
    neighbourhoods
        Parts of whole cells.
    shares
        Names of the shares whose quintiles are told.
    terms
        How it is kept.
    cell_km2
        Area of a cell.
    """

    def of(parts: Parts) -> PartsLedger:
        return _of_parts(entries, parts, overlay, terms, cell_km2)

    quintiles = {
        name: quintile_of(demographics.shares[name], overlay.areas.residents) for name in shares
    }
    by_area = of(overlay.areas)
    curves = {
        "delivered": by_area.delivered_minutes, "planned": by_area.planned_minutes,
        "harm": by_area.harm,
    }  # fmt: skip
    totals = {
        "delivered": (entries.delivered[entries.measured].sum(), by_area.delivered_minutes),
        "planned": (entries.planned[entries.with_plan].sum(), by_area.planned_minutes),
    }
    return Ledger(
        by_area, of(neighbourhoods),
        {name: of(overlay.areas.grouped(index, NAMES)) for name, index in quintiles.items()},
        quintiles,
        {name: lorenz(amount, overlay.areas.residents) for name, amount in curves.items()},
        {name: max(0.0, float(whole - known.sum())) for name, (whole, known) in totals.items()},
    )  # fmt: skip


def _of_parts(
    entries: Entries, parts: Parts, overlay: Overlay, terms: Terms, cell_km2: float
) -> PartsLedger:
    told = parts.residents >= max(terms.least_residents, np.finfo(float).tiny)
    delivered, planned = parts.sums(entries.delivered), parts.sums(entries.planned)
    harm = parts.sums(entries.harm)
    tested = entries.forecast & entries.reported
    observed = parts.sums(entries.observed[tested].sum(axis=0))
    expected = parts.sums(entries.expected[tested].sum(axis=0))
    people = np.where(told, parts.residents, np.nan)
    space = np.where(parts.km2 > 0, parts.km2, np.nan)
    measured, with_plan, reported = entries.measured, entries.with_plan, entries.reported

    def drawn(days: npt.NDArray[np.bool_]) -> Resamples | None:
        return day_blocks(
            int(days.sum()), block_days=terms.block_days, resamples=terms.resamples,
            seed=terms.seed,
        )  # fmt: skip

    def rates(minutes: Floats, days: npt.NDArray[np.bool_], size: Floats, per: float
              ) -> Disparity | None:  # fmt: skip
        return disparity(minutes[days], size, drawn(days), per=per) if days.any() else None

    def to_harm(minutes: Floats, days: npt.NDArray[np.bool_]) -> Disparity | None:
        if not days.any():
            return None
        return quotients(minutes[days], harm[days], drawn(days))

    return PartsLedger(
        parts=parts, told=told, delivered_minutes=delivered[measured].sum(axis=0),
        planned_minutes=planned[with_plan].sum(axis=0), harm=harm[reported].sum(axis=0),
        observed=observed, expected=expected,
        delivered=rates(delivered, measured, people, PER_RESIDENTS),
        planned=rates(planned, with_plan, people, PER_RESIDENTS),
        delivered_by_area=rates(delivered, measured, space, 1.0),
        planned_by_area=rates(planned, with_plan, space, 1.0),
        delivered_to_harm=to_harm(delivered, measured & reported),
        planned_to_harm=to_harm(planned, with_plan & reported),
        calibration=observed_over_expected(observed, expected),
        persistence=persistence(entries.flagged, entries.follows, parts),
        overrides=sum_overrides(entries.overrides, parts),
        counterfactuals=counterfactuals(
            entries.planned[with_plan], overlay.residents_of_cell,
            entries.harm_before[with_plan], areas=overlay.areas, groups=parts, cell_km2=cell_km2,
        ),
    )  # fmt: skip
