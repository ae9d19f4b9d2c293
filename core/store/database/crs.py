"""The CRS of the geometries: known by an EPSG code, or registered under an identifier of our own.

The database may be made before the CRS is known. Then its layers say so, no geometry can be
written, and the first time that it is opened with a CRS the layers are registered in it.
"""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import ProgrammingError

from evenbeat.core.errors import StoreError
from evenbeat.core.store.database import geopackage, postgis

UNKNOWN = -1
# PostGIS gives users the identifiers up to 998999; EPSG has none there.
_OWN = range(910_001, 999_000)


def srs_of(connection: sa.Connection) -> int:
    """Return the identifier of the CRS that the layers are registered in, -1 while unknown."""
    if connection.dialect.name == "postgresql":
        return postgis.registered_srs(connection)
    return geopackage.registered_srs(connection)


def with_crs(connection: sa.Connection, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows whose geometries carry the database's CRS.

    Raises
    ------
    StoreError
        The CRS is not known yet.
    """
    import shapely

    srs_id = srs_of(connection)
    if srs_id == UNKNOWN:
        raise StoreError(
            "The database does not know its CRS yet, so it cannot hold boxes. Ingest districts or "
            "a boundary first: evenbeat ingest"
        )
    return [row | {"geometry": shapely.set_srid(row["geometry"], srs_id)} for row in rows]


def needs_registering(connection: sa.Connection, crs: str) -> bool:
    """Return whether the layers are not registered in this CRS, as far as can be told at once.

    Only for an EPSG code this needs no CRS library, which would cost every command its start.
    """
    code = re.fullmatch(r"EPSG:(\d+)", crs.strip(), re.IGNORECASE)
    return code is None or int(code[1]) != srs_of(connection)


def register(connection: sa.Connection, crs: str) -> None:
    """Register the layers in a CRS; nothing to do where they are.

    Raises
    ------
    StoreError
        Rows are there in another CRS, or the login may not register one.
    """
    system, code = _understood(crs)
    backend = postgis if connection.dialect.name == "postgresql" else geopackage
    present = srs_of(connection)
    wkt = system.to_wkt("WKT1_GDAL")
    srs_id = code or backend.own_srs(connection, wkt)
    if srs_id is not None and srs_id == present:
        return
    if present != UNKNOWN and backend.has_geometries(connection):
        raise StoreError(
            f"The database holds boxes in the CRS {present}, the workspace is in {crs}. Set "
            "agency.crs back, or start a new database for the new CRS."
        )
    srs_id = srs_id or backend.free_srs(connection, _OWN)
    try:
        backend.register(connection, srs_id, system, wkt, official=code is not None)
    except ProgrammingError as error:
        raise StoreError(
            f"This login may not register the CRS {crs}: {str(error.orig).strip()}. Let the owner "
            "of the database run any evenbeat command once."
        ) from error


def _understood(crs: str) -> tuple[Any, int | None]:
    """Return the CRS, and its EPSG code where it has one."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        system = CRS.from_user_input(crs)
    except CRSError as error:
        raise StoreError(
            f"{crs!r} is no CRS that PROJ knows. Give agency.crs an EPSG code such as EPSG:26916."
        ) from error
    return system, system.to_epsg(min_confidence=100)
