"""What surrounds the incidents: places, events and weather."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evenbeat.core.errors import FeatureError
from evenbeat.core.policy.features import require_category

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from pandas import DataFrame

_NEEDED = {
    "places": ("category", "valid_from", "valid_to", "dated", "geometry"),
    "events": ("category", "starts_at", "ends_at", "known_at", "expected_attendance", "geometry"),
    "weather": (
        "date",
        "temperature_c",
        "precipitation_mm",
        "snow_mm",
        "wind_kmh",
        "source",
        "kind",
        "issued_at",
    ),
}


@dataclass(frozen=True, eq=False)
class Layers:
    """The tables besides the incidents that features may use; each may be absent.

    Only the columns that features name are ever read, and only categories on the policy's
    allow-list are accepted.

    Parameters
    ----------
    places, events, weather
        As the store keeps them; geometries in the grid's CRS.

    Raises
    ------
    FeatureError
        A table lacks a column.
    PolicyError
        A place or an event has a category that is not on the allow-list.
    """

    places: GeoDataFrame | None = None
    events: GeoDataFrame | None = None
    weather: DataFrame | None = None

    def __post_init__(self) -> None:
        for name, columns in _NEEDED.items():
            table = getattr(self, name)
            absent = [] if table is None else [c for c in columns if c not in table.columns]
            if absent:
                raise FeatureError(f"The {name} table lacks {absent}. Ingest the layer again.")
        if self.places is not None:
            for category in sorted(self.places["category"].unique()):
                require_category(str(category), "place")
        if self.events is not None:
            for category in sorted(self.events["category"].unique()):
                require_category(str(category), "event")

    def require_crs(self, crs: str) -> None:
        """Refuse geometries in another CRS than the grid's.

        Raises
        ------
        FeatureError
            A layer is in another CRS.
        """
        for name in ("places", "events"):
            table = getattr(self, name)
            if table is not None and len(table) and table.crs != crs:
                raise FeatureError(
                    f"The {name} are in {table.crs and table.crs.to_string()}, the grid in {crs}. "
                    "Ingest the layer again."
                )
