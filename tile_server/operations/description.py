"""The OpenAPI document: what FastAPI knows of the routes, and what it cannot know."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

_PROBLEM = {
    "type": "object",
    "description": "RFC 9457: what is wrong and what to do.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
    },
}
_SCHEMES = {
    "keyInHeader": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "keyInAddress": {"type": "apiKey", "in": "query", "name": "key"},
    "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
}
_XML = ("application/xml", "text/xml")
_BY_ENDING = {
    ".png": ("image/png",),
    ".tif": ("image/tiff",),
    ".mvt": ("application/vnd.mapbox-vector-tile",),
    ".geojson": ("application/geo+json", "application/json"),
    ".qml": _XML,
    ".xml": _XML,
}
_OPEN = ("/healthz", "/readyz")


def describe(app: FastAPI, *, keys: bool, tokens: bool) -> None:
    """Make an application tell all of itself in its OpenAPI document.

    Parameters
    ----------
    keys, tokens
        How clients say who they are.
    """
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None or "Problem" not in _schemas(app.openapi_schema):
            app.openapi_schema = _completed(plain(), keys=keys, tokens=tokens)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # as FastAPI's own documentation does


def _schemas(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document.setdefault("components", {}).setdefault("schemas", {})
    return found


def _completed(document: dict[str, Any], *, keys: bool, tokens: bool) -> dict[str, Any]:
    _schemas(document)["Problem"] = _PROBLEM
    for name in ("HTTPValidationError", "ValidationError"):
        _schemas(document).pop(name, None)
    wanted = [name for name, on in (("keyInHeader", keys), ("keyInAddress", keys),
                                    ("token", tokens)) if on]  # fmt: skip
    document["components"]["securitySchemes"] = {name: _SCHEMES[name] for name in wanted}
    for path, operations in document["paths"].items():
        for operation in operations.values():
            _complete(path, operation)
            if path not in _OPEN and wanted:
                operation["security"] = [{name: []} for name in wanted if _fits(name, path)]
    return document


def _fits(scheme: str, path: str) -> bool:
    return scheme != "keyInAddress" or not path.startswith("/admin")


def _complete(path: str, operation: dict[str, Any]) -> None:
    """Write down an operation's errors, and its media type where FastAPI takes it for JSON."""
    responses = operation["responses"]
    responses.pop("422", None)
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    errors: dict[str, Any] = {"application/problem+json": problem}
    if "/wmts" in path:
        errors.update({media_type: {} for media_type in _XML})
    default: dict[str, Any] = {}
    for response in [*(text for code, text in responses.items() if code[0] in "45"), default]:
        response.setdefault("description", "A problem: what is wrong and what to do.")
        response["content"] = errors
    responses["default"] = default
    types = _types(path)
    if types and "200" in responses:
        responses["200"]["content"] = {media_type: {} for media_type in types}


def _types(path: str) -> tuple[str, ...]:
    """Return the media types of an address that is not JSON."""
    if path.startswith("/v1/analysis"):
        return ()
    if path.startswith("/v1/wmts"):
        return ("image/png", *_XML, "application/json", "text/plain", "text/html")
    if "/map/tiles/{tms}/{z}" in path:
        return ("image/png",)
    if path.endswith("{y}.{ending}"):
        return ("image/png", "image/webp", "application/x-npy", "application/octet-stream")
    return next((types for ending, types in _BY_ENDING.items() if path.endswith(ending)), ())
