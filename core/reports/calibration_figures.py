"""Figures of calibration: whether what was expected happens, by size, quarter and district."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.reports.figures import (
    ACCENT,
    INK,
    MUTED,
    RULE,
    WARN,
    figure_style,
    figure_svg,
    new_figure,
)
from evenbeat.core.reports.page import number

if TYPE_CHECKING:
    from markupsafe import Markup

WIDTH = 4.7
"""Inches of a figure that stands beside another, and fills the width of a phone."""
_CHANCE = 0.95
_PER_CELLS = 1000.0
_MOST_LABELS = 6
_PANEL_POINTS = (285.0, 160.0)
_BADGE = 14.0


def poisson_interval(
    observed: npt.ArrayLike, level: float = _CHANCE
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the ends of the exact interval of a Poisson mean of which a count was seen.

    References
    ----------
    Garwood 1936, Fiducial limits for the Poisson distribution, doi:10.1093/biomet/28.3-4.437.

    Examples
    --------
    >>> [[round(float(end), 2) for end in ends] for ends in poisson_interval([0, 10])]
    [[0.0, 4.8], [3.69, 18.39]]
    """
    from scipy.special import gammaincinv

    counts = np.asarray(observed, dtype=np.float64)
    tail = (1 - level) / 2
    low = np.where(counts > 0, gammaincinv(np.maximum(counts, 1e-9), tail), 0.0)
    return low, np.asarray(gammaincinv(counts + 1, level + tail), dtype=np.float64)


def reliability_figure(
    bins: Sequence[dict[str, Any]], *, name: str, span: str = "window"
) -> Markup | None:
    """Draw what happened against what was expected, in classes of expected count.

    Parameters
    ----------
    bins
        Each with the sums ``expected`` and ``observed`` over its ``cell_windows``.
    name
        Unique on the page.
    span
        What a window is called.

    Returns
    -------
    The figure, or None when no class expects anything.
    """
    told = [row for row in bins if row["cell_windows"] and (row["expected"] or 0) > 0]
    if not told or not sum(row["observed"] or 0 for row in told):
        return None
    size = np.array([row["cell_windows"] for row in told]) / _PER_CELLS
    expected = np.array([row["expected"] for row in told], dtype=float)
    observed = np.array([row["observed"] or 0 for row in told], dtype=float)
    low, high = poisson_interval(observed)
    rates = np.concatenate([expected, observed, high]) / np.tile(size, 3)
    floor, top = _decades(rates[rates > 0])
    with figure_style():
        figure = new_figure(WIDTH, 2.9)
        panel = figure.subplots()
        panel.grid(visible=True, axis="both")
        panel.plot([floor, top], [floor, top], color=INK, linewidth=1.0, linestyle=(0, (3, 2)))
        across = expected / size
        panel.vlines(across, np.maximum(low / size, floor), high / size, color=ACCENT,
                     linewidth=1.4)  # fmt: skip
        seen = observed > 0
        panel.plot(across[seen], (observed / size)[seen], "o", color=ACCENT, markersize=5.5)
        panel.plot(across[~seen], np.full((~seen).sum(), floor), "v", color=ACCENT, markersize=6,
                   markerfacecolor="white", clip_on=False)  # fmt: skip
        _log_axes(panel, floor, top)
        panel.set_xlabel(f"expected, per 1,000 cells and {span}")
    alt = f"Observed against expected crimes per 1,000 cells and {span}: " + "; ".join(
        f"{o:.3g} where {e:.3g} were expected" for e, o in zip(across, observed / size, strict=True)
    )
    return figure_svg(figure, name=name, alt=alt)


def _decades(values: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Return the powers of ten around positive values."""
    low, high = math.floor(math.log10(values.min())), math.ceil(math.log10(values.max()))
    return 10.0 ** max(low, high - 7), 10.0**high


def _log_axes(panel: Any, floor: float, top: float) -> None:
    from matplotlib.ticker import NullLocator

    panel.set_xscale("log")
    panel.set_yscale("log")
    ticks = 10.0 ** np.arange(round(math.log10(floor)), round(math.log10(top)) + 1)
    for axis in (panel.xaxis, panel.yaxis):
        axis.set_ticks(ticks, [f"{tick:,.{max(0, -round(math.log10(tick)))}f}" for tick in ticks])
        axis.set_minor_locator(NullLocator())
    panel.set_xlim(floor, top)
    panel.set_ylim(floor, top)
    panel.set_ylabel("observed")


def quarters_figure(rows: Sequence[dict[str, Any]], *, name: str) -> Markup | None:
    """Draw observed over expected of each quarter, with the range that chance explains."""
    told = [row for row in rows if (row["expected"] or 0) > 0]
    if not told:
        return None
    expected = np.array([row["expected"] for row in told], dtype=float)
    observed = np.array([row["observed"] or 0 for row in told], dtype=float)
    ratio = observed / expected
    low, high = (end / expected for end in poisson_interval(observed))
    place = np.arange(len(told))
    with figure_style():
        figure = new_figure(WIDTH, 2.5)
        panel = figure.subplots()
        panel.axhline(1, color=INK, linewidth=1.0, linestyle=(0, (3, 2)))
        colours = [WARN if a > 1 or b < 1 else ACCENT for a, b in zip(low, high, strict=True)]
        panel.vlines(place, low, high, colors=colours, linewidth=1.6)
        panel.scatter(place, ratio, c=colours, s=34, zorder=3)
        _label_thinly(panel, place, [str(row["quarter"]) for row in told])
        panel.set_xlim(-0.6, len(told) - 0.4)
        _ratio_axis(panel, low, high)
    alt = "Observed over expected by quarter: " + "; ".join(
        f"{row['quarter']} {value:.2f}" for row, value in zip(told, ratio, strict=True)
    )
    return figure_svg(figure, name=name, alt=alt)


def _label_thinly(panel: Any, place: npt.NDArray[np.int_], labels: list[str]) -> None:
    every = max(1, -(-len(labels) // _MOST_LABELS))
    panel.set_xticks(place[::every], labels[::every])


def _ratio_axis(panel: Any, low: npt.NDArray[np.float64], high: npt.NDArray[np.float64]) -> None:
    """Show ratios evenly around 1, at least from 0.8 to 1.2 and at most from 0 to 4."""
    bottom = max(min(float(low.min()) - 0.05, 0.8), 0.0)
    panel.set_ylim(bottom, min(max(float(high.max()) + 0.05, 1.2), 4.0))
    panel.set_ylabel("observed / expected")


def districts_figure(
    rows: Sequence[dict[str, Any]], marks: dict[str, str], *, name: str
) -> Markup | None:
    """Draw observed over expected of each district against its size: a funnel of chance.

    Parameters
    ----------
    rows
        Each with ``district``, ``observed`` and ``expected``.
    marks
        A letter for some districts.
    name
        Unique on the page.

    References
    ----------
    Spiegelhalter 2005, Funnel plots for comparing institutional performance,
    doi:10.1002/sim.1970.
    """
    told = [row for row in rows if (row["expected"] or 0) > 0]
    if not told:
        return None
    expected = np.array([row["expected"] for row in told], dtype=float)
    ratio = np.array([row["observed"] or 0 for row in told], dtype=float) / expected
    edge = np.geomspace(expected.min() / 1.4, expected.max() * 1.4, 80)
    half = 1.96 / np.sqrt(edge)
    away = float(np.clip(1.2 * max(np.abs(ratio - 1).max(), half.max()), 0.15, 3.0))
    bottom, top = max(1 - away, 0.0), 1 + away
    with figure_style():
        figure = new_figure(WIDTH, 2.9)
        panel = figure.subplots()
        panel.fill_between(edge, np.maximum(1 - half, bottom), np.minimum(1 + half, top),
                           color=RULE, alpha=0.7, linewidth=0)  # fmt: skip
        panel.axhline(1, color=INK, linewidth=1.0, linestyle=(0, (3, 2)))
        panel.set_xscale("log")
        panel.set_xlim(edge[0], edge[-1])
        panel.set_ylim(bottom, top)
        _district_marks(panel, told, marks, expected, np.minimum(ratio, top))
        _size_axis(panel, edge[0], edge[-1])
        panel.set_ylabel("observed / expected")
    alt = (
        f"Observed over expected of {len(told)} districts, from {ratio.min():.2f} to"
        f" {ratio.max():.2f}, in a funnel that shows the range of chance."
    )
    return figure_svg(figure, name=name, alt=alt)


def _district_marks(
    panel: Any, rows: Sequence[dict[str, Any]], marks: dict[str, str],
    expected: npt.NDArray[np.float64], ratio: npt.NDArray[np.float64],
) -> None:  # fmt: skip
    """Draw a dot for each district, and a badge with its letter for those that have one."""
    letters = [marks.get(str(row["district"])) for row in rows]
    told = np.array([letter is not None for letter in letters])
    for mine, colour in ((~told, ACCENT), (told, WARN)):
        panel.plot(expected[mine], ratio[mine], "o", color=colour, markersize=4.5, clip_on=False)
    (left, right), (bottom, top) = np.log(panel.get_xlim()), panel.get_ylim()
    across = (np.log(expected) - left) / (right - left) * _PANEL_POINTS[0]
    up = (ratio - bottom) / (top - bottom) * _PANEL_POINTS[1]
    placed: list[tuple[float, float]] = []
    order = sorted(np.flatnonzero(told).tolist(), key=lambda index: str(letters[index]))
    for index in order:
        right_by, up_by = _free_place(float(across[index]), float(up[index]), placed)
        panel.annotate(
            letters[index], (expected[index], ratio[index]), (right_by, up_by),
            textcoords="offset points", ha="center", va="center_baseline", color="white",
            fontsize=7, fontweight="bold", zorder=4, annotation_clip=False,
            bbox={"boxstyle": "circle,pad=0.22", "color": WARN},
            arrowprops={"arrowstyle": "-", "color": WARN, "linewidth": 0.8},
        )  # fmt: skip


def _free_place(across: float, up: float, placed: list[tuple[float, float]]) -> tuple[float, float]:
    """Return how far to move a badge, in points, so that it covers no other; note its place."""
    tried = [(0.0, 0.0)] + [
        (reach * right, reach * over)
        for reach in (_BADGE, 1.7 * _BADGE, 2.5 * _BADGE)
        for right, over in ((0, 1), (0, -1), (1, 0), (-1, 0), (0.7, 0.7), (-0.7, -0.7))
    ]
    free = [
        (right, over)
        for right, over in tried
        if all(math.hypot(across + right - x, up + over - y) >= _BADGE for x, y in placed)
    ]
    right, over = (free or tried)[0]
    placed.append((across + right, up + over))
    return right, over


def _size_axis(panel: Any, low: float, high: float) -> None:
    """Mark 1, 2, 5, 10, ... crimes, thinned out."""
    from matplotlib.ticker import NullLocator

    steps = [base * 10.0**power for power in range(-3, 7) for base in (1, 2, 5)]
    shown = [step for step in steps if low <= step <= high]
    shown = shown[:: max(1, -(-len(shown) // 7))]
    panel.xaxis.set_ticks(shown, [number(s, max(0, -math.floor(math.log10(s)))) for s in shown])
    panel.xaxis.set_minor_locator(NullLocator())
    panel.set_xlabel("crimes expected in the district", color=MUTED)
