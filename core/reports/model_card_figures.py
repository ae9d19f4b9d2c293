"""The figures of a model card: against counts, what matters, and how it matters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from evenbeat.core.reports.backtest_words import measure
from evenbeat.core.reports.calibration_figures import WIDTH
from evenbeat.core.reports.feature_words import feature_label, feature_unit
from evenbeat.core.reports.figures import (
    ACCENT,
    INK,
    MUTED,
    RULE,
    figure_style,
    figure_svg,
    new_figure,
)
from evenbeat.core.reports.page import percent

if TYPE_CHECKING:
    from markupsafe import Markup

MOST_FEATURES = 20
MOST_PANELS = 9
_PANEL = (3.1, 2.15)
_LONGEST = 36
_OTHER = "#8a93a0"


def _plain(text: str) -> str:
    """Return a text that matplotlib does not take for a formula, cut where it is long."""
    cut = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    return cut.replace("$", r"\$")


def candidates_figure(rows: Sequence[dict[str, Any]], *, key: str, name: str) -> Markup | None:
    """Draw one measure of every candidate as bars, the chosen one in colour.

    Parameters
    ----------
    rows
        Each with ``label``, ``is_chosen``, ``is_extra`` and the measures.
    key
        ``gain_nats`` or ``hit_rate``.
    name
        Unique on the page.
    """
    told = [row for row in rows if row.get(key) is not None]
    if not told:
        return None
    scale, is_share = (100.0, True) if key == "hit_rate" else (1.0, False)
    values = np.array([row[key] for row in told], dtype=float) * scale
    texts = [percent(row[key]) if is_share else measure(row[key]) for row in told]
    with figure_style():
        figure = new_figure(WIDTH, 0.29 * len(told) + 0.7)
        panel = figure.subplots()
        panel.grid(visible=False)
        bars = panel.barh(
            range(len(told)), values, height=0.68,
            color=[ACCENT if row["is_chosen"] else _OTHER for row in told],
            hatch=["////" if row["is_extra"] else "" for row in told], edgecolor="white",
            linewidth=0,
        )  # fmt: skip
        panel.bar_label(bars, texts, padding=3, fontsize=8, color=INK)
        panel.axvline(0, color=MUTED, linewidth=0.8)
        panel.set_yticks(range(len(told)), [_plain(row["label"]) for row in told])
        panel.tick_params(axis="y", labelsize=8.5, labelcolor=INK)
        panel.set_ylim(len(told) - 0.4, -0.6)
        span = max(values.max(), 0) - min(values.min(), 0) or 1.0
        panel.set_xlim(min(values.min(), 0) - (0.3 * span if values.min() < 0 else 0),
                       max(values.max(), 0) + 0.2 * span)  # fmt: skip
        panel.spines["left"].set_visible(False)
        panel.set_xlabel("hit rate, %" if is_share else "information gain, nats per crime")
    alt = ("Hit rate: " if is_share else "Information gain: ") + "; ".join(
        f"{row['label']} {text}" for row, text in zip(told, texts, strict=True)
    )
    return figure_svg(figure, name=name, alt=alt)


def importance_figure(features: Sequence[dict[str, Any]], *, name: str) -> Markup | None:
    """Draw the features that matter most, with their standard errors.

    Parameters
    ----------
    features
        Each with ``name``, ``importance``, ``importance_error`` and ``dated``.
    name
        Unique on the page.
    """
    told = sorted(
        (one for one in features if one.get("importance") is not None),
        key=lambda one: (-one["importance"], one["name"]),
    )[:MOST_FEATURES]
    if not told:
        return None
    values = np.array([one["importance"] for one in told], dtype=float)
    errors = np.array([one.get("importance_error") or 0.0 for one in told], dtype=float)
    dated = [one.get("dated", True) for one in told]
    with figure_style():
        figure = new_figure(WIDTH * 1.15, 0.215 * len(told) + 0.7)
        panel = figure.subplots()
        panel.grid(visible=False)
        panel.grid(visible=True, axis="x")
        panel.barh(range(len(told)), values, height=0.7, edgecolor="white", linewidth=0,
                   color=[ACCENT if known else _OTHER for known in dated],
                   hatch=["" if known else "////" for known in dated])  # fmt: skip
        panel.hlines(range(len(told)), values - errors, values + errors, color=INK, linewidth=1.1)
        panel.axvline(0, color=MUTED, linewidth=0.8)
        panel.set_yticks(range(len(told)), [_plain(feature_label(one["name"])) for one in told])
        panel.tick_params(axis="y", labelsize=8.5, labelcolor=INK)
        panel.set_ylim(len(told) - 0.4, -0.6)
        panel.spines["left"].set_visible(False)
        panel.set_xlabel("information lost when shuffled, nats per crime")
    alt = "Importance of features: " + "; ".join(
        f"{feature_label(one['name'])} {measure(one['importance'])}" for one in told
    )
    return figure_svg(figure, name=name, alt=alt)


def dependence_figures(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Draw how the expected count goes with each feature, one small figure each.

    Parameters
    ----------
    rows
        Each with ``feature``, ``unit``, ``values`` and ``expected``, per cell and shift.

    Returns
    -------
    At most nine, each with the ``feature`` and its ``svg``; all have one vertical scale.
    """
    told = [row for row in rows if len(row["values"]) and len(row["expected"])][:MOST_PANELS]
    top = max((max(row["expected"]) for row in told), default=0.0) * 1000
    return [
        {"feature": row["feature"],
         "svg": _dependence_figure(row, top=1.08 * top or 1.0, name=f"dependence{position}")}
        for position, row in enumerate(told, 1)
    ]  # fmt: skip


def _dependence_figure(row: dict[str, Any], *, top: float, name: str) -> Markup:
    values = np.array(row["values"], dtype=float)
    expected = 1000 * np.array(row["expected"], dtype=float)
    with figure_style():
        figure = new_figure(*_PANEL)
        panel = figure.subplots()
        panel.fill_between(values, expected, color=RULE, alpha=0.6, linewidth=0)
        panel.plot(values, expected, color=ACCENT, linewidth=1.8,
                   marker="o" if len(values) < 4 else None, markersize=4)  # fmt: skip
        panel.set_ylim(0, top)
        panel.locator_params(axis="x", nbins=5)
        panel.locator_params(axis="y", nbins=4)
        panel.xaxis.set_major_formatter(lambda value, _: f"{value:,.6g}")
        panel.set_title(_plain(feature_label(row["feature"])))
        panel.set_xlabel(feature_unit(str(row.get("unit", ""))).replace("$", r"\$"))
    alt = (
        f"Expected crimes per 1,000 cells and shift go from {measure(float(expected[0]))} at"
        f" {measure(float(values[0]))} to {measure(float(expected[-1]))} at"
        f" {measure(float(values[-1]))} of {feature_label(row['feature'])}."
    )
    return figure_svg(figure, name=name, alt=alt)
