"""From values to a picture or a file: in a published style, or in colours that a client chose."""

from __future__ import annotations

import io
import json
import math
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PIL import Image
from rio_tiler.colormap import apply_cmap, parse_color
from rio_tiler.errors import RioTilerError
from rio_tiler.models import ImageData
from rio_tiler.utils import render
from titiler.core.resources.enums import ImageType

from evenbeat.tile_server.answering.refusals import RefusalError
from evenbeat.tile_server.publication.published import Found
from evenbeat.tile_server.styles.style_models import Style
from evenbeat.tile_server.styles.value_scale import ValueScale

FORMATS: Final = ("png", "webp", "npy", "tif")
MOST_COLOURS: Final = 256
Limits = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Colours:
    """How the values of a raster are shown: by a style, else by a table of rio-tiler.

    A table is either 256 colours from the lowest to the highest value, or intervals of values.
    """

    found: Found
    style: Style | None
    table: Any = None

    def paint(
        self, values: npt.NDArray[np.float32], limits: Limits | None
    ) -> npt.NDArray[np.uint8]:
        """Return red, green, blue and opacity of each value; NaN is transparent.

        Parameters
        ----------
        values
            Shape ``(rows, columns)``.
        limits
            The values of the first and the last of 256 colours; by default 0 and the raster's
            highest.
        """
        known = np.isfinite(values)
        flat = np.where(known, values, 0.0).astype(np.float32)
        if self.style is not None:
            scale = ValueScale.of(self.found)
            painted = self.style.level_colours(flat.ravel(), flat.ravel(), scale)
            colours = painted.reshape(*values.shape, 4).copy()
        else:
            if isinstance(self.table, dict):
                low, high = limits or (0.0, self.found.raster.maximum or 1.0)
                steps = np.clip((flat.astype(np.float64) - low) / (high - low), 0.0, 1.0) * 255
                flat = np.rint(steps).astype(np.uint8)
            bands, opacity = apply_cmap(flat[None], self.table)
            colours = np.dstack([*bands, opacity]).astype(np.uint8)
        colours[~known] = 0
        return np.asarray(colours, np.uint8)


def draw(
    image: ImageData, *, colormap: Colours, output_format: ImageType | None = None,
    rescale: Limits | None = None,
) -> tuple[bytes, str]:  # fmt: skip
    """Return a picture, or the values themselves, with the media type.

    ``npy`` has the values and the mask, float32, shape ``(2, rows, columns)``, as tiles do;
    ``tif`` is a GeoTIFF of one band, float32, NaN where there is no value.
    """
    chosen = output_format or ImageType.png
    if chosen.name not in FORMATS:
        raise RefusalError(
            HTTPStatus.NOT_FOUND, f"Formats are {', '.join(FORMATS)}; got {chosen.name}."
        )
    values = np.asarray(image.array[0].filled(np.nan), np.float32)
    content = io.BytesIO()
    if chosen is ImageType.npy:
        np.save(content, np.stack([values, np.where(np.isfinite(values), np.float32(255), 0)]))
        return content.getvalue(), "application/octet-stream"
    if chosen is ImageType.tif:
        made = render(
            values[None], None, img_format="GTiff", crs=image.crs, transform=image.transform,
            nodata=float("nan"), compress="deflate", predictor=3, tiled=True,
        )  # fmt: skip
        return bytes(made), str(chosen.mediatype)
    picture = Image.fromarray(colormap.paint(values, rescale))
    picture.save(content, chosen.name.upper(), **_OPTIONS[chosen.name])
    return content.getvalue(), str(chosen.mediatype)


_OPTIONS: Final[dict[str, dict[str, Any]]] = {
    "png": {},
    "webp": {"lossless": True, "method": 2},
}


def parse_table(text: str) -> Any:
    """Return a client's own colours.

    Parameters
    ----------
    text
        JSON: ``{"0": "#ffffff", ..., "255": "#67000d"}``, or intervals of values,
        ``[[[0, 0.1], "#ffffff"], [[0.1, 9], "#67000d"]]``.

    Raises
    ------
    RefusalError
        It is neither.
    """
    try:
        given = json.loads(text)
        if not isinstance(given, dict | list) or not 1 <= len(given) <= MOST_COLOURS:
            raise ValueError(f"from 1 to {MOST_COLOURS} colours are expected")
        if isinstance(given, dict):
            return _filled({int(place): parse_color(colour) for place, colour in given.items()})
        return [(_interval(ends), parse_color(colour)) for ends, colour in given]
    except (ValueError, TypeError, RecursionError, RioTilerError) as error:
        raise RefusalError(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            'colormap cannot be read. Send JSON such as {"0": "#ffffff", "255": "#67000d"}, or '
            'intervals of values such as [[[0, 0.1], "#ffffff"], [[0.1, 9], "#67000d"]]; at most '
            f"{MOST_COLOURS} colours.",
        ) from error


def _filled(colours: dict[int, Any]) -> dict[int, Any]:
    """Return 256 colours: those between two given ones are in between."""
    places = sorted(colours)
    if places[0] < 0 or places[-1] > MOST_COLOURS - 1:
        raise ValueError("places are from 0 to 255")
    at = np.arange(MOST_COLOURS)
    table = np.array([colours[place] for place in places], np.float64)
    bands = [np.rint(np.interp(at, places, band)).astype(int) for band in table.T]
    return {int(place): tuple(int(band[place]) for band in bands) for place in at}


def _interval(ends: Any) -> Limits:
    low, high = float(ends[0]), float(ends[1])
    if len(ends) != 2 or not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ValueError("an interval has two values, the first below the second")
    return low, high
