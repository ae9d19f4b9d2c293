"""Tiles in other formats than PNG: the same picture as WebP, and the values themselves."""

from __future__ import annotations

import io
from functools import lru_cache, partial
from http import HTTPStatus
from typing import Annotated

import numpy as np
import numpy.typing as npt
from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from PIL import Image
from rasterio.windows import Window
from starlette.concurrency import run_in_threadpool

from evenbeat.core.store.index_tiles import deep_tile
from evenbeat.core.store.mercator import OUTSIDE, TILE_SIZE
from evenbeat.tile_server.access.sight import require_zoom
from evenbeat.tile_server.answering.answers import answer, is_known, unchanged
from evenbeat.tile_server.answering.refusals import RefusalError, demand
from evenbeat.tile_server.publication.published import Found
from evenbeat.tile_server.service import Index, Painted, Raster, Service, The, Version, Zoom
from evenbeat.tile_server.styles.style_models import Style
from evenbeat.tile_server.tiles.reading import read_cells

router = APIRouter(prefix="/v1/tiles", tags=["tiles"])
MOST_CELLS_AT_ONCE = 4_000_000
_KNOWN, _UNKNOWN = np.float32(255), np.float32(0)
Ending = Annotated[str, Path(max_length=16)]
Place = tuple[int, int, int]


@router.get("/{layer}/v/{version}/{style}/{z}/{x}/{y}.{ending}")
async def version_tile_as(
    request: Request, service: The, found: Version, style: Painted, z: Zoom, x: Index, y: Index,
    ending: Ending,
) -> Response:  # fmt: skip
    """Return a tile of one version as ``webp``, or, with the right download, as ``npy``."""
    return await _tile_as(request, service, found, style, (z, x, y), ending, immutable=True)


@router.get("/{layer}/{date}/{shift}/{style}/{z}/{x}/{y}.{ending}")
async def tile_as(
    request: Request, service: The, found: Raster, style: Painted, z: Zoom, x: Index, y: Index,
    ending: Ending,
) -> Response:  # fmt: skip
    """Return a tile of what is published now as ``webp``, or, with that right, as ``npy``."""
    return await _tile_as(request, service, found, style, (z, x, y), ending, immutable=False)


async def _tile_as(
    request: Request, service: Service, found: Found, style: Style, place: Place, ending: str, *,
    immutable: bool,
) -> Response:  # fmt: skip
    if ending not in ("webp", "npy"):
        raise RefusalError(
            HTTPStatus.NOT_FOUND,
            "Tiles of rasters end in .png (a picture), .webp (the same picture) or .npy "
            f"(the values), got .{ending}.",
        )
    if ending == "npy":  # all of them together are the raster
        demand(request, "download")
    require_zoom(request.scope, place[0])
    # It checks the place and the style too, and costs next to nothing.
    told = await service.tiles.answer(found, style, place, immutable=immutable, known=None)
    tag = f"{told.tag}-webp" if ending == "webp" else f"{found.raster.version}-npy"
    if is_known(request, tag):
        return unchanged(tag, caching=told.caching)
    if ending == "webp":
        content = await run_in_threadpool(as_webp, told.content or b"")
        media_type = "image/webp"
    else:
        content = await service.drawing.run(partial(tile_values, found, place))
        media_type = "application/octet-stream"
    return answer(request, content, media_type=media_type, caching=told.caching, tag=tag)


@lru_cache(maxsize=2048)
def as_webp(png: bytes) -> bytes:
    """Return a picture as lossless WebP: every pixel has the same colour and opacity."""
    content = io.BytesIO()
    with Image.open(io.BytesIO(png)) as picture:
        picture.convert("RGBA").save(content, "WEBP", lossless=True, exact=True, method=3)
    return content.getvalue()


def tile_values(found: Found, place: Place) -> bytes:
    """Return the values of a tile as a file of numpy.

    A pixel has the value of the cell below its middle, exactly as it was published.

    Returns
    -------
    An array of float32, shape ``(2, 256, 256)``: the values, NaN where there is none; and the
    mask, 255 where there is a value, else 0, as TiTiler has it.
    """
    values = np.full((TILE_SIZE, TILE_SIZE), np.nan, np.float32)
    cells = deep_tile(found.grid, place)
    if cells is not None:
        _fill(values, found, *cells)
    mask = np.where(np.isfinite(values), _KNOWN, _UNKNOWN)
    content = io.BytesIO()
    np.save(content, np.stack([values, mask]))
    return content.getvalue()


def _fill(
    values: npt.NDArray[np.float32], found: Found, window: tuple[int, int, int, int],
    among: npt.NDArray[np.int32],
) -> None:  # fmt: skip
    """Fill in the cells of a window, a strip of rows at a time: a window may be a whole city."""
    top, left, height, width = window
    strip = max(1, MOST_CELLS_AT_ONCE // width)
    for start in range(0, height, strip):
        rows = min(strip, height - start)
        first = start * width + 1
        chosen = (among != OUTSIDE) & (among >= first) & (among < first + rows * width)
        if chosen.any():
            cells = read_cells(found, Window(left, top + start, width, rows))
            values[chosen] = cells.ravel()[among[chosen] - first]
