"""WMTS 1.0.0: by resource addresses and by keys and values in the query."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from evenbeat.tile_server.answering.answers import answer, answer_json
from evenbeat.tile_server.answering.links import Links, To
from evenbeat.tile_server.publication.documents import identity
from evenbeat.tile_server.publication.kept import Kept
from evenbeat.tile_server.publication.published import NotPublishedError, RetractedError, Snapshot
from evenbeat.tile_server.service import Now, Service, The
from evenbeat.tile_server.standards.map_tiles import answer_tile, fitting_style
from evenbeat.tile_server.standards.matrix_sets import (
    MATRIX_SETS,
    TILE_PIXELS,
    position,
)
from evenbeat.tile_server.standards.shift_layers import (
    ShiftLayer,
    ShiftLayerId,
    find_shift_layer,
    shift_layers,
)
from evenbeat.tile_server.standards.wmts_capabilities import INFO_FORMATS, capabilities
from evenbeat.tile_server.standards.wmts_exceptions import OwsError, OwsRoute
from evenbeat.tile_server.styles.style_models import STYLE_ID, Style
from evenbeat.tile_server.tiles.reading import cell_at, describe_cell

router = APIRouter(prefix="/v1", route_class=OwsRoute, tags=["WMTS"])
_MOST_KEYS = 64
_KEPT: Kept[bytes] = Kept(32)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client asked a tile of; as text, because every part may be wrong."""

    layer: str
    style: str
    time: str
    matrix_set: str
    matrix: str
    row: str
    column: str


async def _asked(
    layer: ShiftLayerId,
    style: Annotated[str, Path(pattern=STYLE_ID)],
    time: Annotated[str, Path(max_length=64)],
    matrix_set: Annotated[str, Path(max_length=64)],
    matrix: Annotated[str, Path(max_length=64)],
    row: Annotated[str, Path(max_length=64)],
    column: Annotated[str, Path(max_length=64)],
) -> Asked:
    return Asked(layer, style, time, matrix_set, matrix, row, column)


ByPath = Annotated[Asked, Depends(_asked)]


@router.get("/wmts/1.0.0/WMTSCapabilities.xml")
def wmts_capabilities(request: Request, service: The, now: Now, links: To) -> Response:
    """Return the capabilities."""
    return _capabilities(request, service, now, links)


@router.get("/wmts/1.0.0/{layer}/{style}/{time}/{matrix_set}/{matrix}/{row}/{column}.png")
async def wmts_tile(request: Request, service: The, now: Now, asked: ByPath) -> Response:
    """Return a tile; of the newest date where ``time`` is not a published one."""
    return await _tile(request, service, now, asked)


@router.get(
    "/wmts/1.0.0/{layer}/{style}/{time}/{matrix_set}/{matrix}/{row}/{column}/{j}/{i}.{ending}"
)
async def wmts_feature_info(
    request: Request,
    service: The,
    now: Now,
    asked: ByPath,
    j: Annotated[str, Path(max_length=64)],
    i: Annotated[str, Path(max_length=64)],
    ending: Literal["json", "txt", "html"],
) -> Response:
    """Return the value under a tile's pixel."""
    return await _feature_info(request, service, now, asked, (j, i), ending)


@router.get("/wmts")
async def wmts(request: Request, service: The, now: Now, links: To) -> Response:
    """Answer GetCapabilities, GetTile and GetFeatureInfo by keys and values."""
    given = _Given(request)
    if given.required("service").upper() != "WMTS":
        raise OwsError("InvalidParameterValue", "service must be WMTS.", "service")
    operation = given.required("request").lower()
    if operation == "getcapabilities":
        accepted = given.optional("acceptversions")
        if accepted and "1.0.0" not in accepted.split(","):
            raise OwsError("VersionNegotiationFailed", "Only version 1.0.0 is spoken here.",
                           "acceptversions")  # fmt: skip
        return await run_in_threadpool(_capabilities, request, service, now, links)
    if operation not in ("gettile", "getfeatureinfo"):
        text = "There are GetCapabilities, GetTile and GetFeatureInfo."
        raise OwsError("OperationNotSupported", text, "request")
    if given.optional("version") not in ("", "1.0.0"):
        raise OwsError("InvalidParameterValue", "version must be 1.0.0.", "version")
    asked = Asked(
        given.required("layer"), given.optional("style"), given.optional("time"),
        *(given.required(key) for key in ("tilematrixset", "tilematrix", "tilerow", "tilecol")),
    )  # fmt: skip
    if given.optional("format") not in ("", "image/png"):
        raise OwsError("InvalidParameterValue", "format must be image/png.", "format")
    if operation == "gettile":
        return await _tile(request, service, now, asked)
    media_type = given.required("infoformat")
    if media_type not in INFO_FORMATS:
        text = f"infoformat must be one of {', '.join(INFO_FORMATS)}."
        raise OwsError("InvalidParameterValue", text, "infoformat")
    pixel = (given.required("j"), given.required("i"))
    return await _feature_info(request, service, now, asked, pixel, INFO_FORMATS[media_type])


class _Given:
    """The query of a request, whose keys may be written in any case."""

    def __init__(self, request: Request) -> None:
        pairs = request.query_params.multi_items()
        if len(pairs) > _MOST_KEYS:
            text = f"At most {_MOST_KEYS} keys are read, got {len(pairs)}."
            raise OwsError("NoApplicableCode", text)
        self._values = {key.lower(): value for key, value in reversed(pairs)}

    def optional(self, key: str) -> str:
        return self._values.get(key, "")

    def required(self, key: str) -> str:
        value = self._values.get(key, "")
        if not value:
            raise OwsError("MissingParameterValue", f"The request lacks {key}.", key)
        return value


def _capabilities(request: Request, service: Service, now: Snapshot, links: Links) -> Response:
    deepest = service.deepest_zoom(request)
    # With the styles: where one of their files is changed, the document is made anew.
    styles = tuple(service.styles.values())
    content = _KEPT.of(
        now.manifest, (links, deepest, styles),
        lambda: capabilities(shift_layers(now), styles, links, deepest_zoom=deepest),
    )  # fmt: skip
    return answer(request, content, media_type="application/xml", caching=service.fresh)


async def _tile(request: Request, service: Service, now: Snapshot, asked: Asked) -> Response:
    zoom, column, row = _place(request, service, asked)
    layer = _layer(now, asked)
    style, found = _style(service, asked, layer), layer.on(asked.time)
    return await answer_tile(request, service, found, style, (zoom, column, row))


async def _feature_info(
    request: Request,
    service: Service,
    now: Snapshot,
    asked: Asked,
    pixel: tuple[str, str],
    ending: str,
) -> Response:
    zoom, column, row = _place(request, service, asked)
    layer = _layer(now, asked)
    _style(service, asked, layer)
    j, i = (_number(text, TILE_PIXELS, "PointIJOutOfRange", name)
            for text, name in zip(pixel, "ji", strict=True))  # fmt: skip
    found = layer.on(asked.time)
    longitude, latitude = position(zoom, row, column, j, i)
    cell = await run_in_threadpool(cell_at, found, longitude, latitude)
    facts = {**identity(found), "lon": round(longitude, 7), "lat": round(latitude, 7),
             **describe_cell(found, cell)}  # fmt: skip
    if ending == "json":
        return answer_json(request, facts, caching=service.fresh)
    text = _in_words(facts)
    if ending == "html":
        lines = "".join(f"<p>{html.escape(line)}</p>" for line in text.splitlines())
        page = f'<!DOCTYPE html><html lang="en"><title>Value</title><body>{lines}</body></html>'
        return answer(request, page.encode(), media_type="text/html; charset=utf-8",
                      caching=service.fresh)  # fmt: skip
    return answer(request, text.encode(), media_type="text/plain; charset=utf-8",
                  caching=service.fresh)  # fmt: skip


def _in_words(facts: dict[str, Any]) -> str:
    lines = [f"{facts['title']}, {facts['date']}, {facts['shift']}"]
    if facts["inside"]:
        lines.append(f"{facts['value']:.6g} {facts['units']}")
    return "\n".join((*lines, facts["words"], ""))


def _layer(now: Snapshot, asked: Asked) -> ShiftLayer:
    try:
        return find_shift_layer(now, asked.layer)
    except RetractedError:
        raise
    except NotPublishedError as error:
        text = "No such layer is published; the capabilities list them."
        raise OwsError("InvalidParameterValue", text, "layer") from error


def _style(service: Service, asked: Asked, layer: ShiftLayer) -> Style:
    """Return the style that was asked for; the default one for none, as GetTile may leave it."""
    chosen = None if asked.style in ("", "default") else asked.style
    try:
        return fitting_style(service, layer.layer.units, chosen)
    except NotPublishedError as error:
        raise OwsError("InvalidParameterValue", str(error), "style") from error


def _place(request: Request, service: Service, asked: Asked) -> tuple[int, int, int]:
    """Return zoom, column and row."""
    if asked.matrix_set not in MATRIX_SETS:
        text = f"tilematrixset must be one of {', '.join(MATRIX_SETS)}."
        raise OwsError("InvalidParameterValue", text, "tilematrixset")
    deepest = service.deepest_zoom(request)
    zoom = _number(asked.matrix, deepest + 1, "InvalidParameterValue", "tilematrix")
    row = _number(asked.row, 2**zoom, "TileOutOfRange", "tilerow")
    column = _number(asked.column, 2**zoom, "TileOutOfRange", "tilecol")
    return zoom, column, row


def _number(text: str, end: int, code: str, name: str) -> int:
    """Return a whole number from 0 to below ``end``."""
    if not (text.isascii() and text.isdigit() and len(text) <= 8):
        raise OwsError("InvalidParameterValue", f"{name} must be a whole number.", name)
    if int(text) >= end:
        raise OwsError(code, f"{name} must be from 0 to {end - 1}, got {int(text)}.", name)
    return int(text)
