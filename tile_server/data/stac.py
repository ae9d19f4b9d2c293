"""The static STAC catalog by the service's own addresses, and only what the client may see."""

from __future__ import annotations

import datetime as dt
import json
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from evenbeat.core.errors import PublishError
from evenbeat.core.store.catalog import catalog_document
from evenbeat.tile_server.answering.answers import answer, answer_json
from evenbeat.tile_server.answering.links import Links, To
from evenbeat.tile_server.answering.refusals import RefusalError
from evenbeat.tile_server.publication.published import NotPublishedError, Snapshot
from evenbeat.tile_server.service import LayerId, Now, Raster, The

router = APIRouter(prefix="/v1/stac", tags=["STAC"])
_JSON, _GEOJSON = "application/json", "application/geo+json"


@router.get("/catalog.json")
def catalog(request: Request, service: The, now: Now, links: To) -> Response:
    """Return the catalog: one collection for each layer."""
    document = catalog_document(now.manifest)
    document["links"] = [
        *_relations(links, "/catalog.json"),
        *(_link("child", links.to(f"/stac/{layer_id}/collection.json"), _JSON, layer.title)
          for layer_id, layer in sorted(now.manifest.layers.items())),
    ]  # fmt: skip
    return answer_json(request, document, caching=service.fresh)


@router.get("/{layer}/collection.json")
def collection(request: Request, service: The, now: Now, layer: LayerId, links: To) -> Response:
    """Return a layer: one item for each date and shift."""
    published = now.layer(layer)
    if now.manifest.catalog is None:
        raise NotPublishedError("No STAC catalog is published.")
    # One immutable folder, so the collection is of the same publication as everything else here.
    document = _read(now, f"catalog/{now.manifest.catalog}/{layer}.json")
    document["extent"] = _extent(now, layer)
    document["links"] = [
        *_relations(links, f"/{layer}/collection.json"),
        _link("parent", links.to("/stac/catalog.json"), _JSON),
        *(_link("item", links.to(f"/stac/{layer}/{date}/{shift}/item.json"), _GEOJSON,
                f"{date} {shift}")
          for date in sorted(published.dates) for shift, _ in published.shifts_of(date)),
    ]  # fmt: skip
    return answer_json(request, document, caching=service.fresh)


@router.get("/{layer}/{date}/{shift}/item.json")
def item(request: Request, service: The, now: Now, found: Raster, links: To) -> Response:
    """Return a raster: where and when it is, and where its files are."""
    document = _read(now, found.raster.item)
    layer_id, place = found.layer_id, f"{found.layer_id}/{found.date}/{found.shift}"
    addresses = {"cog": f"/download/{place}.tif", "hourly": f"/download/{place}/hourly.tif"}
    document["assets"] = {
        name: {**asset, "href": links.to(addresses[name])}
        for name, asset in document["assets"].items()
        if name in addresses
    }
    parent = links.to(f"/stac/{layer_id}/collection.json")
    document["links"] = [
        *_relations(links, f"/{place}/item.json", media_type=_GEOJSON),
        _link("parent", parent, _JSON),
        _link("collection", parent, _JSON),
    ]
    content = json.dumps(document, ensure_ascii=False).encode()
    return answer(request, content, media_type=_GEOJSON, caching=service.fresh)


def _extent(now: Snapshot, layer_id: str) -> dict[str, Any]:
    """Return the extent of what this client sees of a layer."""
    rasters = [
        raster
        for shifts in now.manifest.layers[layer_id].dates.values()
        for raster in shifts.values()
    ]
    boxes = [now.manifest.grids[name].bounds_wgs84 for name in {raster.grid for raster in rasters}]
    wests, souths, easts, norths = zip(*boxes, strict=True)
    interval = [
        min(raster.shift_start for raster in rasters), max(raster.shift_end for raster in rasters)
    ]  # fmt: skip
    return {
        "spatial": {"bbox": [[min(wests), min(souths), max(easts), max(norths)]]},
        "temporal": {
            "interval": [[f"{each.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}" for each in interval]]
        },
    }


def _relations(links: Links, path: str, *, media_type: str = _JSON) -> list[dict[str, str]]:
    return [
        _link("root", links.to("/stac/catalog.json"), _JSON),
        _link("self", links.to(f"/stac{path}"), media_type),
    ]


def _link(rel: str, href: str, media_type: str, title: str | None = None) -> dict[str, str]:
    link = {"rel": rel, "href": href, "type": media_type}
    return link if title is None else {**link, "title": title}


def _read(now: Snapshot, path: str) -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads(now.files.read(path))
    except PublishError as error:
        raise RefusalError(
            HTTPStatus.SERVICE_UNAVAILABLE, "The catalog was just replaced. Try again."
        ) from error
    return document
