"""Answers with entity tags: a client that has the content already is told so."""

from __future__ import annotations

import zlib
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse, Response

IMMUTABLE = "public, max-age=31536000, immutable"


def answer(
    request: Request, content: bytes, *, media_type: str, caching: str, tag: str | None = None
) -> Response:
    """Return content, or 304 when the client named its entity tag.

    Parameters
    ----------
    request
        What was asked.
    content, media_type
        What to answer.
    caching
        The ``Cache-Control`` header.
    tag
        The entity tag; by default a checksum of the content.
    """
    tag = tag or f"{zlib.crc32(content):08x}-{len(content):x}"
    if is_known(request, tag):
        return unchanged(tag, caching=caching)
    return Response(content, media_type=media_type, headers=_headers(tag, caching))


def answer_json(request: Request, document: Any, *, caching: str) -> Response:
    """Return a document as JSON, or 304."""
    content = bytes(JSONResponse(document).body)
    return answer(request, content, media_type="application/json", caching=caching)


def unchanged(tag: str, *, caching: str) -> Response:
    """Return 304."""
    return Response(status_code=304, headers=_headers(tag, caching))


def is_known(request: Request, tag: str) -> bool:
    """Return whether the client named this entity tag."""
    return names_tag(request.headers.get("if-none-match", ""), tag)


def names_tag(given: str, tag: str) -> bool:
    """Return whether an ``If-None-Match`` names an entity tag."""
    return any(part.strip().removeprefix("W/") in (f'"{tag}"', "*") for part in given.split(","))


def _headers(tag: str, caching: str) -> dict[str, str]:
    # Other agencies' map pages read tiles and values from their own origins.
    return {"ETag": f'"{tag}"', "Cache-Control": caching, "Access-Control-Allow-Origin": "*"}
