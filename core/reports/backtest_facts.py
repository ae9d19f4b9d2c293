"""What the page of a back-test tells, gathered from its document."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from evenbeat.core.reports.backtest_figures import hit_rate_figure, pai_figure
from evenbeat.core.reports.backtest_map import BacktestMap, draw_backtest_map
from evenbeat.core.reports.backtest_words import (
    AHEAD,
    BEHIND,
    CANNOT_TELL,
    join_words,
    judge,
    model_label,
)
from evenbeat.core.reports.calibration_figures import (
    districts_figure,
    quarters_figure,
    reliability_figure,
)
from evenbeat.core.reports.page import number, words

_WORST = "ABCDE"


def type_facts(
    document: dict[str, Any], crime_type: str, *, position: int, told: BacktestMap | None
) -> dict[str, Any]:
    """Return what the page tells of one crime type, its figures among it.

    Parameters
    ----------
    document
        The back-test.
    crime_type
        A key of its ``types``.
    position
        Of the type on the page, from 1.
    told
        Its map, if there is one.
    """
    facts = document["types"][crime_type]
    main, model = document["main_budget"], document["model"]
    paired = (facts.get("paired") or {}).get(main)
    best = _best_baseline(document, facts)
    models = facts["models"]
    worst = worst_districts(models[model].get("by_district") or [])
    return {
        **{key: facts[key] for key in ("events", "windows", "first", "last")},
        "beside": facts.get("events_beside", 0),
        "type": crime_type, "anchor": f"type-{position}", "paired": paired,
        "verdict": judge(paired), "best": best, "worst": worst,
        "whole": models[model], "at": models[model]["budgets"][main],
        "best_whole": models.get(best or "", {}),
        "best_at": models.get(best or "", {}).get("budgets", {}).get(main, {}),
        "budgets": _budgets_of(document, facts),
        "models": models,
        "against": _against(document, facts),
        "kinds": sorted((facts.get("kinds") or {}).items(), key=lambda one: -one[1]),
        "bootstrap": facts.get("bootstrap"), "intervals": facts.get("intervals"),
        "figures": _figures(document, crime_type, best=best, worst=worst, position=position),
        "map": None if told is None else draw_backtest_map(
            told, windows=facts["windows"],
            cell_area_km2=document["settings"].get("cell_area_km2"), name=f"type{position}-map",
            what=words(crime_type),
        ),
    }  # fmt: skip


def _best_baseline(document: dict[str, Any], facts: dict[str, Any]) -> str | None:
    """Return the best baseline at the main budget; a plain count where none is the best."""
    main = document["main_budget"]
    asked = (
        ((facts.get("paired") or {}).get(main) or {}).get("baseline"),
        (facts.get("best_baseline") or {}).get(main),
        *reversed(document.get("plain_counts") or document["baselines"]),
    )
    return next((name for name in asked if name in facts["models"]), None)


def _budgets_of(document: dict[str, Any], facts: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of each budget, one a model, the main budget first."""
    budgets = sorted(document["budgets"], key=lambda one: one["key"] != document["main_budget"])
    return [
        {
            **budget,
            "rows": [
                (name, told["budgets"][budget["key"]])
                for name, told in facts["models"].items()
                if budget["key"] in told["budgets"]
            ],
        }
        for budget in budgets
    ]


def _against(document: dict[str, Any], facts: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the paired comparison with every baseline at the main budget."""
    compared = (facts.get("paired_all") or {}).get(document["main_budget"]) or {}
    plain = document.get("plain_counts") or []
    return [
        {"name": name, "is_plain": name in plain, "verdict": judge(paired), **paired}
        for name, paired in compared.items()
    ]


def worst_districts(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the districts furthest from what was expected, in standard errors of chance.

    Each row gets ``errors``, (observed - expected) / sqrt(expected), and ``mark``, a letter.

    Examples
    --------
    >>> rows = [{"district": name, "observed": seen, "expected": 100.0}
    ...     for name, seen in (("east", 104), ("west", 130))]
    >>> [(row["mark"], row["district"], row["errors"]) for row in worst_districts(rows)]
    [('A', 'west', 3.0), ('B', 'east', 0.4)]
    """
    told = [
        {**row, "errors": ((row["observed"] or 0) - row["expected"]) / math.sqrt(row["expected"])}
        for row in rows
        if (row["expected"] or 0) > 0
    ]
    told.sort(key=lambda row: (-abs(row["errors"]), str(row["district"])))
    return [{**row, "mark": mark} for mark, row in zip(_WORST, told, strict=False)]


def _figures(
    document: dict[str, Any], crime_type: str, *, best: str | None,
    worst: list[dict[str, Any]], position: int,
) -> dict[str, Any]:  # fmt: skip
    """Return the figures of a crime type by name; None where there is nothing to draw."""
    models, model = document["types"][crime_type]["models"], document["model"]
    if not document["types"][crime_type]["events"]:
        return dict.fromkeys(("hits", "pai", "reliability", "quarters", "districts"))
    whole, name, what = models[model], f"type{position}", words(crime_type)
    series = {
        key: (told.get("over_time") or {}).get(document["main_budget"]) or []
        for key, told in models.items()
    }
    return {
        "hits": hit_rate_figure(models, model=model, best=best, name=f"{name}-hits", what=what),
        "pai": pai_figure(series, model=model, best=best, name=f"{name}-pai", what=what),
        "reliability": reliability_figure(whole.get("reliability") or [],
                                          name=f"{name}-reliability"),
        "quarters": quarters_figure(whole.get("by_quarter") or [], name=f"{name}-quarters"),
        "districts": districts_figure(
            whole.get("by_district") or [], {str(row["district"]): row["mark"] for row in worst},
            name=f"{name}-districts",
        ),
    }  # fmt: skip


def summary_of(types: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what holds of all types: windows, dates, box-shifts with a crime, and verdicts."""
    windows = sorted({told["windows"] for told in types})
    precise = [
        (told["type"], told["at"].get("precision_per_box_shift"))
        for told in types
        if told["at"].get("precision_per_box_shift") is not None
    ]
    ties = [
        (told["at"]["hits"] - told["at"]["hits_pessimistic"], told["type"])
        for told in types
        if told["at"].get("hits_pessimistic") is not None
    ]
    drawn = [told["bootstrap"] for told in types]
    return {
        "bootstrap": drawn[0] if drawn and all(one == drawn[0] for one in drawn) else None,
        "windows": " to ".join(number(count) for count in sorted({*windows[:1], *windows[-1:]})),
        "one_window": windows == [1],
        "events": sum(told["events"] for told in types),
        "precise": precise,
        "ties": max(ties, default=None),
        "verdicts": {
            word: [told["type"] for told in types if told["verdict"] == word]
            for word in (AHEAD, BEHIND, CANNOT_TELL)
        },
    }  # fmt: skip


def in_one_sentence(verdicts: Mapping[str, list[str]], model: str) -> str:
    """Return the verdicts of all types as a sentence.

    Examples
    --------
    >>> in_one_sentence({"ahead": ["theft"], "behind": ["arson"], "cannot tell": []}, "evenbeat")
    'Evenbeat is ahead of the best baseline for theft; behind it for arson.'
    """
    label = model_label(model)
    judged = verdicts[AHEAD] or verdicts[BEHIND]
    behind = "behind it for" if verdicts[AHEAD] else f"{label} is behind the best baseline for"
    unsure = "the test cannot tell for" if judged else (
        f"The test cannot tell whether {label} is ahead of the best baseline or behind it for"
    )  # fmt: skip
    parts = [
        f"{start} {join_words([words(name) for name in verdicts[word]])}"
        for word, start in (
            (AHEAD, f"{label} is ahead of the best baseline for"),
            (BEHIND, behind),
            (CANNOT_TELL, unsure),
        )
        if verdicts[word]
    ]
    return f"{'; '.join(parts)}." if parts else "No crime type was tested."


def severity_paired(document: dict[str, Any]) -> dict[str, Any] | None:
    """Return the paired comparison of all types together at the main budget, with its verdict."""
    compared = (document.get("severity") or {}).get("paired") or {}
    paired = compared.get(document["main_budget"])
    return None if paired is None else {**paired, "verdict": judge(paired)}


def severity_rows(document: dict[str, Any]) -> list[tuple[str, list[float | None]]]:
    """Return the severity-weighted hit rates, a row a model, a column a budget."""
    models = (document.get("severity") or {}).get("models") or {}
    return [
        (model_label(name), [(told.get(budget["key"]) or {}).get("hit_rate")
                             for budget in document["budgets"]])
        for name, told in models.items()
    ]  # fmt: skip
