"""The card of a fitted model: what it is, what it rests on, and where it should not be trusted."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from evenbeat.core.reports.backtest_words import counted, measure, model_label
from evenbeat.core.reports.calibration_figures import reliability_figure
from evenbeat.core.reports.feature_words import feature_meaning, feature_unit
from evenbeat.core.reports.model_card_figures import (
    MOST_FEATURES,
    candidates_figure,
    dependence_figures,
    importance_figure,
)
from evenbeat.core.reports.page import number, render_page, words
from evenbeat.core.store.files import replacing_file

KINDS: dict[str, str] = {
    "boosted": "regression trees for counts, grown on a mixture of past crimes",
    "etas": "a lasting background, and past crimes that each trigger others for a while",
    "glm": "a regression of counts on the logarithms of the features",
    "mixture": "sums over past crimes, near and far, recent and old, each with a learned share",
    "shrunk": "the count of a cell, drawn towards its surroundings where it rests on few crimes",
    "stack": "several models added up, each with a weight learned from what came next",
    "terrain": "each place nearby multiplies the rate by its relative risk",
    "risk terrain": "each place nearby multiplies the rate by its relative risk",
    "count": "a plain count of past crimes in each cell",
    "smoothed": "a smoothed count of past crimes",
}
_OPTIONAL = ("cutoff", "training_days", "incidents_in_training", "rows", "limits", "policy")
_OF_VALIDATION = ("first", "last", "events", "chosen", "without_undated")
_LONGEST_LIST = 12
_ORIGIN: dict[str, str] = {
    "version": "model", "kind": "kind", "code_version": "code", "seed": "seed",
    "input_fingerprint": "fingerprint of the input",
}  # fmt: skip


def write_model_card(path: Path, *, card: dict[str, Any]) -> Path:
    """Write the card as one HTML file that needs nothing else; return its path.

    The same card gives the same bytes.

    Parameters
    ----------
    path
        Where to write.
    card
        Facts of one fitted model. Only ``crime_type``, ``kind`` and ``why`` must be there; the
        page tells what else there is. Bins of ``reliability`` hold sums; numbers by shift and by
        district under ``calibration`` are the factors by which forecasts are multiplied.
    """
    features = [one for one in _rows(card.get("features")) if "name" in one]
    validation = {**dict.fromkeys(_OF_VALIDATION), **(card.get("validation") or {})}
    calibration = card.get("calibration") or {}
    parameters = dict(card.get("parameters") or {})
    candidates = _candidates(validation)
    page = render_page(
        "model_card.html", card={**dict.fromkeys(_OPTIONAL), **card}, what=_what(card),
        cutoff=_moment(card.get("cutoff")), validation=validation, candidates=candidates,
        features=_in_order(features), most=MOST_FEATURES, undated=_undated(card, features),
        calibration=calibration,
        factors={key: _factors(calibration.get(f"by_{key}")) for key in ("shift", "district")},
        risks=_risks(parameters.pop("relative_risks", None)),
        parameters=list(_flat(parameters)), origin=_origin(card),
        figures={
            "gain": candidates_figure(candidates, key="gain_nats", name="gain"),
            "hits": candidates_figure(candidates, key="hit_rate", name="hits"),
            "importance": importance_figure(features, name="importance"),
            "reliability": reliability_figure(calibration.get("reliability") or [],
                                              name="reliability", span="shift"),
        },
        panels=dependence_figures(card.get("partial_dependence") or []),
        model_label=model_label, measure=measure, counted=counted, meaning=feature_meaning,
        unit=feature_unit,
    )  # fmt: skip
    with replacing_file(Path(path)) as temporary:
        temporary.write_bytes(page.encode("utf-8"))
    return Path(path)


def _rows(listed: Any) -> list[dict[str, Any]]:
    """Return a list of dictionaries; today's cards keep a number of features in its place."""
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _what(card: Mapping[str, Any]) -> str:
    """Return what kind of model it is, in words."""
    kind = str(card["kind"])
    found = KINDS.get(kind, KINDS.get(re.split("[_ ]", kind)[0]))
    return f"{model_label(kind)}: {found}" if found else model_label(kind)


def _candidates(validation: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the candidates from best to worst, with the chosen one without undated layers."""
    chosen = validation.get("chosen")
    rows = [
        {"label": model_label(name), "is_chosen": name == chosen, "is_extra": False, **told}
        for name, told in (validation.get("candidates") or {}).items()
    ]
    if validation.get("without_undated"):
        label = f"{model_label(str(chosen or 'model'))}, dated layers only"
        rows.append({"label": label, "is_chosen": False, "is_extra": True,
                     **validation["without_undated"]})  # fmt: skip
    return sorted(
        rows, key=lambda row: (row["is_extra"], -(row.get("gain_nats") or 0.0), row["label"])
    )


def _in_order(features: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the features from the most important down; those without importance as listed."""
    return sorted(features, key=lambda one: -(one.get("importance") or 0.0))


def _undated(card: Mapping[str, Any], features: list[dict[str, Any]]) -> list[str]:
    """Return the features that rest on layers without dates."""
    named = card.get("undated_features")
    return list(named) if named is not None else [
        one["name"] for one in features if not one.get("dated", True)
    ]  # fmt: skip


def _moment(text: Any) -> str | None:
    """Return an instant of a card for people; as it stands where it is in no known form."""
    try:
        when = dt.datetime.fromisoformat(str(text))
    except ValueError:
        return None if text is None else str(text)
    return f"{when.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC" if when.tzinfo else str(text)


def _factors(book: Any) -> list[tuple[str, dict[str, float | None]]]:
    """Return rows of a table of factors, whether told as numbers or as observed and expected."""
    if not isinstance(book, dict):
        return []
    return [
        (name, told if isinstance(told, dict) else {"factor": told}) for name, told in book.items()
    ]


def _risks(listed: Any) -> list[dict[str, Any]]:
    """Return relative risks from high to low."""
    rows = [one for one in _rows(listed) if one.get("relative_risk") is not None]
    return sorted(rows, key=lambda one: (-float(one["relative_risk"]), str(one.get("place"))))


def _flat(parameters: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """Yield every parameter by its path, in words; a long list as its length and its ends."""
    for key, value in parameters.items():
        name = f"{above}, {words(str(key))}" if above else words(str(key))
        if isinstance(value, dict):
            yield from _flat(value, name)
        elif isinstance(value, list) and len(value) > _LONGEST_LIST:
            first, last = (_spell(end) for end in (value[0], value[-1]))
            yield name, f"{number(len(value))} values, from {first} to {last}"
        elif isinstance(value, list):
            yield name, ", ".join(map(_spell, value)) or "none"
        else:
            yield name, _spell(value)


def _spell(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "–"}[value]
    if isinstance(value, int):
        return number(value)
    if isinstance(value, float):
        return f"{value:.6g}"
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def _origin(card: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(label, str(card[key])) for key, label in _ORIGIN.items() if card.get(key) is not None]
