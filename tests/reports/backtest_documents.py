"""Example documents of back-tests and model cards, with numbers that fit each other."""

from __future__ import annotations

import numpy as np

from evenbeat.core.reports.backtest import BacktestMap

BASELINES = ["count_28", "count_365", "count_1095", "smoothed_365", "smoothed_1095"]
SHARES = (0.0025, 0.005, 0.01, 0.02, 0.05)
NINE_TYPES = (
    "gunfire", "homicide", "rape", "aggravated_assault", "robbery", "burglary",
    "motor_vehicle_theft", "theft", "arson",
)  # fmt: skip
DISTRICTS = (
    "1", "2", "3", "Édouard-Montpetit / Côte-des-Neiges and Notre-Dame-de-Grâce", "O'Hare <east>",
    "6", "7", "8", "9", "10",
)  # fmt: skip
_STRENGTH = {"evenbeat": 1.0, "count_28": 0.45, "count_365": 0.8, "count_1095": 0.92,
             "smoothed_365": 0.88, "smoothed_1095": 0.95}  # fmt: skip


def area_budgets(shares=SHARES, cells=25062):
    return [
        {"key": f"area_{share:g}", "label": f"{100 * share:g} %", "area_share": share,
         "cells": max(round(cells * share), 1), "area_km2": round(563.9 * share, 2)}
        for share in shares
    ]  # fmt: skip


def nij_budgets():
    return [
        {"key": f"nij_{miles:g}", "label": f"{miles:g} sq mi", "area_share": miles * 2.59 / 381.0,
         "cells": round(miles * 112), "area_km2": round(miles * 2.59, 2)}
        for miles in (0.25, 0.5, 0.75)
    ]  # fmt: skip


def make_paired(low=0.01, high=0.09):
    middle = None if low is None or high is None else (low + high) / 2
    return {
        "difference_points": None if middle is None else 10 * middle,
        "difference_low": None if low is None else 10 * low,
        "difference_high": None if high is None else 10 * high,
        "relative": middle, "relative_low": low, "relative_high": high,
        "share_above_zero": None if middle is None else 0.97,
    }  # fmt: skip


def _share(a, b):
    return round(a / b, 6) if b else None


def _at(budget, name, events, windows, boxes_km2):
    rate = 0.92 * _STRENGTH.get(name, 0.6) * budget["area_share"] ** 0.45
    hits = round(events * rate)
    spread = 1.64 * (rate / max(events, 1)) ** 0.5
    known = events > 0
    return {
        **{key: budget[key] for key in ("label", "area_share", "cells", "area_km2")},
        "hits": hits, "hits_pessimistic": max(hits - 3, 0), "hit_rate": _share(hits, events),
        "hit_rate_low": max(rate - spread, 0) if known else None,
        "hit_rate_high": rate + spread if known else None,
        "pai": _share(rate, budget["area_share"]) if known else None,
        "pei": round(0.4 * _STRENGTH.get(name, 0.6), 3) if known else None,
        "rri": 1.07 if known else None, "ser": hits / (boxes_km2 or 1),
        "precision_per_box_shift": hits / (budget["cells"] * windows * 3),
        "stability": None if windows == 1 else 0.83,
    }  # fmt: skip


def _model(name, events, windows, budgets, districts, rng, months):
    expected = max(events, 0.4) * (1.04 if name == "evenbeat" else 0.97)
    cells = np.geomspace(12_000, 60, 10).round().astype(int) * windows
    seen = rng.multinomial(events, np.full(10, 0.1))
    shares = rng.dirichlet(np.full(len(districts), 4.0)) if districts else []
    quarters = sorted({f"{month[:4]}Q{(int(month[5:]) + 2) // 3}" for month in months})
    return {
        "budgets": {b["key"]: _at(b, name, events, windows, b["area_km2"] * windows)
                    for b in budgets},
        "gain_nats": 1.2 * _STRENGTH.get(name, 0.6) if events else None,
        "log_score": -0.0123, "deviance": 0.0191, "expected_total": round(expected, 2),
        "observed_over_expected": _share(events, expected),
        "reliability": [{"expected": expected / 10, "observed": int(o), "cell_windows": int(c)}
                        for o, c in zip(seen, cells, strict=True)],
        "by_quarter": [_calibrated("quarter", q, events / len(quarters), expected / len(quarters),
                                   rng) for q in quarters],
        "by_district": [_calibrated("district", d, events * s, expected * s, rng)
                        for d, s in zip(districts, shares, strict=True)],
        "over_time": {b["key"]: [
            {"month": month, "hits": int(events / len(months) / 10),
             "events": events // len(months),
             "pai": _share(10 * rng.uniform(0.8, 1.2), 1) if events else None}
            for month in months] for b in budgets},
    }  # fmt: skip


def _calibrated(key, name, events, expected, rng):
    observed = int(rng.poisson(events))
    return {key: name, "observed": observed, "expected": round(expected, 3),
            "observed_over_expected": _share(observed, expected)}  # fmt: skip


def make_type(events=4000, windows=365, *, budgets=None, low=0.01, high=0.09,
              districts=DISTRICTS, baselines=BASELINES, months=None, seed=0):  # fmt: skip
    budgets = area_budgets() if budgets is None else budgets
    rng = np.random.default_rng(seed)
    months = months or [f"2017-{month:02d}" for month in range(1, 13 if windows > 1 else 2)]
    paired = make_paired(low, high) if events else make_paired(None, None)
    return {
        "events": events, "windows": windows, "first": "2017-01-01", "last": "2017-12-31",
        "kinds": {"boosted": 10, "stack": 4},
        "bootstrap": {"method": "circular block bootstrap", "level": 0.95, "resamples": 2000,
                      "block_windows": min(28, max(windows // 8, 1))},
        "best_baseline": {b["key"]: "smoothed_1095" if events else None for b in budgets},
        "models": {name: _model(name, events, windows, budgets, districts, rng, months)
                   for name in ("evenbeat", *baselines)},
        "paired": {b["key"]: {"baseline": "smoothed_1095", **paired} for b in budgets},
        "paired_all": {b["key"]: dict.fromkeys(baselines, paired) for b in budgets},
        "intervals": {"level": 0.9, "jurisdiction_day": 0.912, "district_shift": 0.905},
    }  # fmt: skip


def make_document(types=None, *, budgets=None, main_budget=None, baselines=BASELINES, **settings):
    types = {"robbery": make_type()} if types is None else types
    budgets = area_budgets() if budgets is None else budgets
    middle = budgets[len(budgets) // 2]["key"]
    return {
        "format": 1, "title": "Back-test of Chicago (public exports)",
        "agency": "Chicago Police Department",
        "provenance": {
            "id": "backtest-2017-5c1f", "code_version": "0.1.0+2572a97",
            "input_fingerprint": "9f0c" * 16, "seed": "20170101",
            "command": "evenbeat backtest --first 2017-01-01 --last 2017-12-31 --horizon day"
                       " --workspace /srv/evenbeat/chicago",
            "data_cutoff_rule": "each window is forecast from rows reported before its first"
                                " midnight",
        },
        "settings": {
            "first": "2017-01-01", "last": "2017-12-31", "horizon": "day", "horizon_days": 1,
            "refit_days": 28, "lag_days": 0, "grid": "EPSG:26971, 150 m cells, 370 rows, 280"
            " columns", "cell_area_km2": 0.0225, "study_area_km2": 563.9, "cells": 25062,
            "shifts": ["night", "day", "evening"], "rules": "none", "history_days": 2920,
            "undated_layers": [], **settings,
        },
        "model": "evenbeat", "baselines": list(baselines),
        "plain_counts": [name for name in baselines if name.startswith("count")],
        "budgets": budgets, "main_budget": main_budget or middle, "types": types,
        "severity": None,
    }  # fmt: skip


def make_severity(budgets):
    return {
        "weights": {"robbery": 365.0, "theft": 2.0},
        "models": {
            name: {b["key"]: {"hit_rate": 0.1 * _STRENGTH[name], "label": b["label"]}
                   for b in budgets}
            for name in ("evenbeat", "count_1095")
        },
        "paired": {b["key"]: {"baseline": "count_1095", **make_paired()} for b in budgets},
    }  # fmt: skip


def make_map(shape=(37, 28), cell_m=150.0, windows=365, events=4000, seed=0):
    rng = np.random.default_rng(seed)
    rows, columns = np.indices(shape)
    inside = ((rows - shape[0] / 2) / shape[0]) ** 2 + ((columns - shape[1] / 2) / shape[1]) ** 2
    inside = (inside < 0.22) & ~((rows > 0.7 * shape[0]) & (columns < 0.4 * shape[1]))
    risk = sum(
        np.exp(-((rows - a * shape[0]) ** 2 + (columns - b * shape[1]) ** 2) / (2 * shape[0]))
        for a, b in ((0.3, 0.6), (0.55, 0.35), (0.75, 0.7))
    )  # fmt: skip
    risk = np.where(inside, risk + 0.05, 0.0)
    often = np.clip((risk / risk.max() - 0.55) / 0.4, 0, 1) * inside
    flagged = rng.binomial(windows, often)
    crimes = rng.poisson(events * risk / risk.sum())
    hits = rng.binomial(crimes, flagged / windows)
    return BacktestMap(
        flagged=flagged, hits=hits, misses=crimes - hits, inside=inside,
        bounds=(350_000.0, 560_000.0, 350_000.0 + cell_m * shape[1],
                560_000.0 + cell_m * shape[0]),
    )  # fmt: skip


def make_card(**facts):
    rng = np.random.default_rng(3)
    names = [
        ("count_1095d", "long_run", "incidents"), ("near_28d_250m", "recent", "incidents"),
        ("decay_60d_250m", "recent", "incidents"), ("density_1095d_400m", "long_run", "incidents"),
        ("same_shift_1095d_300m", "long_run", "incidents"),
        ("violent_decay_60d_500m", "violent", "incidents"), ("distance_bar", "place:bar", "m"),
        ("density_liquor_outlet", "place:liquor_outlet", "per km2"),
        ("share_residential_area", "place:residential_area", "1"),
        ("length_arterial_street", "place:arterial_street", "m"),
        ("hour_of_week", "weekday", "h"), ("holiday_eve", "holiday", "1"),
        ("temperature", "weather", "degC"), ("events_near", "event", "events"),
        ("expected_attendance_near", "event", "thousand people"),
        *[(f"density_{place}", f"place:{place}", "per km2") for place in (
            "vacant_building", "street_light_out", "abandoned_vehicle", "transit_station",
            "convenience_store", "parking", "hotel", "stadium")],
    ]  # fmt: skip
    return {
        "crime_type": "robbery", "kind": "stack",
        "why": "it told the most information in the validation window of the newest 28 days",
        "cutoff": "2017-01-01T06:00:00+00:00", "training_days": ["2016-01-01", "2016-12-31"],
        "incidents_in_training": 11947.0, "rows": 412_000, "input_fingerprint": "ab12" * 16,
        "code_version": "0.1.0+2572a97", "version": "stack-5c1f", "seed": 1,
        "features": [
            {"name": name, "group": group, "unit": unit, "dated": group != "weather",
             "importance": 0.05 * 0.75**i - 0.0004, "importance_error": 0.003 * 0.8**i}
            for i, (name, group, unit) in enumerate(names)
        ],
        "undated_features": ["temperature"],
        "partial_dependence": [
            {"feature": name, "unit": unit, "values": np.linspace(0, 10 + i, 12).tolist(),
             "expected": (0.0004 + np.cumsum(rng.uniform(0, 0.0004, 12))).tolist()}
            for i, (name, _, unit) in enumerate(names[:9])
        ],
        "validation": {
            "first": "2016-12-04", "last": "2016-12-31", "events": 903,
            "candidates": {
                "boosted": {"gain_nats": 1.31, "hit_rate": 0.141},
                "mixture": {"gain_nats": 1.27, "hit_rate": 0.138},
                "stack": {"gain_nats": 1.34, "hit_rate": 0.144},
                "count_1095": {"gain_nats": 1.02, "hit_rate": 0.127},
                "smoothed_1095": {"gain_nats": 1.2, "hit_rate": 0.133},
                "count_28": {"gain_nats": -0.4, "hit_rate": 0.051},
            },
            "chosen": "stack", "without_undated": {"gain_nats": 1.33, "hit_rate": 0.143},
        },
        "calibration": {
            "by_shift": {"night": 1.04, "day": 0.97, "evening": 1.01},
            "by_district": {"1": 1.1, "Édouard-Montpetit": 0.87, "3": 1.0},
            "observed_over_expected": 0.984,
            "reliability": [{"expected": 5.0, "observed": 5 - i % 3 - 3 * (i == 2),
                             "cell_windows": 70_000 // (1 + i**2)} for i in range(10)],
        },
        "parameters": {
            "trees": 240, "baseline": 0.0011, "mixture": {"uniform": 2e-05},
            "shares": list(range(40)),
            "relative_risks": [
                {"place": "bar", "how": "within 300 m", "relative_risk": 1.92,
                 "interval_95": [1.71, 2.15]},
                {"place": "liquor_outlet", "how": "density, 400 m", "relative_risk": 1.41},
                {"place": "park", "how": "within 150 m", "relative_risk": 0.88},
            ],
        },
        "limits": ["Knows reported crime alone.", "Was never tested where <no one> reports."],
        "policy": ["No column about a person is an input."],
        **facts,
    }  # fmt: skip
