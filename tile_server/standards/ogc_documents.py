"""The JSON documents of OGC API Tiles (OGC 20-057) and of its landing page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from evenbeat.tile_server.answering.links import Links
from evenbeat.tile_server.standards.matrix_sets import MATRIX_SETS, limits, web_mercator
from evenbeat.tile_server.standards.shift_layers import ShiftLayer
from evenbeat.tile_server.styles.style_models import Style

_REL = "http://www.opengis.net/def/rel/ogc/1.0"
_CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_JSON, _PNG = "application/json", "image/png"
_SPEC = "http://www.opengis.net/spec"
CONFORMS_TO = (
    f"{_SPEC}/ogcapi-common-1/1.0/conf/core",
    f"{_SPEC}/ogcapi-common-1/1.0/conf/landing-page",
    f"{_SPEC}/ogcapi-common-1/1.0/conf/json",
    f"{_SPEC}/ogcapi-common-2/1.0/conf/collections",
    f"{_SPEC}/ogcapi-tiles-1/1.0/conf/core",
    f"{_SPEC}/ogcapi-tiles-1/1.0/conf/tileset",
    f"{_SPEC}/ogcapi-tiles-1/1.0/conf/tilesets-list",
    f"{_SPEC}/ogcapi-tiles-1/1.0/conf/geodata-tilesets",
    f"{_SPEC}/ogcapi-tiles-1/1.0/conf/png",
    f"{_SPEC}/tms/2.0/conf/tilematrixset",
    f"{_SPEC}/tms/2.0/conf/json-tilematrixset",
)


def landing_document(links: Links) -> dict[str, Any]:
    """Return the landing page: where everything else is."""
    return {
        "title": "Evenbeat tile service",
        "description": "Risk, priority and minutes of patrol per shift, as map tiles and values.",
        "links": [
            _link("self", links.to("/"), _JSON, "This page"),
            _link("service-desc", links.to("/openapi.json"),
                  "application/vnd.oai.openapi+json;version=3.1", "Every address, as OpenAPI"),
            _link("conformance", links.to("/conformance"), _JSON, "What this service conforms to"),
            _link("data", links.to("/collections"), _JSON, "The layers"),
            _link(f"{_REL}/data", links.to("/collections"), _JSON, "The layers"),
            _link(f"{_REL}/tiling-schemes", links.to("/tileMatrixSets"), _JSON, "Matrix sets"),
            _link("related", links.to("/wmts/1.0.0/WMTSCapabilities.xml"), "application/xml",
                  "The same tiles as WMTS"),
            _link("related", links.to("/stac/catalog.json"), _JSON, "The rasters as STAC"),
        ],
    }  # fmt: skip


def collections_document(layers: Iterable[ShiftLayer], links: Links) -> dict[str, Any]:
    """Return every collection."""
    return {
        "links": [_link("self", links.to("/collections"), _JSON, "This list")],
        "collections": [collection_document(layer, links, whole=False) for layer in layers],
    }


def collection_document(layer: ShiftLayer, links: Links, *, whole: bool = True) -> dict[str, Any]:
    """Return one collection: a layer in a shift, with its dates.

    Parameters
    ----------
    whole
        Whether to name the map tiles of every date; a list of collections has no room for them.
    """
    first, last = layer.on(layer.dates[0]).raster, layer.on(layer.newest).raster
    path = f"/collections/{layer.id}"
    dated = [
        _link(f"{_REL}/tilesets-map", links.to(f"{path}/{date}/map/tiles"), _JSON,
              f"Map tiles of {date}")
        for date in (reversed(layer.dates) if whole else ())
    ]  # fmt: skip
    return {
        "id": layer.id,
        "title": layer.title,
        "description": f"{layer.layer.long_name}: {layer.layer.comment}",
        "extent": {
            "spatial": {"bbox": [list(layer.bounds)], "crs": _CRS84},
            "temporal": {
                "interval": [[first.shift_start.isoformat(), last.shift_end.isoformat()]],
                "trs": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian",
            },
        },
        "crs": [_CRS84],
        "dates": list(layer.dates),
        "links": [
            _link("self", links.to(path), _JSON, "This collection"),
            *dated,
            # The last one, because GDAL takes the last of several.
            _link(f"{_REL}/tilesets-map", links.to(f"{path}/map/tiles"), _JSON,
                  "Map tiles of the newest date"),
        ],
    }  # fmt: skip


def tilesets_document(layer: ShiftLayer, path: str, links: Links) -> dict[str, Any]:
    """Return the tile sets of one date and style, one for each name of the matrix set.

    Parameters
    ----------
    path
        Path of the list, from which those of the tile sets follow.
    """
    return {
        "links": [_link("self", links.to(path), _JSON, "This list")],
        "tilesets": [
            {
                **_tileset(layer, name),
                "links": [
                    _link("self", links.to(f"{path}/{name}"), _JSON, "The tile set"),
                    _scheme(name, links),
                ],
            }
            for name in MATRIX_SETS
        ],
    }


def tileset_document(
    layer: ShiftLayer, style: Style, name: str, path: str, links: Links, *, deepest_zoom: int
) -> dict[str, Any]:
    """Return one tile set: its limits, and the address of its tiles.

    Parameters
    ----------
    name
        Name of the matrix set.
    path
        Path of the tile set.
    deepest_zoom
        Last zoom that this client can ask for.
    """
    west, south, east, north = layer.bounds
    template = links.to(f"{path}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}")
    return {
        **_tileset(layer, name),
        "tileMatrixSetLimits": [
            {
                "tileMatrix": str(limit.zoom),
                "minTileRow": limit.rows[0], "maxTileRow": limit.rows[1],
                "minTileCol": limit.columns[0], "maxTileCol": limit.columns[1],
            }
            for limit in limits(layer.bounds, deepest_zoom)
        ],
        "boundingBox": {"lowerLeft": [west, south], "upperRight": [east, north], "crs": _CRS84},
        "style": {"id": style.id, "title": style.title},
        "links": [
            _link("self", links.to(f"{path}"), _JSON, "This tile set"),
            _scheme(name, links),
            {**_link("item", template, _PNG, "The tiles"), "templated": True},
        ],
    }  # fmt: skip


def matrix_sets_document(links: Links) -> dict[str, Any]:
    """Return the list of matrix sets."""
    return {
        "tileMatrixSets": [
            {
                "id": name,
                "title": web_mercator().title,
                "uri": str(web_mercator().uri),
                "crs": "http://www.opengis.net/def/crs/EPSG/0/3857",
                "links": [_link("self", links.to(f"/tileMatrixSets/{name}"), _JSON, name)],
            }
            for name in MATRIX_SETS
        ]
    }


def _tileset(layer: ShiftLayer, name: str) -> dict[str, Any]:
    return {
        "title": f"{layer.title} ({name})",
        "dataType": "map",
        "crs": "http://www.opengis.net/def/crs/EPSG/0/3857",
        "tileMatrixSetURI": str(web_mercator().uri),
    }


def _scheme(name: str, links: Links) -> dict[str, Any]:
    return _link(f"{_REL}/tiling-scheme", links.to(f"/tileMatrixSets/{name}"), _JSON, name)


def _link(rel: str, href: str, media_type: str, title: str) -> dict[str, Any]:
    return {"rel": rel, "href": href, "type": media_type, "title": title}
