"""The ledger as plain facts: what the report prints and its JSON keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from evenbeat.core.backtest.bootstrap import Interval
from evenbeat.core.equity.disparity import Disparity
from evenbeat.core.equity.ledger import PER_RESIDENTS, Ledger, PartsLedger

if TYPE_CHECKING:
    from evenbeat.core.equity import DemographicAreas, Entries
    from evenbeat.core.grid import Grid

_RATES = (
    "delivered", "planned", "delivered_by_area", "planned_by_area", "delivered_to_harm",
    "planned_to_harm",
)  # fmt: skip
_SUMS = ("delivered_minutes", "planned_minutes", "harm", "observed", "expected")


def ledger_facts(
    ledger: Ledger, entries: Entries, demographics: DemographicAreas, *,
    labels: Sequence[str], grid: Grid,
) -> dict[str, Any]:  # fmt: skip
    """Return a ledger as dictionaries and lists of plain values.

    Parameters
    ----------
    ledger, entries, demographics
        The ledger, and what it was kept of.
    labels
        Names of the neighbourhoods for people, in the ledger's order.
    grid
        The study's grid.
    """
    return {
        "days": {
            "all": len(entries.dates), "measured": int(entries.measured.sum()),
            "planned": int(entries.with_plan.sum()), "reported": int(entries.reported.sum()),
            "delivered_with_crime": int((entries.measured & entries.reported).sum()),
            "planned_with_crime": int((entries.with_plan & entries.reported).sum()),
            "tested": int((entries.forecast & entries.reported).sum()),
        },
        "minutes": {
            "delivered": float(entries.delivered[entries.measured].sum()),
            "planned": float(entries.planned[entries.with_plan].sum()),
            "in_no_area": dict(ledger.minutes_outside),
        },
        "curves": {
            name: {"gini": curve.gini, "residents": curve.residents, "amount": curve.amount}
            for name, curve in ledger.curves.items()
        },
        "shares": [
            _share_facts(name, of_share, ledger, demographics)
            for name, of_share in ledger.shares.items()
        ],
        "neighbourhoods": [
            {**row, "label": label}
            for row, label in zip(part_rows(ledger.neighbourhoods), labels, strict=True)
        ],
        "areas": part_rows(ledger.areas),
        "persistence": _persistence(ledger.neighbourhoods, labels, grid),
        "overrides": _overrides(ledger.neighbourhoods),
        "counterfactuals": _counterfactuals(ledger.neighbourhoods),
    }  # fmt: skip


def part_rows(of: PartsLedger) -> list[dict[str, Any]]:
    """Return one row a part with every measure; None where it cannot or must not be told."""
    added, removed = of.overrides.direction("added"), of.overrides.direction("removed")
    rows = []
    for at, name in enumerate(of.parts.names):
        row: dict[str, Any] = {
            "name": name, "residents": float(of.parts.residents[at]),
            "km2": float(of.parts.km2[at]), "told": bool(of.told[at]),
        }  # fmt: skip
        row |= {key: float(getattr(of, key)[at]) for key in _SUMS}
        for key in _RATES:
            found: Disparity | None = getattr(of, key)
            row[key] = None if found is None else interval(found.rate[at])
        row["calibration"] = interval(of.calibration[at])
        stays = of.persistence
        row["flagged_share"] = None if stays is None else stays.flagged_by_part[at]
        row["never_share"] = None if stays is None else stays.never_by_part[at]
        row["added_minutes"], row["removed_minutes"] = float(added[at]), float(removed[at])
        rows.append(row)
    return rows


def interval(found: Interval) -> dict[str, float] | None:
    """Return an interval as a dictionary; None without an estimate."""
    if np.isnan(found.estimate):
        return None
    return {"estimate": found.estimate, "low": found.low, "high": found.high}


def _share_facts(
    name: str, of: PartsLedger, ledger: Ledger, demographics: DemographicAreas
) -> dict[str, Any]:
    index, share = ledger.quintiles[name], demographics.shares[name]
    rows = part_rows(of)
    for at, row in enumerate(rows):
        own = share[index == at]
        row |= {"areas": int(own.size), "share_low": own.min(initial=np.inf),
                "share_high": own.max(initial=-np.inf)}  # fmt: skip
        for key in _RATES:
            found: Disparity | None = getattr(of, key)
            if found is not None:
                row[f"{key}_ratio"] = interval(found.ratio[at])
                row[f"{key}_difference"] = interval(found.difference[at])
    unknown = index < 0
    return {
        "name": name, "quintiles": rows, "areas_without": int(unknown.sum()),
        "residents_without": float(ledger.areas.parts.residents[unknown].sum()),
        "minutes_without": {
            "delivered": float(ledger.areas.delivered_minutes[unknown].sum()),
            "planned": float(ledger.areas.planned_minutes[unknown].sum()),
        },
        "counterfactuals": _counterfactuals(of),
    }  # fmt: skip


def _persistence(of: PartsLedger, labels: Sequence[str], grid: Grid) -> dict[str, Any] | None:
    found = of.persistence
    if found is None:
        return None
    where: Mapping[str, Any] = {"row": None, "column": None, "neighbourhood": ""}
    if found.cell >= 0:
        row, column = divmod(int(grid.inside_index[found.cell]), grid.shape[1])
        home = of.parts.of_cell[:, [found.cell]].toarray().ravel()
        where = {"row": row, "column": column,
                 "neighbourhood": labels[int(home.argmax())] if home.any() else ""}  # fmt: skip
    ordered = np.sort(found.flagged)[::-1]
    return {
        "shifts": found.shifts, "longest_run": found.longest_run, "where": dict(where),
        "always": found.always, "never": found.never, "most_flagged": float(ordered[0]),
        "cells": int(found.flagged.size),
    }  # fmt: skip


def _overrides(of: PartsLedger) -> list[dict[str, Any]]:
    found = of.overrides
    return [
        {"action": action, "direction": direction, "decisions": int(count), "minutes": float(sum_)}
        for (action, direction), count, sum_ in zip(
            found.actions, found.count, found.minutes, strict=True
        )
    ]


def _counterfactuals(of: PartsLedger) -> list[dict[str, Any]]:
    people = np.where(of.told, of.parts.residents, np.nan)
    return [
        {
            "rule": one.rule, "days": one.days, "gini": one.gini, "moved": one.moved,
            "harm_met": one.harm_met,
            "minutes_per_1000": PER_RESIDENTS * one.by_group / people / one.days,
        }
        for one in of.counterfactuals
    ]  # fmt: skip
