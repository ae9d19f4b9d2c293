"""OGC API Tiles: a landing page, collections, and map tiles by collection, date and style."""

# Annotations are read as they stand, not as text: those of the map's addresses name a local.
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response

from evenbeat.core.store.manifest import DATE_ID
from evenbeat.tile_server.answering.answers import answer_json
from evenbeat.tile_server.answering.links import To
from evenbeat.tile_server.publication.published import LATEST, Found, NotPublishedError
from evenbeat.tile_server.service import Now, The
from evenbeat.tile_server.standards.map_tiles import answer_tile, fitting_style
from evenbeat.tile_server.standards.matrix_sets import matrix_set_document
from evenbeat.tile_server.standards.ogc_documents import (
    CONFORMS_TO,
    collection_document,
    collections_document,
    landing_document,
    matrix_sets_document,
    tileset_document,
    tilesets_document,
)
from evenbeat.tile_server.standards.shift_layers import (
    ShiftLayer,
    ShiftLayerId,
    find_shift_layer,
    shift_layers,
)
from evenbeat.tile_server.styles.style_models import STYLE_ID, Style

router = APIRouter(prefix="/v1", tags=["OGC API Tiles"])

MatrixSet = Annotated[
    Literal["WebMercatorQuad", "GoogleMapsCompatible", "EPSG:3857"], Path(alias="tms")
]
Zoom = Annotated[int, Path(ge=0, le=22)]
Place = Annotated[int, Path(ge=0, lt=2**22)]


@dataclass(frozen=True, slots=True)
class MapTiles:
    """What the tiles of an address show, and the address up to ``map/tiles``."""

    layer: ShiftLayer
    found: Found
    style: Style
    path: str


async def _collection(now: Now, collection: ShiftLayerId) -> ShiftLayer:
    return find_shift_layer(now, collection)


Collection = Annotated[ShiftLayer, Depends(_collection)]
Date = Annotated[str, Path(pattern=f"^({DATE_ID.pattern}|{LATEST})$")]
StyleId = Annotated[str, Path(pattern=STYLE_ID)]


def _chosen(service: The, layer: ShiftLayer, date: str | None, style: str | None) -> MapTiles:
    """Return the tiles of a date, the newest for none, in a style, the first for none."""
    if date is not None:
        layer.now.require_standing(layer.layer_id, date, layer.shift)
    if date not in (None, LATEST, *layer.dates):
        raise NotPublishedError(f"{layer.id} has no such date; /v1/collections lists them.")
    painted = fitting_style(service, layer.layer.units, style)
    parts = [f"/collections/{layer.id}", *([date] if date else ())]
    parts += [] if style is None else ["styles", style]
    return MapTiles(layer, layer.on(date or LATEST), painted, "/".join((*parts, "map", "tiles")))


def _newest(service: The, layer: Collection) -> MapTiles:
    return _chosen(service, layer, None, None)


def _dated(service: The, layer: Collection, date: Date) -> MapTiles:
    return _chosen(service, layer, date, None)


def _styled(service: The, layer: Collection, style: StyleId) -> MapTiles:
    return _chosen(service, layer, None, style)


def _dated_and_styled(
    service: The, layer: Collection, date: Date, style: StyleId
) -> MapTiles:  # fmt: skip
    return _chosen(service, layer, date, style)


@router.get("", include_in_schema=False)
@router.get("/")
async def landing(request: Request, service: The, links: To) -> Response:
    """Return where everything is."""
    return answer_json(request, landing_document(links), caching=service.fresh)


@router.get("/conformance")
async def conformance(request: Request, service: The) -> Response:
    """Return which parts of the standards are there."""
    return answer_json(request, {"conformsTo": list(CONFORMS_TO)}, caching=service.fresh)


@router.get("/tileMatrixSets")
async def matrix_sets(request: Request, service: The, links: To) -> Response:
    """List the tile matrix sets."""
    return answer_json(request, matrix_sets_document(links), caching=service.fresh)


@router.get("/tileMatrixSets/{tms}")
async def matrix_set(request: Request, service: The, tms: MatrixSet) -> Response:
    """Return a tile matrix set."""
    document = matrix_set_document(tms, service.deepest_zoom(request))
    return answer_json(request, document, caching=service.fresh)


@router.get("/collections")
async def collections(request: Request, service: The, now: Now, links: To) -> Response:
    """List the layers, one for each shift."""
    document = collections_document(shift_layers(now), links)
    return answer_json(request, document, caching=service.fresh)


@router.get("/collections/{collection}")
async def collection(request: Request, service: The, layer: Collection, links: To) -> Response:
    """Return a layer in a shift, with its dates."""
    return answer_json(request, collection_document(layer, links), caching=service.fresh)


def _add_map_tiles(prefix: str, chosen: Any, name: str) -> None:
    """Add the tile sets and tiles below one of the addresses of a map."""

    def tilesets(
        request: Request, service: The, links: To, shown: Annotated[MapTiles, Depends(chosen)]
    ) -> Response:
        """List the tile sets of a map."""
        document = tilesets_document(shown.layer, shown.path, links)
        return answer_json(request, document, caching=service.fresh)

    def tileset(
        request: Request, service: The, links: To, tms: MatrixSet,
        shown: Annotated[MapTiles, Depends(chosen)],
    ) -> Response:  # fmt: skip
        """Return a tile set: its limits and the address of its tiles."""
        document = tileset_document(
            shown.layer, shown.style, tms, f"{shown.path}/{tms}", links,
            deepest_zoom=service.deepest_zoom(request),
        )  # fmt: skip
        return answer_json(request, document, caching=service.fresh)

    async def tile(
        request: Request, service: The, tms: MatrixSet, z: Zoom, row: Place, col: Place,
        shown: Annotated[MapTiles, Depends(chosen)],
    ) -> Response:  # fmt: skip
        """Return a tile; without data it is a transparent picture."""
        deepest = service.deepest_zoom(request)
        if z > deepest or max(row, col) >= 2**z:
            raise NotPublishedError(f"Tiles reach from zoom 0 to {deepest}.")
        return await answer_tile(request, service, shown.found, shown.style, (z, col, row))

    base = f"/collections/{{collection}}{prefix}/map/tiles"
    router.add_api_route(base, tilesets, name=f"{name}_tilesets")
    router.add_api_route(f"{base}/{{tms}}", tileset, name=f"{name}_tileset")
    router.add_api_route(f"{base}/{{tms}}/{{z}}/{{row}}/{{col}}", tile, name=f"{name}_tile")


_add_map_tiles("", _newest, "newest")
_add_map_tiles("/{date}", _dated, "dated")
_add_map_tiles("/styles/{style}", _styled, "styled")
_add_map_tiles("/{date}/styles/{style}", _dated_and_styled, "dated_and_styled")
