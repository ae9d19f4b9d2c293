"""The equity report as a page, JSON and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evenbeat.core.reports.accounts.edition import Edition, write_report
from evenbeat.core.reports.equity.figures import fifths_figure, lorenz_figure
from evenbeat.core.reports.equity.map import map_keys, neighbourhood_map
from evenbeat.core.reports.equity.words import (
    RULES,
    answer,
    basis_of,
    missing,
    persistence_words,
    share_findings,
)

if TYPE_CHECKING:
    import pandas as pd
    from markupsafe import Markup

KIND = "equity"
_OVERRIDE_COLUMNS = (
    "event_id", "service_date", "shift", "action", "direction", "role", "minutes",
)  # fmt: skip


def equity_report(
    folder: Path, *, edition: Edition, facts: dict[str, Any], outlines: Mapping[str, Any],
    overrides: Sequence[dict[str, Any]], metres_per_unit: float,
) -> list[Path]:  # fmt: skip
    """Write the equity report; return the paths.

    Parameters
    ----------
    folder
        Where to write.
    edition
        What stands at the top of the page.
    facts
        The ledger as plain facts.
    outlines
        Neighbourhood -> polygon, for the map.
    overrides
        A row a decision of a person.
    metres_per_unit
        Of the outlines' CRS.
    """
    basis = basis_of(facts)
    shares = [
        {**share, "findings": share_findings(share, basis)} for share in facts["shares"]
    ]  # fmt: skip
    document = {
        **facts, "areas": _large(facts["areas"]), "basis": basis, "answer": answer(facts),
        "shares": shares, "missing": missing(facts), "rules": RULES,
        "persistence_words": persistence_words(facts["persistence"]),
        "map_keys": map_keys(facts["neighbourhoods"], basis),
    }  # fmt: skip
    return write_report(
        folder, edition=edition, kind=KIND, template="equity.html", document=document,
        tables=_tables(facts, overrides),
        figures=_figures(facts, basis, outlines, metres_per_unit),
    )  # fmt: skip


def _figures(
    facts: dict[str, Any], basis: str, outlines: Mapping[str, Any], metres_per_unit: float
) -> dict[str, Markup]:
    said = "Patrol" if basis == "delivered" else "Planned"
    found = {
        "lorenz": lorenz_figure(facts["curves"], name="lorenz"),
        "map": neighbourhood_map(
            facts["neighbourhoods"],
            outlines,
            measure=basis,
            metres_per_unit=metres_per_unit,
            alt=f"{said} minutes for 1,000 residents and day by neighbourhood; the table below has "
            "the same numbers.",
        ),
    }
    measures = {
        basis: f"{said} minutes for 1,000 residents and day",
        f"{basis}_to_harm": f"{said} minutes for a point of severity",
    }
    for at, share in enumerate(facts["shares"]):
        for number, (measure, title) in enumerate(measures.items()):
            found[f"share_{at}_{number}"] = fifths_figure(
                share["quintiles"], measure, title=title, share=share["name"],
                name=f"share-{at}-{number}",
            )  # fmt: skip
    return {name: figure for name, figure in found.items() if figure is not None}


def _large(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the areas that may be told of; the small ones together as one."""
    told = [row for row in rows if row["told"]]
    small = [row for row in rows if not row["told"]]
    if not small:
        return told
    sums = ("residents", "km2", "delivered_minutes", "planned_minutes", "harm", "observed",
            "expected", "added_minutes", "removed_minutes")  # fmt: skip
    together = dict.fromkeys(small[0]) | {
        "name": f"{len(small)} small areas together",
        "told": False,
        **{key: sum(row[key] for row in small) for key in sums},
    }
    return [*told, together]


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with each interval as three columns."""
    flat: dict[str, Any] = {}
    for key, value in row.items():
        if isinstance(value, dict):
            flat |= {key: value["estimate"], f"{key}_low": value["low"],
                     f"{key}_high": value["high"]}  # fmt: skip
        else:
            flat[key] = value
    return flat


def _tables(facts: dict[str, Any], overrides: Sequence[dict[str, Any]]) -> dict[str, pd.DataFrame]:
    import pandas as pd

    def table(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
        found = pd.DataFrame([_flat(row) for row in rows])
        blank = found.columns[found.isna().all()]
        return found.astype(dict.fromkeys(blank, "float64"))

    fifths = [
        {"share_of": share["name"], "fifth": row["name"],
         **{key: value for key, value in row.items() if key != "name"}}
        for share in facts["shares"] for row in share["quintiles"]
    ]  # fmt: skip
    rules = [
        {"share_of": share["name"], "rule": one["rule"], "days": one["days"], "gini": one["gini"],
         "moved": one["moved"], "harm_met": one["harm_met"], "fifth": row["name"],
         "minutes_per_1000_residents_day": float(minutes)}
        for share in facts["shares"] for one in share["counterfactuals"]
        for row, minutes in zip(share["quintiles"], one["minutes_per_1000"], strict=True)
    ]  # fmt: skip
    curves = [
        {"curve": name, "residents": float(x), "amount": float(y)}
        for name, curve in facts["curves"].items()
        for x, y in zip(curve["residents"], curve["amount"], strict=True)
    ]
    return {
        "areas": table(_large(facts["areas"])), "neighbourhoods": table(facts["neighbourhoods"]),
        "fifths": table(fifths), "counterfactuals": table(rules), "lorenz": table(curves),
        "overrides": pd.DataFrame(list(overrides), columns=list(_OVERRIDE_COLUMNS)),
    }  # fmt: skip
