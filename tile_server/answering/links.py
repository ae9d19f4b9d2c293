"""Links of documents: they start with the service's own address, never with the request's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Request

from evenbeat.tile_server.answering.refusals import grant_of
from evenbeat.tile_server.service import The

_KEY = re.compile(r"[A-Za-z0-9_-]{1,128}")


@dataclass(frozen=True, slots=True)
class Links:
    """Makes links for one client.

    Parameters
    ----------
    base
        The service's address.
    key
        The key that the client put into its address. Programs that are given one address, such as
        QGIS and ArcGIS, follow a document's links as they stand, so these carry it on. None for a
        client without a key or with one in a header.
    """

    base: str
    key: str | None = None

    def to(self, path: str, **query: str) -> str:
        """Return the address of a path below ``/v1``.

        Examples
        --------
        >>> Links("https://tiles.example.org").to("/collections", f="json")
        'https://tiles.example.org/v1/collections?f=json'
        >>> Links("https://tiles.example.org", "evb_1").to("/stac/{layer}")
        'https://tiles.example.org/v1/stac/{layer}?key=evb_1'
        """
        if self.key is not None:
            query = {**query, "key": self.key}
        return f"{self.base}/v1{path}" + (f"?{urlencode(query)}" if query else "")

    def to_query(self, path: str) -> str:
        """Return the address of a path to which a client appends its query.

        Examples
        --------
        >>> Links("https://tiles.example.org").to_query("/wmts")
        'https://tiles.example.org/v1/wmts?'
        """
        address = self.to(path)
        return f"{address}&" if "?" in address else f"{address}?"


async def _links(request: Request, service: The) -> Links:
    grant, key = grant_of(request), request.query_params.get("key", "")
    admitted = grant is not None and not grant.is_public and _KEY.fullmatch(key)
    return Links(service.settings.base_url, key if admitted else None)


To = Annotated[Links, Depends(_links)]
