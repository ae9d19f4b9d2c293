"""Column types that hold the same values, and order alike, in a GeoPackage and in PostGIS."""

from __future__ import annotations

import datetime as dt
import json
import struct
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator, UserDefinedType

from evenbeat.core.errors import StoreError
from evenbeat.core.store.files import canonical_json

if TYPE_CHECKING:
    from shapely import Polygon
    from shapely.geometry.base import BaseGeometry
    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine

# Byte order, so that PostgreSQL compares as SQLite and Python do, whatever the database's locale.
Words = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
# Only a column declared INTEGER is SQLite's row number, which a GeoPackage asks of its keys.
Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_ENVELOPE_XY, _LITTLE_ENDIAN, _EMPTY = 1 << 1, 1, 1 << 4
_HEADER = struct.Struct("<2sBBi")
_ENVELOPE = struct.Struct("<4d")


def _words(dialect: Dialect) -> TypeEngine[Any]:
    return sa.Text(collation="C" if dialect.name == "postgresql" else None)


def instant_text(instant: dt.datetime) -> str:
    """Return an aware time in UTC with microseconds: texts of equal width that sort by time.

    Raises
    ------
    StoreError
        The time has no zone.
    """
    if instant.tzinfo is None:
        raise StoreError(f"A time must carry its zone, got {instant.isoformat()}; add tzinfo.")
    return instant.astimezone(dt.UTC).isoformat(timespec="microseconds")


def sound_text(text: str, name: str) -> str:
    """Return a text as it is, if it can be written in UTF-8.

    Raises
    ------
    StoreError
        It holds half of a pair of surrogates, as file names and arguments of another encoding do.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        near = ascii(text[max(0, error.start - 20) : error.start + 20])
        raise StoreError(
            f"{name} is not valid Unicode near {near}. Write it in UTF-8, without the character "
            f"{text[error.start]!a}."
        ) from error
    return text


def json_text(document: Any) -> str:
    """Return canonical JSON; numpy's numbers become numbers and tuples become lists."""
    plain = json.dumps(document, default=_plain_number, allow_nan=False)
    return sound_text(canonical_json(json.loads(plain)), "A text in JSON")


def _plain_number(value: Any) -> Any:
    if hasattr(value, "item"):
        return value.item()
    raise StoreError(f"{value!r} of type {type(value).__name__} cannot be stored as JSON.")


class Day(TypeDecorator[dt.date]):
    """A calendar day as ISO text."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the text type of the dialect."""
        return _words(dialect)

    def process_bind_param(self, value: dt.date | None, dialect: Dialect) -> str | None:
        """Write the ISO form."""
        return None if value is None else value.isoformat()

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.date | None:
        """Read the ISO form."""
        return None if value is None else dt.date.fromisoformat(value)


class Instant(TypeDecorator[dt.datetime]):
    """An aware time as ISO text in UTC."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the text type of the dialect."""
        return _words(dialect)

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> str | None:
        """Write it in UTC."""
        return None if value is None else instant_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        """Read it as an aware time in UTC."""
        return None if value is None else dt.datetime.fromisoformat(value)


class Json(TypeDecorator[Any]):
    """Canonical JSON text; with ``depth``, arrays of that many levels are read as tuples."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, depth: int = 0) -> None:
        super().__init__()
        self.depth = depth

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the text type of the dialect."""
        return _words(dialect)

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:
        """Write canonical JSON; nothing is ``null``."""
        return json_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Parse it."""
        return None if value is None else _tupled(json.loads(value), self.depth)


def _tupled(value: Any, depth: int) -> Any:
    return tuple(_tupled(item, depth - 1) for item in value) if depth else value


class _PackageGeometry(UserDefinedType[bytes]):
    """A column whose declared type is the geometry's name, as a GeoPackage asks."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Return the declared type."""
        return "MULTIPOLYGON"


class _PostgisGeometry(UserDefinedType[str]):
    """A geometry column, written and read as the hexadecimal WKB that PostGIS takes and gives.

    The type is all that is needed of a library for it, and importing one would cost every command
    of a reviewer a quarter of its time.
    """

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Return the declared type."""
        return "geometry(MultiPolygon)"


class Area(TypeDecorator["BaseGeometry"]):
    """A multipolygon in the grid's CRS.

    In a GeoPackage the standard binary form (header with the CRS and the envelope, then WKB); in
    PostGIS a ``geometry``. A value must carry the identifier of its CRS, see ``shapely.set_srid``.

    References
    ----------
    OGC 12-128r15, GeoPackage 1.2, clause 2.1.3.
    """

    impl = sa.LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return PostGIS's type, or the GeoPackage's."""
        return _PostgisGeometry() if dialect.name == "postgresql" else _PackageGeometry()

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Write the binary form."""
        if value is None:
            return None
        import shapely

        whole = multipolygon(value)
        if dialect.name == "postgresql":
            return shapely.to_wkb(whole, hex=True, byte_order=1, include_srid=True)
        return package_binary(whole)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Read the binary form; the geometry carries the identifier of its CRS."""
        if value is None:
            return None
        import shapely

        if dialect.name == "postgresql":
            return shapely.from_wkb(value)
        return from_package_binary(bytes(value))


def multipolygon(geometry: BaseGeometry) -> BaseGeometry:
    """Return a polygon as a multipolygon of one part, its CRS kept.

    Raises
    ------
    StoreError
        It is neither a polygon nor a multipolygon.
    """
    import shapely

    if geometry.geom_type == "MultiPolygon":
        return geometry
    if geometry.geom_type != "Polygon":
        raise StoreError(f"A box or an area must be a polygon, got a {geometry.geom_type}.")
    whole = shapely.MultiPolygon([cast("Polygon", geometry)])
    return shapely.set_srid(whole, shapely.get_srid(geometry))


def package_binary(geometry: BaseGeometry) -> bytes:
    """Return the GeoPackage binary form of a geometry that carries its CRS."""
    import shapely

    empty = geometry.is_empty
    flags = _LITTLE_ENDIAN | (_EMPTY if empty else _ENVELOPE_XY)
    header = _HEADER.pack(b"GP", 0, flags, int(shapely.get_srid(geometry)))
    west, south, east, north = geometry.bounds
    envelope = b"" if empty else _ENVELOPE.pack(west, east, south, north)
    body: bytes = shapely.to_wkb(geometry, byte_order=1, output_dimension=2)
    return header + envelope + body


def from_package_binary(blob: bytes) -> BaseGeometry:
    """Return the geometry of a GeoPackage binary form, carrying its CRS.

    Raises
    ------
    StoreError
        The bytes are not of that form.
    """
    import shapely

    if blob[:2] != b"GP":
        raise StoreError("A geometry of the database is not GeoPackage binary; verify the log.")
    flags = blob[3]
    (srs_id,) = struct.unpack_from("<i" if flags & 1 else ">i", blob, 4)
    start = _HEADER.size + {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}[flags >> 1 & 0b111]
    geometry: BaseGeometry = shapely.set_srid(shapely.from_wkb(blob[start:]), srs_id)
    return geometry
