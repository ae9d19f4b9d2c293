"""Files as they were published: rasters by range, and the approved assignments of a date."""

from __future__ import annotations

import json
from http import HTTPStatus
from pathlib import Path as FilePath
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import FileResponse, Response

from evenbeat.core.store.manifest import DATE_ID, PublishedFile
from evenbeat.tile_server.answering.answers import answer, is_known, unchanged
from evenbeat.tile_server.answering.refusals import RefusalError, RefusalRoute, demand
from evenbeat.tile_server.publication.published import LATEST, NotPublishedError
from evenbeat.tile_server.service import Now, Raster, The

router = APIRouter(prefix="/v1", route_class=RefusalRoute, tags=["downloads"])
_COG = "image/tiff; application=geotiff; profile=cloud-optimized"


@router.get("/download/{layer}/{date}/{shift}.tif")
def download(request: Request, service: The, found: Raster) -> Response:
    """Return a raster, or a range of it."""
    name = f"{found.layer_id}-{found.date}-{found.shift}.tif"
    return _file(request, found.path, found.raster, name, caching=service.fresh)


@router.get("/download/{layer}/{date}/{shift}/hourly.tif")
def download_hourly(request: Request, service: The, now: Now, found: Raster) -> Response:
    """Return a raster with a band for each hour of the shift, or a range of it."""
    file = found.raster.hourly
    if file is None:
        raise NotPublishedError("This layer is not published by hour.")
    name = f"{found.layer_id}-{found.date}-{found.shift}-hourly.tif"
    return _file(request, now.folder / file.path, file, name, caching=service.fresh)


@router.get("/assignments/{date}.geojson")
def assignments(
    request: Request,
    service: The,
    now: Now,
    date: Annotated[str, Path(pattern=f"^({DATE_ID.pattern}|{LATEST})$")],
) -> Response:
    """Return the approved assignments of a date, all shifts in one collection.

    What nobody has approved is not in a publication at all.
    """
    demand(request, "assignments")
    published = now.manifest.assignments
    chosen = max(published, default=LATEST) if date == LATEST else date
    if chosen not in published:
        raise NotPublishedError("No approved assignments are published for this date.")
    features = []
    for shift, file in sorted(published[chosen].items()):
        document = json.loads(_existing(now.folder / file.path).read_bytes())
        for feature in document["features"]:
            feature["properties"] = {**feature["properties"], "shift": shift}
            features.append(feature)
    content = json.dumps(
        {"type": "FeatureCollection", "date": chosen, "features": features}, ensure_ascii=False
    )
    return answer(request, content.encode(), media_type="application/geo+json",
                  caching=service.fresh)  # fmt: skip


def _file(
    request: Request, path: FilePath, file: PublishedFile, name: str, *, caching: str
) -> Response:
    """Return a file by its checksum as entity tag."""
    demand(request, "download")
    tag = file.sha256[:32]
    if is_known(request, tag):
        return unchanged(tag, caching=caching)
    headers = {
        "ETag": f'"{tag}"', "Cache-Control": caching, "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": "Content-Range, ETag",
    }  # fmt: skip
    return FileResponse(_existing(path), headers=headers, media_type=_COG, filename=name)


def _existing(path: FilePath) -> FilePath:
    if not path.is_file():
        raise RefusalError(HTTPStatus.SERVICE_UNAVAILABLE, "The file was just replaced. Try again.")
    return path
