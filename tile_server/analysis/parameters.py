"""What a client may say in the query of the analyst path: an allow-list, name by name."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Final, Literal

from fastapi import Depends, Query, Request
from pydantic import Field
from rio_tiler.colormap import cmap
from titiler.core.dependencies import DefaultDependency

from evenbeat.tile_server.analysis.colours import Colours, Limits, parse_table
from evenbeat.tile_server.analysis.rasters import ENVIRONMENT, MOST_PIXELS_ASIDE, Opened
from evenbeat.tile_server.answering.refusals import RefusalError, demand
from evenbeat.tile_server.service import Raster, The
from evenbeat.tile_server.standards.map_tiles import fitting_style
from evenbeat.tile_server.styles.style_models import STYLE_ID

# A CRS by code alone: as text GDAL would take a file or an address for one.
_CRS = re.compile(r"(EPSG:|epsg:)[1-9][0-9]{3,5}")
_ANY = re.compile(r"[\x20-\x7e]{0,8192}")
ALLOWED: Final[dict[str, re.Pattern[str]]] = {
    "crs": _CRS,
    "coord_crs": _CRS,
    "dst_crs": _CRS,
    "format": re.compile("png|webp|npy|tif"),
    "max_size": re.compile("[0-9]{1,4}"),
    "width": re.compile("[0-9]{1,4}"),
    "height": re.compile("[0-9]{1,4}"),
    "tilesize": re.compile("256|512"),
    "resampling": re.compile("[a-z_]{1,16}"),
    "reproject": re.compile("[a-z_]{1,16}"),
    "style": re.compile(r"[a-z0-9.~-]{1,64}"),
    "colormap_name": re.compile("[a-z0-9_]{1,64}"),
    "colormap": _ANY,
    "rescale": re.compile(r"[0-9eE.+,-]{3,64}"),
    "categorical": re.compile("true|false"),
    "c": re.compile(r"[0-9eE.+-]{1,32}"),
    "p": re.compile("[0-9]{1,2}|100"),
    "histogram_bins": re.compile(r"[1-9][0-9]{0,2}"),
    "histogram_range": re.compile(r"[0-9eE.+,-]{3,64}"),
    "key": _ANY, "kid": _ANY, "exp": _ANY, "sig": _ANY,
}  # fmt: skip
_MOST_PAIRS = 64
_Side = Annotated[int | None, Field(ge=1, le=MOST_PIXELS_ASIDE)]


def check_query(request: Request) -> None:
    """Refuse a query with anything that is not on the list.

    Raises
    ------
    RefusalError
        A name or a value is not.
    """
    pairs = request.query_params.multi_items()
    if len(pairs) > _MOST_PAIRS:
        raise _unusable(f"A query may have {_MOST_PAIRS} parts, got {len(pairs)}.")
    for name, value in pairs:
        pattern = ALLOWED.get(name)
        if pattern is None:
            names = ", ".join(each for each in ALLOWED if each not in ("key", "kid", "exp", "sig"))
            raise _unusable(f"The query may have {names}, and nothing else.")
        if pattern.fullmatch(value) is None:
            raise _unusable(f"The value of {name} is not of the form {pattern.pattern}.")


def opened(request: Request, service: The, found: Raster) -> Opened:
    """Return the raster of an address; a client with zooms or dates kept back needs the right.

    Values of any size and place are a download in parts, so the right is the same.
    """
    demand(request, "download")
    return Opened(found, service.workers, service.deepest_zoom(request))


def environment() -> dict[str, str]:
    """Return the settings of GDAL."""
    return dict(ENVIRONMENT)


def colours(
    service: The,
    raster: Annotated[Opened, Depends(opened)],
    style: Annotated[str | None, Query(pattern=STYLE_ID, description="A published style")] = None,
    colormap_name: Annotated[
        str | None,
        Query(description="256 colours of rio-tiler", json_schema_extra={"enum": cmap.list()}),
    ] = None,
    colormap: Annotated[str | None, Query(max_length=8192, description="Own colours")] = None,
) -> Colours:
    """Return the colours of a picture: those of a style, unless others are asked for."""
    if sum(given is not None for given in (style, colormap_name, colormap)) > 1:
        raise _unusable("Give one of style, colormap_name and colormap.")
    if colormap_name is not None:
        if colormap_name not in cmap.list():
            raise _unusable("colormap_name is not one of rio-tiler's; viridis is, and magma.")
        return Colours(raster.found, None, cmap.get(colormap_name))
    if colormap is not None:
        return Colours(raster.found, None, parse_table(colormap))
    return Colours(raster.found, fitting_style(service, raster.found.layer.units, style))


@dataclass
class Nothing(DefaultDependency):
    """No parameter at all: bands, expressions and algorithms are not to be chosen."""


def no_process() -> None:
    """Return no algorithm."""


@dataclass
class Sampling(DefaultDependency):
    """How values are taken where cells and pixels differ."""

    resampling_method: Annotated[
        Literal["nearest", "bilinear", "cubic", "average", "mode"],
        Query(alias="resampling", description="When the size changes"),
    ] = "nearest"
    reproject_method: Annotated[
        Literal["nearest", "bilinear", "cubic", "average", "mode", "max", "min", "med"],
        Query(alias="reproject", description="When the CRS changes"),
    ] = "nearest"


@dataclass
class PreviewSize(DefaultDependency):
    """Pixels of a picture of the whole raster."""

    max_size: Annotated[int | None, Field(ge=1, le=MOST_PIXELS_ASIDE)] = 1024
    height: _Side = None
    width: _Side = None

    def __post_init__(self) -> None:
        """Let a width and a height stand before the longest side."""
        if _have_both(self.width, self.height):
            self.max_size = None


@dataclass
class CropSize(DefaultDependency):
    """Pixels of a picture of a part; without any, a crop has the raster's own cells."""

    max_size: _Side = None
    height: _Side = None
    width: _Side = None

    def __post_init__(self) -> None:
        """Let a width and a height stand before the longest side."""
        if _have_both(self.width, self.height):
            self.max_size = None


@dataclass
class Rescaling(DefaultDependency):
    """The values of the first and the last of 256 colours."""

    rescale: Annotated[str | None, Query(description="Lowest and highest value: 0,0.2")] = None

    def __post_init__(self) -> None:
        """Read the two values."""
        if self.rescale is not None:
            self.rescale = _limits(self.rescale)  # type: ignore[assignment]


def _limits(text: str) -> Limits:
    try:
        low, high = (float(part) for part in text.split(","))
    except ValueError:
        low = high = math.nan
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise _unusable(f"rescale must be two numbers such as 0,0.2, got {text}.")
    return low, high


def _have_both(width: int | None, height: int | None) -> bool:
    """Return whether both sides are given; one alone would leave the other without a limit."""
    if (width is None) != (height is None):
        raise _unusable("Give width and height together, or max_size.")
    return width is not None


def _unusable(detail: str) -> RefusalError:
    return RefusalError(HTTPStatus.UNPROCESSABLE_ENTITY, detail)
