"""The figures of a back-test: crimes caught at every budget, over time, and the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.reports.backtest_words import (
    AHEAD,
    BEHIND,
    judge,
    measure,
    model_label,
    signed_percent,
)
from evenbeat.core.reports.calibration_figures import WIDTH
from evenbeat.core.reports.figures import (
    ACCENT,
    INK,
    MUTED,
    WARN,
    figure_style,
    figure_svg,
    new_figure,
)
from evenbeat.core.reports.page import percent, words

if TYPE_CHECKING:
    from markupsafe import Markup

_OTHERS = (
    ("#56606d", "s"), ("#8a93a0", "^"), ("#56606d", "D"), ("#8a93a0", "v"), ("#56606d", "P"),
    ("#8a93a0", "X"),
)  # fmt: skip
_WIDEST = 4.0
_DASHED = (0, (4, 2))
_MOST_MONTHS = 6
_MOST_LETTERS = 44
_PER_DISTRICT = "boxes_"


def verdict_figure(rows: Sequence[dict[str, Any]], *, name: str) -> Markup | None:
    """Draw the relative difference of each crime type with its interval, around zero.

    Parameters
    ----------
    rows
        Each with the crime ``type`` and its ``paired`` comparison with the best baseline.
    name
        Unique on the page.
    """
    from matplotlib.ticker import MaxNLocator

    told = [row for row in rows if (row["paired"] or {}).get("relative") is not None]
    if not told:
        return None
    most = _reach(told)
    with figure_style():
        figure = new_figure(WIDTH, 0.3 * len(told) + 0.75)
        panel = figure.subplots()
        panel.grid(visible=True, axis="x")
        panel.axvline(0, color=INK, linewidth=1.0)
        for place, row in enumerate(told):
            _verdict_row(panel, place, row["paired"], most)
        panel.set_yticks(range(len(told)), [words(row["type"]) for row in told])
        panel.tick_params(axis="y", labelsize=9, labelcolor=INK)
        panel.set_ylim(len(told) - 0.4, -0.6)
        panel.set_xlim(-1.06 * most, 1.06 * most)
        panel.xaxis.set_major_formatter(lambda value, _: _signed(value))
        panel.xaxis.set_major_locator(MaxNLocator(6, symmetric=True))
        panel.spines["left"].set_visible(False)
        panel.set_xlabel("crimes caught, against the best baseline")
    alt = "Relative difference in crimes caught. " + "; ".join(
        f"{words(row['type'])} {signed_percent(row['paired']['relative'])}, {judge(row['paired'])}"
        for row in told
    )
    return figure_svg(figure, name=name, alt=alt)


def _reach(rows: Sequence[dict[str, Any]]) -> float:
    """Return how far the axis goes, in percent, so that one wide interval hides no other."""
    ends = [
        max(
            abs(100 * value)
            for key in ("relative", "relative_low", "relative_high")
            if (value := row["paired"].get(key)) is not None
        )
        for row in rows
    ]
    return float(max(min(1.15 * max(ends), _WIDEST * np.median(ends)), 5.0))


def _signed(value: float) -> str:
    return f"{value:+g} %".replace("-", "\N{MINUS SIGN}") if value else "0"


def _verdict_row(panel: Any, place: int, paired: dict[str, Any], most: float) -> None:
    verdict = judge(paired)
    colour = {AHEAD: ACCENT, BEHIND: WARN}.get(verdict, MUTED)
    low, high = paired.get("relative_low"), paired.get("relative_high")
    if low is not None and high is not None:
        panel.hlines(place, max(100 * low, -most), min(100 * high, most), color=colour,
                     linewidth=2.2)  # fmt: skip
        for end, arrow in ((low, "<"), (high, ">")):
            if abs(100 * end) > most:
                panel.plot([np.copysign(most, end)], [place], arrow, color=colour, markersize=6,
                           clip_on=False)  # fmt: skip
    middle = 100 * paired["relative"]
    if abs(middle) > most:
        return
    panel.plot([middle], [place], {AHEAD: "o", BEHIND: "s"}.get(verdict, "D"), color=colour,
               markersize=7, clip_on=False,
               markerfacecolor=colour if verdict in (AHEAD, BEHIND) else "white")  # fmt: skip


def hit_rate_figure(
    models: dict[str, Any], *, model: str, best: str | None, name: str, what: str
) -> Markup | None:
    """Draw the share of crimes caught at every budget, with bands for the model and the best count.

    Parameters
    ----------
    models
        Facts of each model by name, with its ``budgets``.
    model, best
        Names of the model under test and of its best baseline.
    name
        Unique on the page.
    what
        Crime type in words.
    """
    curves = {key: curve for key, told in models.items() if len(curve := _curve(told))}
    if not curves:
        return None
    alt = f"Share of {what} caught. " + "; ".join(
        f"{model_label(key)} {percent(curve[-1]['hit_rate'])} at {curve[-1]['label']}"
        for key, curve in curves.items()
    )
    single = max(map(len, curves.values())) == 1
    with figure_style():
        figure = new_figure(WIDTH, 0.28 * len(curves) + 0.9 if single else 3.9)
        panel = figure.subplots()
        if single:
            _draw_dots(panel, curves, model, best)
        else:
            _draw_curves(panel, curves, model, best)
            figure.legend(loc="outside upper left", ncols=2, fontsize=8, handlelength=2.2,
                          columnspacing=1.2)  # fmt: skip
    return figure_svg(figure, name=name, alt=alt)


def _curve(told: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the shares of the whole area at which a hit rate is known, from small to large.

    Boxes per district make no curve with them; they are drawn where there is nothing else.
    """
    budgets = {key: at for key, at in told["budgets"].items() if at.get("hit_rate") is not None}
    known = [at for key, at in budgets.items() if not key.startswith(_PER_DISTRICT)]
    known = known or list(budgets.values())
    return sorted(known, key=lambda at: float(at["area_share"]))


def _ends(curve: list[dict[str, Any]]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the ends of the intervals in percent; the rate itself where none is known."""
    low, high = (
        np.array([at["hit_rate"] if at.get(key) is None else at[key] for at in curve], dtype=float)
        for key in ("hit_rate_low", "hit_rate_high")
    )
    return 100 * low, 100 * high


def _look(key: str, model: str, best: str | None, position: int) -> dict[str, Any]:
    if key == model:
        return {"color": ACCENT, "marker": "o", "linewidth": 2.2, "markersize": 5, "zorder": 4}
    if key == best:
        return {"color": WARN, "marker": "s", "linewidth": 1.6, "markersize": 4.5, "zorder": 3,
                "linestyle": _DASHED}  # fmt: skip
    colour, marker = _OTHERS[position % len(_OTHERS)]
    return {"color": colour, "marker": marker, "linewidth": 0.9, "markersize": 3.5, "zorder": 2}


def _draw_curves(panel: Any, curves: dict[str, Any], model: str, best: str | None) -> None:
    from matplotlib.ticker import NullLocator

    for position, (key, curve) in enumerate(curves.items()):
        look = _look(key, model, best, position)
        share = np.array([at["area_share"] for at in curve], dtype=float)
        if key in (model, best):
            panel.fill_between(share, *_ends(curve), color=look["color"], alpha=0.16, linewidth=0)
        panel.plot(share, [100 * at["hit_rate"] for at in curve], label=model_label(key), **look)
    ticks = {float(at["area_share"]): str(at["label"]) for c in curves.values() for at in c}
    every = np.geomspace(min(ticks), max(ticks), 60)
    panel.plot(every, 100 * every, color=INK, linewidth=1.0, linestyle=(0, (1, 2)),
               label="by chance")  # fmt: skip
    panel.set_xscale("log")
    crowded = sum(map(len, ticks.values())) > _MOST_LETTERS
    panel.xaxis.set_ticks(list(ticks), list(ticks.values()), rotation=30 if crowded else 0,
                          ha="right" if crowded else "center")  # fmt: skip
    panel.xaxis.set_minor_locator(NullLocator())
    panel.set_xlabel("flagged area (log scale)")
    panel.set_ylim(0)
    panel.yaxis.set_major_formatter(lambda value, _: f"{value:g} %")


def _draw_dots(panel: Any, curves: dict[str, Any], model: str, best: str | None) -> None:
    """Draw one budget as a row a model."""
    chance = 100 * next(iter(curves.values()))[0]["area_share"]
    panel.grid(visible=False)
    panel.grid(visible=True, axis="x")
    panel.axvline(chance, color=INK, linewidth=1.0, linestyle=(0, (1, 2)))
    for place, (key, curve) in enumerate(curves.items()):
        look = _look(key, model, best, place)
        low, high = _ends(curve)
        panel.hlines(place, low, high, color=look["color"], linewidth=2)
        panel.plot([100 * curve[0]["hit_rate"]], [place], color=look["color"],
                   marker=look["marker"], markersize=6)  # fmt: skip
    panel.set_yticks(range(len(curves)), [model_label(key) for key in curves])
    panel.tick_params(axis="y", labelsize=8.5, labelcolor=INK)
    panel.set_ylim(len(curves) - 0.4, -0.6)
    panel.set_xlim(0)
    panel.spines["left"].set_visible(False)
    panel.xaxis.set_major_formatter(lambda value, _: f"{value:g} %")


def pai_figure(
    series: dict[str, list[dict[str, Any]]], *, model: str, best: str | None, name: str, what: str
) -> Markup | None:
    """Draw the PAI of each month, of the model and of its best baseline.

    Parameters
    ----------
    series
        Rows with ``month`` and ``pai`` by name of the model; a month without crimes has none.
    model, best, name, what
        As for `hit_rate_figure`.
    """
    drawn = {key: series[key] for key in (model, best) if key is not None and series.get(key)}
    months = sorted({str(row["month"]) for rows in drawn.values() for row in rows})
    known = any(row["pai"] is not None for rows in drawn.values() for row in rows)
    if not known or len(months) < 2:
        return None
    with figure_style():
        figure = new_figure(WIDTH, 2.5)
        panel = figure.subplots()
        for key, rows in drawn.items():
            pai = {str(row["month"]): row["pai"] for row in rows}
            values = [np.nan if pai.get(m) is None else pai[m] for m in months]
            panel.plot(range(len(months)), values, label=model_label(key),
                       **_look(key, model, best, 0))  # fmt: skip
        panel.axhline(1, color=INK, linewidth=1.0, linestyle=(0, (1, 2)), label="by chance")
        every = max(1, -(-len(months) // _MOST_MONTHS))
        panel.set_xticks(range(0, len(months), every), months[::every])
        panel.set_xlim(-0.4, len(months) - 0.6)
        panel.set_ylim(0)
        panel.set_ylabel("PAI")
        figure.legend(loc="outside upper left", ncols=3, fontsize=8, handlelength=2.2,
                      columnspacing=1.2)  # fmt: skip
    alt = f"PAI of {what} by month: " + "; ".join(
        f"{model_label(key)} from {measure(min(told))} to {measure(max(told))}"
        for key, rows in drawn.items()
        if (told := [row["pai"] for row in rows if row["pai"] is not None])
    )
    return figure_svg(figure, name=name, alt=alt)
