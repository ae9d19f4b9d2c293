"""The figures of tactics: minutes by tactic, the clock, and what followed, never in its order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from evenbeat.core.reports.figures import (
    ACCENT,
    INK,
    MUTED,
    WARN,
    figure_style,
    figure_svg,
    new_figure,
)
from evenbeat.core.reports.page import number

if TYPE_CHECKING:
    from markupsafe import Markup

WIDTH = 5.0
_MOST_TACTICS = 16
_LONGEST = 34
_ENFORCING: dict[str, Any] = {"facecolor": "#f0b98d", "edgecolor": "#8a3908", "hatch": "/////",
                              "linewidth": 0.5}  # fmt: skip
_UNTOLD: dict[str, Any] = {"facecolor": "#9dbbd9", "edgecolor": "#9dbbd9", "linewidth": 0.5}
_OTHER: dict[str, Any] = {"facecolor": ACCENT, "edgecolor": ACCENT, "linewidth": 0.5}


def short_text(text: str) -> str:
    r"""Return a text that fits beside a bar and that matplotlib does not take for a formula.

    Examples
    --------
    >>> short_text("visit a $hop"), len(short_text("a" * 50))
    ('visit a \\$hop', 34)
    """
    cut = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    return cut.replace("$", r"\$")


def minutes_figure(rows: Sequence[dict[str, Any]], *, name: str) -> Markup | None:
    """Draw the minutes of each tactic as bars; those that enforce are hatched.

    Parameters
    ----------
    rows
        As `tactic_facts.tactic_rows` gives them.
    name
        Unique on the page.
    """
    told = list(rows[:_MOST_TACTICS])
    if not told:
        return None
    most = max(row["minutes"] for row in told) or 1.0
    with figure_style():
        figure = new_figure(WIDTH, 0.27 * len(told) + 0.45)
        panel = figure.subplots()
        panel.grid(visible=False)
        for place, row in enumerate(told):
            look = _ENFORCING if row["enforcement"] else _OTHER
            panel.barh(place, row["minutes"], height=0.62, **look)
            panel.text(row["minutes"] + 0.015 * most, place, number(row["minutes"]), va="center",
                       fontsize=8.5, color=INK)  # fmt: skip
        panel.set_yticks(range(len(told)), [short_text(row["tactic"]) for row in told])
        panel.tick_params(axis="y", labelsize=9, labelcolor=INK)
        panel.set_ylim(len(told) - 0.4, -0.6)
        panel.set_xlim(0, 1.14 * most)
        panel.set_xticks([])
        panel.spines["bottom"].set_visible(False)
    alt = "Minutes by tactic: " + "; ".join(
        f"{row['tactic']} {number(row['minutes'])}{', enforcement' if row['enforcement'] else ''}"
        for row in told
    )
    return figure_svg(figure, name=name, alt=alt)


def clock_figure(told: dict[str, Any], *, name: str) -> Markup | None:
    """Draw minutes and visits by the hour of the local clock, one above the other.

    Parameters
    ----------
    told
        As `tactic_facts.by_hour` gives it.
    name
        Unique on the page.
    """
    values = {key: np.asarray(one, dtype=float) for key, one in told.items()}
    if not any(one.any() for one in values.values()):
        return None
    with figure_style():
        figure = new_figure(WIDTH, 3.5)
        upper, lower = figure.subplots(2, sharex=True)
        plain, enforcing = values["non_enforcement"], values["enforcement"]
        _draw_hours(upper, plain, np.zeros(24), _OTHER)
        _draw_hours(upper, enforcing, plain, _ENFORCING)
        upper.set_title("directed minutes")
        _draw_hours(lower, values["with_tactic"], np.zeros(24), _OTHER)
        _draw_hours(lower, values["without_tactic"], values["with_tactic"], _UNTOLD)
        lower.set_title("visits that began")
        lower.set_xticks(range(0, 25, 3), [f"{hour:02d}:00" for hour in range(0, 25, 3)])
        lower.set_xlim(-0.1, 24)
        for panel in (upper, lower):
            panel.set_ylim(0)
            panel.locator_params(axis="y", nbins=4, integer=True)
            panel.yaxis.set_major_formatter(lambda value, _: number(value))
    visits = float(values["with_tactic"].sum() + values["without_tactic"].sum())
    busiest = int(np.argmax(plain + enforcing))
    alt = (
        f"By hour: {number(float((plain + enforcing).sum()))} directed minutes, most from"
        f" {busiest:02d}:00 to {busiest + 1:02d}:00; {number(visits)} visits."
    )
    return figure_svg(figure, name=name, alt=alt)


def _draw_hours(panel: Any, heights: Any, bottoms: Any, look: dict[str, Any]) -> None:
    hours = np.flatnonzero(heights)
    panel.bar(hours, heights[hours], width=0.78, align="edge", bottom=bottoms[hours], **look)


def followed_figure(rows: Sequence[dict[str, Any]], *, name: str) -> Markup | None:
    """Draw the rate after each tactic with its interval, beside the hold-outs' band.

    Parameters
    ----------
    rows
        As `tactic_facts.followed_rows` gives them; suppressed ones are not drawn.
    name
        Unique on the page.
    """
    spans = sorted({row["hours"] for row in rows})
    labels = list(dict.fromkeys(row["tactic"] for row in rows))
    if not any(row["rate"] is not None for row in rows):
        return None
    with figure_style():
        figure = new_figure(WIDTH, 0.28 * len(labels) + 0.85)
        panels = figure.subplots(1, len(spans), sharey=True, squeeze=False)[0]
        for panel, hours in zip(panels, spans, strict=True):
            _draw_rates(panel, [row for row in rows if row["hours"] == hours], labels)
            panel.set_title(f"within {hours} h")
        panels[0].set_yticks(range(len(labels)), [short_text(label) for label in labels])
        figure.supxlabel("incidents in 100 boxes", fontsize=8.5, color=MUTED)
    alt = "Incidents in 100 boxes: " + "; ".join(
        f"{row['tactic']} within {row['hours']} h {number(100 * row['rate'], 1)}"
        for row in rows if row["rate"] is not None
    )  # fmt: skip
    return figure_svg(figure, name=name, alt=alt)


def _draw_rates(panel: Any, rows: Sequence[dict[str, Any]], labels: Sequence[str]) -> None:
    panel.grid(visible=False)
    panel.grid(visible=True, axis="x")
    top = 1.0
    for row in rows:
        place = labels.index(row["tactic"])
        if row["rate"] is None:
            panel.text(0.02, place, "too few", transform=panel.get_yaxis_transform(), va="center",
                       fontsize=8, color=MUTED)  # fmt: skip
            continue
        low, high = 100 * row["low"], 100 * row["high"]
        colour = WARN if row["held_out"] else ACCENT
        top = max(top, high)
        if row["held_out"]:
            panel.axvspan(low, high, color=WARN, alpha=0.1, linewidth=0)
        panel.hlines(place, low, high, color=colour, linewidth=2)
        panel.plot([100 * row["rate"]], [place], "s" if row["held_out"] else "o", color=colour,
                   markersize=6)  # fmt: skip
    panel.tick_params(axis="y", labelsize=9, labelcolor=INK)
    panel.set_ylim(len(labels) - 0.4, -0.6)
    panel.set_xlim(0, 1.08 * top)
    panel.spines["left"].set_visible(False)
