"""Addresses of the styles themselves, and of the schema of their files."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from evenbeat.tile_server.answering.answers import answer_json
from evenbeat.tile_server.service import The, named_style
from evenbeat.tile_server.styles.style_files import style_schema
from evenbeat.tile_server.styles.style_models import STYLE_ID

router = APIRouter(prefix="/v1/styles", tags=["styles"])


@router.get("")
async def styles(request: Request, service: The) -> Response:
    """List the styles, the default one first; each as its file has it."""
    document = [style.model_dump() for style in service.styles.values()]
    return answer_json(request, document, caching=service.fresh)


@router.get("/schema.json")
async def schema(request: Request, service: The) -> Response:
    """Return the JSON Schema of a style's file."""
    return answer_json(request, style_schema(), caching=service.fresh)


@router.get("/{style}.json")
async def style_file(
    request: Request, service: The, style: Annotated[str, Path(pattern=STYLE_ID)]
) -> Response:
    """Return a style, or a variant of it, as a file to start from."""
    document = named_style(service, style).model_dump(exclude_none=True)
    return answer_json(request, document, caching=service.fresh)
