"""Routes of the analyst path: bounded while they work, with errors told in plain words."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from rasterio._err import CPLE_BaseError
from rasterio.errors import RasterioError
from rio_tiler.errors import RioTilerError

from evenbeat.core.errors import EvenbeatError
from evenbeat.tile_server.analysis.rasters import Opened
from evenbeat.tile_server.answering.answers import answer
from evenbeat.tile_server.answering.errors import problem

# What rio-tiler, GDAL and numpy say when parameters that are allowed make no sense together.
_SENSELESS = (RioTilerError, RasterioError, CPLE_BaseError, ValueError, OverflowError,
              ZeroDivisionError, MemoryError)  # fmt: skip
_WORDS = (
    "With these parameters nothing can be made: a CRS that does not reach here, a box without "
    "area, or bins that do not increase. Leave some out."
)
_KEPT = ("content-bbox", "content-crs")


class AnalysisRoute(APIRoute):
    """A route of a TiTiler factory, whose work is done by the service's workers."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, _bounded(endpoint), **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, with senseless parameters told as such and with entity tags."""
        handle = super().get_route_handler()

        async def handle_checked(request: Request) -> Response:
            try:
                made = await handle(request)
            except EvenbeatError:
                raise
            except _SENSELESS:
                return problem(HTTPStatus.UNPROCESSABLE_ENTITY, _WORDS)
            if request.method != "GET" or made.status_code != HTTPStatus.OK:
                return made
            told = answer(
                request, bytes(made.body), caching=request.app.state.service.fresh,
                media_type=made.headers["content-type"],
            )  # fmt: skip
            told.headers.update(
                {name: made.headers[name] for name in _KEPT if name in made.headers}
            )
            return told

        return handle_checked


def _bounded(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """Return an endpoint whose work is done in a thread of the workers."""
    if inspect.iscoroutinefunction(endpoint):
        return endpoint

    @functools.wraps(endpoint)
    async def bounded(**given: Any) -> Any:
        raster: Opened = given["src_path"]
        return await raster.workers.run(functools.partial(endpoint, **given))

    return bounded
