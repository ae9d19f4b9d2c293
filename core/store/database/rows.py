"""Between records and rows, and the digest by which the log knows a row."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import StatementError

from evenbeat.core.errors import StoreError
from evenbeat.core.store.database.crs import with_crs
from evenbeat.core.store.database.records import (
    AreaLift,
    AreaRecord,
    AssignmentRecord,
    CandidateRecord,
    PlanRecord,
    Record,
    ReviewEvent,
    VisitRecord,
)
from evenbeat.core.store.database.schema import (
    AREA,
    AREA_LIFT,
    ASSIGNMENT,
    CANDIDATE,
    PLAN,
    REVIEW_EVENT,
    VISIT,
)
from evenbeat.core.store.database.types import (
    Area,
    Day,
    Instant,
    Json,
    instant_text,
    json_text,
    multipolygon,
    sound_text,
)
from evenbeat.core.store.files import canonical_json

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

Kind = TypeVar("Kind")

TABLES: dict[type[Any], sa.Table] = {
    PlanRecord: PLAN,
    AssignmentRecord: ASSIGNMENT,
    ReviewEvent: REVIEW_EVENT,
    CandidateRecord: CANDIDATE,
    VisitRecord: VISIT,
    AreaRecord: AREA,
    AreaLift: AREA_LIFT,
}
_UNDIGESTED = frozenset({"audit_entry"})


def values_of(record: Record) -> dict[str, Any]:
    """Return a record's values by column, numpy's numbers as plain ones.

    Raises
    ------
    StoreError
        A value is missing that the table asks for, or is not finite.
    """
    table = TABLES[type(record)]
    values = {}
    for field in fields(record):
        column = table.c[field.name]
        value = getattr(record, field.name)
        if value is None and not column.nullable and not isinstance(column.type, Json):
            raise StoreError(f"A row of {table.name} needs a value for {field.name}, got None.")
        values[field.name] = _plain(column.type, value, f"{table.name}.{field.name}")
    return values


def _plain(kind: TypeEngine[Any], value: Any, name: str) -> Any:
    if value is None:
        return None
    if isinstance(kind, sa.Double):
        number = float(value)
        if number - number != 0.0:
            raise StoreError(f"{name} must be a finite number, got {number}.")
        return number
    if isinstance(kind, sa.Boolean):
        return bool(value)
    if isinstance(value, str):
        return sound_text(value, name)
    return int(value) if isinstance(kind, sa.Integer) else value


def record_of(kind: type[Kind], row: sa.RowMapping) -> Kind:
    """Return a record from a row that has at least its columns."""
    return kind(**{field.name: row[field.name] for field in fields(kind)})  # type: ignore[arg-type]


def digest(record: Record) -> str:
    """Return the SHA-256 of a record's canonical JSON; the same before and after it was stored.

    Times count in UTC, geometries as the WKB of a multipolygon. The number of the log row that
    carries the digest is left out.
    """
    table = TABLES[type(record)]
    document = {
        name: _json_form(table.c[name].type, value)
        for name, value in values_of(record).items()
        if name not in _UNDIGESTED
    }
    return hashlib.sha256(canonical_json(document).encode()).hexdigest()


def _json_form(kind: TypeEngine[Any], value: Any) -> Any:
    if isinstance(kind, Json):
        return json_text(value)
    if value is None:
        return None
    if isinstance(kind, Instant):
        return instant_text(value)
    if isinstance(kind, Day):
        return value.isoformat()
    if isinstance(kind, Area):
        import shapely

        return shapely.to_wkb(multipolygon(value), hex=True, byte_order=1, output_dimension=2)
    return value


def digest_of_all(records: Iterable[Record]) -> str:
    """Return one SHA-256 for many records, whatever their order."""
    return hashlib.sha256("\n".join(sorted(map(digest, records))).encode()).hexdigest()


def write(connection: sa.Connection, records: Sequence[Record]) -> None:
    """Insert records of one kind.

    Raises
    ------
    StoreError
        A value is of a type that its column cannot hold, or a row did not arrive.
    sqlalchemy.exc.DBAPIError
        The database refused a row.
    """
    table = TABLES[type(records[0])]
    rows = [values_of(record) for record in records]
    if "geometry" in table.c:
        rows = with_crs(connection, rows)
    try:
        add_rows(connection, table, rows)
    except StatementError as error:
        # A column's type refused the value before the database saw it.
        if isinstance(error.orig, StoreError):
            raise error.orig from None
        raise


def add_rows(connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows and see that each of them arrived.

    Raises
    ------
    StoreError
        The database took fewer or more, although it reported no error.
    sqlalchemy.exc.DBAPIError
        It refused one.
    """
    # Inline asks for no key back, which nobody reads.
    counted = {"preserve_rowcount": True}
    done = connection.execute(table.insert().inline(), rows, execution_options=counted)
    if done.rowcount != len(rows):
        raise StoreError(
            f"{len(rows)} rows were sent to {table.name}, but {done.rowcount} arrived: a trigger "
            "or rule that is not Evenbeat's stands in the way. Nothing was written; look for it "
            "with: evenbeat audit verify"
        )


def rows_of(connection: sa.Connection, kind: type[Kind], query: sa.Select[Any]) -> list[Kind]:
    """Return the records that a query over the kind's table finds."""
    return [record_of(kind, row) for row in connection.execute(query).mappings()]
