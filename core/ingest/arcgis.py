"""Layers of ArcGIS feature and map services, page by page, until every feature has arrived."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from evenbeat.core.errors import InputError
from evenbeat.core.ingest.arcgis_service import (
    NOT_ALLOWED,
    LayerService,
    RefusedError,
    redact,
)
from evenbeat.core.ingest.esri_geometry import crs_text, to_shapely
from evenbeat.core.progress import Progress, silent

if TYPE_CHECKING:
    import httpx
    import pandas as pd

    from evenbeat.core.ingest.formats import RawTable

_LAYER_PATH = re.compile(r"(?P<layer>.*/(?:Feature|Map)Server/\d+)(?:/query)?/?$", re.IGNORECASE)
_TIMEOUT_S = 60.0
_DEFAULT_PAGE = 1000
_SPELLING = {name.lower(): name for name in ("where", "outFields", "outSR", "orderByFields")}
_OURS = {"f", "resultoffset", "resultrecordcount", "returngeometry", "returnidsonly",
         "returncountonly", "objectids"}  # fmt: skip


@dataclass
class _Harvest:
    """Features that have arrived, each once."""

    id_field: str | None
    features: list[dict[str, Any]] = field(default_factory=list)
    seen: set[Any] = field(default_factory=set)
    repeated: int = 0
    reference: dict[str, Any] | None = None

    def add(self, answer: dict[str, Any]) -> list[Any]:
        """Take a page's new features; return all ids of the page."""
        self.reference = self.reference or answer.get("spatialReference")
        delivered = []
        for feature in answer.get("features") or []:
            key = (feature.get("attributes") or {}).get(self.id_field) if self.id_field else None
            delivered.append(key)
            if key is not None and key in self.seen:
                self.repeated += 1
                continue
            self.seen.add(key)
            self.features.append(feature)
        return delivered


def read_layer(
    url: str,
    *,
    progress: Progress = silent,
    sleep: Callable[[float], None] = time.sleep,
    client: httpx.Client | None = None,
) -> RawTable:
    """Read every feature of a layer.

    The layer is read in pages, and by object ids when it cannot page or delivers less than it
    counts. Positions are asked for in EPSG:4326 unless the URL says otherwise.

    Parameters
    ----------
    url
        ``.../FeatureServer/<n>`` or ``.../MapServer/<n>``, optionally ``/query`` with parameters
        such as ``where`` and ``token``; a token never shows up in a message.
    progress
        Told the share of features that have arrived.
    sleep
        How to wait before asking a busy service again.
    client
        The HTTP client; by default one with a time-out of 60 s.

    Raises
    ------
    InputError
        The URL is no layer; the service refuses, wants a token, or does not answer.
    """
    import httpx

    layer, given = _parse(url)
    owned = client or httpx.Client(timeout=_TIMEOUT_S)
    service = LayerService(layer, given, owned, sleep)
    try:
        about = service.ask()
        return _read(service, about, progress)
    except RefusedError as refusal:
        advice = (
            "It wants a valid token: add '&token=...' to the URL's query, or ask for public access."
            if refusal.code in NOT_ALLOWED
            else "Open the URL in a browser to see whether the layer exists and can be queried."
        )
        raise InputError(f"{redact(url)} refused: {refusal}. {advice}") from None
    finally:
        if client is None:
            owned.close()


def _parse(url: str) -> tuple[str, dict[str, str]]:
    parts = urlsplit(url)
    match = _LAYER_PATH.match(parts.path)
    if match is None:
        raise InputError(
            f"{redact(url)} is no ArcGIS layer. Expected '.../FeatureServer/<number>' or"
            " '.../MapServer/<number>'; other files: download them first."
        )
    given = {
        _SPELLING.get(name.lower(), name): value
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name.lower() not in _OURS
    }
    return urlunsplit((parts.scheme, parts.netloc, match["layer"], "", "")), given


def _read(service: LayerService, about: dict[str, Any], progress: Progress) -> RawTable:
    from evenbeat.core.ingest.formats import RawTable

    name = str(about.get("name") or "layer")
    fields = about.get("fields") or []
    harvest = _Harvest(_id_field(about, fields))
    query: dict[str, Any] = {"where": "1=1", "outFields": "*", "outSR": 4326, **service.given}
    total = service.ask("/query", **query, returnCountOnly="true").get("count")

    def tell() -> None:
        progress(f"read {name}", len(harvest.features) / max(total or 0, len(harvest.features), 1))

    tell()
    if _can_page(about):
        _read_pages(service, query, about, harvest, total or 0, tell)
    missing: list[Any] = []
    if total is None or len(harvest.features) < total:
        missing = _read_by_ids(service, query, about, harvest, tell)
    rows, geometry = _tabulate(harvest, fields)
    crs = crs_text(harvest.reference)
    if geometry is not None:
        geometry = geometry.set_crs(crs)
    progress(f"read {name}", 1.0)
    repeated = {"feature delivered more than once": harvest.repeated} if harvest.repeated else {}
    return RawTable(
        rows=rows, geometry=geometry, crs=crs if geometry is not None else None, name=name,
        location=redact(service.layer), format="arcgis", repairs=repeated,
        lines_skipped=len(missing),
        skipped_examples=tuple(f"object {key} was not delivered" for key in missing[:5]),
    )  # fmt: skip


def _id_field(about: dict[str, Any], fields: list[dict[str, Any]]) -> str | None:
    named = about.get("objectIdField")
    found = next((one["name"] for one in fields if one.get("type") == "esriFieldTypeOID"), None)
    return str(named or found) if named or found else None


def _can_page(about: dict[str, Any]) -> bool:
    advanced = about.get("advancedQueryCapabilities") or {}
    return bool(advanced.get("supportsPagination", about.get("supportsPagination", False)))


def _page_size(about: dict[str, Any]) -> int:
    return max(1, int(about.get("maxRecordCount") or _DEFAULT_PAGE))


def _read_pages(
    service: LayerService, query: dict[str, Any], about: dict[str, Any], harvest: _Harvest,
    total: int, tell: Callable[[], None],
) -> None:  # fmt: skip
    """Ask for page after page; what a page really held, not the promised size, moves on."""
    order = {"orderByFields": harvest.id_field} if harvest.id_field else {}
    offset = 0
    while True:
        try:
            answer = service.ask(
                "/query", **{**order, **query}, resultOffset=offset,
                resultRecordCount=_page_size(about),
            )  # fmt: skip
        except RefusedError as refusal:
            if refusal.code in NOT_ALLOWED or harvest.id_field is None:
                raise
            return
        before = len(harvest.features)
        delivered = harvest.add(answer)
        offset += len(delivered)
        tell()
        is_stuck = len(harvest.features) == before
        is_full = offset >= total
        more = answer.get("exceededTransferLimit") and harvest.id_field is not None
        if is_stuck or (is_full and not more):
            return


def _read_by_ids(
    service: LayerService, query: dict[str, Any], about: dict[str, Any], harvest: _Harvest,
    tell: Callable[[], None],
) -> list[Any]:  # fmt: skip
    """Ask for the features that have not arrived by their ids; return those that never do."""
    listed = service.ask("/query", **query, returnIdsOnly="true")
    harvest.id_field = str(listed.get("objectIdFieldName") or harvest.id_field or "OBJECTID")
    waiting = [key for key in sorted(listed.get("objectIds") or []) if key not in harvest.seen]
    size, missing = min(_page_size(about), 500), []
    spatial = {name: value for name, value in query.items() if name.lower() != "where"}
    while waiting:
        asked = waiting[:size]
        answer = service.ask("/query", **spatial, objectIds=",".join(map(str, asked)))
        arrived = set(harvest.add(answer))
        rest = [key for key in asked if key not in arrived]
        if rest and len(rest) < len(asked):
            size = max(1, len(asked) - len(rest))
        elif rest and len(asked) > 1:
            size = max(1, len(asked) // 2)
        else:
            missing += rest
            rest = []
        waiting = rest + waiting[len(asked) :]
        tell()
    return missing


def _tabulate(harvest: _Harvest, fields: list[dict[str, Any]]) -> tuple[pd.DataFrame, Any]:
    import geopandas
    import pandas as pd

    attributes = [feature.get("attributes") or {} for feature in harvest.features]
    kinds = {str(one["name"]): one.get("type") for one in fields}
    present = dict.fromkeys(name for row in attributes for name in row)
    names = [name for name in kinds if name in present or not attributes]
    names += [name for name in present if name not in kinds]
    rows = pd.DataFrame(attributes, columns=names)
    for name, kind in kinds.items():
        if kind == "esriFieldTypeDate" and name in rows:
            rows[name] = pd.to_datetime(pd.to_numeric(rows[name]), unit="ms", utc=True)
    if not any("geometry" in feature for feature in harvest.features):
        return rows, None
    shapes = [to_shapely(feature.get("geometry")) for feature in harvest.features]
    return rows, geopandas.GeoSeries(shapes, name="geometry")
