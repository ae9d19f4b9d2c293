"""Files as they were published: rasters, whole or by range."""

from __future__ import annotations

import re
from http import HTTPStatus
from pathlib import Path as FilePath

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response

from evenbeat.core.store.manifest import PublishedFile
from evenbeat.tile_server.answering.answers import is_known, unchanged
from evenbeat.tile_server.answering.refusals import RefusalError, demand
from evenbeat.tile_server.publication.published import NotPublishedError
from evenbeat.tile_server.service import Now, Raster, The

router = APIRouter(prefix="/v1", tags=["downloads"])
_RANGE = re.compile(r"\s*(\d*)-(\d*)\s*", re.ASCII)
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
    return _file(request, now.files.local(file), file, name, caching=service.fresh)


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
    answer = FileResponse(_existing(path), headers=headers, media_type=_COG, filename=name)
    if not _is_range(request.headers.get("range", "bytes=0-")):
        # RFC 9110, section 14.2: what is no range is passed over.
        request.scope["headers"] = [
            header for header in request.scope["headers"] if header[0] != b"range"
        ]
    return answer


def _is_range(text: str) -> bool:
    """Return whether a header names ranges of bytes.

    Examples
    --------
    >>> [_is_range(text) for text in ("bytes=0-9, -5", "bytes=9-0", "bytes=x", "lines=1-2")]
    [True, False, False, False]
    """
    unit, _, ranges = text.partition("=")
    found = [_RANGE.fullmatch(one) for one in ranges.split(",")]
    return unit.strip() == "bytes" and all(
        one is not None
        and any(one.groups())
        and not (all(one.groups()) and int(one[1]) > int(one[2]))
        for one in found
    )


def _existing(path: FilePath) -> FilePath:
    if not path.is_file():
        raise RefusalError(HTTPStatus.SERVICE_UNAVAILABLE, "The file was just replaced. Try again.")
    return path
