"""Layouts of files that many agencies have, so that they need no column mapping."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from evenbeat.core.errors import InputError
from evenbeat.core.policy.columns import plain_name


@dataclass(frozen=True)
class Preset:
    """What is known of a layout.

    Parameters
    ----------
    name
        Name in ``evenbeat.toml``.
    columns
        Our name to their column.
    signature
        Their columns by which the layout is recognised.
    source
        Name of the data source where no column says it.
    class_system, fallback_class_system
        Schemes of the class codes.
    crs
        CRS of ``easting`` and ``northing``.
    constants
        Our name to a value that holds for every row.
    """

    name: str
    columns: Mapping[str, str] = field(default_factory=dict)
    signature: tuple[str, ...] = ()
    source: str | None = None
    class_system: str = "auto"
    fallback_class_system: str = "auto"
    crs: str | None = None
    constants: Mapping[str, str] = field(default_factory=dict)


GENERIC = Preset("generic")
HUNCHLAB = Preset(
    "hunchlab",
    columns={
        "source": "datasource", "incident_id": "id", "class_code": "class",
        "occurred_from": "datetimefrom", "occurred_to": "datetimeto",
        "reported_at": "report_time", "easting": "pointx", "northing": "pointy",
        "last_updated": "last_updated",
    },
    signature=("datasource", "id", "class", "datetimefrom", "pointx", "pointy"),
)  # fmt: skip
CHICAGO = Preset(
    "chicago",
    columns={
        "incident_id": "ID", "class_code": "IUCR", "fallback_class_code": "FBI Code",
        "occurred_from": "Date", "last_updated": "Updated On", "easting": "X Coordinate",
        "northing": "Y Coordinate", "longitude": "Longitude", "latitude": "Latitude",
        "arrest": "Arrest",
    },
    signature=("ID", "IUCR", "FBI Code", "Date", "Updated On"),
    source="chicago-portal",
    class_system="chicago_iucr",
    fallback_class_system="fbi",
    crs="EPSG:3435",
    constants={"geocode_quality": "block"},
)  # fmt: skip

PRESETS: Mapping[str, Preset] = MappingProxyType(
    {preset.name: preset for preset in (HUNCHLAB, CHICAGO, GENERIC)}
)


def choose_preset(name: str, columns: Iterable[str]) -> Preset:
    """Return a preset by name, or with ``"auto"`` the one whose signature the columns have.

    Raises
    ------
    InputError
        No preset has that name.

    Examples
    --------
    >>> columns = ["datasource", "id", "class", "datetimefrom", "pointx", "pointy", "address"]
    >>> choose_preset("auto", columns).name
    'hunchlab'
    """
    if name == "auto":
        present = {plain_name(column) for column in columns}
        for preset in PRESETS.values():
            if preset.signature and present.issuperset(map(plain_name, preset.signature)):
                return preset
        return GENERIC
    if name not in PRESETS:
        raise InputError(
            f"preset must be 'auto' or one of {', '.join(PRESETS)}, got {name!r}."
            " Correct it in evenbeat.toml."
        )
    return PRESETS[name]
