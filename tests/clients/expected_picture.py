"""What a map client must show: every pixel in the colour of the cell below its middle.

Made from the published raster and the colours of a style alone, with pyproj; nothing of the
service and nothing of its tiles is used.
"""

from __future__ import annotations

from dataclasses import dataclass

import mercantile
import numpy as np
import rasterio
from PIL import Image
from pyproj import Transformer

from evenbeat.core.store.manifest import read_manifest
from evenbeat.tile_server.styles.style_files import load_styles

SHARES = (0.05, 0.02, 0.01, 0.005)
_WORLD_M = 2 * 20037508.342789244
_TO_GRID = Transformer.from_crs("EPSG:3857", "EPSG:26971", always_xy=True)
_TO_MERCATOR = Transformer.from_crs("EPSG:26971", "EPSG:3857", always_xy=True)


@dataclass(frozen=True)
class View:
    """A window on the map: its middle lies on the corner of a pixel of the zoom's tiles.

    Parameters
    ----------
    zoom
        Zoom of tiles with 256 pixels.
    east_px, south_px
        Middle of the window, in pixels from the map's upper left corner.
    """

    zoom: int
    east_px: int
    south_px: int
    width: int
    height: int

    @classmethod
    def over(cls, longitude, latitude, zoom, width, height):
        """Return the window whose middle is nearest to a place."""
        x, y = mercantile.xy(longitude, latitude)
        pixel = _WORLD_M / (256 << zoom)
        return cls(zoom, round((x + _WORLD_M / 2) / pixel), round((_WORLD_M / 2 - y) / pixel),
                   width, height)  # fmt: skip

    @property
    def pixel_m(self):
        return _WORLD_M / (256 << self.zoom)

    @property
    def middle(self):
        """Longitude and latitude."""
        return mercantile.lnglat(self.east_px * self.pixel_m - _WORLD_M / 2,
                                 _WORLD_M / 2 - self.south_px * self.pixel_m)  # fmt: skip

    @property
    def bounds(self):
        """West, south, east and north in metres of Web Mercator."""
        x = self.east_px * self.pixel_m - _WORLD_M / 2
        y = _WORLD_M / 2 - self.south_px * self.pixel_m
        half = self.width / 2 * self.pixel_m, self.height / 2 * self.pixel_m
        return x - half[0], y - half[1], x + half[0], y + half[1]

    def pixel_middles(self):
        """Easting and northing of every pixel's middle, in metres of Web Mercator."""
        west, _, _, north = self.bounds
        x = west + (np.arange(self.width) + 0.5) * self.pixel_m
        y = north - (np.arange(self.height) + 0.5) * self.pixel_m
        return np.meshgrid(x, y)


class Cells:
    """A published raster, as a client must show it.

    Parameters
    ----------
    publication
        Folder.
    layer, date, shift, style
        What is shown.
    """

    def __init__(self, publication, layer, date, shift, style):
        raster = read_manifest(publication).layers[layer].dates[date][shift]
        self.version = raster.version
        with rasterio.open(publication / raster.path) as source:
            self._values, self._transform = source.read(1), source.transform
        inside = self._values[np.isfinite(self._values)]
        highest_first = np.sort(inside)[::-1]
        self._edges = [highest_first[int(inside.size * share) - 1] for share in SHARES]
        self._palette = load_styles()[style].palette.astype(float)

    @property
    def hot_spot(self):
        """Longitude and latitude of a place between two cells of high and of different classes."""
        classes = self._classes(self._values)
        left, right = classes[:, :-1], classes[:, 1:]
        together = np.where((left != right) & (left > 0) & (right > 0), left + right, 0)
        row, column = np.unravel_index(together.argmax(), together.shape)
        x, y = self._transform * (column + 1.0, row + 0.5)
        return mercantile.lnglat(*_TO_MERCATOR.transform(x, y))

    def _classes(self, values):
        """Return the place of each value in the palette: no data, rest, then the classes."""
        classes = 1 + sum((values >= edge).astype(int) for edge in self._edges)
        return np.where(np.isnan(values), 0, classes)

    def picture(self, view):
        """Return what a window shows on white, shape ``(height, width, 3)``, 0 to 255."""
        x, y = view.pixel_middles()
        columns, rows = ~self._transform * np.array(_TO_GRID.transform(x, y))
        rows, columns = np.floor(rows).astype(int), np.floor(columns).astype(int)
        height, width = self._values.shape
        known = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
        values = np.full(x.shape, np.nan)
        values[known] = self._values[rows[known], columns[known]]
        colours = self._palette[self._classes(values)]
        opacity = colours[..., 3:] / 255
        return colours[..., :3] * opacity + 255 * (1 - opacity)

    def value_at(self, longitude, latitude):
        """Return the value of the cell that holds a place."""
        place = _TO_GRID.transform(*mercantile.xy(longitude, latitude))
        column, row = np.floor(~self._transform * place).astype(int)
        return float(self._values[row, column])

    def is_drawn(self, path, view):
        """Tell whether a picture with transparency is, on white, what a window shows."""
        picture = np.asarray(Image.open(path).convert("RGBA")).astype(float)
        opacity = picture[..., 3:] / 255
        seen = picture[..., :3] * opacity + 255 * (1 - opacity)
        return bool(np.allclose(seen, self.picture(view), atol=0.01))

    def share_unlike(self, path, view, *, within_px=0):
        """Return the share of pixels of a picture that are not as they must be.

        Clients blend in their own way, so colours may be off by 3 of 255. Some place a tile up to
        a pixel beside its place; ``within_px`` accepts what belongs so many pixels away.
        """
        seen = np.asarray(Image.open(path).convert("RGB")).astype(float)
        expected = np.pad(self.picture(view), [(within_px, within_px)] * 2 + [(0, 0)], "edge")
        assert len(np.unique(expected.reshape(-1, 3), axis=0)) > 1  # there is something to see
        height, width = seen.shape[:2]
        assert (height, width) == (view.height, view.width)
        near = range(2 * within_px + 1)
        unlike = np.min([
            np.abs(seen - expected[down:down + height, right:right + width]).max(axis=-1)
            for down in near for right in near
        ], axis=0)  # fmt: skip
        return float((unlike > 3).mean())


def torn_tiles(path, view, versions):
    """Return the tiles of a picture that are not wholly of one version; none of which must be torn.

    Parameters
    ----------
    versions
        The ``Cells`` of each version.
    """
    seen = np.asarray(Image.open(path).convert("RGB")).astype(float)
    fits = [np.abs(seen - cells.picture(view)).max(axis=-1) <= 3 for cells in versions]
    assert any((one != fits[0]).any() for one in fits)  # the versions can be told apart here
    west, north = view.east_px - view.width // 2, view.south_px - view.height // 2
    rows = (north + np.arange(view.height)) // 256
    columns = (west + np.arange(view.width)) // 256
    return [
        (int(column), int(row))
        for row in np.unique(rows) for column in np.unique(columns)
        if not any(one[np.ix_(rows == row, columns == column)].all() for one in fits)
    ]  # fmt: skip
