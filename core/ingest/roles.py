"""Which columns each role of a source reads, by our names, and how files spell them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from evenbeat.core.config.data import Role
from evenbeat.core.ingest.areas import BOUNDARY_COLUMNS, DISTRICT_COLUMNS, NEIGHBOURHOOD_COLUMNS
from evenbeat.core.ingest.events import EVENT_COLUMNS
from evenbeat.core.ingest.layer_columns import Spellings
from evenbeat.core.ingest.places import PLACE_COLUMNS
from evenbeat.core.ingest.streets import STREET_COLUMNS
from evenbeat.core.ingest.weather_units import weather_columns
from evenbeat.core.policy.columns import (
    GATE_COLUMNS,
    INPUT_COLUMNS,
    known_spellings,
    plain_name,
)

_LAYERS: Mapping[str, Spellings] = {
    "places": PLACE_COLUMNS, "events": EVENT_COLUMNS, "boundary": BOUNDARY_COLUMNS,
    "districts": DISTRICT_COLUMNS, "neighbourhoods": NEIGHBOURHOOD_COLUMNS,
    "streets": STREET_COLUMNS,
}  # fmt: skip


def role_names() -> tuple[str, ...]:
    """Return the roles that a source may have."""
    return get_args(Role)


def columns_of_role(role: str) -> Spellings:
    """Return the columns that a role reads, and their usual plain names, the best first.

    Raises
    ------
    KeyError
        There is no such role.

    Examples
    --------
    >>> columns_of_role("districts")["district_id"][:2]
    ('districtid', 'beatnum')
    """
    if role in ("incidents", "gunfire"):
        known = known_spellings()
        return {name: known.get(name, ()) for name in (*INPUT_COLUMNS, *GATE_COLUMNS)}
    read = weather_columns() if role == "weather" else _LAYERS[role]
    return {name: tuple(plain_name(one) for one in spelt) for name, spelt in read.items()}
