"""The map of a back-test: how often cells were flagged, and which crimes that caught."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.errors import GridError
from evenbeat.core.reports.figures import label_svg
from evenbeat.core.reports.maps import Frame, north_arrow, scale_bar
from evenbeat.core.reports.page import number, percent

Counts = npt.NDArray[np.integer[Any]] | npt.NDArray[np.floating[Any]]

SHADES = ("#eceef1", "#d5d9df", "#b9c0c9", "#99a2ae", "#76818f", "#525d6c")
"""Never flagged, then up to a tenth, a quarter, a half, three quarters and all of the windows."""
_EDGES = (0.1, 0.25, 0.5, 0.75)
_WIDTH = 480.0
_CROWDED = 0.30
_LARGEST, _SMALLEST, _SIZES = 6.5, 1.3, 7


@dataclass(frozen=True, eq=False)
class BacktestMap:
    """Where one crime type was expected and where it happened, over all windows of a test.

    Parameters
    ----------
    flagged
        Number of windows in which a cell was flagged at the map's budget, shape ``(y, x)``; the
        first row is the northernmost.
    hits
        Crimes in a cell in the windows in which it was flagged, same shape.
    misses
        Crimes in a cell in the other windows, same shape.
    inside
        Whether a cell belongs to the study area, same shape.
    bounds
        West, south, east and north edge of the raster, in the units of its CRS.

    Raises
    ------
    GridError
        The arrays differ in shape, or the bounds hold no area.
    """

    flagged: Counts
    hits: Counts
    misses: Counts
    inside: npt.NDArray[np.bool_]
    bounds: tuple[float, float, float, float]

    def __post_init__(self) -> None:
        shapes = {array.shape for array in (self.flagged, self.hits, self.misses, self.inside)}
        west, south, east, north = self.bounds
        if len(shapes) != 1 or self.flagged.ndim != 2 or west >= east or south >= north:
            raise GridError(
                f"The map of a back-test has arrays of shapes {sorted(shapes)} in {self.bounds}. "
                "Give four arrays of one shape (y, x), and bounds as west, south, east, north."
            )


def flagged_classes(told: BacktestMap, windows: int) -> npt.NDArray[np.int64]:
    """Return the class of each cell: 0 where never flagged, up to 5; -1 outside the study area."""
    share = np.asarray(told.flagged, dtype=np.float64) / max(windows, 1)
    classes = np.where(share > 0, 1 + np.searchsorted(_EDGES, share), 0)
    return np.where(told.inside, classes, -1)


def draw_backtest_map(
    told: BacktestMap, *, windows: int, cell_area_km2: float | None, name: str, what: str
) -> dict[str, Any]:
    """Draw the map as SVG.

    Parameters
    ----------
    told
        What happened where.
    windows
        Number of windows of the test.
    cell_area_km2
        Of one cell; without it the map has no scale bar.
    name
        Unique on the page.
    what
        Crime type in words, for the description.

    Returns
    -------
    The ``svg``; ``keys``, colour and words of each shade on it; ``block``, the number of cells on
    a side of the squares whose crimes one mark stands for; ``largest``, the most crimes of one
    mark; ``hits``, ``misses``, and ``ever``, the cells flagged at least once.
    """
    cell = (told.bounds[2] - told.bounds[0]) / told.flagged.shape[1]
    frame = Frame.around(told.bounds, margin=2 * cell, width=_WIDTH, least_height=200.0,
                         most_height=600.0)  # fmt: skip
    classes = flagged_classes(told, windows)
    block = _block_of(told, cell * frame.scale)
    hits, misses = (_sum_blocks(np.asarray(a, float), block) for a in (told.hits, told.misses))
    parts = [_shades(classes, frame, cell, told.bounds), _marks(hits, misses, frame, cell * block,
                                                                told.bounds)]  # fmt: skip
    if cell_area_km2:
        parts.append(scale_bar(frame, math.sqrt(cell_area_km2) * 1000 / cell, feet=False))
    ever = int((classes > 0).sum())
    alt = (
        f"Map of {what}: {number(ever)} of {number(int(told.inside.sum()))} cells were flagged at"
        f" least once; {number(float(told.hits.sum()))} crimes happened where and when a cell was"
        f" flagged, {number(float(told.misses.sum()))} elsewhere."
    )
    body = f'<svg viewBox="0 0 {frame.width:g} {frame.height:g}" class="map">{"".join(parts)}'
    return {
        "svg": label_svg(f"{body}{north_arrow(frame)}</svg>", name=name, alt=alt),
        "keys": _keys(classes, windows), "block": block, "ever": ever,
        "largest": max(hits.max(initial=0), misses.max(initial=0)),
        "hits": float(told.hits.sum()), "misses": float(told.misses.sum()),
    }  # fmt: skip


def _block_of(told: BacktestMap, cell_pixels: float) -> int:
    """Return how many cells a side one mark stands for, so that marks do not crowd the map."""
    crimes = np.asarray(told.hits, float) + np.asarray(told.misses, float)
    area = max(int(told.inside.sum()), 1) * cell_pixels**2
    block = 1
    while block < max(crimes.shape):
        marks = int((_sum_blocks(crimes, block) > 0).sum())
        side = max(block * cell_pixels, 2 * _SMALLEST)
        if block * cell_pixels >= 12 or marks * (0.8 * max(side, 6.0)) ** 2 <= _CROWDED * area:
            return block
        block += 1
    return block


def _sum_blocks(values: npt.NDArray[np.float64], block: int) -> npt.NDArray[np.float64]:
    rows, columns = (-(-length // block) * block for length in values.shape)
    padded = np.zeros((rows, columns))
    padded[: values.shape[0], : values.shape[1]] = values
    summed = padded.reshape(rows // block, block, columns // block, block).sum(axis=(1, 3))
    return np.asarray(summed, dtype=np.float64)


def _shades(
    classes: npt.NDArray[np.int64], frame: Frame, cell: float,
    bounds: tuple[float, float, float, float],
) -> str:  # fmt: skip
    """Return the cells as one path a shade, each row's neighbours joined."""
    x, y = frame.to_pixels(bounds[0], bounds[3])
    paths: list[str] = []
    for shade, colour in enumerate(SHADES):
        runs: list[str] = []
        for row, line in enumerate(classes == shade):
            ends = np.flatnonzero(np.diff(line, prepend=False, append=False))
            runs += [f"M{a} {row}h{b - a}v1H{a}z" for a, b in ends.reshape(-1, 2).tolist()]
        if runs:
            paths.append(f'<path fill="{colour}" d="{"".join(runs)}"/>')
    scale = cell * frame.scale
    return (
        f'<g class="shade" shape-rendering="crispEdges" transform="translate({float(x):.2f}'
        f' {float(y):.2f}) scale({scale:.4f})">{"".join(paths)}</g>'
    )


def _marks(
    hits: npt.NDArray[np.float64], misses: npt.NDArray[np.float64], frame: Frame, side: float,
    bounds: tuple[float, float, float, float],
) -> str:  # fmt: skip
    """Return crosses for misses and dots for hits, of an area that grows with their number."""
    top = max(hits.max(initial=0), misses.max(initial=0), 1.0)
    pixels = side * frame.scale
    largest = float(np.clip(0.62 * pixels, 2.6, _LARGEST))
    aside = np.where((hits > 0) & (misses > 0), max(0.2 * pixels, 1.0), 0.0)
    x0, y0 = frame.to_pixels(bounds[0] + side / 2, bounds[3] - side / 2)
    drawn = []
    for values, kind, sign in ((misses, "miss", 1.0), (hits, "hit", -1.0)):
        sizes = np.ceil(_SIZES * np.sqrt(values / top)).astype(int)
        for size in range(1, _SIZES + 1):
            rows, columns = np.nonzero(sizes == size)
            right = np.asarray(x0 + columns * pixels + sign * aside[rows, columns], dtype=float)
            down = np.asarray(y0 + rows * pixels, dtype=float)
            radius = max(largest * size / _SIZES, _SMALLEST)
            drawn.append(_mark_paths(kind, right, down, radius))
    return "".join(drawn)


def _mark_paths(
    kind: str, right: npt.NDArray[np.float64], down: npt.NDArray[np.float64], radius: float
) -> str:
    at = list(zip(right.tolist(), down.tolist(), strict=True))
    if not at:
        return ""
    if kind == "hit":
        dots = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in at)
        return (
            f'<path class="halo" stroke-width="{2 * radius + 1.4:.1f}" d="{dots}"/>'
            f'<path class="hit" stroke-width="{2 * radius:.1f}" d="{dots}"/>'
        )
    arm = max(radius * 0.85, 1.5)
    crosses = "".join(
        f"M{x - arm:.1f} {y - arm:.1f}l{2 * arm:.1f} {2 * arm:.1f}m0-{2 * arm:.1f}"
        f"l-{2 * arm:.1f} {2 * arm:.1f}"
        for x, y in at
    )
    return f'<path class="miss" stroke-width="{0.8 + 0.18 * radius:.1f}" d="{crosses}"/>'


def _keys(classes: npt.NDArray[np.int64], windows: int) -> list[dict[str, str]]:
    """Return colour and words of the shades that are on the map."""
    if windows <= 1:
        texts = ["not flagged", *[""] * 4, "flagged"]
    else:
        ends = [0.0, *_EDGES, 1.0]
        texts = ["never flagged", *[
            f"in up to {percent(high, 0)}" if low == 0 else
            f"{percent(low, 0).removesuffix('%').strip()} to {percent(high, 0)}"
            for low, high in pairwise(ends)
        ]]  # fmt: skip
        texts[-1] += " of windows"
    return [
        {"colour": colour, "text": text}
        for shade, (colour, text) in enumerate(zip(SHADES, texts, strict=True))
        if (classes == shade).any()
    ]
