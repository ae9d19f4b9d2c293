"""Figures of a comparison of settings: effectiveness against evenness, and minutes by part."""

from __future__ import annotations

from itertools import product
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

if TYPE_CHECKING:
    from markupsafe import Markup

WIDTH, HEIGHT = 5.2, 3.9
_LOOKS: dict[str, tuple[str, str]] = {
    "lottery": (ACCENT, "o"),
    "greedy": (WARN, "s"),
    "optimal": (INK, "D"),
}
_LEAST_SPAN = (5.0, 0.05)
"""Percent and evenness that the axes span at least, so that what hardly differs looks so."""
_PER_LETTER, _LINE, _GAP = 0.0175, 0.055, 0.028
"""Room of a label as shares of the panel: a letter's width, a line's height, gap to its mark."""


def pareto_figure(document: dict[str, Any], *, name: str) -> Markup | None:
    """Draw every variant by what it reaches and how evenly, the front, and the own settings.

    Parameters
    ----------
    document
        The comparison. A variant without boxes has no place in the picture.
    name
        Unique on the page.

    Returns
    -------
    The figure; None where no variant has a place in it.
    """
    rows = [
        row for row in document["variants"]
        if row["share_of_best"] is not None and row["evenness"] is not None
    ]  # fmt: skip
    if not rows:
        return None
    points = np.array([[100 * row["share_of_best"], row["evenness"]] for row in rows])
    with figure_style():
        figure = new_figure(WIDTH, HEIGHT)
        panel = figure.subplots()
        low, high = _limits(points)
        panel.set_xlim(low[0], high[0])
        panel.set_ylim(low[1], high[1])
        panel.grid(visible=True, axis="both")
        _draw_front(panel, points[[row["on_front"] for row in rows]], low)
        _draw_points(panel, rows, points)
        _draw_names(panel, rows, (points - low) / (high - low))
        panel.set_xlabel("expected weighted hits, % of the optimal plan  →")
        panel.set_ylabel("evenness of minutes, 1 − Gini  →")
        panel.xaxis.set_major_formatter(lambda value, _: f"{value:g} %")
    alt = "Effectiveness and evenness of each variant: " + "; ".join(
        f"{_label(row)} {100 * row['share_of_best']:.0f} % and {row['evenness']:.2f}"
        f"{', on the front' if row['on_front'] else ''}"
        for row in rows
    )
    return figure_svg(figure, name=name, alt=alt)


def _label(row: dict[str, Any]) -> str:
    return f"{row['name']} (yours)" if row["own"] else str(row["name"])


def _limits(points: Any) -> tuple[Any, Any]:
    """Return the lower and upper ends of both axes with room for names around the points."""
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.maximum(high - low, _LEAST_SPAN)
    middle = (low + high) / 2
    return middle - 0.72 * room, middle + 0.72 * room


def _draw_front(panel: Any, points: Any, low: Any) -> None:
    """Draw the front as steps: what lies below and left of them is beaten."""
    if not len(points):
        return
    order = points[np.argsort(points[:, 0])]
    x = np.concatenate([[low[0]], order[:, 0]])
    y = np.concatenate([order[:1, 1], order[:, 1]])
    x, y = np.append(x, x[-1]), np.append(y, low[1])
    panel.fill_between(x, y, low[1], step="pre", color=ACCENT, alpha=0.07, linewidth=0)
    panel.step(x, y, where="pre", color=ACCENT, linewidth=1.1, linestyle=(0, (4, 2)), zorder=2)


def _draw_points(panel: Any, rows: list[dict[str, Any]], points: Any) -> None:
    for row, (x, y) in zip(rows, points, strict=True):
        colour, marker = _LOOKS[row["mode"]]
        panel.errorbar(
            x, y, xerr=200 * row["share_error"], yerr=2 * row["evenness_error"], color=colour,
            linewidth=1.0, zorder=3,
        )  # fmt: skip
        if row["own"]:
            panel.plot(x, y, marker="o", markersize=15, color=colour, fillstyle="none",
                       markeredgewidth=1.3, zorder=4)  # fmt: skip
        panel.plot(x, y, marker=marker, markersize=7, color=colour, zorder=5,
                   markerfacecolor=colour if row["on_front"] else "white",
                   markeredgewidth=1.5)  # fmt: skip


def _draw_names(panel: Any, rows: list[dict[str, Any]], places: Any) -> None:
    """Write each name beside its point where it covers neither a point nor another name."""
    taken = [(x - 0.02, y - 0.025, x + 0.02, y + 0.025) for x, y in places]
    for row, (x, y) in sorted(zip(rows, places, strict=True), key=lambda pair: not pair[0]["own"]):
        label = _label(row)
        box = min(
            (_box(label, x, y, across, up, far)
             for far, (across, up) in product((1.0, 2.2, 3.6), _AROUND)),
            key=lambda one: _overlap(one, taken),
        )  # fmt: skip
        taken.append(box)
        panel.text(
            box[0], (box[1] + box[3]) / 2, label, transform=panel.transAxes, ha="left",
            va="center", fontsize=8.5, color=INK, fontweight="bold" if row["own"] else "normal",
            bbox={"facecolor": "white", "alpha": 0.75, "linewidth": 0, "pad": 0.6}, zorder=4,
        )  # fmt: skip
        nearest = (float(np.clip(x, box[0], box[2])), float(np.clip(y, box[1], box[3])))
        if np.hypot(nearest[0] - x, nearest[1] - y) > 2 * _GAP:
            panel.plot([x, nearest[0]], [y, nearest[1]], transform=panel.transAxes, color=MUTED,
                       linewidth=0.6, zorder=1)  # fmt: skip


# Above and to the right of a point on the front there is never a line of it.
_AROUND = ((1, 1), (1, 0), (-1, 1), (0, 1), (-1, 0), (1, -1), (-1, -1), (0, -1))
_Box = tuple[float, float, float, float]


def _box(label: str, x: float, y: float, across: int, up: int, far: float) -> _Box:
    """Return the room of a label on one side of its point, in shares of the panel."""
    wide = _PER_LETTER * len(label)
    left = x + across * _GAP * far + (0.0, 0.0, -wide)[across] - (wide / 2 if not across else 0)
    middle = y + up * (_GAP + _LINE / 2) * far
    return (left, middle - _LINE / 2, left + wide, middle + _LINE / 2)


def _overlap(box: _Box, taken: list[_Box]) -> float:
    """Return the area that a label shares with others, and what of it lies off the panel."""
    shared = 0.0
    for other in taken:
        wide = min(box[2], other[2]) - max(box[0], other[0])
        high = min(box[3], other[3]) - max(box[1], other[1])
        shared += max(wide, 0.0) * max(high, 0.0)
    off = max(-box[0], 0.0) + max(box[2] - 1, 0.0) + max(-box[1], 0.0) + max(box[3] - 1, 0.0)
    return shared + off
