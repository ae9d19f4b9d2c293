"""Exception reports of WMTS: what other routes say as problem+json, said as OWS 1.1 has it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any
from xml.etree import ElementTree

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.routing import APIRoute
from rasterio.errors import RasterioIOError

from evenbeat.core.errors import PublishError
from evenbeat.tile_server.answering.refusals import RefusalError
from evenbeat.tile_server.publication.published import NotPublishedError, RetractedError

OWS = "http://www.opengis.net/ows/1.1"
_OPERATIONS = "OperationNotSupported"


class OwsError(Exception):
    """A WMTS request that cannot be answered.

    Parameters
    ----------
    code
        Exception code of OWS or WMTS.
    text
        What is wrong and what to do.
    locator
        The parameter that is at fault.
    """

    def __init__(self, code: str, text: str, locator: str | None = None) -> None:
        super().__init__(text)
        self.code, self.text, self.locator = code, text, locator

    @property
    def status(self) -> HTTPStatus:
        """Return the HTTP status that WMTS 1.0.0, table 26, gives the code."""
        return HTTPStatus.NOT_IMPLEMENTED if self.code == _OPERATIONS else HTTPStatus.BAD_REQUEST


class OwsRoute(APIRoute):
    """A route whose errors are exception reports."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, with errors turned into reports."""
        handle = super().get_route_handler()

        async def handle_errors(request: Request) -> Response:
            try:
                return await handle(request)
            except OwsError as error:
                return report(error.status, error.code, error.text, error.locator)
            except RequestValidationError as error:
                fault = error.errors()[0]
                text = f"{fault['msg']}. The capabilities list what there is."
                return report(HTTPStatus.BAD_REQUEST, "InvalidParameterValue", text,
                              str(fault["loc"][-1]))  # fmt: skip
            except (RefusalError, PublishError, RasterioIOError) as error:
                return _failed(error)

        return handle_errors


def _failed(error: RefusalError | PublishError | RasterioIOError) -> Response:
    """Return the report of what cannot be shown, or not now."""
    if isinstance(error, RefusalError):
        return report(error.status, "NoApplicableCode", error.detail)
    if isinstance(error, RetractedError):
        return report(HTTPStatus.GONE, "InvalidParameterValue", str(error), "time")
    if isinstance(error, NotPublishedError):
        return report(HTTPStatus.NOT_FOUND, "InvalidParameterValue", str(error), "layer")
    text = "Nothing is published here, or it was just replaced. Try again."
    return report(HTTPStatus.SERVICE_UNAVAILABLE, "NoApplicableCode", text)


def report(status: HTTPStatus, code: str, text: str, locator: str | None = None) -> Response:
    """Return an ``ows:ExceptionReport``."""
    ElementTree.register_namespace("ows", OWS)
    attributes = {"version": "1.1.0", "{http://www.w3.org/XML/1998/namespace}lang": "en"}
    root = ElementTree.Element(f"{{{OWS}}}ExceptionReport", attributes)
    told = {"exceptionCode": code} | ({"locator": locator} if locator else {})
    exception = ElementTree.SubElement(root, f"{{{OWS}}}Exception", told)
    ElementTree.SubElement(exception, f"{{{OWS}}}ExceptionText").text = text
    headers = {"Cache-Control": "no-store", "Access-Control-Allow-Origin": "*"}
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = "5"
    content = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return Response(content, int(status), headers, media_type="application/xml")
