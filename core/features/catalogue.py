"""Which features there are: the list that a fitted model keeps and a forecast follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from evenbeat.core.features.declarations import (
    Feature,
    HistorySum,
    Layout,
    Measure,
    PlaceMeasure,
)

LONG_RUN_DAYS = 1095
WINDOWS_DAYS = (7, 28, 56, 365)
NEAR_M = 250
NEAR_REPEAT_DAYS = 14
HALF_LIVES_DAYS = (15, 60, 365)
BANDWIDTHS_M = (0, 250, 600)
DENSITY_BANDWIDTHS_M = (200, 400, 900)
PLACE_BANDWIDTH_M = 300.0
EVENT_BANDWIDTH_M = 500.0

RELATED: dict[str, tuple[str, ...]] = {
    "violent": ("homicide", "rape", "aggravated_assault", "robbery", "gunfire"),
    "property": ("burglary", "motor_vehicle_theft", "theft", "arson"),
}
"""Related crime types whose history informs each other."""

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
        long_run = min(LONG_RUN_DAYS, self.history_days)
        return (
            *_counts(long_run),
            *_fading(self.history_days),
            *_densities(long_run),
            *_by_shift(long_run),
            *_related(long_run),
        )

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


def _history(name: str, group: str, words: str = "", layout: Layout = "own") -> Feature:
    return Feature(name, group, layout, "incidents", words)


def _span(days: int) -> str:
    """Return a number of days in words."""
    return f"{days // 365} years" if days >= 730 else "12 months" if days == 365 else f"{days} days"


def _up_to(days: Sequence[int], longest: int) -> list[int]:
    return sorted({min(window, longest) for window in days})


def _term(days: float) -> str:
    return "recent" if days <= 60 else "long_run"


def _counts(long_run: int) -> list[HistorySum]:
    """Return plain counts, in the cell and near it."""
    in_cell = [
        HistorySum(
            _history(
                f"count_{days}d", _term(days),
                f"{{value}} {{crimes}} in this cell in the last {_span(days)}",
            ),
            "own", days,
        )
        for days in _up_to((*WINDOWS_DAYS, long_run), long_run)
    ]  # fmt: skip
    near = [
        HistorySum(
            _history(
                f"near_{days}d_{NEAR_M}m", _term(days),
                f"{{value}} {{crimes}} within {NEAR_M} m in the last {_span(days)}",
            ),
            "own", days, radius_m=NEAR_M,
        )
        for days in _up_to((NEAR_REPEAT_DAYS, 28, 365, long_run), long_run)
    ]  # fmt: skip
    return in_cell + near


def _fading(history_days: int) -> list[HistorySum]:
    """Return exponentially decayed intensities, raw and smoothed."""
    return [
        HistorySum(
            _history(f"decay_{half_life}d_{bandwidth}m", _term(half_life)),
            "own", history_days, half_life_days=half_life, bandwidth_m=bandwidth,
        )
        for half_life in HALF_LIVES_DAYS
        for bandwidth in BANDWIDTHS_M
    ]  # fmt: skip


def _densities(long_run: int) -> list[HistorySum]:
    """Return kernel densities of the long run, and of the windows of the count baselines."""
    asked = [(days, 400) for days in _up_to((28, 365), long_run)]
    asked += [(long_run, bandwidth) for bandwidth in DENSITY_BANDWIDTHS_M]
    return [
        HistorySum(
            _history(f"density_{days}d_{bandwidth}m", _term(days)), "own", days,
            bandwidth_m=bandwidth,
        )
        for days, bandwidth in sorted(set(asked))
    ]  # fmt: skip


def _by_shift(long_run: int) -> list[HistorySum]:
    """Return long-run densities on the same shift of the day, by aoristic shares."""
    return [
        HistorySum(
            _history(f"same_shift_{long_run}d_{bandwidth}m", "long_run", layout="own_shift"),
            "own", long_run, bandwidth_m=bandwidth,
        )
        for bandwidth in (300, 800)
    ]  # fmt: skip


def _related(long_run: int) -> list[HistorySum]:
    """Return densities of all violent and of all property crime."""
    return [
        HistorySum(
            _history(
                name, of, f"much {of} crime around it" if half_life is None else "", layout="shared"
            ),
            of, long_run, half_life_days=half_life, bandwidth_m=bandwidth,
        )
        for of in RELATED
        for name, half_life, bandwidth in (
            (f"{of}_{long_run}d_300m", None, 300.0),
            (f"{of}_decay_60d_500m", 60.0, 500.0),
        )
    ]  # fmt: skip


def _place(category: str, measure: Measure, dated: bool) -> PlaceMeasure:
    unit, words = _PLACE_WORDS[measure]
    feature = Feature(
        f"{measure}_{category}", f"place:{category}", "shared", unit,
        words % category.replace("_", " "), dated,
    )  # fmt: skip
    return PlaceMeasure(feature, category, measure)
