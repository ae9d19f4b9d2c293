"""The difference of a layer between two days, as map tiles and at a point."""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from evenbeat.core.store.indexed_png import END, palette_head, pixels
from evenbeat.core.store.manifest import PublishedGrid
from evenbeat.core.store.mercator import Warp
from evenbeat.core.store.tile_levels import NO_DATA, difference_middles, quantise_difference
from evenbeat.tile_server.publication.published import Found, NotPublishedError, Snapshot
from evenbeat.tile_server.styles.legend_entries import with_unit
from evenbeat.tile_server.styles.style_models import Style
from evenbeat.tile_server.styles.value_scale import ValueScale, average_of
from evenbeat.tile_server.tiles.pictures import TILE_SIZE
from evenbeat.tile_server.tiles.reading import cell_at, read_cells

DAYS_BACK = {"day-before": 1, "week-before": 7}
_MOST_BYTES = 64_000_000
_MOST_TILES = 1024

Place = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class DayPair:
    """A layer in the same shift of two days: the values of the first less those of the other."""

    found: Found
    other: Found

    @property
    def name(self) -> str:
        """Return what identifies the difference: both versions."""
        return f"{self.found.raster.version}-{self.other.raster.version}"

    @property
    def title(self) -> str:
        """Return what is shown, for people."""
        found = self.found
        return f"{found.layer.title}, {found.date} minus {self.other.date}, {found.shift}"

    @property
    def scale(self) -> ValueScale:
        """Return what colours depend on; known without reading a cell."""
        average = (average_of(self.found) + average_of(self.other)) / 2
        highest = max(self.found.raster.maximum, self.other.raster.maximum)
        return ValueScale(self.found.layer.units, average, highest, is_difference=True)


def pair_of(found: Found, other: Found) -> DayPair:
    """Return two rasters of a layer as a pair.

    Raises
    ------
    NotPublishedError
        Their cells are not the same places.
    """
    if found.raster.grid != other.raster.grid:
        raise NotPublishedError(
            f"The cells of {found.date} and {other.date} are not the same places, so there is no "
            "difference. Choose a day with the same grid."
        )
    return DayPair(found, other)


def find_pair(now: Snapshot, layer_id: str, date: str, shift: str, other: str) -> DayPair:
    """Return a layer on two days, both of which must be there for whoever asks.

    Parameters
    ----------
    other
        A date, ``day-before`` or ``week-before``.

    Raises
    ------
    NotPublishedError
        One of them is not there, or their cells differ.
    """
    found = now.find(layer_id, date, shift)
    if other in DAYS_BACK:
        day = dt.date.fromisoformat(found.date) - dt.timedelta(days=DAYS_BACK[other])
        other = day.isoformat()
    return pair_of(found, now.find(layer_id, other, shift))


@dataclass(frozen=True, eq=False, slots=True)
class _Levels:
    """The level of each cell after one for "no cell", and the largest difference."""

    index: npt.NDArray[np.uint8]
    largest: float


class Differences:
    """Makes tiles of differences; the latest pairs and tiles are kept. For any thread.

    Both days are read whole and subtracted cell by cell, so a difference is exact; only its
    picture has levels (`difference_edges`).
    """

    def __init__(self) -> None:
        self._making, self._keeping = threading.Lock(), threading.Lock()
        self._pairs: OrderedDict[str, _Levels] = OrderedDict()
        self._tiles: OrderedDict[tuple[str, Place], tuple[bytes | None, float]] = OrderedDict()

    def kept(self, pair: DayPair, style: Style, place: Place) -> bytes | None:
        """Return a tile that is at hand, None where it has yet to be made."""
        with self._keeping:
            known = self._tiles.get((pair.name, place))
        return None if known is None else _painted(pair, style, *known)

    def make(self, pair: DayPair, style: Style, place: Place) -> bytes:
        """Return a tile; nothing (no bytes) where no pixel has a value on both days.

        Parameters
        ----------
        style
            For differences.
        place
            Zoom, column and row.
        """
        levels = self._levels(pair)
        drawn = levels.index.take(_warp(pair.found.grid).cells(place))
        tile = (pixels(drawn) if drawn.any() else None, levels.largest)
        with self._keeping:
            self._tiles[pair.name, place] = tile
            if len(self._tiles) > _MOST_TILES:
                self._tiles.popitem(last=False)
        return _painted(pair, style, *tile)

    def _levels(self, pair: DayPair) -> _Levels:
        """Return the levels of a pair; one is made at a time, so that memory stays bounded."""
        with self._making:
            known = self._pairs.get(pair.name)
            if known is None:
                known = self._pairs[pair.name] = _subtracted(pair)
                while len(self._pairs) > 1 and self._bytes() > _MOST_BYTES:
                    self._pairs.popitem(last=False)
            self._pairs.move_to_end(pair.name)
            return known

    def _bytes(self) -> int:
        return sum(levels.index.nbytes for levels in self._pairs.values())


def _subtracted(pair: DayPair) -> _Levels:
    difference = read_cells(pair.found) - read_cells(pair.other)
    largest = float(np.nanmax(np.abs(difference), initial=0.0))
    index = quantise_difference(difference, largest)
    return _Levels(np.append(np.uint8(NO_DATA), index), largest)


def _painted(pair: DayPair, style: Style, part: bytes | None, largest: float) -> bytes:
    if part is None:
        return b""
    middles = difference_middles(largest)
    colours = style.level_colours(middles, middles, pair.scale)
    palette = np.concatenate([np.zeros((1, 4), np.uint8), colours])
    return palette_head(TILE_SIZE, TILE_SIZE, palette) + part + END


@lru_cache(maxsize=16)
def _warp(grid: PublishedGrid) -> Warp:
    return Warp(grid)


def describe_difference(pair: DayPair, longitude: float, latitude: float) -> dict[str, Any]:
    """Return a cell's exact values on both days and their difference, in figures and in words."""
    now, then = (cell_at(found, longitude, latitude) for found in (pair.found, pair.other))
    if now.value is None or then.value is None:
        return {"inside": False, "words": "Outside the area that is covered on both days."}
    difference, units = now.value - then.value, pair.scale.units
    values = f"{with_unit(now.value, units)} on {pair.found.date}, " + (
        f"{with_unit(then.value, units)} on {pair.other.date}")  # fmt: skip
    if difference:
        change = f"{with_unit(abs(difference), units)} {'more' if difference > 0 else 'less'}"
        share = f" ({100 * difference / then.value:+.0f} %)" if then.value > 0 else ""
        words = f"{change}{share}: {values}."
    else:
        words = f"No change: {values}."
    return {
        "inside": True, "difference": difference, "value": now.value, "other_value": then.value,
        "units": units, "words": words,
        "cell": {"type": "Polygon", "coordinates": [now.ring]},
    }  # fmt: skip
