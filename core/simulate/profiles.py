"""What the simulated crime types look like: rates, rhythms, codes, and how they become known.

Rates and hour shapes follow a large US city's published counts of 2015; arrest shares follow the
same city's file of 2017. They are the truth of a simulated city, not settings of a model.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

COMPONENTS = ("residents", "nightlife", "commerce", "transit", "vacancy", "streets")

# Shares per mille of each local hour, 0 to 23.
_HOUR_SHAPES: dict[str, tuple[int, ...]] = {
    "gunfire": (80, 72, 60, 48, 34, 20, 14, 12, 12, 14, 17, 20, 24, 26, 29, 33,
                36, 40, 45, 52, 62, 74, 84, 92),
    "violence": (50, 47, 42, 35, 26, 21, 15, 16, 22, 28, 34, 37, 40, 41, 43, 54,
                 55, 56, 57, 57, 56, 58, 62, 54),
    "robbery": (53, 45, 46, 40, 31, 28, 23, 21, 20, 23, 27, 34, 36, 39, 38, 45,
                52, 48, 53, 52, 58, 65, 63, 62),
    "burglary": (28, 22, 23, 22, 21, 26, 35, 51, 62, 65, 56, 47, 61, 46, 50, 55,
                 44, 50, 48, 45, 39, 38, 37, 30),
    "vehicle": (38, 32, 26, 23, 17, 19, 27, 32, 36, 33, 33, 28, 39, 31, 34, 40,
                40, 52, 63, 64, 70, 78, 86, 57),
    "theft": (28, 23, 19, 17, 13, 12, 16, 23, 35, 45, 44, 47, 65, 58, 62, 66,
              64, 64, 67, 56, 52, 46, 43, 33),
    "patrol": (32, 17, 11, 7, 4, 2, 4, 10, 13, 18, 48, 68, 61, 59, 52, 46, 43, 41,
               70, 107, 89, 80, 69, 51),
}  # fmt: skip

_TILTS: dict[str, tuple[tuple[tuple[int, ...], float], ...]] = {
    "nightlife": (((20, 21, 22, 23, 0, 1, 2, 3), 2.2), (tuple(range(5, 16)), 0.5)),
    "commerce": ((tuple(range(10, 20)), 1.5), (tuple(range(7)), 0.4)),
    "transit": (((6, 7, 8, 15, 16, 17, 18), 1.6), ((1, 2, 3, 4), 0.4)),
}


@dataclass(frozen=True, slots=True)
class CrimeProfile:
    """The truth about one simulated crime type."""

    crime_type: str
    modelled: bool
    per_1000_residents: float
    nibrs: tuple[str, ...]
    ucr: str
    loads: dict[str, float]
    hours: str = "violence"
    weekend_night: float = 1.0
    weekend_day: float = 1.0
    season: float = 0.15
    per_10_degrees: float = 0.05
    wet_day: float = -0.05
    holiday: float = 0.0
    trend_per_year: float = 0.0
    branching: float = 0.0
    disadvantage: float = 0.4
    own_field: float = 0.4
    address_spread: float = 0.8
    per_1000_attendance: float = 0.0
    arrest_share: float = 0.1
    discovered_share: float = 0.01
    window_share: float = 0.0
    window_median_hours: float = 8.0
    report_median_minutes: float = 20.0
    report_spread: float = 1.2
    second_code: str = field(default="")

    def hour_shape(self, component: str) -> npt.NDArray[np.float64]:
        """Return the factor of each local hour for one component; shape ``(24,)``, mean 1."""
        shape = np.asarray(_HOUR_SHAPES[self.hours], dtype=float)
        for hours, factor in _TILTS.get(component, ()):
            shape[list(hours)] *= factor
        return np.asarray(shape / shape.mean())


def _loads(*shares: float) -> dict[str, float]:
    return {name: share for name, share in zip(COMPONENTS, shares, strict=True) if share}


# loads:                residents nightlife commerce transit vacancy streets
PROFILES: dict[str, CrimeProfile] = {
    profile.crime_type: profile
    for profile in (
        CrimeProfile(
            "gunfire", True, 3.0, ("GUNFIRE",), "GUNFIRE",
            _loads(0.35, 0.20, 0.0, 0.0, 0.30, 0.15), hours="gunfire", weekend_night=1.6,
            season=0.35, per_10_degrees=0.12, holiday=0.4, branching=0.25, disadvantage=0.9,
            own_field=0.5, arrest_share=0.02, discovered_share=0.0, report_median_minutes=1.0,
            report_spread=0.4, address_spread=0.7,
        ),
        CrimeProfile(
            "homicide", True, 0.18, ("09A",), "01A",
            _loads(0.35, 0.25, 0.0, 0.0, 0.25, 0.15), hours="gunfire", weekend_night=1.6,
            season=0.3, per_10_degrees=0.1, holiday=0.2, branching=0.10, disadvantage=0.9,
            arrest_share=0.35, report_median_minutes=10.0, address_spread=0.6,
        ),
        CrimeProfile(
            "rape", True, 0.57, ("11A", "11B", "11C"), "02",
            _loads(0.70, 0.15, 0.0, 0.0, 0.0, 0.15), hours="gunfire", weekend_night=1.3,
            season=0.1, arrest_share=0.15, report_median_minutes=2880.0, report_spread=2.0,
            window_share=0.25, window_median_hours=10.0, address_spread=0.6,
        ),
        CrimeProfile(
            "aggravated_assault", True, 4.3, ("13A",), "04A",
            _loads(0.40, 0.25, 0.05, 0.05, 0.10, 0.15), weekend_night=1.6, season=0.2,
            per_10_degrees=0.08, holiday=0.15, branching=0.15, disadvantage=0.7,
            per_1000_attendance=0.006, arrest_share=0.206, report_median_minutes=15.0,
            second_code="520",
        ),
        CrimeProfile(
            "robbery", True, 3.6, ("120",), "03",
            _loads(0.15, 0.25, 0.20, 0.20, 0.05, 0.15), hours="robbery", weekend_night=1.2,
            season=0.1, branching=0.20, disadvantage=0.6, per_1000_attendance=0.006,
            arrest_share=0.077, report_median_minutes=12.0, second_code="13A",
        ),
        CrimeProfile(
            "burglary", True, 4.9, ("220",), "05",
            _loads(0.70, 0.0, 0.10, 0.0, 0.15, 0.05), hours="burglary", weekend_day=0.85,
            season=0.12, per_10_degrees=0.03, holiday=0.05, trend_per_year=-0.02,
            branching=0.25, disadvantage=0.45, arrest_share=0.047, discovered_share=0.02,
            window_share=0.65, window_median_hours=9.0, report_median_minutes=60.0,
            report_spread=1.5, address_spread=0.7,
        ),
        CrimeProfile(
            "motor_vehicle_theft", True, 3.7, ("240",), "07",
            _loads(0.55, 0.05, 0.05, 0.10, 0.05, 0.20), hours="vehicle", season=0.05,
            trend_per_year=0.02, branching=0.15, disadvantage=0.35,
            per_1000_attendance=0.004, arrest_share=0.080, discovered_share=0.02,
            window_share=0.55, window_median_hours=9.0, report_median_minutes=90.0,
            report_spread=1.4, address_spread=0.6,
        ),
        CrimeProfile(
            "theft", True, 20.0, ("23F", "23C", "23H", "23D"), "06",
            _loads(0.25, 0.08, 0.42, 0.10, 0.0, 0.15), hours="theft", weekend_day=0.95,
            season=0.12, holiday=-0.15, branching=0.10, disadvantage=0.0, own_field=0.5,
            per_1000_attendance=0.03, arrest_share=0.101, window_share=0.20,
            window_median_hours=5.0, report_median_minutes=240.0, report_spread=1.8,
            address_spread=1.1,
        ),
        CrimeProfile(
            "arson", True, 0.17, ("200",), "09",
            _loads(0.35, 0.0, 0.05, 0.0, 0.50, 0.10), hours="gunfire", holiday=0.5,
            disadvantage=0.8, branching=0.10, arrest_share=0.10, report_median_minutes=20.0,
        ),
        CrimeProfile(
            "simple_assault", False, 10.0, ("13B",), "08A",
            _loads(0.55, 0.20, 0.05, 0.05, 0.05, 0.10), weekend_night=1.3, season=0.12,
            disadvantage=0.6, arrest_share=0.22, per_1000_attendance=0.01,
        ),
        CrimeProfile(
            "criminal_damage", False, 7.0, ("290",), "14",
            _loads(0.55, 0.10, 0.05, 0.05, 0.10, 0.15), hours="vehicle", season=0.12,
            arrest_share=0.06, window_share=0.35, report_median_minutes=120.0,
        ),
        CrimeProfile(
            "narcotics", False, 5.0, ("35A",), "18",
            _loads(0.15, 0.15, 0.10, 0.10, 0.30, 0.20), hours="patrol", season=0.05,
            disadvantage=1.2, own_field=0.8, address_spread=1.2, arrest_share=0.999,
            discovered_share=0.96,
        ),
        CrimeProfile(
            "disorder", False, 2.0, ("90C",), "24",
            _loads(0.20, 0.35, 0.15, 0.15, 0.05, 0.10), weekend_night=1.6,
            per_1000_attendance=0.02, arrest_share=0.66, discovered_share=0.4,
        ),
        CrimeProfile(
            "weapons", False, 1.0, ("520",), "15",
            _loads(0.30, 0.15, 0.0, 0.05, 0.30, 0.20), hours="patrol", disadvantage=1.1,
            arrest_share=0.787, discovered_share=0.72, second_code="35A",
        ),
        CrimeProfile(
            "prostitution", False, 0.4, ("40A",), "16",
            _loads(0.0, 0.30, 0.10, 0.10, 0.20, 0.30), hours="patrol", disadvantage=0.9,
            own_field=1.0, address_spread=1.4, arrest_share=1.0, discovered_share=0.99,
        ),
        CrimeProfile(
            "gambling", False, 0.1, ("39A",), "19",
            _loads(0.30, 0.20, 0.0, 0.0, 0.30, 0.20), hours="patrol", disadvantage=1.0,
            arrest_share=0.995, discovered_share=0.95,
        ),
    )
}  # fmt: skip
MODELLED = tuple(name for name, profile in PROFILES.items() if profile.modelled)
REFUSED = tuple(name for name, profile in PROFILES.items() if not profile.modelled)
