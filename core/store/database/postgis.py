"""What is PostgreSQL's own: the CRS of the columns, the writers' lock, roles, durable commits."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from evenbeat.core.errors import StoreError
from evenbeat.core.store.database.view import NAME, create_view

# One number for all of Evenbeat: writers take turns, as they do in a GeoPackage.
LOCK = 0x45564E42
ROLES = ("evenbeat_analyst", "evenbeat_supervisor", "evenbeat_commander", "evenbeat_auditor")
LAYERS = ("assignment", "area")

# The commit itself does not wait for the disk, so the lock is let go at once and the writers behind
# it can commit too; then `FLUSH` waits until everything up to and with that commit is on the disk.
# So nothing is called done that is not durable, and writers who come together share one wait.
BEGIN_WRITING = sa.text(
    "SELECT set_config('synchronous_commit', 'off', true), pg_advisory_xact_lock(:key)"
)
FLUSH = sa.text("SELECT pg_logical_emit_message(true, 'evenbeat', '')")


def initialise(connection: sa.Connection) -> None:
    """Have PostGIS in the database.

    Raises
    ------
    StoreError
        It is neither there nor may this login make it.
    """
    present = sa.text("SELECT 1 FROM pg_extension WHERE extname = 'postgis'")
    if connection.execute(present).first() is not None:
        return
    try:
        connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS postgis")
    except DBAPIError as error:
        raise StoreError(
            f"The database has no PostGIS and this login cannot add it: {error.orig}. Let an "
            "administrator run in it: CREATE EXTENSION postgis;"
        ) from error


def registered_srs(connection: sa.Connection) -> int:
    """Return the CRS of the layers, -1 while unknown."""
    query = sa.text(
        "SELECT postgis_typmod_srid(atttypmod) FROM pg_attribute "
        "WHERE attrelid = 'assignment'::regclass AND attname = 'geometry'"
    )
    return int(connection.execute(query).scalar_one()) or -1


def has_geometries(connection: sa.Connection) -> bool:
    """Return whether any layer has a row."""
    query = sa.text("SELECT EXISTS (SELECT 1 FROM assignment) OR EXISTS (SELECT 1 FROM area)")
    return bool(connection.execute(query).scalar_one())


def own_srs(connection: sa.Connection, wkt: str) -> int | None:
    """Return the identifier under which a CRS without an EPSG code was registered."""
    query = sa.text("SELECT min(srid) FROM spatial_ref_sys WHERE srtext = :wkt")
    found = connection.execute(query, {"wkt": wkt}).scalar()
    return None if found is None else int(found)


def free_srs(connection: sa.Connection, numbers: range) -> int:
    """Return the first free identifier of a range."""
    query = sa.text(
        "SELECT COALESCE(MAX(srid) + 1, :first) FROM spatial_ref_sys "
        "WHERE srid BETWEEN :first AND :last"
    )
    bounds = {"first": numbers.start, "last": numbers.stop - 1}
    return int(connection.execute(query, bounds).scalar_one())


def register(
    connection: sa.Connection, srs_id: int, system: Any, wkt: str, *, official: bool
) -> None:
    """Give the layers a CRS."""
    known = sa.text("SELECT 1 FROM spatial_ref_sys WHERE srid = :srid")
    if connection.execute(known, {"srid": srs_id}).first() is None:
        connection.execute(
            sa.text("INSERT INTO spatial_ref_sys VALUES (:srid, :authority, :srid, :wkt, :proj)"),
            {"srid": srs_id, "authority": "EPSG" if official else "EVENBEAT", "wkt": wkt,
             "proj": _proj_text(system)},
        )  # fmt: skip
    connection.exec_driver_sql(f"DROP VIEW IF EXISTS {NAME}")
    for table in LAYERS:
        connection.exec_driver_sql(
            f"ALTER TABLE {table} ALTER COLUMN geometry TYPE geometry(MultiPolygon, {srs_id})"
        )
    create_view(connection)


def _proj_text(system: Any) -> str:
    import warnings

    with warnings.catch_warnings():
        # PROJ warns that the short form loses the datum's name; PostGIS reads the long one first.
        warnings.simplefilter("ignore", UserWarning)
        return str(system.to_proj4())


def login_roles(connection: sa.Connection) -> frozenset[str]:
    """Return which of Evenbeat's group roles the login is a member of; none in a GeoPackage.

    Membership counts through other groups too. An administrator is a member only of what was
    granted to it, although it may do everything.
    """
    if connection.dialect.name != "postgresql":
        return frozenset()
    query = sa.text(
        "WITH RECURSIVE groups AS (SELECT oid FROM pg_roles WHERE rolname = session_user "
        "UNION SELECT m.roleid FROM pg_auth_members m JOIN groups g ON m.member = g.oid) "
        "SELECT r.rolname FROM pg_roles r JOIN groups g ON r.oid = g.oid "
        "WHERE r.rolname = ANY(:names)"
    )
    found = connection.execute(query, {"names": list(ROLES)}).scalars()
    return frozenset(str(name) for name in found)
