"""What makes a SQLite file a GeoPackage 1.2 that QGIS and GDAL open.

References
----------
OGC 12-128r15, GeoPackage Encoding Standard, version 1.2.1: tables of Annex C, clause 1.1.1.1.1
(``application_id``, ``user_version``).
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from evenbeat.core.errors import StoreError

_APPLICATION_ID, _VERSION = 0x47504B47, 10200
FEATURES = {
    "assignment_now": "every assignment with its newest state",
    "assignment": "assignments as planned or added; rows never change",
    "area": "areas kept out of plans, or with a box of their own",
}
ATTRIBUTES = {
    "plan": "plans",
    "review_event": "review events, append-only",
    "candidate": "the pools of the lotteries and what was drawn",
    "visit": "planned visits",
    "area_lift": "areas ended before they expire",
    "audit_log": "the hash-chained log",
}
_TABLES = (
    "CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, "
    "srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL, "
    "organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT)",
    "CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, "
    "identifier TEXT UNIQUE, description TEXT DEFAULT '', last_change DATETIME NOT NULL "
    "DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')), min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, "
    "max_y DOUBLE, srs_id INTEGER, CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES "
    "gpkg_spatial_ref_sys(srs_id))",
    "CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, "
    "geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, "
    "m TINYINT NOT NULL, CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), "
    "CONSTRAINT uk_gc_table_name UNIQUE (table_name), CONSTRAINT fk_gc_tn FOREIGN KEY "
    "(table_name) REFERENCES gpkg_contents(table_name), CONSTRAINT fk_gc_srs FOREIGN KEY "
    "(srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id))",
)
_WGS84 = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG",'
    '"7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],'
    'UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4326"]]'
)
_REQUIRED = (
    ("Undefined cartesian SRS", -1, "NONE", -1, "undefined", "any cartesian system"),
    ("Undefined geographic SRS", 0, "NONE", 0, "undefined", "any geographic system"),
    ("WGS 84 geodetic", 4326, "EPSG", 4326, _WGS84, "longitude/latitude on WGS 84"),
)


def initialise(connection: sa.Connection) -> None:
    """Make the file a GeoPackage and register our tables, the CRS still unknown."""
    connection.exec_driver_sql(f"PRAGMA application_id = {_APPLICATION_ID}")
    connection.exec_driver_sql(f"PRAGMA user_version = {_VERSION}")
    for statement in _TABLES:
        connection.exec_driver_sql(statement)
    for row in _REQUIRED:
        _add_srs(connection, row)
    for name, description in FEATURES.items():
        connection.exec_driver_sql(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) "
            "VALUES (?, 'features', ?, ?, -1)",
            (name, name, description),
        )
        connection.exec_driver_sql(
            "INSERT INTO gpkg_geometry_columns VALUES (?, 'geometry', 'MULTIPOLYGON', -1, 0, 0)",
            (name,),
        )
    for name, description in ATTRIBUTES.items():
        connection.exec_driver_sql(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description) "
            "VALUES (?, 'attributes', ?, ?)",
            (name, name, description),
        )


def check_is_ours(connection: sa.Connection) -> None:
    """Refuse a file that is something else.

    Raises
    ------
    StoreError
        It is a SQLite database or GeoPackage with other content.
    """
    names = {row[0] for row in connection.exec_driver_sql("SELECT name FROM sqlite_master")}
    if names:
        raise StoreError(
            "The file is a database without Evenbeat's tables; it has "
            f"{', '.join(sorted(names)[:3])}. Name another file, or move this one away."
        )


def registered_srs(connection: sa.Connection) -> int:
    """Return the CRS of the layers, -1 while unknown."""
    query = "SELECT srs_id FROM gpkg_geometry_columns WHERE table_name = 'assignment'"
    return int(connection.exec_driver_sql(query).scalar_one())


def has_geometries(connection: sa.Connection) -> bool:
    """Return whether any layer has a row."""
    query = "SELECT EXISTS (SELECT 1 FROM assignment) OR EXISTS (SELECT 1 FROM area)"
    return bool(connection.exec_driver_sql(query).scalar_one())


def own_srs(connection: sa.Connection, wkt: str) -> int | None:
    """Return the identifier under which a CRS without an EPSG code was registered."""
    query = "SELECT srs_id FROM gpkg_spatial_ref_sys WHERE definition = ?"
    found = connection.exec_driver_sql(query, (wkt,)).scalar()
    return None if found is None else int(found)


def free_srs(connection: sa.Connection, numbers: range) -> int:
    """Return the first free identifier of a range."""
    query = "SELECT COALESCE(MAX(srs_id) + 1, ?) FROM gpkg_spatial_ref_sys WHERE srs_id >= ?"
    found = connection.exec_driver_sql(query, (numbers.start, numbers.start)).scalar_one()
    return int(found)


def register(
    connection: sa.Connection, srs_id: int, system: Any, wkt: str, *, official: bool
) -> None:
    """Give the layers a CRS."""
    known = "SELECT 1 FROM gpkg_spatial_ref_sys WHERE srs_id = ?"
    if connection.exec_driver_sql(known, (srs_id,)).first() is None:
        organization = "EPSG" if official else "EVENBEAT"
        _add_srs(connection, (system.name, srs_id, organization, srs_id, wkt, system.name))
    for statement in (
        "UPDATE gpkg_geometry_columns SET srs_id = ?",
        "UPDATE gpkg_contents SET srs_id = ? WHERE data_type = 'features'",
    ):
        connection.exec_driver_sql(statement, (srs_id,))


def _add_srs(connection: sa.Connection, row: tuple[Any, ...]) -> None:
    connection.exec_driver_sql("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", row)
