"""Which features there are: the list that a fitted model keeps and a forecast follows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

from evenbeat.core.features.declarations import (
    Feature,
    HistorySum,
    Layout,
    Measure,
    PlaceMeasure,
)
from evenbeat.core.features.sums import list_sums

PLACE_BANDWIDTH_M = 300.0
EVENT_BANDWIDTH_M = 500.0

MOMENTS: tuple[Feature, ...] = (
    Feature("shift_of_day", "shift", "moment", "1"),
    Feature("hour_of_week", "weekday", "moment", "h"),
    Feature("weekday", "weekday", "moment", "1"),
    Feature("weekend", "weekday", "moment", "1"),
    Feature("holiday", "holiday", "moment", "1"),
    Feature("holiday_eve", "holiday", "moment", "1"),
    Feature("season_cosine", "season", "moment", "1"),
    Feature("season_sine", "season", "moment", "1"),
    Feature("temperature", "weather", "moment", "degC"),
    Feature("precipitation", "weather", "moment", "mm"),
    Feature("snow", "weather", "moment", "mm"),
    Feature("wind", "weather", "moment", "km/h"),
)
EVENTS: tuple[Feature, ...] = (
    Feature("events_near", "event", "shared_shift", "events", "an event close by"),
    Feature(
        "expected_attendance_near", "event", "shared_shift", "thousand people",
        "a crowd of about {value} thousand expected close by",
    ),
)  # fmt: skip

RISKY_PLACES = frozenset(
    ("bar", "nightclub", "liquor_outlet", "convenience_store", "gas_station", "pawn_shop",
     "transit_stop", "transit_station", "vacant_building")
)  # fmt: skip
"""[pub] Places of which more, or nearer, can only mean more risk: factors that recur in studies of
risk terrain, Caplan and Kennedy 2016, https://doi.org/10.1525/9780520958807."""

_PLACE_WORDS: dict[Measure, tuple[str, str]] = {
    "distance": ("m", "{value} m from the nearest %s"),
    "density": ("per km2", "places (%s): {value} per square kilometre around it"),
    "length": ("m", "{value} m of %s in the cell"),
    "share": ("1", "%s on {value} of the cell"),
}


@dataclass(frozen=True)
class Catalogue:
    """The features of a study, in the order of the models' columns.

    Parameters
    ----------
    history_days
        Incidents older than this are not used.
    place_measures
        ``(category, measure, dated)`` of each feature of places.
    undated_layers
        Which of ``events`` and ``weather`` hold rows whose time of announcement is assumed.

    Raises
    ------
    PolicyError
        A category of places, or any word of a name, is not on the allow-list.
    """

    history_days: int
    place_measures: tuple[tuple[str, Measure, bool], ...] = ()
    undated_layers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _ = self.features  # declared at once, so that policy is asked before any work

    @cached_property
    def sums(self) -> tuple[HistorySum, ...]:
        """Return the features made of past incidents."""
        return list_sums(self.history_days)

    @cached_property
    def places(self) -> tuple[PlaceMeasure, ...]:
        """Return the features made of places."""
        return tuple(_place(*entry) for entry in self.place_measures)

    @cached_property
    def features(self) -> tuple[Feature, ...]:
        """Return every feature, in the order of the models' columns."""
        sums = tuple(entry.feature for entry in self.sums)
        places = tuple(entry.feature for entry in self.places)
        return (*sums, *places, *map(self._dated, (*EVENTS, *MOMENTS)))

    def _dated(self, feature: Feature) -> Feature:
        layer = {"event": "events"}.get(feature.group, feature.group)
        return replace(feature, dated=False) if layer in self.undated_layers else feature

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Return the features' names, in the order of the models' columns."""
        return tuple(feature.name for feature in self.features)

    def columns_of(self, layout: Layout) -> list[int]:
        """Return the columns of the features that vary by the same things."""
        return [i for i, feature in enumerate(self.features) if feature.layout == layout]

    def position(self, name: str) -> int:
        """Return the column of a feature."""
        return self.names.index(name)

    def of_layout(self, layout: Layout) -> tuple[Feature, ...]:
        """Return the features that vary by the same things."""
        return tuple(feature for feature in self.features if feature.layout == layout)

    def to_dict(self) -> dict[str, Any]:
        """Return what makes the catalogue again."""
        return {
            "history_days": self.history_days,
            "place_measures": [list(entry) for entry in self.place_measures],
            "undated_layers": list(self.undated_layers),
        }

    @classmethod
    def from_dict(cls, document: dict[str, Any]) -> Catalogue:
        """Make the catalogue of `to_dict` again."""
        return cls(
            int(document["history_days"]),
            tuple((str(c), m, bool(d)) for c, m, d in document["place_measures"]),
            tuple(map(str, document["undated_layers"])),
        )


def _sign(category: str, measure: Measure) -> Literal[-1, 0, 1]:
    """Return which way risk can go with more of a measure, 0 where theory does not say."""
    if category not in RISKY_PLACES:
        return 0
    return -1 if measure == "distance" else 1


def _place(category: str, measure: Measure, dated: bool) -> PlaceMeasure:
    unit, words = _PLACE_WORDS[measure]
    feature = Feature(
        f"{measure}_{category}", f"place:{category}", "shared", unit,
        words % category.replace("_", " "), dated, _sign(category, measure),
    )  # fmt: skip
    return PlaceMeasure(feature, category, measure)
