"""A style's colours for the pixels of a raster, and whether it is for that raster at all."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from evenbeat.core.store.tile_levels import level_middles
from evenbeat.tile_server.publication.published import Found, NotPublishedError
from evenbeat.tile_server.styles.style_models import ClassStyle, Style
from evenbeat.tile_server.styles.value_scale import ValueScale
from evenbeat.tile_server.tiles.pictures import TILE_SIZE, picture
from evenbeat.tile_server.tiles.reading import level_pixels, levels_of, tile_pixels

Place = tuple[int, int, int]


def level_palette(
    style: Style, levels: npt.NDArray[np.float32], scale: ValueScale, *, exact: bool
) -> npt.NDArray[np.uint8]:
    """Return a style's colours by level, no data first.

    Parameters
    ----------
    levels
        The lowest value of each level.
    scale
        Of the raster.
    exact
        Whether a level's lowest value is its only one.

    Returns
    -------
    Shape ``(1 + levels, 4)``.
    """
    middles = levels if exact else level_middles(levels, scale.highest)
    colours = style.level_colours(levels, middles, scale)
    return np.concatenate([np.zeros((1, 4), np.uint8), colours])


def tile_from_cells(found: Found, style: Style, place: Place) -> bytes | None:
    """Return a tile made from the cells alone, where there is no archive to take it from."""
    if isinstance(style, ClassStyle):
        part, palette = tile_pixels(found, *place), style.palette
    else:
        levels, exact = levels_of(found)
        part = level_pixels(found, levels, *place)
        palette = level_palette(style, levels, ValueScale.of(found), exact=exact)
    return picture(TILE_SIZE, TILE_SIZE, palette, part) if part else None


def require_fit(style: Style, units: str, *, difference: bool = False) -> None:
    """Refuse a style that is for something else.

    Raises
    ------
    NotPublishedError
        It is for another unit; or for differences, or not for them.
    """
    if not style.fits(units, difference=difference):
        shown = "differences" if style.kind == "difference" else "values"
        unit = "" if style.units is None else f" in {style.units}"
        raise NotPublishedError(
            f"The style {style.id} is for {shown}{unit}; /v1/styles tells what each is for."
        )
